// Behind a balancer: two processes behind Debian's HAProxy keep each client's own address and line and resume each
// other's sessions; and what is no PROXY header, or not the balancer's, is closed with a word.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import tls from 'node:tls';
import { need, run } from './support/command.mjs';
import { Haproxy, need_haproxy } from './support/haproxy.mjs';
import { once } from './support/http2_client.mjs';
import { line_of, set_line, until } from './support/lines.mjs';
import { Server, muxlab, temporary_folder, within } from './support/muxlab.mjs';
import { reload } from './support/reload.mjs';
import { begin_run, call } from './support/runs.mjs';

need('openssl', 'curl');
need_haproxy();

const limit_ms = 60_000;
const get = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;

// A header by hand: version and command, family and transport, addresses.
const proxy_header = (command, kind, rest = '') => {
  const bytes = Buffer.from(rest, 'hex');
  const fixed = Buffer.from([0x20 | command, kind, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'), fixed, bytes]);
};
const from_ipv4 = proxy_header(1, 0x11, 'c0000207 c6336409 1267 01bb'.replaceAll(' ', '')); // 192.0.2.7
const from_ipv6 = proxy_header(1, 0x21, `20010db8${'0'.repeat(22)}1720010db8${'0'.repeat(23)}1ffff01bb`); // 2001:db8::17
const health_check = proxy_header(0, 0x00);
const unnamed = proxy_header(1, 0x00); // the client is the balancer's own machine, as the console's visitor here

// Two processes that share what makes them one to their clients.
async function pair(t, options = []) {
  const folder = temporary_folder();
  const keys = join(folder, 'tickets.keys');
  assert.equal((await muxlab('tickets', '--rotate', keys)).code, 0);
  const start = async (name) => {
    const log = join(folder, `${name}.log`);
    const own = ['--proxy-from', '127.0.0.1', '--ticket-keys', keys, '--access-log', log];
    const server = await Server.start({ test: t, certificates: folder, options: [...own, ...options] });
    return Object.assign(server, { log, lines: () => readFileSync(log, 'utf8').trim().split('\n') });
  };
  return { a: await start('a'), b: await start('b'), keys };
}

const servers_of = ({ a, b }, endpoint, options) => [
  { name: 'a', port: a.port(endpoint), options },
  { name: 'b', port: b.port(endpoint), options },
];

// Sends bytes to a port, in these pieces, and gives all that comes until the end.
async function exchange(port, pieces, { from, half_close = false } = {}) {
  const socket = net.connect({ host: '127.0.0.1', port, localAddress: from });
  const chunks = [];
  const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
  socket.on('data', (bytes) => chunks.push(bytes));
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), closed]);
  socket.setNoDelay(true);
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (half_close) socket.end();
  await within(limit_ms, closed, () => 'it stays open');
  return Buffer.concat(chunks).toString();
}

// One TLS connection to a port over which a page is asked for; behind a header where there is one.
async function visit(server, port, { path = '/', header, session, alpn = ['http/1.1'], from } = {}) {
  const raw = net.connect({ host: '127.0.0.1', port, localAddress: from });
  await once(raw, 'connect');
  if (header) raw.write(header);
  const socket = tls.connect({
    socket: raw,
    servername: 'localhost',
    ca: readFileSync(server.authority),
    ALPNProtocols: alpn,
    session,
  });
  const ticket = once(socket, 'session');
  await once(socket, 'secureConnect');
  socket.write(get(path));
  const [given] = await ticket;
  const resumed = socket.isSessionReused();
  socket.resume();
  await once(socket, 'close');
  return { resumed, session: given };
}

