// `cmake --install` into a fresh prefix gives a program that serves on its own.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { need, run } from './support/command.mjs';
import { Server, binary, temporary_folder } from './support/muxlab.mjs';
import { ask, connect } from './support/http2_client.mjs';

need('cmake');

test('the installed program serves the installed site', async (t) => {
  const build = resolve(dirname(binary()), '..');
  const prefix = temporary_folder();
  const installed = await run('cmake', ['--install', build, '--prefix', prefix]);
  assert.equal(installed.code, 0, installed.stderr);

  const program = join(prefix, 'bin', 'muxlab');
  assert.ok(statSync(program).mode & 0o111);
  assert.ok(readdirSync(join(prefix, 'share/muxlab/site')).includes('mosaic'));
  assert.match(readFileSync(join(prefix, 'share/man/man1/muxlab.1'), 'utf8'), /^\.TH|^\.Dd/m);

  const server = await Server.start({ test: t, program });
  const client = await connect(server, 'site');
  assert.equal((await ask(client, '/mosaic/')).headers[':status'], 200);
  client.close();
  const console_page = await connect(server, 'console');
  assert.equal((await ask(console_page, '/')).headers[':status'], 200);
  console_page.close();
  await server.stop();
});
