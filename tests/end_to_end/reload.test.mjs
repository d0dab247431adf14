// SIGHUP: a new certificate, site, limits and logs without a lost connection; what can't change is refused, and
// a mistake leaves everything as it was.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { join } from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { need, run } from './support/command.mjs';
import { Server, muxlab, temporary_folder } from './support/muxlab.mjs';
import { Http1Socket } from './support/http1_socket.mjs';
import { ask, connect, once } from './support/http2_client.mjs';
import { reload } from './support/reload.mjs';

need('h2load');

const get = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

// A pair of certificate and key of an authority of its own.
async function new_certificate() {
  const folder = temporary_folder();
  assert.equal((await muxlab('certs', '--cert-dir', folder)).code, 0);
  return { certificate: join(folder, 'server.pem'), key: join(folder, 'server-key.pem') };
}

// One file that the server is configured by, written anew for each state.
function configuration() {
  const file = join(temporary_folder(), 'muxlab.json');
  const write = (content) => writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  write({});
  return { file, write };
}

// A TLS connection, its certificate's hash and whether it was resumed; with the ticket for the next one.
async function handshake(server, session) {
  const socket = tls.connect({
    host: '127.0.0.1',
    port: server.port('site'),
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    session,
  });
  const ticket = once(socket, 'session');
  await once(socket, 'secureConnect');
  const hash = socket.getPeerX509Certificate()?.fingerprint256;
  const resumed = socket.isSessionReused();
  socket.write(get('/')); // TLS 1.3 tickets come behind the handshake
  const [next] = await ticket;
  socket.destroy();
  return { hash, resumed, session: next };
}

test('a new certificate while h2load runs: no request is lost, old tickets stay good', async (t) => {
  const served = await new_certificate();
  const other = await new_certificate();
  const server = await Server.start({
    test: t,
    options: ['--cert', served.certificate, '--key', served.key],
  });
  const before = await handshake(server);
  const held = http2.connect(server.url('site'), { rejectUnauthorized: false });
  await once(held, 'connect');

  const requests = 4000;
  const load = run('h2load', ['-n', `${requests}`, '-c', '8', '-m', '4', server.url('site', '/mosaic/page.json')]);
  copyFileSync(other.certificate, served.certificate);
  copyFileSync(other.key, served.key);
  assert.equal(await server.reload(), 'muxlab: reloaded');
  for (let again = 0; again < 3; ++again) assert.equal(await server.reload(), 'muxlab: reloaded');
  const { stdout } = await load;
  assert.match(stdout, new RegExp(`${requests} succeeded, 0 failed, 0 errored, 0 timeout`), stdout);

  const after = await handshake(server);
  assert.ok(before.hash && after.hash && before.hash !== after.hash, 'new connections get the new certificate');
  assert.equal((await handshake(server, before.session)).resumed, true, 'an old ticket resumes');
  assert.equal((await ask(held, '/mosaic/page.json')).headers[':status'], 200, 'an old connection lives');
  held.close();
  await server.stop();
});

test('changed limits hold for new connections, and the console shows them', async (t) => {
  const { file, write } = configuration();
  const server = await Server.start({ test: t, options: ['--config', file] });
  const old = await Http1Socket.open(server, 'plain');
  const [first] = await old.send(get('/mosaic/page.json')).responses(1);
  assert.match(first.headers['keep-alive'], /timeout=60/);

  write({ limits: { http1: { idle_timeout_s: 5 }, http2: { max_streams: 7 } } });
  assert.equal(await server.reload(), 'muxlab: reloaded');
  const fresh = await Http1Socket.open(server, 'plain');
  const [second] = await fresh.send(get('/mosaic/page.json')).responses(1);
  assert.match(second.headers['keep-alive'], /timeout=5\b/);
  const answers = await old.send(get('/mosaic/page.json')).responses(2);
  assert.match(answers.at(-1).headers['keep-alive'], /timeout=60/, 'an old connection keeps its terms');

  const console_client = await connect(server, 'console');
  const lanes = JSON.parse((await ask(console_client, '/api/lanes')).body);
  assert.equal(lanes.find((lane) => lane.name === 'h2').max_streams, 7);
  for (const socket of [old, fresh]) socket.close();
  console_client.close();
  await server.stop();
});

test('what needs a restart is refused with its reason, and a broken file changes nothing', async (t) => {
  const { file, write } = configuration();
  const server = await Server.start({ test: t, options: ['--config', file] });
  for (const [content, reason] of [
    [{ addresses: ['127.0.0.1'] }, /\/addresses can't go from null to \["127\.0\.0\.1"\]; .*restart/],
    [{ lanes: [] }, /\/lanes can't go from \d lanes to 0; .*restart/],
    [{ limits: { http2: { max_stream: 5 } } }, /muxlab\.json: \/limits\/http2\/max_stream is no key; did you mean/],
    ['{', /muxlab\.json: is no JSON: line 1, column 2/],
    [{ certificates: { certificate: 'none.pem', key: 'none.pem' } }, /none\.pem/],
    [{ site: { root: 'none' } }, /none/],
    [{ key_log: '/proc/none/keys' }, /\/proc\/none\/keys/],
  ]) {
    write(content);
    const said = await server.reload();
    assert.match(said, /^muxlab: not reloaded: [^\n]+$/);
    assert.match(said, reason);
    const h2 = await connect(server, 'site');
    assert.equal((await ask(h2, '/mosaic/page.json')).headers[':status'], 200);
    h2.close();
  }
  write({});
  assert.equal(await server.reload(), 'muxlab: reloaded');
  await server.stop();
});

test('--root serves a folder, and an edit is seen on the same connection within two seconds', async (t) => {
  const root = temporary_folder();
  writeFileSync(join(root, 'index.html'), '<p>before</p>');
  const server = await Server.start({ test: t, options: ['--root', root] });
  const h2 = await connect(server, 'site');
  assert.equal((await ask(h2, '/')).body.toString(), '<p>before</p>');
  writeFileSync(join(root, 'index.html'), '<p>after that</p>');
  writeFileSync(join(root, 'new.txt'), 'new');
  const edited = Date.now();
  while ((await ask(h2, '/')).body.toString() !== '<p>after that</p>') {
    assert.ok(Date.now() - edited < 2000, 'not seen');
  }
  assert.equal((await ask(h2, '/new.txt')).body.toString(), 'new');
  h2.close();
  await server.stop();
});

test('the access log goes on under its name when it has been moved away', async (t) => {
  const file = join(temporary_folder(), 'access.log');
  const server = await Server.start({ test: t, options: ['--access-log', file] });
  const h2 = await connect(server, 'site');
  await ask(h2, '/mosaic/page.json');
  renameSync(file, `${file}.1`);
  assert.equal(await server.reload(), 'muxlab: reloaded');
  await ask(h2, '/none');
  h2.close();
  await server.stop();
  assert.match(readFileSync(`${file}.1`, 'utf8'), /^[^\n]+ \/mosaic\/page\.json 200 [^\n]+\n$/);
  assert.match(readFileSync(file, 'utf8'), /^[^\n]+ \/none 404 [^\n]+\n$/);
});

test('the key log has the secrets of each connection, for its owner alone', async (t) => {
  const file = join(temporary_folder(), 'keys.log');
  const server = await Server.start({ test: t, options: ['--key-log', file] });
  await handshake(server);
  await server.stop();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  assert.ok(lines.some((line) => /^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,96}$/.test(line)), lines[0]);
  for (const line of lines) assert.match(line, /^[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]+$/);
});
