// Where a server listens beyond this machine's loopback: its certificate holds what it is known by, its console takes
// changes under exactly these names, and it starts wherever it can listen. Asked by curl and openssl; addresses of
// other networks exist in a network namespace of the test's own.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { need, run } from './support/command.mjs';
import { Server, binary, free_ports, muxlab, temporary_folder } from './support/muxlab.mjs';

need('curl', 'openssl');

// Several starts with the same authority.
const start = (t, certificates, ...options) => Server.start({ test: t, certificates, options });

// Whether curl believes the server and what the console answers to a change: "200", "403"; "60" for curl's own refusal.
async function change(server, host, { origin = `https://${host}:${server.port('console')}`, options = [], within = [] } = {}) {
  const [program, ...args] = [
    ...within,
    ...['curl', '--silent', '--cacert', server.authority, '--output', '/dev/null', '--write-out', '%{http_code}'],
    ...['--request', 'PUT', '--header', 'content-type: application/json', '--data', 'null'],
    ...(origin ? ['--header', `origin: ${origin}`] : []),
    ...options,
    `https://${host}:${server.port('console')}/api/lines/me/h2`,
  ];
  const { code, stdout } = await run(program, args);
  return code === 0 ? stdout : `curl ${code}`;
}

// What curl does instead of asking for the name's address.
const at = (server, name, address) => ['--resolve', `${name}:${server.port('console')}:${address}`];

// Whether an ordinary client would believe the leaf under that name.
async function verified(folder, name) {
  const kind = /^[\d.]+$|:/.test(name) ? '-verify_ip' : '-verify_hostname';
  const args = ['verify', '-CAfile', join(folder, 'ca.pem'), '-x509_strict', kind, name, join(folder, 'server.pem')];
  return (await run('openssl', args)).code === 0;
}

test('the console is changed under each name of its certificate, and under no other', async (t) => {
  const folder = temporary_folder();
  const server = await start(t, folder);
  for (const host of ['localhost', '127.0.0.1', '[::1]']) assert.equal(await change(server, host), '200', host);
  for (const host of ['h1.localhost', 'h2.localhost']) {
    assert.equal(await change(server, host, { options: at(server, host, '127.0.0.1') }), '200', host);
  }
  const evil = [...at(server, 'evil.example', '127.0.0.1'), '--insecure'];
  assert.equal(await change(server, 'evil.example', { options: evil }), '403');
  assert.equal(await change(server, 'localhost', { origin: 'https://evil.example' }), '403');
  await server.stop();
});

// As behind a port mapping: clients come under a name and an address that the server does not listen on.
test('the console is changed under further names that were given, and the certificate names those that it may', async (t) => {
  const folder = temporary_folder();
  const file = join(folder, 'muxlab.json');
  writeFileSync(file, JSON.stringify({ host_names: ['Teacher.example'] }));
  const server = await start(t, folder, '--host-name', '10.99.0.1', '--host-name', 'desk.example');
  const under = (host, ...options) => change(server, host, { options: [...at(server, host, '127.0.0.1'), ...options] });
  assert.equal(await under('10.99.0.1'), '200');
  assert.ok(await verified(folder, '10.99.0.1'));
  assert.equal(await under('desk.example'), 'curl 60', 'the authority may not vouch for it');
  assert.equal(await under('desk.example', '--insecure'), '200');
  assert.equal(await under('teacher.example', '--insecure'), '403');
  await server.stop();

  const other = await start(t, folder, '--config', file);
  const options = [...at(other, 'teacher.example', '127.0.0.1'), '--insecure'];
  assert.equal(await change(other, 'teacher.example', { options }), '200');
  writeFileSync(file, '{}');
  assert.equal(await other.reload(), 'muxlab: reloaded');
  assert.equal(await change(other, 'teacher.example', { options }), '403', 'until a reload takes it away');
  await other.stop();
});

