// What shells complete and what the manual pages describe is what the program's own help names: no more, no less.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { find, run } from './support/command.mjs';
import { muxlab, temporary_folder } from './support/muxlab.mjs';

const commands = ['serve', 'certs', 'tickets', 'config'];
const path_of = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const completion = (name) => path_of(`packaging/completions/${name}`);
const sorted = (words) => [...new Set(words)].sort();
const all = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);

async function helped(...command) {
  const { code, stdout } = await muxlab(...command, '--help');
  assert.equal(code, 0);
  return stdout;
}
const options_in_help = async (...command) => sorted(all(await helped(...command), /^ +(--[a-z-]+)/gm));

test('bash completes the options of each command', async () => {
  const complete = async (...words) => {
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _muxlab; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { code, stdout, stderr } = await run('bash', ['-c', script, 'bash', completion('muxlab.bash'), 'muxlab', ...words]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    return sorted(stdout.split('\n').filter(Boolean));
  };
  assert.deepEqual(await complete(''), sorted([...commands, ...(await options_in_help())]));
  for (const command of commands) assert.deepEqual(await complete(command, ''), await options_in_help(command), command);
});

test('zsh completes the options of each command', async () => {
  const text = readFileSync(completion('_muxlab'), 'utf8');
  const parts = text.split(/^ {2}([a-z]+)\)$/m);
  assert.deepEqual(sorted(all(parts[0], /(--[a-z-]+)\[/g)), await options_in_help());
  for (const command of commands) {
    const part = parts[parts.indexOf(command) + 1];
    assert.deepEqual(sorted(all(part, /'\*?(?:\([^)]*\))?(--[a-z-]+?)(?:=-)?\[/g)), await options_in_help(command), command);
    assert.ok(parts[0].includes(`${command}\\:`), command);
  }
  if (find('zsh')) assert.equal((await run('zsh', ['-n', completion('_muxlab')])).stderr, '');
});

test('fish completes the options of each command', async () => {
  const text = readFileSync(completion('muxlab.fish'), 'utf8');
  const long = (pattern) => sorted(all(text, pattern).map((name) => `--${name}`));
  assert.deepEqual(long(/^complete -c muxlab (?:-n __fish_use_subcommand )?-l ([a-z-]+)/gm), await options_in_help());
  for (const command of commands) {
    const named = long(new RegExp(`^complete -c muxlab -n \\$${command} -l ([a-z-]+)`, 'gm'));
    assert.deepEqual(sorted([...named, '--help']), await options_in_help(command), command);
    assert.match(text, new RegExp(`__fish_use_subcommand -a ${command} `));
  }
  if (!find('fish')) return;
  assert.equal((await run('fish', ['--no-execute', completion('muxlab.fish')])).stderr, '');
});

test('every shell knows the presets of a line', async () => {
  const presets = 'fiber cable dsl 4g 3g satellite lossy-wifi perfect';
  for (const name of ['muxlab.bash', '_muxlab', 'muxlab.fish']) {
    assert.ok(readFileSync(completion(name), 'utf8').includes(presets), name);
  }
  const file = join(temporary_folder(), 'muxlab.json');
  for (const line of presets.split(' ')) {
    writeFileSync(file, JSON.stringify({ line }));
    assert.equal((await muxlab('config', '--check', file)).code, 0, line);
  }
});

test('muxlab(1) describes every option', async () => {
  const manual = readFileSync(path_of('docs/muxlab.1'), 'utf8');
  for (const command of [...commands.map((name) => [name]), []]) {
    for (const option of await options_in_help(...command)) {
      assert.match(manual, new RegExp(`Fl -${option.slice(2)}\\b`), `${command} ${option}`);
    }
  }
});

test('muxlab.json(5) describes every key, and is well formed', async () => {
  const { stdout: manual } = await muxlab('config', '--manual');
  const { stdout: schema } = await muxlab('config', '--schema');
  const keys_of = ({ properties }, at) =>
    Object.entries(properties).flatMap(([name, inner]) =>
      inner.properties ? keys_of(inner, `${at}/${name}`) : [`${at}/${name}`],
    );
  const { properties } = JSON.parse(schema);
  const { lanes, ...others } = properties;
  assert.deepEqual(
    sorted(all(manual, /^\.It Pa (\/\S+)$/gm)),
    sorted([...keys_of({ properties: others }, ''), ...keys_of(lanes.items, ''), '/etc/muxlab/muxlab.json']),
  );
  if (!find('mandoc')) return;
  const { stdout: faults } = await run('mandoc', ['-T', 'lint', '-W', 'warning'], { input: manual });
  assert.equal(faults, '');
});
