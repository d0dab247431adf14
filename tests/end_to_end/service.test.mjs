// Under a service manager, played by two small programs: what it is told and when, and sockets that it passes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { environment, need, run } from './support/command.mjs';
import { Server, binary, free_ports, temporary_folder, within } from './support/muxlab.mjs';

need('python3', 'curl');

const support = (name) => fileURLToPath(new URL(`./support/${name}`, import.meta.url));
const wait_limit_ms = 60_000;

// What is told to the manager at that address, one after the other: next() gives the next.
async function ears_at(t, address) {
  const child = spawn('python3', [support('hear_notices.py'), address], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = () =>
    within(wait_limit_ms, lines.next(), () => `nobody tells ${address} anything`).then(({ value }) => JSON.parse(value));
  assert.equal(await next(), 'listening');
  return next;
}

// Environment variables for the servers that are started meanwhile.
async function with_environment(variables, what) {
  Object.assign(environment, variables);
  try {
    return await what();
  } finally {
    for (const name of Object.keys(variables)) delete environment[name];
  }
}

for (const [kind, address] of [
  ['a path', () => join(temporary_folder(), 'notify')],
  ['an abstract name', () => `@muxlab-test-${process.pid}`],
]) {
  test(`the manager is told that the server is ready, reloads and stops: at ${kind}`, async (t) => {
    const socket = address();
    const next = await ears_at(t, socket);
    const server = await with_environment({ NOTIFY_SOCKET: socket }, () => Server.start({ test: t }));
    assert.equal(await next(), 'READY=1');
    server.child.kill('SIGHUP');
    assert.match(await next(), /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    assert.equal(await next(), 'READY=1');
    const end = server.terminate();
    assert.equal(await next(), 'STOPPING=1');
    server.assert_clean_end(await end);
  });
}

test('a manager that is not there keeps nobody from being served', async (t) => {
  const nobody = join(temporary_folder(), 'nobody');
  const server = await with_environment({ NOTIFY_SOCKET: nobody }, () => Server.start({ test: t }));
  await server.stop();
  assert.match(server.stderr, /^muxlab: the service manager can't be told "READY=1": .*nobody/);
});

// Starts a server to which those sockets are passed, by name and address.
const start_with = (t, passed, options = {}) =>
  with_environment({ PASSED: passed, PASSED_TO: binary() }, () =>
    Server.start({ test: t, program: support('pass_sockets.py'), ...options }),
  );

async function status_of(server, url) {
  const { stdout } = await run('curl', ['-s', '--cacert', server.authority, '-o', '/dev/null', '-w', '%{http_code}', url]);
  return stdout;
}

test('sockets that are passed are served as the ports of their names, by every worker', async (t) => {
  const server = await start_with(t, 'site@127.0.0.1 site@127.0.0.2 console@127.0.0.1 h2@127.0.0.1');
  const passed = [...server.stderr.matchAll(/^passed (\S+) \S+ (\d+)$/gm)].map(([, name, port]) => [name, Number(port)]);
  assert.equal(passed.length, 4);
  for (const [name, port] of passed) assert.equal(server.port(name), port, name);
  assert.deepEqual(
    server.ready.endpoints.map(({ name }) => name),
    ['site', 'plain', 'h1-close', 'h1', 'h2', 'h2-fifo', 'h2-push', 'h2-hints', 'console'],
    'all others are opened as ever',
  );
  // The certificate names where they listen, as it does of --address.
  for (const host of ['localhost', '127.0.0.2']) {
    for (let connection = 0; connection < 8; ++connection) {
      assert.equal(await status_of(server, `https://${host}:${server.port('site')}/mosaic/`), '200', host);
    }
  }
  for (const name of ['plain', 'h2', 'console']) assert.equal(await status_of(server, server.url(name)), '200', name);
  await server.stop();
});

// A number that was free a moment ago.
async function free_number() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

test('sockets with the name of their unit go by their number', async (t) => {
  const number = await free_number();
  const passed = `muxlab.socket@127.0.0.1@${number}`;
  const ports = (plain) => ['--port', 'auto', '--plain-port', plain, '--console-port', 'auto'];
  const server = await start_with(t, passed, { ports: ports(String(number)) });
  assert.equal(server.port('plain'), number);
  assert.equal(await status_of(server, server.url('plain')), '200');
  await server.stop();
  // The same number is of no port here.
  await assert.rejects(
    start_with(t, passed, { ports: ports('auto') }),
    /the socket that was passed for 127\.0\.0\.1 port \d+ is for no port here; [^\n]+FileDescriptorName/,
  );
});

test('a socket that no port is named after ends the start in one line', async (t) => {
  for (const [passed, options] of [
    ['sight@127.0.0.1', []],
    ['h2@127.0.0.1', ['--no-lab']],
  ]) {
    const { code, stdout, stderr } = await with_environment({ PASSED: passed, PASSED_TO: binary() }, () =>
      run(support('pass_sockets.py'), ['serve', ...free_ports, '--cert-dir', temporary_folder(), ...options]),
    );
    assert.deepEqual([code, stdout], [1, '']);
    const [name] = passed.split('@');
    assert.match(
      stderr,
      new RegExp(`^passed [^\\n]+\\nmuxlab: the socket that was passed for 127.0.0.1 port \\d+ is named "${name}", [^\\n]+\\n$`),
    );
  }
});
