// An independent witness of the tap: pages are loaded with curl, nghttp, h2load and Chromium, and Wireshark's decoders,
// given the run's export without keys and settings, have to see every frame and every header field that the run's
// trace has, in its order. Then the same from a real capture of the loopback interface, opened with the key log.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fresh_page, launch_chromium, open } from './support/chromium.mjs';
import { need, run } from './support/command.mjs';
import { until } from './support/lines.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';
import { begin_run, closed_trace, export_of } from './support/runs.mjs';
import { complaints, http1_messages, http2_fields, http2_frames } from './support/tshark.mjs';

need('curl', 'editcap', 'nghttp', 'h2load', 'tshark');

// RFC 9113 section 6, RFC 7838, RFC 8336, RFC 9218: by hand, not from the program that is tested.
const types = new Map([
  ['DATA', 0],
  ['HEADERS', 1],
  ['PRIORITY', 2],
  ['RST_STREAM', 3],
  ['SETTINGS', 4],
  ['PUSH_PROMISE', 5],
  ['PING', 6],
  ['GOAWAY', 7],
  ['WINDOW_UPDATE', 8],
  ['CONTINUATION', 9],
  ['ALTSVC', 10],
  ['ORIGIN', 12],
  ['PRIORITY_UPDATE', 16],
]);
const flag_bits = { ACK: 1, END_STREAM: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 32 };
const flags_of = (names) => names.reduce((all, name) => all | (flag_bits[name] ?? Number(name)), 0);

const is_message = (frame) => ['REQUEST_HEAD', 'RESPONSE_HEAD', 'BODY', 'CHUNK'].includes(frame.type);

// What the trace says, in the witness's terms: by "client's port direction".
function told(trace, take) {
  const found = new Map();
  for (const frame of trace.frames) {
    const { client_port } = trace.connections.find((connection) => connection.id === frame.connection);
    const key = `${client_port} ${frame.direction}`;
    const values = take(frame);
    if (values.length > 0) found.set(key, [...(found.get(key) ?? []), ...values]);
  }
  return found;
}

const told_frames = (trace) =>
  told(trace, (frame) =>
    types.has(frame.type)
      ? [
          {
            type: types.get(frame.type),
            flags: flags_of(frame.flags),
            stream: frame.stream,
            length: frame.length,
          },
        ]
      : [],
  );
const told_fields = (trace) =>
  told(trace, (frame) =>
    is_message(frame) ? [] : (frame.detail.fields ?? []).map((field) => `${field.name}: ${field.value}`),
  );
const told_messages = (trace) =>
  told(trace, (frame) => {
    if (!frame.type.endsWith('_HEAD')) return [];
    const [first, second] = frame.detail.start_line.split(' ');
    return [
      {
        start: frame.type === 'REQUEST_HEAD' ? `${first} ${second}` : second,
        lines: frame.detail.fields.map((field) => `${field.name}: ${field.value}`),
      },
    ];
  });

function assert_same(seen, expected, what) {
  assert.deepEqual([...seen.keys()].sort(), [...expected.keys()].sort(), `${what}: connections`);
  for (const [key, values] of expected) assert.deepEqual(seen.get(key), values, `${what} of ${key}`);
}

// Holds a capture against a trace.
async function assert_witnessed(file, port, trace, ...options) {
  assert.ok(trace.frames.length > 0, 'something was loaded');
  assert.deepEqual(
    trace.connections.map((connection) => connection.trouble ?? null).filter((trouble) => trouble !== null),
    [],
  );
  assert_same(await http2_frames(file, port, ...options), told_frames(trace), 'frames');
  assert_same(await http2_fields(file, port, ...options), told_fields(trace), 'header fields');
  assert_same(await http1_messages(file, port, ...options), told_messages(trace), 'messages');
}

const folder = temporary_folder();