describe('behind HAProxy', () => {
  test('each process resumes the sessions of the other', async (t) => {
    const both = await pair(t);
    const balancer = await Haproxy.start(t, { site: { servers: servers_of(both, 'site') } });
    for (const version of ['-tls1_2', '-tls1_3']) {
      const session = join(temporary_folder(), 'session.pem');
      const ask = async (name, ...options) => {
        const address = ['-connect', `127.0.0.1:${balancer.ports.site}`, '-servername', 'localhost'];
        const trust = ['-CAfile', both.a.authority, '-verify_return_error', '-ign_eof'];
        const input = get(`/mosaic/page.json?from=${name}`);
        const ended = await run('openssl', ['s_client', ...address, ...trust, version, ...options], { input });
        assert.match(ended.stdout, /HTTP\/1\.1 200 OK/);
        return ended.stdout;
      };
      assert.match(await ask(`first${version}`, '-sess_out', session), /^New, TLS/m);
      // In turn: two that follow each other come to both.
      for (let i = 0; i < 2; ++i) assert.match(await ask(`second${version}`, '-sess_in', session), /^Reused, TLS/m);
      for (const server of [both.a, both.b]) {
        await until(
          () => server.lines().filter((line) => line.includes(`second${version}`)).length === 1,
          'a resumed connection to each process',
        );
      }
    }
    for (const server of [both.a, both.b]) {
      await server.stop();
      assert.equal(server.stderr, '');
    }
  });

  test('each client keeps its own address and line', async (t) => {
    const both = await pair(t);
    const addresses = [
      'tcp-request connection set-src str(192.0.2.7) if { src 127.0.0.2 }',
      'tcp-request connection set-src str(192.0.2.8) if { src 127.0.0.3 }',
    ];
    const balancer = await Haproxy.start(t, {
      site: { servers: servers_of(both, 'site') },
      plain: { servers: servers_of(both, 'plain') },
      lane: { servers: servers_of(both, 'h1').slice(0, 1), lines: addresses },
    });
    for (const from of ['127.0.0.2', '127.0.0.3']) {
      for (const url of [`https://localhost:${balancer.ports.site}/`, `http://localhost:${balancer.ports.plain}/`]) {
        const trust = ['--cacert', both.a.authority, '--ipv4', '--interface', from];
        const asked = await run('curl', ['-q', '-sSf', ...trust, `${url}?from=${from}`, '-o', '/dev/null']);
        assert.equal(asked.code, 0, asked.stderr);
      }
      await until(() => {
        const lines = [...both.a.lines(), ...both.b.lines()].filter((line) => line.includes(`from=${from}`));
        assert.ok(lines.every((line) => line.split(' ')[1] === from), lines.join('\n'));
        return lines.length === 2;
      }, 'the lines of the access log');
    }

    await set_line(both.a, 'h1', 'rtt=300ms', '192.0.2.7');
    const timed = async (from) => {
      const begun = performance.now();
      await visit(both.a, balancer.ports.lane, { from, path: `/?lane=${from}` });
      return performance.now() - begun;
    };
    assert.ok((await timed('127.0.0.2')) > 600, 'this one is two round trips away');
    await timed('127.0.0.3');
    assert.ok((await line_of(both.a, 'h1', '192.0.2.7')).lateness_ms.samples > 0);
    assert.equal((await line_of(both.a, 'h1', '192.0.2.8')).line, null);
    await until(() => both.a.lines().some((line) => / 192\.0\.2\.8 .*lane=127\.0\.0\.3/.test(line)), 'the other');
    for (const server of [both.a, both.b]) {
      await server.stop();
      assert.equal(server.stderr, '');
    }
  });

  test('its checks pass, on a lane with a slow line too', async (t) => {
    const both = await pair(t, ['--line', 'rtt=2s,down=8kbit,up=8kbit']);
    const over_http = ['option httpchk GET /healthz', 'http-check expect string ok', 'timeout check 2s'];
    // HAProxy's own HTTP/2 asks with version and host, or not at all.
    const by_http2 = ['option httpchk', 'http-check send meth GET uri /healthz ver HTTP/2 hdr host localhost'];
    const balancer = await Haproxy.start(t, {
      bare: { servers: servers_of(both, 'site', 'check inter 200ms') },
      site: { servers: servers_of(both, 'site', 'check check-ssl verify none inter 200ms'), lines: over_http },
      plain: { servers: servers_of(both, 'plain', 'check inter 200ms'), lines: over_http },
      lane: { servers: servers_of(both, 'h1', 'check check-ssl verify none inter 200ms'), lines: over_http },
      h2: { servers: servers_of(both, 'h2', 'check check-ssl check-alpn h2 verify none inter 200ms'), lines: by_http2 },
    });
    for (const server of ['a', 'b']) {
      assert.equal((await balancer.up(`bare/${server}`)).check_status, 'L4OK');
      for (const frontend of ['site', 'plain', 'lane', 'h2']) {
        assert.equal((await balancer.up(`${frontend}/${server}`)).check_status, 'L7OK', frontend);
      }
    }
    await until(() => both.a.lines().some((line) => / 127\.0\.0\.1 .* GET \/healthz 200 3 /.test(line)), 'a check');
    for (const server of [both.a, both.b]) {
      await server.stop();
      assert.equal(server.stderr, '', 'no word about checks');
    }
  });
});

