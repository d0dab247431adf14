// The command line: help, version, certificates, and every mistake at the start ends in one clear line.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment, find, run } from './support/command.mjs';
import { Server, binary, free_ports, muxlab, temporary_folder, within } from './support/muxlab.mjs';

// The start failed as it should: that exit code, nothing on stdout, one line on stderr that matches each word.
function assert_one_line(ended, code, ...words) {
  assert.equal(ended.code, code, ended.stderr);
  assert.equal(ended.stdout, '');
  assert.match(ended.stderr, /^[^\n]+\n$/, 'one line');
  for (const word of words) assert.match(ended.stderr, word);
}

const serve = (...options) => muxlab('serve', ...free_ports, '--cert-dir', temporary_folder(), ...options);

// Starts with that one port fixed, and none besides it where it is not the console's.
function only(option, port) {
  const ports = { '--port': '0', '--plain-port': '0', [option]: String(port) };
  const others = option === '--console-port' ? [] : ['--no-lab'];
  return muxlab('serve', ...Object.entries(ports).flat(), ...others, '--cert-dir', temporary_folder());
}

function listen(host) {
  return new Promise((resolve, reject) => {
    const taken = net.createServer().once('error', reject);
    taken.listen({ host, port: 0 }, () => resolve(taken));
  });
}

test('--version names the program first', async () => {
  const { code, stdout, stderr } = await muxlab('--version');
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.match(stdout, /^muxlab \d+\.\d+\.\d+\n/);
});

test('--help fits 80 columns and names every option', async () => {
  const overall = await muxlab('--help');
  assert.equal(overall.code, 0);
  for (const command of ['serve', 'certs', 'tickets', 'config']) assert.match(overall.stdout, new RegExp(`\\b${command}\\b`));
  const options = {
    serve: [
      '--config',
      '--root',
      '--address',
      '--port',
      '--plain-port',
      '--console-port',
      '--workers',
      '--cert',
      '--key',
      '--cert-dir',
      '--ticket-keys',
      '--proxy-from',
      '--no-lab',
      '--access-log',
      '--key-log',
      '--json',
    ],
    certs: ['--cert-dir', '--json'],
    tickets: ['--rotate'],
    config: ['--example', '--schema', '--tables', '--check'],
  };
  for (const [command, names] of Object.entries(options)) {
    const { code, stdout, stderr } = await muxlab(command, '--help');
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    for (const name of names) assert.ok(stdout.includes(name), `${command} --help names ${name}`);
    for (const line of (overall.stdout + stdout).split('\n'))
      assert.ok(line.length <= 80, `too long: ${line}`);
  }
});

test('without a command the program says what there is', async () => {
  const { code, stdout, stderr } = await muxlab();
  assert.equal(code, 2);
  assert.match(stdout + stderr, /--help|serve/);
});

for (const [what, options, words] of [
  ['an unknown option', ['--prot', '8443'], [/--prot/]],
  ['a port that is no number', ['--port', 'many'], [/--port/, /many/]],
  ['a port beyond the last one', ['--port', '65536'], [/--port/, /65536/]],
  ['a negative port', ['--plain-port', '-1'], [/--plain-port/]],
  ['no workers', ['--workers', '0'], [/--workers/]],
  ['workers that are no number', ['--workers', 'all'], [/--workers/, /all/]],
  ['an address that is none', ['--address', 'here'], [/--address/, /here/]],
  ['a certificate without its key', ['--cert', '/tmp/server.pem'], [/--key/]],
]) {
  test(`usage: ${what}`, async () => {
    // Not after --port auto: the same option twice would be a mistake of its own.
    const given = new Set(options);
    const others = free_ports.flatMap((value, index) =>
      index % 2 === 0 && !given.has(value) ? [value, free_ports[index + 1]] : [],
    );
    assert_one_line(
      await muxlab('serve', ...others, '--cert-dir', temporary_folder(), ...options),
      2,
      ...words,
    );
  });
}

test('nothing to serve', async () => {
  const ended = await muxlab(
    'serve',
    '--port',
    '0',
    '--plain-port',
    '0',
    '--no-lab',
    '--cert-dir',
    temporary_folder(),
  );
  assert.ok(ended.code === 1 || ended.code === 2);
  assert_one_line(ended, ended.code, /--port 0/);
});

test('an unknown command', async () => {
  assert_one_line(await muxlab('server'), 2, /server/);
});

test('a busy port is named, with the option that moves it', async () => {
  const taken = await listen('127.0.0.1');
  const { port } = taken.address();
  try {
    for (const option of ['--port', '--plain-port', '--console-port']) {
      assert_one_line(await only(option, port), 1, new RegExp(`\\b${port}\\b`), new RegExp(`${option}\\b`));
    }
  } finally {
    taken.close();
  }
});

test('two instances never share a port in silence', async (t) => {
  const first = await Server.start({ test: t });
  for (const [option, endpoint] of [
    ['--port', 'site'],
    ['--plain-port', 'plain'],
    ['--console-port', 'console'],
  ]) {
    const port = first.port(endpoint);
    assert_one_line(await only(option, port), 1, new RegExp(`\\b${port}\\b`), new RegExp(`${option}\\b`));
  }
});

