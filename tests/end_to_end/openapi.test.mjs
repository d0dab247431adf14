// docs/openapi.yaml against a real server: every operation that it describes is called, by the right way and by a wrong
// one, and what is answered is what stands there. And docs/api.md names the same addresses.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { createConfig, lint } from '@redocly/openapi-core';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { need } from './support/command.mjs';
import { curl, set_line, until } from './support/lines.mjs';
import { Server, within } from './support/muxlab.mjs';

need('curl');

const limit_ms = 60_000;
const docs = new URL('../../docs/', import.meta.url);
const description = parse(readFileSync(new URL('openapi.yaml', docs), 'utf8'));
const methods = ['get', 'put', 'post', 'delete'];

// Formats are for readers; `examples` and the like are no part of a schema.
const ajv = new Ajv({
  strict: true,
  strictRequired: false,
  validateFormats: false,
  allErrors: true,
  allowUnionTypes: true,
});
for (const keyword of Object.keys(description)) ajv.addKeyword(keyword);
ajv.addSchema(description, 'openapi');

// What stands at a "#/..." in the description.
function at(reference) {
  const steps = reference.slice(2).split('/');
  return steps.reduce((place, step) => place[step], description);
}
const resolved = (object) => (object.$ref ? at(object.$ref) : object);

// A schema is known by where it stands: its references count from the document's root.
const pointer = (...steps) =>
  `openapi#/${steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent).join('/')}`;