describe('the PROXY header', () => {
  test('names the client, whole or byte by byte, on site and lanes; the console has none', async (t) => {
    const { a, b } = await pair(t);
    for (const header of [[from_ipv4], [...from_ipv4].map((byte) => Buffer.from([byte]))]) {
      assert.match(await exchange(a.port('plain'), [...header, get('/?by=hand')]), /^HTTP\/1\.1 200 OK/);
    }
    await visit(a, a.port('site'), { header: from_ipv6, path: '/?by=hand' });
    await visit(a, a.port('h1'), { header: from_ipv6, path: '/?by=hand' });
    await exchange(a.port('plain'), [Buffer.concat([health_check, Buffer.from(get('/?by=hand'))])]);
    const clients = ['192.0.2.7', '192.0.2.7', '2001:db8::17', '2001:db8::17', '127.0.0.1'];
    await until(() => a.lines().length === clients.length, 'all lines');
    assert.deepEqual(a.lines().map((line) => line.split(' ')[1]).sort(), [...clients].sort());
    assert.equal((await call(a, 'GET', '/healthz')).content.toString(), 'ok\n');
    for (const server of [a, b]) await server.stop();
  });

  test('that is none, malformed, broken off, late, of version 1, or not from the balancer is closed with a word', async (t) => {
    const { a, b } = await pair(t);
    const bad = [
      [[get('/')], /it began without a PROXY header/],
      [['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], /it began without a PROXY header/],
      [['PROXY TCP4 192.0.2.7 198.51.100.9 4711 443\r\n', get('/')], /is of version 1; let the balancer send version 2/],
      [[proxy_header(1, 0x41, '00'.repeat(36))], /malformed: an unknown family/],
      [[proxy_header(2, 0x11, '00'.repeat(12))], /malformed: neither LOCAL nor PROXY/],
      [[proxy_header(1, 0x11, '00'.repeat(11))], /malformed: shorter than its addresses/],
      [[proxy_header(1, 0x11, '00'.repeat(5000))], /longer than 4096 bytes/],
      [[from_ipv4], /it is not from \/proxy_protocol\/from/, { from: '127.0.0.2' }],
      [[from_ipv4.subarray(0, 20)], /it ended within its PROXY header/, { half_close: true }],
      [[from_ipv4.subarray(0, 27)], /was not whole within 5 s/],
      [[], /was not whole within 5 s/],
    ];
    for (const endpoint of ['site', 'plain', 'h2']) {
      const before = a.stderr.length;
      const answers = await Promise.all(bad.map(([pieces, , how]) => exchange(a.port(endpoint), pieces, how)));
      assert.deepEqual(answers, bad.map(() => ''), 'no answer to any');
      const said = () => a.stderr.slice(before).trimEnd().split('\n');
      await until(() => said().length === bad.length, `${bad.length} words on ${endpoint}`);
      for (const [, word] of bad) {
        const lines = said().filter((line) => word.test(line));
        assert.equal(lines.length, bad.filter((each) => String(each[1]) === String(word)).length, `${word}\n${a.stderr}`);
        for (const line of lines)
          assert.match(line, new RegExp(`^muxlab: a connection from 127\\.0\\.0\\.[12] to port ${a.port(endpoint)} was closed: `));
      }
      // One that says nothing and goes is a look whether the port is open.
      await exchange(a.port(endpoint), [], { half_close: true });
    }
    assert.equal(a.stderr.trimEnd().split('\n').length, 3 * bad.length);
    assert.ok(!existsSync(a.log) || readFileSync(a.log, 'utf8') === '', 'nobody was served');
    for (const server of [a, b]) await server.stop();
  });

  test('is asked for from the next connection on, after a reload', async (t) => {
    const file = join(temporary_folder(), 'muxlab.json');
    writeFileSync(file, '{}');
    const server = await Server.start({ test: t, options: ['--config', file] });
    assert.match(await exchange(server.port('plain'), [get('/')]), /^HTTP\/1\.1 200 OK/);
    writeFileSync(file, JSON.stringify({ proxy_protocol: { from: ['127.0.0.0/8'] } }));
    assert.equal(await reload(server), 'muxlab: reloaded');
    assert.equal(await exchange(server.port('plain'), [get('/')]), '');
    assert.match(await exchange(server.port('plain'), [from_ipv4, get('/')]), /^HTTP\/1\.1 200 OK/);
    writeFileSync(file, JSON.stringify({ proxy_protocol: { from: ['10.1.2.3/8'] } }));
    assert.match(await reload(server), /not reloaded: .*muxlab\.json: \/proxy_protocol\/from: .*did you mean 10\.0\.0\.0\/8\?/);
    await server.stop();
  });

  test('comes from an address or a network, or the start fails in one line', async () => {
    const options = ['--port', 'auto', '--plain-port', '0', '--no-lab', '--cert-dir', temporary_folder()];
    const ended = await muxlab('serve', ...options, '--proxy-from', '10.1.2.3/8');
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /^muxlab: --proxy-from: "10\.1\.2\.3\/8" [^\n]*did you mean 10\.0\.0\.0\/8\?[^\n]*\n$/);
  });
});

describe('ticket keys', () => {
  const serve = (keys) => ['--port', 'auto', '--plain-port', '0', '--no-lab', '--cert-dir', temporary_folder(), '--ticket-keys', keys];

  test('are made for their owner alone, and refused where others may read them', async () => {
    const keys = join(temporary_folder(), 'tickets.keys');
    for (const kept of [1, 2, 3, 3]) {
      const made = await muxlab('tickets', '--rotate', keys);
      assert.equal(made.code, 0, made.stderr);
      assert.equal(statSync(keys).mode & 0o777, 0o600);
      assert.equal(readFileSync(keys, 'utf8').match(/^[0-9a-f]{160}$/gm).length, kept);
    }
    chmodSync(keys, 0o640);
    for (const ended of [await muxlab('serve', ...serve(keys)), await muxlab('tickets', '--rotate', keys)]) {
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /^muxlab: [^\n]*tickets\.keys: is open to others than its owner \(mode 0640\); chmod 600[^\n]*\n$/);
    }
    const missing = await muxlab('serve', ...serve('/nowhere/tickets.keys'));
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^muxlab: \/nowhere\/tickets\.keys: can't be read [^\n]*muxlab tickets --rotate[^\n]*\n$/);
    assert.equal((await muxlab('tickets')).code, 2);
  });

  test('rotate by SIGHUP: an old ticket resumes and is renewed, and a file that is wrong changes nothing', async (t) => {
    const { a, b, keys } = await pair(t);
    const come = (server, session) => visit(server, server.port('site'), { header: from_ipv4, session });
    const first = await come(a);
    assert.equal((await come(b, first.session)).resumed, true, 'another process');

    await muxlab('tickets', '--rotate', keys);
    assert.equal(await reload(a), 'muxlab: reloaded');
    const second = await come(a, first.session);
    assert.equal(second.resumed, true, 'a key from before still opens');
    assert.equal((await come(b, second.session)).resumed, false, 'the new key is not known there yet');
    assert.equal(await reload(b), 'muxlab: reloaded');
    assert.equal((await come(b, second.session)).resumed, true);

    chmodSync(keys, 0o644);
    assert.match(await reload(a), /^muxlab: not reloaded: [^\n]*tickets\.keys: is open to others/);
    assert.equal((await come(a, second.session)).resumed, true);
    chmodSync(keys, 0o600);
    for (let again = 0; again < 2; ++again) await muxlab('tickets', '--rotate', keys);
    assert.equal(await reload(a), 'muxlab: reloaded');
    assert.equal((await come(a, first.session)).resumed, false, 'its key is gone');
    for (const server of [a, b]) await server.stop();
  });

  test('of two processes: a cold run refuses older tickets of the other, however many runs that one began', async (t) => {
    const { a, b } = await pair(t);
    const come = (server, session) => visit(server, server.port('h1'), { header: unnamed, session });
    for (let run = 0; run < 5; ++run) await begin_run(b, { page: 'article', lane: 'h1' });
    const before = await come(b);
    assert.equal((await come(a, before.session)).resumed, true);
    await begin_run(a, { page: 'article', lane: 'h1' });
    assert.equal((await come(a, before.session)).resumed, false);
    assert.equal((await come(b, before.session)).resumed, true, 'the run is none of the other process');
    const after = await come(a);
    assert.equal((await come(a, after.session)).resumed, true);
    for (const server of [a, b]) await server.stop();
  });
});

