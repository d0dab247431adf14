// `cmake --install` into a fresh prefix gives a program that serves on its own.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { need, run } from './support/command.mjs';
import { Server, binary, muxlab, temporary_folder } from './support/muxlab.mjs';
import { ask, connect } from './support/http2_client.mjs';

need('cmake');

// Those of the build tree, where the package with them was there; the source tree has none either way.
const build_tree = resolve(dirname(binary()), '..');
const fonts_folder = join(build_tree, 'share/muxlab/site/article/fonts');
const fonts = existsSync(fonts_folder) ? readdirSync(fonts_folder) : [];

test('the installed program serves the installed site', async (t) => {
  const prefix = temporary_folder();
  const installed = await run('cmake', ['--install', build_tree, '--prefix', prefix]);
  assert.equal(installed.code, 0, installed.stderr);

  const program = join(prefix, 'bin', 'muxlab');
  assert.ok(statSync(program).mode & 0o111);
  assert.ok(readdirSync(join(prefix, 'share/muxlab/site')).includes('mosaic'));
  for (const page of ['man1/muxlab.1', 'man5/muxlab.json.5'])
    assert.match(readFileSync(join(prefix, 'share/man', page), 'utf8'), /^\.Dd/m);
  for (const completion of ['bash-completion/completions/muxlab', 'zsh/vendor-completions/_muxlab', 'fish/vendor_completions.d/muxlab.fish'])
    assert.ok(statSync(join(prefix, 'share', completion)).isFile());

  const server = await Server.start({ test: t, program });
  const client = await connect(server, 'site');
  assert.equal((await ask(client, '/mosaic/')).headers[':status'], 200);
  for (const font of fonts) assert.equal((await ask(client, `/article/fonts/${font}`)).headers[':status'], 200, font);
  client.close();
  const console_page = await connect(server, 'console');
  assert.equal((await ask(console_page, '/')).headers[':status'], 200);
  console_page.close();
  await server.stop();
});

test('the version is one, wherever it is said', async () => {
  const said = (file, pattern) => pattern.exec(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))?.[1];
  const { stdout } = await muxlab('--version');
  const version = /^muxlab (\S+)\n/.exec(stdout)[1];
  assert.equal(said('CMakeLists.txt', /^project\(muxlab VERSION (\S+)/m), version);
  assert.equal(said('docs/muxlab.1', /^\.Os muxlab (\S+)$/m), version);
  assert.equal(said('packaging/debian/changelog', /^muxlab \((\S+)\)/), version);
});