test('an address of another machine', async () => {
  // 192.0.2.0/24 is kept for documentation (RFC 5737): no machine has it.
  // 10/8 is private, and this one of it is nobody's here: the certificate may name it, the machine does not have it.
  for (const address of ['192.0.2.1', '10.255.255.254']) {
    assert_one_line(
      await serve('--address', address),
      1,
      new RegExp(address.replaceAll('.', '\\.')),
      /--address/,
    );
  }
});

test('certificates and keys that do not do', async () => {
  const folder = temporary_folder();
  const ours = await muxlab('certs', '--cert-dir', folder, '--json');
  assert.equal(ours.code, 0, ours.stderr);
  const other = temporary_folder();
  await muxlab('certs', '--cert-dir', other);
  const file = (name) => join(folder, name);
  const ask = (cert, key) => serve('--cert', cert, '--key', key);

  assert_one_line(await ask(file('none.pem'), file('server-key.pem')), 1, /none\.pem/);
  assert_one_line(await ask(file('server.pem'), file('none-key.pem')), 1, /none-key\.pem/);
  assert_one_line(await ask(file('server.pem'), join(other, 'server-key.pem')), 1, /server-key\.pem/);

  writeFileSync(file('empty.pem'), '');
  assert_one_line(await ask(file('empty.pem'), file('server-key.pem')), 1, /empty\.pem/);
  mkdirSync(file('folder.pem'));
  assert_one_line(await ask(file('server.pem'), file('folder.pem')), 1, /folder\.pem/);
});

test('an unreadable key', { skip: process.getuid() === 0 && !find('setpriv') }, async () => {
  const folder = temporary_folder();
  await muxlab('certs', '--cert-dir', folder);
  const key = join(folder, 'locked-key.pem');
  copyFileSync(join(folder, 'server-key.pem'), key);
  chmodSync(key, 0);
  chmodSync(folder, 0o755);
  const options = [...free_ports, '--cert', join(folder, 'server.pem'), '--key', key];
  // Root reads everything unless it gives that power away.
  const ended =
    process.getuid() === 0
      ? await run('setpriv', [
          '--bounding-set=-dac_override,-dac_read_search',
          '--inh-caps=-dac_override,-dac_read_search',
          binary(),
          'serve',
          ...options,
        ])
      : await muxlab('serve', ...options);
  assert_one_line(ended, 1, /locked-key\.pem/);
});

test('certificates are made once and kept', async () => {
  const folder = join(temporary_folder(), 'made', 'on', 'demand');
  const [first, second] = [
    await muxlab('certs', '--cert-dir', folder, '--json'),
    await muxlab('certs', '--cert-dir', folder, '--json'),
  ];
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stdout, second.stdout);
  const { authority, spki_sha256 } = JSON.parse(first.stdout);
  assert.equal(authority, join(folder, 'ca.pem'));
  assert.ok(existsSync(authority));
  assert.match(spki_sha256, /^[A-Za-z0-9+/]{43}=$/);
  const told = await muxlab('certs', '--cert-dir', folder);
  assert.equal(told.code, 0);
  assert.ok(told.stdout.includes(authority), 'it says which file to trust');
  assert.doesNotMatch(told.stdout, /\x1b/, 'no colours in a pipe');
});

test('a certificate folder that cannot be written', async () => {
  assert_one_line(await muxlab('serve', ...free_ports, '--cert-dir', '/proc/muxlab'), 1, /\/proc\/muxlab/);
});

test('with --json the ready line is one line, and complete', async (t) => {
  const server = await Server.start({ test: t });
  const names = server.ready.endpoints.map((endpoint) => endpoint.name);
  assert.deepEqual([...names].sort(), ['console', 'h1', 'h1-close', 'h2', 'h2-fifo', 'h2-hints', 'h2-push', 'plain', 'site']);
  assert.equal(server.ready.pid, server.child.pid);
  assert.match(server.ready.version, /^\d+\.\d+\.\d+$/);
  assert.equal(server.stdout.split('\n').length, 2, 'exactly one line of JSON');
  assert.equal(server.stderr, '');
  await server.stop();
});

test('for people the ready lines name every address, without colours in a pipe', async () => {
  const child = spawn(binary(), ['serve', ...free_ports, '--cert-dir', temporary_folder()], {
    env: { ...environment, TERM: 'xterm' },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    if (/console +.*https:/.test(said)) child.kill('SIGTERM');
  });
  const [code] = await within(60_000, once(child, 'close'), () => `it said: ${said}`).finally(() =>
    child.kill('SIGKILL'),
  );
  assert.equal(code, 0);
  for (const name of ['site', 'plain', 'console', 'h1-close', 'h1', 'h2', 'h2-fifo', 'h2-push', 'h2-hints'])
    assert.match(said, new RegExp(`^ *${name} .*https?://localhost:\\d+/`, 'm'));
  assert.doesNotMatch(said, /\x1b/);
});

test('port 0 turns an endpoint off, --no-lab the console and the lanes', async (t) => {
  const names = async (...options) => {
    const ports = options.includes('--plain-port')
      ? ['--port', 'auto', '--console-port', 'auto']
      : free_ports;
    const server = await Server.start({ test: t, ports, options });
    await server.stop();
    return server.ready.endpoints.map((endpoint) => endpoint.name).sort();
  };
  assert.deepEqual(await names('--plain-port', '0'), ['console', 'h1', 'h1-close', 'h2', 'h2-fifo', 'h2-hints', 'h2-push', 'site']);
  assert.deepEqual(await names('--no-lab'), ['plain', 'site']);
});
