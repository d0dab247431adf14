// A refusal reaches the client that is still sending: 20 MB to a page that takes no content, more than an upload may
// have, and heads that are refused with more behind them. By clients that read while they send, and by those that do
// not.
import assert from 'node:assert/strict';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { find, need, run } from './support/command.mjs';
import { Server, temporary_folder, within } from './support/muxlab.mjs';

need('curl', 'python3');

const support = join(dirname(fileURLToPath(import.meta.url)), 'support');
const megabyte = 1_000_000;
const unwanted_bytes = 20 * megabyte;
const times = 5;
const line = 'rtt=40ms,up=80mbit,down=80mbit';

describe('a refusal', () => {
  let server;
  let content;
  before(async () => {
    server = await Server.start();
    content = join(temporary_folder(), 'content');
    writeFileSync(content, Buffer.alloc(unwanted_bytes));
  });
  after(() => server.stop());

  async function python(url, { method = 'POST', bytes = unwanted_bytes, count = times } = {}) {
    const { code, stdout, stderr } = await run('python3', [
      join(support, 'refusal_client.py'),
      ...[method, url, String(bytes), String(count), server.authority],
    ]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  for (const endpoint of ['site', 'plain', 'h1', 'h1-close']) {
    test(`Python sends all before it reads: ${endpoint}`, async () => {
      assert.deepEqual(await python(server.url(endpoint)), { 405: times });
    });
  }

  for (const endpoint of ['site', 'plain', 'h1']) {
    test(`Python sends all before it reads an answer that is as large: ${endpoint}`, async () => {
      const url = server.url(endpoint, '/objects/large.bin?bytes=20000000');
      assert.deepEqual(await python(url, { method: 'GET', count: 3 }), { 200: 3 });
    });
  }

  test('Python declares more than an upload may have', async () => {
    const url = server.url('site', '/upload');
    assert.deepEqual(await python(url, { bytes: 70 * megabyte, count: 3 }), { 413: 3 });
  });

  async function curl(url, ...options) {
    const args = ['-q', '-sS', '--max-time', '60', '--cacert', server.authority, '-o', '/dev/null'];
    const { code, stdout, stderr } = await run('curl', [...args, '-w', '%{http_code}', ...options, url]);
    return code === 0 ? stdout : `exit ${code} ${stderr}`;
  }
  async function count(ask, how_often = times) {
    const outcomes = {};
    for (let i = 0; i < how_often; ++i) {
      const outcome = await ask();
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    return outcomes;
  }

  for (const [endpoint, protocol] of [
    ['site', '--http1.1'],
    ['site', '--http2'],
    ['plain', '--http1.1'],
    ['plain', '--http2-prior-knowledge'],
    ['h1', '--http1.1'],
    ['h2', '--http2'],
  ]) {
    test(`curl: ${endpoint} ${protocol}`, async () => {
      const ask = () =>
        curl(server.url(endpoint), protocol, '-H', 'Expect:', '--data-binary', `@${content}`);
      assert.deepEqual(await count(ask), { 405: times });
    });
    test(`curl sends more than an upload may have and does not say so: ${endpoint} ${protocol}`, async () => {
      const more = join(temporary_folder(), 'more');
      writeFileSync(more, Buffer.alloc(70 * megabyte));
      const chunked = ['-T', '-', '-X', 'POST', '-H', 'Expect:'];
      const ask = async () => {
        const child = await run(
          'sh',
          [
            ...['-c', 'exec curl "$@" <"$0"', more, '-q', '-sS', '--max-time', '60'],
            ...['--cacert', server.authority, '-o', '/dev/null', '-w', '%{http_code}', protocol],
            ...[...chunked, server.url(endpoint, '/upload')],
          ],
        );
        return child.code === 0 ? child.stdout : `exit ${child.code} ${child.stderr}`;
      };
      assert.deepEqual(await count(ask, 3), { 413: 3 });
    });
  }

  function node(url) {
    return new Promise((resolve) => {
      const options = { method: 'POST', agent: false, ca: readFileSync(server.authority) };
      const request = (url.startsWith('https') ? https : http).request(url, options, (answer) => {
        answer.resume().on('end', () => {
          resolve(answer.statusCode);
          request.destroy();
        });
      });
      request.on('error', (error) => resolve(error.code));
      createReadStream(content).pipe(request);
    });
  }
  function node_http2(url) {
    return new Promise((resolve) => {
      const session = http2.connect(url, { ca: readFileSync(server.authority) });
      const stream = session.request({ ':method': 'POST', ':path': '/' });
      let status;
      stream.on('response', (headers) => (status = headers[':status']));
      stream.on('error', (error) => resolve(error.code));
      stream.on('close', () => session.close(() => resolve(status)));
      stream.resume();
      createReadStream(content).on('error', () => {}).pipe(stream);
    });
  }
  for (const endpoint of ['site', 'plain', 'h1']) {
    test(`Node: ${endpoint}`, async () => {
      assert.deepEqual(await count(() => node(server.url(endpoint))), { 405: times });
    });
  }
  for (const endpoint of ['site', 'plain', 'h2']) {
    test(`Node, HTTP/2: ${endpoint}`, async () => {
      assert.deepEqual(await count(() => node_http2(server.url(endpoint))), { 405: times });
    });
  }

  test('nghttp', { skip: find('nghttp') ? false : 'nghttp is missing (script/bootstrap test)' }, async () => {
    for (let i = 0; i < times; ++i) {
      const { code, stdout } = await run('nghttp', ['-nv', '-d', content, server.url('site')]);
      assert.equal(code, 0);
      assert.match(stdout, /:status: 405/);
    }
  });

  const no_java = find('java') && find('javac') ? false : 'no JDK here: java and javac are missing';
  for (const [endpoint, version] of [
    ['site', 'HTTP_1_1'],
    ['site', 'HTTP_2'],
    ['plain', 'HTTP_1_1'],
  ]) {
    test(`Java's HttpClient: ${endpoint} ${version}`, { skip: no_java }, async () => {
      const { stdout, stderr } = await run('java', [
        join(support, 'RefusalClient.java'),
        ...[server.url(endpoint), String(unwanted_bytes), String(times), version, server.authority],
      ]);
      assert.deepEqual(stdout.trim().split('\n'), Array(times).fill('405'), stderr);
    });
  }

  // Sends `first`, then zeros up to `bytes`, and reads only then. Gives what it read, and how much went out.
  async function talk(first, bytes, { port = server.port('plain') } = {}) {
    const socket = net.connect({ host: '127.0.0.1', port });
    const piece = Buffer.alloc(64 * 1024);
    let heard = '';
    let error;
    socket.on('error', (happened) => (error = happened.code));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.pause();
    socket.write(first);
    let sent = 0;
    for (; sent < bytes && !error && !socket.destroyed; sent += piece.length) {
      if (!socket.write(piece)) {
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
      }
    }
    socket.on('data', (data) => (heard += data.toString('latin1')));
    socket.resume();
    await within(60_000, closed, () => 'the server does not close');
    return { heard, sent, error };
  }
  const refused_heads = {
    'a bad head': ['POST /\r\n\r\n', 400],
    'a method that is unknown': ['BREW / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n', 501],
    'a head that is too large': [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}`, 431],
    'a target that is too long': [`GET /${'x'.repeat(10_000)}`, 414],
    'an expectation that is unknown': [
      'POST /upload HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 20000000\r\n\r\n',
      417,
    ],
    'the last request': ['GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 200],
  };
  for (const [what, [first, status]] of Object.entries(refused_heads)) {
    test(`${what} and 20 MB behind it`, async () => {
      for (let i = 0; i < 5; ++i) {
        const { heard } = await talk(first, unwanted_bytes);
        assert.match(heard, new RegExp(`^HTTP/1\\.1 ${status} `));
      }
    });
  }

  test('an HTTP/2 connection that is ended for an error, and 20 MB behind it', async () => {
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    const settings = '\0\0\0\x04\0\0\0\0\0';
    const data_without_stream = '\0\0\x01\0\0\0\0\0\0x'; // RFC 9113 section 6.1: PROTOCOL_ERROR
    const { heard } = await talk(preface + settings + data_without_stream, unwanted_bytes);
    // GOAWAY: eight bytes or more, type 7, stream 0; then the last stream, and the code 1.
    assert.match(heard, /\0\0[^]\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01/);
  });

  test('a broken TLS handshake, and 20 MB behind it', async () => {
    const hello_of_one_byte = '\x16\x03\x01\0\x05\x01\0\0\x01\0';
    const { heard } = await talk(hello_of_one_byte, unwanted_bytes, { port: server.port('site') });
    assert.match(heard, /^\x15\x03/); // a TLS alert
  });

  test('a client that sends for ever is not listened to for ever', async () => {
    const limit = 256 * 1024 * 1024;
    const buffers = 64 * 1024 * 1024; // what two kernels may hold
    const { sent, error } = await talk('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000000\r\n\r\n', 2 * limit);
    assert.ok(sent > limit - buffers && sent < limit + buffers, `${sent} bytes were taken`);
    assert.ok(error, 'and then the connection was reset');
  });

  test('on a line the content takes its time, and the refusal comes behind it', async (t) => {
    const lined = await Server.start({ test: t, options: ['--line', line] });
    const seconds = (unwanted_bytes * 8) / 80_000_000;
    const began = performance.now();
    const { stdout } = await run('python3', [
      join(support, 'refusal_client.py'),
      ...['POST', lined.url('h1'), String(unwanted_bytes), '1', lined.authority],
    ]);
    const took = (performance.now() - began) / 1000;
    assert.deepEqual(JSON.parse(stdout), { 405: 1 });
    // What two kernels hold, up to 10 MB, has not gone over the line when the client has sent all.
    assert.ok(took > seconds * 0.4, `${took} s for what takes ${seconds} s`);
    await lined.stop();
  });
});