describe('/healthz', () => {
  test('is 503 once the server drains', async (t) => {
    const server = await Server.start({ test: t });
    // HTTP/2 by hand: a client that does not answer the drain's PING still asks for a second.
    const frame = (type, flags, stream, payload) => {
      const head = Buffer.alloc(9);
      head.writeUIntBE(payload.length, 0, 3);
      head.writeUInt8(type, 3);
      head.writeUInt8(flags, 4);
      head.writeUInt32BE(stream, 5);
      return Buffer.concat([head, payload]);
    };
    const literal = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
    // Indexed: GET, http; by name: path, authority (RFC 7541 appendix A).
    const request = (stream, path) => {
      const fields = [Buffer.from([0x82, 0x86, 0x04]), literal(path), Buffer.from([0x01]), literal('localhost')];
      return frame(1, 0x5, stream, Buffer.concat(fields));
    };
    const socket = net.connect({ host: '127.0.0.1', port: server.port('plain') });
    let heard = Buffer.alloc(0);
    socket.on('data', (bytes) => (heard = Buffer.concat([heard, bytes])));
    const frames = () => {
      const all = [];
      for (let at = 0; at + 9 <= heard.length; at += 9 + heard.readUIntBE(at, 3))
        all.push({ type: heard[at + 3], stream: heard.readUInt32BE(at + 5), payload: heard.subarray(at + 9, at + 9 + heard.readUIntBE(at, 3)) });
      return all;
    };
    const content = (stream) => frames().filter((each) => each.type === 0 && each.stream === stream).map((each) => String(each.payload)).join('');
    socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0))]));
    socket.write(request(1, '/healthz'));
    await until(() => content(1) === 'ok\n', 'ok');
    socket.write(request(3, '/?delay_ms=1500')); // keeps the connection
    const end = server.terminate();
    await until(() => frames().some((each) => each.type === 7), 'GOAWAY');
    socket.write(request(5, '/healthz'));
    await until(() => content(5) === 'draining\n', 'draining');
    server.assert_clean_end(await end);
  });

  test('is no part of a run', async (t) => {
    const server = await Server.start({ test: t });
    const { id } = await begin_run(server, { page: 'article', lane: 'h1' });
    await visit(server, server.port('h1'), { path: '/healthz' });
    await visit(server, server.port('h1'), { path: `/r/${id}/article/` });
    const ended = await call(server, 'POST', `/api/runs/${id}/end`, { json: {} });
    assert.equal(JSON.parse(ended.content).exchanges, 1);
    await server.stop();
  });
});
