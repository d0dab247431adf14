// Those who come to a port with what it does not speak are told so, in what they do speak: HTTP in cleartext on a TLS
// port, a client without ALPN on a lane that has HTTP/2 alone, HTTP/2 on one that has not, TLS on a port without.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { find, need, run } from './support/command.mjs';
import { Server, within } from './support/muxlab.mjs';

need('curl', 'openssl', 'python3');

describe('a wrong door', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  const in_cleartext = (endpoint) => server.url(endpoint).replace('https:', 'http:');
  const without_address = (server_, endpoint) => `This port speaks TLS: use https://localhost:${server_.port(endpoint)}/`;

  async function curl(url, ...options) {
    const args = ['-q', '-sS', '-i', '--max-time', '20', '--cacert', server.authority, ...options, url];
    return run('curl', args);
  }

  async function say(port, bytes) {
    const socket = net.connect({ host: '127.0.0.1', port });
    const chunks = [];
    socket.on('data', (data) => chunks.push(data)).on('error', () => {});
    socket.write(bytes);
    await within(20_000, new Promise((resolve) => socket.on('close', resolve)), () => 'no end');
    return Buffer.concat(chunks).toString('latin1');
  }

  for (const endpoint of ['site', 'h1', 'h2', 'h1-close', 'console']) {
    test(`http to the TLS port of ${endpoint} is told the https address`, async () => {
      const { code, stdout, stderr } = await curl(in_cleartext(endpoint));
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^HTTP\/1\.1 400 /);
      assert.match(stdout, /\r\nconnection: close\r\n/);
      assert.ok(stdout.includes(without_address(server, endpoint)), stdout);
    });
  }

  test('http to a TLS port, by Python and by wget', async () => {
    const url = in_cleartext('site');
    const { stdout } = await run('python3', [
      '-c',
      `import urllib.request, urllib.error
try: urllib.request.urlopen("${url}", timeout=20)
except urllib.error.HTTPError as error: print(error.code, error.read().decode())`,
    ]);
    assert.match(stdout, /^400 This port speaks TLS/);
    if (!find('wget')) return;
    const { stderr } = await run('wget', ['--tries=1', '--timeout=20', '-O-', url]);
    assert.match(stderr, /400 Bad Request/);
  });

  test('h2c by prior knowledge to a TLS port is told the same over HTTP/2', async () => {
    const { code, stdout } = await curl(in_cleartext('h2'), '--http2-prior-knowledge');
    assert.equal(code, 0);
    assert.match(stdout, /^HTTP\/2 400/);
    assert.ok(stdout.includes(without_address(server, 'h2')), stdout);
  });

  test('nothing is said back that is no host', async () => {
    for (const host of ['<script>alert(1)</script>', 'a b', 'a\\nb', 'user@localhost', '"']) {
      const heard = await say(server.port('site'), `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      assert.match(heard, /^HTTP\/1\.1 400 /);
      assert.ok(!heard.includes(host), heard);
    }
    const old = await say(server.port('site'), 'GET / HTTP/1.0\r\n\r\n');
    assert.match(old, new RegExp(`by https, on port ${server.port('site')}\\.`));
  });

  test('http to a TLS port on a simulated line', async (t) => {
    const lined = await Server.start({ test: t, options: ['--line', 'rtt=40ms,down=10mbit,up=2mbit'] });
    const { code, stdout } = await curl(lined.url('h2').replace('https:', 'http:'));
    assert.equal(code, 0);
    assert.ok(stdout.includes(without_address(lined, 'h2')), stdout);
    await lined.stop();
  });

  test('without ALPN a lane with HTTP/2 alone answers 505', async () => {
    const { code, stdout, stderr } = await curl(server.url('h2'), '--no-alpn');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^HTTP\/1\.1 505 HTTP Version Not Supported\r\n/);
    assert.match(stdout, /ALPN "h2"/);

    const python = await run('python3', [
      '-c',
      `import ssl, http.client
trust = ssl.create_default_context(cafile="${server.authority}")
trust.set_alpn_protocols([])
connection = http.client.HTTPSConnection("localhost", ${server.port('h2')}, timeout=20, context=trust)
connection.request("GET", "/")
print(connection.getresponse().status)`,
    ]);
    assert.match(python.stdout + python.stderr, /505|no application protocol/i);

    const { stdout: said } = await run(
      'openssl',
      ['s_client', '-ign_eof', '-connect', `127.0.0.1:${server.port('h2')}`, '-servername', 'localhost'],
      { input: 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' },
    );
    assert.match(said, /HTTP\/1\.1 505 /);
  });

  test('wget on that lane says why and does not come again', { skip: find('wget') ? false : 'wget is missing' }, async () => {
    const { code, stderr } = await run('wget', [
      ...['--timeout=20', `--ca-certificate=${server.authority}`, '-O/dev/null', server.url('h2')],
    ]);
    assert.notEqual(code, 0);
    assert.match(stderr, /505 HTTP Version Not Supported/);
    assert.equal(stderr.match(/HTTP request sent/g).length, 1, stderr);
  });

  test('HTTP/2 alone on a lane that has it not is the alert no_application_protocol', async () => {
    const { code, stdout, stderr } = await run('openssl', [
      ...['s_client', '-alpn', 'h2', '-connect', `127.0.0.1:${server.port('h1')}`, '-servername', 'localhost'],
    ]);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /alert no application protocol/);
    const error = await new Promise((resolve) => {
      http2.connect(server.url('h1'), { rejectUnauthorized: false }).on('error', resolve);
    });
    assert.match(String(error), /no application protocol/);
  });

  test('TLS to a port in cleartext ends at once, with what TLS clients know as no TLS', async () => {
    const began = performance.now();
    const { code, stderr } = await curl(server.url('plain').replace('http:', 'https:'));
    assert.equal(code, 35);
    assert.match(stderr, /wrong version number/);
    assert.ok(performance.now() - began < 5000);
  });

  test('Host and :authority that are written differently name the same', async () => {
    const url = server.url('site');
    const port = server.port('site');
    const talk = async (host) =>
      new Promise((resolve) => {
        const session = http2.connect(url, { rejectUnauthorized: false });
        const stream = session.request({ ':path': '/', ':authority': `localhost:${port}`, host });
        stream.on('response', (headers) => resolve(headers[':status']));
        stream.on('error', (error) => resolve(error.code));
        stream.on('close', () => session.close());
        stream.resume();
      });
    assert.equal(await talk(`LOCALHOST:${port}`), 200);
    assert.equal(await talk(`%6cocalhost:0${port}`), 200);
    assert.equal(await talk('localhost'), 'ERR_HTTP2_STREAM_ERROR');
    assert.equal(await talk(`elsewhere:${port}`), 'ERR_HTTP2_STREAM_ERROR');
  });
});