function assert_valid(where, value, what) {
  const validate = ajv.getSchema(where);
  assert.ok(validate, `no schema at ${where}`);
  assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 2000)}`);
}

// An operation with its path and method: by its operationId.
const operations = new Map(
  Object.entries(description.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method])
      .map((method) => [item[method].operationId, { path, method, ...item[method] }]),
  ),
);

// Where the content's schema of an answer stands; undefined: it has none.
function schema_of({ path, method, responses }, status, type) {
  const response = responses[status];
  const { content } = resolved(response);
  if (!content?.[type]?.schema) return undefined;
  if (response.$ref) return pointer(...response.$ref.slice(2).split('/'), 'content', type, 'schema');
  return pointer('paths', path, method, 'responses', status, 'content', type, 'schema');
}

describe('the description of the API', () => {
  let server;
  const called = new Map(); // by operationId: the statuses that were seen
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  // One request to the console. Gives status, headers, type and text.
  function request(method, path, content, headers = {}) {
    const answer = new Promise((resolve, reject) => {
      const options = { method, ca: readFileSync(server.authority), servername: 'localhost', agent: false, headers };
      const asked = https.request(server.url('console', path), options);
      asked.on('error', reject);
      asked.on('response', async (response) => {
        const body = Buffer.concat(await response.toArray());
        const type = (response.headers['content-type'] ?? '').split(';')[0];
        resolve({ status: String(response.statusCode), headers: response.headers, type, body });
      });
      asked.end(content);
    });
    return within(limit_ms, answer, () => `${method} ${path} was not answered`);
  }

  // Calls an operation and holds its answer against its description. Gives the content, JSON as what it says.
  async function call(name, status, { path = {}, query = '', content, headers = {} } = {}) {
    const operation = operations.get(name);
    const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, parameter) => path[parameter]);
    const typed = content === undefined ? headers : { 'content-type': 'application/json', ...headers };
    const answer = await request(operation.method.toUpperCase(), filled + query, content, typed);
    const what = `${operation.method} ${filled}${query} -> ${answer.status} ${answer.body.subarray(0, 300)}`;
    assert.equal(answer.status, status, what);
    assert.ok(operation.responses[status], `${what}: is not described`);
    called.set(name, new Set([...(called.get(name) ?? []), status]));
    const described = resolved(operation.responses[status]);
    assert.equal(answer.type in (described.content ?? {}), answer.type !== '', `${what}: ${answer.type}`);
    for (const [header, { schema }] of Object.entries(described.headers ?? {}))
      assert.match(answer.headers[header] ?? '', new RegExp(schema.pattern), `${what}: ${header}`);
    const is_json = answer.type.endsWith('json');
    const value = is_json ? JSON.parse(answer.body) : answer.body;
    const schema = schema_of(operation, status, answer.type);
    if (schema) assert_valid(schema, is_json ? value : value.toString(), what);
    if (answer.type === 'application/problem+json') assert.equal(value.status, Number(status), what);
    return value;
  }
  const json = JSON.stringify;
  const foreign = { origin: 'https://elsewhere.example' };
  const form = { 'content-type': 'text/plain' };

  test('lanes, visitor, presets, pages, metrics and health', async () => {
    const lanes = await call('lanes', '200');
    assert.ok(lanes.some(({ name }) => name === 'h2'));
    await call('visitor', '200');
    await call('presets', '200');
    const pages = await call('pages', '200');
    assert.ok(pages.some(({ page }) => page === 'mosaic'));
    await curl(server, 'h2', ['/objects/object?bytes=1']);
    const metrics = (await call('metrics', '200')).toString();
    assert.match(metrics, /^muxlab_requests_total\{lane="h2",protocol="h2",status="2xx"\} [1-9]/m);
    await call('health', '200');
  });

  test('lines', async () => {
    const path = { address: 'me', lane: 'h2-fifo' };
    assert.equal((await call('line', '200', { path })).line, null);
    const changed = { preset: 'cable', rtt_ms: 7, lose: ['c1:7'] };
    for (const line of ['3g', changed, { queue_bytes: 30000, burst: 2, loss_down: 0.1 }, null])
      await call('setLine', '200', { path, content: json(line) });
    const wrong = await call('setLine', '400', { path, content: json({ rtt_ms: -1 }) });
    assert.equal(wrong.field, 'rtt_ms');
    await call('setLine', '403', { path, content: 'null', headers: foreign });
    await call('setLine', '415', { path, content: 'null', headers: form });
    const nowhere = { address: 'me', lane: 'none' };
    await call('line', '404', { path: nowhere });
    await call('setLine', '404', { path: nowhere, content: 'null' });
  });

  test('losing segments', async () => {
    // Opens a connection to a lane that stays, and gives its name.
    const open = async (agent) => {
      const asked = https.get(server.url('h1', '/'), { agent });
      const [response] = await within(limit_ms, once(asked, 'response'), () => 'no answer');
      await response.toArray();
      return /conn;desc="?(c\d+)/.exec(response.headers['server-timing'])[1];
    };
    const options = { keepAlive: true, ca: readFileSync(server.authority) };
    const direct = new https.Agent(options);
    const content = json({ segments: 2 });
    await call('dropSegments', '409', { path: { connection: await open(direct) }, content });
    direct.destroy();
    await set_line(server, 'h1', 'rtt=1ms');
    const on_a_line = new https.Agent(options);
    const path = { connection: await open(on_a_line) };
    await call('dropSegments', '200', { path, content });
    assert.equal((await call('dropSegments', '400', { path, content: json({ segments: 0 }) })).field, 'segments');
    await call('dropSegments', '403', { path, content, headers: foreign });
    await call('dropSegments', '404', { path: { connection: 'c999999' }, content });
    await call('dropSegments', '415', { path, content, headers: form });
    on_a_line.destroy();
    await set_line(server, 'h1', null);
  });

  for (const [lane, line] of [
    ['h1', null],
    ['h1', 'rtt=10ms,down=20mbit,loss=2%'],
    ['h2', null],
    ['h2-push', 'rtt=10ms,down=20mbit'],
  ]) {
    test(`a run on ${lane} over ${line ?? 'no line'}, with all that was seen in it`, async () => {
      const order = { page: 'article', lane, line, warm: false };
      const { id, url, warm_up } = await call('beginRun', '201', { content: json(order) });
      assert.equal(warm_up, null);
      const root = new URL(url).pathname;
      await curl(server, lane, [root, `${root}style.css`, `${root}hero.svg`]);
      assert.equal((await call('beginRun', '409', { content: json(order) })).running.id, id);
      const report = { load_ms: 100.5, resources: [{ path: `${root}style.css`, start: 3, request: 4.5 }] };
      const path = { id };
      const summary = await call('endRun', '200', { path, content: json(report) });
      assert.equal(summary.state, 'ended');
      assert.ok(summary.exchanges >= 3, json(summary));
      await call('endRun', '200', { path });

      const trace = await call('run', '200', { path });
      assert.equal(trace.run.id, id);
      assert.equal(trace.exchanges.length, summary.exchanges);
      assert.ok(trace.frames.length > 0);
      assert.equal(trace.segments.length > 0, line !== null);
      // Until what was still under way has landed, one may know more than the other.
      await until(async () => {
        const as_file = await call('runAsFile', '200', { path });
        return isDeepStrictEqual(as_file, await call('run', '200', { path }));
      }, 'the same trace');
      const har = await call('runAsHar', '200', { path });
      assert.equal(har.log.entries.length, summary.exchanges);
      const capture = await call('runAsCapture', '200', { path });
      assert.equal(capture.readUInt32LE(0), 0x0a0d0d0a, 'a section header block comes first');
      await call('runAsCapture', '200', { path, query: '?vantage=server' });
      assert.equal((await call('runAsCapture', '400', { path, query: '?vantage=mars' })).field, 'vantage');
      await set_line(server, lane, null);
    });
  }

  test('a warm run, the list of runs, and their mistakes', async () => {
    const order = { page: 'mosaic', parameters: { tiles: 16 }, lane: 'h2' };
    const { id, warm_up } = await call('beginRun', '201', { content: json({ ...order, warm: true }) });
    const listed = await call('runs', '200');
    assert.equal(listed.find((run) => run.id === id).measured, true);
    assert.equal(listed.find((run) => run.id === warm_up.id).measured, false);

    for (const [content, field] of [
      [{ ...order, page: 'none' }, 'page'],
      [{ ...order, lane: 'none' }, 'lane'],
      [{ ...order, line: { rtt_ms: -1 } }, 'line'],
      [{ ...order, parameters: { tiles: 1 } }, 'parameters.tiles'],
      [{ ...order, warm: 'yes' }, 'warm'],
      [{ ...order, speed: 1 }, 'speed'],
    ])
      assert.equal((await call('beginRun', '400', { content: json(content) })).field, field);
    await call('beginRun', '403', { content: json(order), headers: foreign });
    await call('beginRun', '415', { content: json(order), headers: form });

    const path = { id };
    assert.equal((await call('endRun', '400', { path, content: json({ resources: 1 }) })).field, 'resources');
    await call('endRun', '403', { path, content: '{}', headers: foreign });
    await call('endRun', '415', { path, content: '{}', headers: form });
    await call('forgetRun', '403', { path, headers: foreign });
    await call('forgetRun', '204', { path });
    for (const name of ['run', 'runAsFile', 'runAsHar', 'runAsCapture', 'endRun', 'forgetRun']) {
      const { detail } = await call(name, '404', { path: { id: 'nonesuch' } });
      assert.match(detail, /nonesuch/);
    }
  });

  test('live events of each kind, and what a watcher who comes back missed', async () => {
    const seen = new Map();
    const line = 'rtt=20ms,down=20mbit,loss=5%,seed=3';
    const { id, url } = await call('beginRun', '201', { content: json({ page: 'mosaic', lane: 'h2', line }) });
    const watcher = await watch(`?run=${id}`, seen);
    const objects = Array.from({ length: 30 }, () => '/objects/object?bytes=30000');
    await curl(server, 'h2', [new URL(url).pathname, ...objects]);
    await until(() => seen.get('exchanges')?.some(({ last_byte_landed }) => last_byte_landed !== null), 'an exchange');
    await call('endRun', '200', { path: { id } });
    await until(() => seen.get('run')?.some(({ state }) => state === 'ended'), 'the end of the run');
    await until(() => seen.has('landed') && seen.has('segments') && seen.has('connections'), 'the other kinds');
    assert.ok(seen.get('frames').every((frame) => frame.run === id && frame.connection));
    const { last_id } = watcher;
    watcher.leave();

    // What happened meanwhile is told; of an id that was never given it is said that it is not known.
    await set_line(server, 'h2', null);
    await curl(server, 'h1', ['/']);
    const meanwhile = new Map();
    const again = await watch('?lane=h1', meanwhile, { 'last-event-id': String(last_id()) });
    await until(() => meanwhile.has('frames') && meanwhile.has('exchanges'), 'what was missed');
    assert.ok(!meanwhile.has('lost'));
    again.leave();
    const lost = new Map();
    const stranger = await watch('', lost, { 'last-event-id': '1' });
    await until(() => lost.has('lost'), 'that something is lost');
    assert.equal(lost.get('lost')[0].events, null);
    stranger.leave();
    called.set('events', new Set(['200']));
    assert.equal((await call('events', '400', { query: '?connection=17' })).field, 'connection');
    await until(
      async () => /^muxlab_watchers 0$/m.test((await request('GET', '/metrics')).body),
      'the end of all watchers',
    );
  });

  // Watches live events: what is told is held against its schema, and gathered in `seen` by kind.
  function watch(query, seen, headers = {}) {
    let last_id;
    const take = (message) => {
      const fields = Object.fromEntries(
        message.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      if (!fields.event) return;
      const told = JSON.parse(fields.data);
      assert_valid(pointer('components', 'schemas', 'Events', 'properties', fields.event), told, fields.event);
      assert.match(fields.id, /^\d+$/);
      last_id = fields.id;
      seen.set(fields.event, [...(seen.get(fields.event) ?? []), ...[told].flat()]);
    };
    const opened = new Promise((resolve, reject) => {
      const options = { ca: readFileSync(server.authority), servername: 'localhost', agent: false, headers };
      const asked = https.get(server.url('console', `/api/events${query}`), options, (response) => {
        assert.equal(response.statusCode, 200);
        assert.equal(response.headers['content-type'], 'text/event-stream');
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => {
          const messages = (text + piece).split('\n\n');
          text = messages.pop();
          messages.forEach(take);
        });
        response.on('error', () => {}); // of leaving
        resolve({ last_id: () => last_id, leave: () => asked.destroy() });
      });
      asked.on('error', reject);
    });
    return within(limit_ms, opened, () => 'no events');
  }

  test('a head that is longer than the server reads is refused, whatever is asked for', async () => {
    const path = { id: 'k1', address: 'me', lane: 'h1', connection: 'c1' };
    const headers = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`x-long-${at}`, 'x'.repeat(4000)]));
    for (const name of operations.keys()) await call(name, '431', { path, headers });
  });

  // What a test can't bring about without a crowd (too many lines or watchers, a run that was dropped), or without an end
  // of the server.
  const needs_a_crowd = new Set(['410', '503']);

  test('each operation was called, and each of its answers seen', () => {
    const missing = [...operations].flatMap(([name, { responses }]) =>
      Object.keys(responses)
        .filter((status) => !called.get(name)?.has(status) && !needs_a_crowd.has(status))
        .map((status) => `${name} ${status}`),
    );
    assert.deepEqual(missing, []);
  });
});

test('the linter of OpenAPI descriptions finds nothing', async () => {
  const rules = { 'no-required-schema-properties-undefined': 'error' };
  const config = await createConfig({ extends: ['recommended'], rules });
  const problems = await lint({ ref: fileURLToPath(new URL('openapi.yaml', docs)), config });
  const said = problems.map(({ severity, message, location }) => `${severity}: ${location[0]?.pointer}: ${message}`);
  assert.deepEqual(said, []);
});

test('docs/api.md names the same addresses', () => {
  const text = readFileSync(new URL('api.md', docs), 'utf8');
  // The table's rows: "| `GET /api/runs/ID.json`, `.har`, `.pcapng` | ..."
  const named = [...text.matchAll(/^\| `((?:GET|PUT|POST|DELETE)[^|]*)\|/gm)].flatMap(([, cell]) => {
    const [first, ...endings] = [...`\`${cell}`.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
    return [first, ...endings.map((ending) => first.replace(/\.\w+$/, ending))];
  });
  const word = (_, name) => (name === 'connection' ? 'ID' : name.toUpperCase());
  const described = [...operations.values()].map(
    ({ path, method }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, word)}`,
  );
  assert.deepEqual(named.sort(), described.sort());
});
