// muxlab config: what it prints agrees with itself, with the documentation and with what the server takes.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { need, run } from './support/command.mjs';
import { Server, muxlab, temporary_folder } from './support/muxlab.mjs';

need('curl');

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

async function printed(option) {
  const { code, stdout, stderr } = await muxlab('config', option);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  return stdout;
}

const without_comments = (text) => JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ''));

const type_of = (value) =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;

// The part of JSON Schema (draft 2020-12) that the schema uses; a word of it that is not here fails the test.
const rules = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  default: () => true,
  properties: () => true, // with additionalProperties
  additionalProperties: (allowed, value, { properties = {} }) =>
    type_of(value) !== 'object' ||
    Object.entries(value).every(([name, inner]) => (name in properties ? accepts(properties[name], inner) : allowed)),
  required: (names, value) => names.every((name) => name in value),
  type: (types, value) =>
    [types].flat().some((type) => type === type_of(value) || (type === 'number' && type_of(value) === 'integer')),
  enum: (values, value) => values.includes(value),
  const: (only, value) => value === only,
  anyOf: (schemas, value) => schemas.some((schema) => accepts(schema, value)),
  minimum: (least, value) => typeof value !== 'number' || value >= least,
  maximum: (most, value) => typeof value !== 'number' || value <= most,
  minLength: (least, value) => typeof value !== 'string' || value.length >= least,
  minItems: (least, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most, value) => !Array.isArray(value) || value.length <= most,
  items: (schema, value) => !Array.isArray(value) || value.every((each) => accepts(schema, each)),
};
function accepts(schema, value) {
  return Object.entries(schema).every(([word, said]) => {
    assert.ok(word in rules, `the test does not know ${word}`);
    return rules[word](said, value, schema);
  });
}

test('the example is accepted by the schema, by --check, and by the server', async (t) => {
  const example = await printed('--example');
  const schema = JSON.parse(await printed('--schema'));
  assert.ok(accepts(schema, without_comments(example)));

  const file = join(temporary_folder(), 'muxlab.json');
  writeFileSync(file, example);
  const checked = await muxlab('config', '--check', file);
  assert.deepEqual([checked.code, checked.stdout], [0, `${file}: is a configuration of muxlab\n`]);
  const server = await Server.start({ test: t, options: ['--config', file] });
  await server.stop();
});

test('the schema and the program refuse the same', async () => {
  const schema = JSON.parse(await printed('--schema'));
  const file = join(temporary_folder(), 'muxlab.json');
  for (const wrong of [
    { worker: 1 },
    { workers: 0 },
    { workers: '1' },
    { ports: { site: 65536 } },
    { access_log: '' },
    { addresses: [] },
    { proxy_protocol: { from: '10.0.0.1' } },
    { proxy_protocol: { from: [] } },
    { limits: { http2: { hpack_table: 65537 } } },
    { limits: { connection: { setup_timeout_s: null } } },
    { lanes: [{ name: 'a' }] },
    { lanes: [{ name: 'a', protocol: 'h2', scheduler: 'best' }] },
  ]) {
    assert.ok(!accepts(schema, wrong), JSON.stringify(wrong));
    writeFileSync(file, JSON.stringify(wrong));
    const { code, stderr } = await muxlab('config', '--check', file);
    assert.equal(code, 1);
    assert.match(stderr, /^muxlab: [^\n]+muxlab\.json: [^\n]+\n$/);
  }
});

test('the documentation has the tables as the program prints them', async () => {
  const documented = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const tables = await printed('--tables');
  assert.ok(documented.includes(tables), `docs/configuration.md should hold:\n\n${tables}`);
});

test('a lane without a port is not there, and leaves the others as they are', async (t) => {
  const file = join(temporary_folder(), 'muxlab.json');
  for (const lanes of [['off', 'on'], ['on', 'off']]) {
    const port = { off: 0, on: 'auto' };
    writeFileSync(file, JSON.stringify({ lanes: lanes.map((name) => ({ name, protocol: 'h2', port: port[name] })) }));
    const server = await Server.start({ test: t, options: ['--config', file, '--line', 'rtt=300ms'] });
    assert.deepEqual(
      server.ready.endpoints.map(({ name }) => name),
      ['site', 'plain', 'on', 'console'],
    );
    // Connections to it are its own: they are behind its line.
    const begun = performance.now();
    const { code } = await run('curl', ['-s', '-o', '/dev/null', '--cacert', server.authority, server.url('on')]);
    assert.equal(code, 0);
    assert.ok(performance.now() - begun > 600, 'a handshake and a request over the line');
    await server.stop();
  }
});

test('the command line has the last word', async (t) => {
  const file = join(temporary_folder(), 'muxlab.json');
  writeFileSync(file, JSON.stringify({ lab: false, ports: { plain: 1 } }));
  const server = await Server.start({ test: t, options: ['--config', file] });
  assert.deepEqual(
    server.ready.endpoints.map(({ name }) => name),
    ['site', 'plain'],
  );
  await server.stop();
});