test('an address is named by a new leaf of the same key and authority', async (t) => {
  const folder = temporary_folder();
  const first = await start(t, folder);
  await first.stop();
  const authority = (await muxlab('certs', '--cert-dir', folder)).stdout.split('\n')[4];

  const second = await start(t, folder, '--address', '127.0.0.2');
  assert.equal(second.spki, first.spki);
  assert.equal(new URL(second.url('console')).hostname, '127.0.0.2', 'localhost would not lead there');
  assert.equal(await change(second, '127.0.0.2'), '200');
  assert.equal((await muxlab('certs', '--cert-dir', folder)).stdout.split('\n')[4], authority);
  await second.stop();

  const third = await start(t, folder, '--address', '127.0.0.3');
  assert.equal(third.spki, first.spki);
  assert.equal(await change(third, '127.0.0.3'), '200');
  for (const name of ['127.0.0.3', 'localhost', 'h1.localhost', '::1']) assert.ok(await verified(folder, name), name);
  await third.stop();
});

test('0.0.0.0 and :: mean all addresses of the machine', async (t) => {
  const folder = temporary_folder();
  const server = await start(t, folder, '--address', '0.0.0.0', '--address', '::');
  const own = Object.values(networkInterfaces()).flat().map(({ address }) => address);
  const local = own.filter((address) => /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\.|^::1$|^f[cd]/.test(address));
  assert.ok(local.length > 0);
  for (const address of local) {
    assert.ok(await verified(folder, address), address);
    const host = address.includes(':') ? `[${address}]` : address;
    assert.equal(await change(server, host), '200', host);
  }
  if (/^[a-z\d][a-z\d-]*$/.test(hostname())) {
    assert.ok(await verified(folder, hostname()));
    assert.equal(await change(server, hostname(), { options: at(server, hostname(), '127.0.0.1') }), '200');
  }
  await server.stop();
});

// muxlab in a network namespace with a private and a public address (RFC 5737), as a program to start.
async function elsewhere() {
  const tried = await run('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).catch((error) => ({ stderr: `${error}` }));
  if (tried.code !== 0) return { reason: tried.stderr };
  const program = join(temporary_folder(), 'muxlab');
  const addresses = ['192.168.77.2/24', '203.0.113.7/32', 'fd00:77::2/64 nodad'];
  const setup = ['ip link set lo up', ...addresses.map((address) => `ip addr add dev lo ${address}`)].join(' && ');
  writeFileSync(program, `#!/bin/sh\nexec unshare --net sh -c '${setup} && exec "$@"' sh ${binary()} "$@"\n`);
  chmodSync(program, 0o755);
  return { program };
}

test('other networks: what is private is named, and what is public starts all the same', async (t) => {
  const { program, reason } = await elsewhere();
  if (!program) return t.skip(`no network namespace here: ${reason}`);
  for (const addresses of [['192.168.77.2', 'fd00:77::2', '203.0.113.7'], ['0.0.0.0', '::'], ['203.0.113.7']]) {
    const folder = temporary_folder();
    const options = addresses.flatMap((address) => ['--address', address]);
    const server = await Server.start({ test: t, program, options, certificates: folder });
    const within = ['nsenter', '--target', `${server.child.pid}`, '--net'];
    assert.equal(await verified(folder, '203.0.113.7'), false);
    assert.ok(await verified(folder, 'localhost'), 'one name too many would spoil all');
    assert.equal(await change(server, '203.0.113.7', { within }), 'curl 60', 'not believed');
    assert.equal(await change(server, '203.0.113.7', { within, options: ['--insecure'] }), '403');
    if (addresses.length > 1) {
      for (const host of ['192.168.77.2', '[fd00:77::2]']) assert.equal(await change(server, host, { within }), '200', host);
      assert.ok(server.ready.certificate.names.includes('fd00:77::2'));
    } else {
      assert.equal(new URL(server.url('console')).hostname, '203.0.113.7');
    }
    await server.stop();
  }
});

test('the start says how another device comes to trust it, and what the certificate can not name', async (t) => {
  const { program, reason } = await elsewhere();
  if (!program) return t.skip(`no network namespace here: ${reason}`);
  const folder = temporary_folder();
  const args = ['serve', ...free_ports, '--cert-dir', folder, '--address', '192.168.77.2', '--address', '203.0.113.7'];
  const said = await run('timeout', ['--signal', 'INT', '10', program, ...args]);
  assert.match(said.stdout, /On another device trust a copy of that file, then open\nhttps:\/\/192\.168\.77\.2:\d+\/\n/);
  assert.match(said.stdout, /can't name 203\.0\.113\.7:\n/);
  assert.match(said.stdout, /console .* https:\/\/192\.168\.77\.2:\d+\/ /);
});