describe('the export of a run, as Wireshark sees it', () => {
  let server;
  let browser;
  before(async () => {
    server = await Server.start();
    browser = await launch_chromium(server);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  // Each with the lane, the page, and how the run's address is loaded.
  const loads = {
    'curl over HTTP/1.1': ['h1', 'article', (url) => curl('--http1.1', url)],
    'curl over HTTP/2, many at once': ['h2', 'article', (url) => curl('--http2', url, '-Z')],
    'curl, a connection a request': ['h1-close', 'article', (url) => curl('--http1.1', url)],
    'nghttp with all that a page needs': ['h2', 'article', (url) => command('nghttp', '-na', url)],
    'nghttp with what is pushed': ['h2-push', 'article', (url) => command('nghttp', '-n', url)],
    'h2load, two connections': ['h2', 'article', (url) => command('h2load', '-n40', '-c2', '-m5', url)],
    'h2load over HTTP/1.1': ['h1', 'article', (url) => command('h2load', '--h1', '-n10', '-c2', url)],
    'Chromium over HTTP/1.1': ['h1', 'article', visit],
    'Chromium over HTTP/2': ['h2', 'article', visit],
    'Chromium with early hints': ['h2-hints', 'article', visit],
    'Chromium and a hundred tiles': ['h2', 'mosaic', visit],
  };

  async function command(program, ...args) {
    const { code, stdout, stderr } = await run(program, args);
    assert.equal(code, 0, stdout + stderr);
  }
  function curl(protocol, url, ...options) {
    const urls = ['', 'style.css', 'hero.svg', 'article.js', 'nothing'].map((name) => [
      `${url}${name}`,
      '-o',
      '/dev/null',
    ]);
    return command('curl', '-sS', '--cacert', server.authority, protocol, ...options, ...urls.flat());
  }
  async function visit(url) {
    const { profile, page } = await fresh_page(browser);
    await open(page, url);
    await profile.close();
  }

  for (const line of [null, 'rtt=30ms,down=20mbit,loss=1%']) {
    for (const [name, [lane, page, load]] of Object.entries(loads)) {
      test(`${name}${line ? `, ${line}` : ''}`, async () => {
        const { id, url } = await begin_run(server, { page, lane, line });
        await load(url);
        const trace = await closed_trace(server, id);
        const file = join(folder, `${id}.pcapng`);
        writeFileSync(file, await export_of(server, id, 'pcapng'));
        assert.deepEqual(await complaints(file), []);
        await assert_witnessed(file, 80, trace);
      });
    }
  }
});

describe('the export of a run on a connection that was there before, as Wireshark sees it', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server?.stop());

  for (const lane of ['h1', 'h2']) {
    test(`over ${lane}`, async () => {
      const client = ['curl', '-sS', '--cacert', server.authority, lane === 'h1' ? '--http1.1' : '--http2'];
      const { id, url } = await begin_run(server, { page: 'article', lane, warm: true });
      const before = ['/article/', '/objects/a?bytes=300000', '/article/style.css', '/article/nothing'];
      const urls = [...before.map((path) => server.url(lane, path)), url, `${url}style.css`, `${url}hero.svg`];
      const { code, stderr } = await run(client[0], [
        ...client.slice(1),
        ...urls.flatMap((each) => [each, '-o', '/dev/null']),
      ]);
      assert.equal(code, 0, stderr);
      const trace = await closed_trace(server, id);
      assert.equal(trace.exchanges[0].nth, 1 + before.length, 'on one connection');
      assert.notEqual(trace.connections[0].beginning, null);
      const file = join(folder, `${id}.pcapng`);
      writeFileSync(file, await export_of(server, id, 'pcapng'));
      assert.deepEqual(await complaints(file), []);
      await assert_witnessed(file, 80, trace);
    });
  }
});

// Begins to capture what comes to a port of this machine; null if the system does not let us. Gives a function that
// ends it.
async function capture(file, port) {
  const tshark = spawn('tshark', ['-i', 'lo', '-w', file, '-f', `tcp port ${port}`]);
  let said = '';
  tshark.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = new Promise((resolve) => tshark.on('close', resolve));
  const begun = await until(() => /Capturing on/.test(said) || tshark.exitCode !== null, 'a capture');
  if (!begun || tshark.exitCode !== null || /permission/i.test(said)) return null;
  // tshark 4.6 says so before it captures: what counts is that it has seen a packet.
  await until(async () => {
    connect(port, 'localhost').on('error', () => {}).end();
    return (await run('tshark', ['-r', file, '-c', '1'])).stdout !== '';
  }, 'a packet');
  return async () => {
    tshark.kill('SIGINT');
    await ended;
  };
}

describe('a real capture, opened with the key log', () => {
  for (const lane of ['h1', 'h2']) {
    test(`shows on ${lane} what the run shows`, async (t) => {
      const keys = join(folder, `${lane}.keys`);
      const server = await Server.start({ test: t, options: ['--key-log', keys] });
      const port = server.port(lane);
      const file = join(folder, `real-${lane}.pcapng`);
      const finish = await capture(file, port);
      if (finish === null) return t.skip('this system does not let us capture');
      const { id, url } = await begin_run(server, { page: 'article', lane });
      const client = lane === 'h1' ? ['curl', '-sSk', '--http1.1'] : ['curl', '-sSk', '--http2', '-Z'];
      const { code, stderr } = await run(client[0], [
        ...client.slice(1),
        ...['', 'style.css', 'hero.svg'].flatMap((name) => [`${url}${name}`, '-o', '/dev/null']),
      ]);
      assert.equal(code, 0, stderr);
      const trace = await closed_trace(server, id);
      const decode = ['-o', `tls.keylog_file:${keys}`, '-d', `tcp.port==${port},tls`];
      // The capture is written behind the packets.
      await until(async () => {
        const seen = await http2_frames(file, port, ...decode).catch(() => new Map());
        const messages = await http1_messages(file, port, ...decode).catch(() => new Map());
        const count = (found) => [...found.values()].flat().length;
        const wanted = lane === 'h1' ? count(told_messages(trace)) : count(told_frames(trace));
        return count(lane === 'h1' ? messages : seen) >= wanted;
      }, 'the packets');
      await finish();
      await assert_witnessed(file, port, trace, ...decode);
      // With the secrets in the file itself it can be handed on.
      const opened = join(folder, `opened-${lane}.pcapng`);
      const injected = await run('editcap', ['--inject-secrets', `tls,${keys}`, file, opened]);
      assert.equal(injected.code, 0, injected.stderr);
      await assert_witnessed(opened, port, trace, '-d', `tcp.port==${port},tls`);
      await server.stop();
    });
  }
});
