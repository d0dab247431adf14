// The HAR export, held against the published schema of HAR 1.2 (har-schema), shown by a HAR viewer (PerfCascade) in
// Chromium, a row for each request in the run's order, and imported by the DevTools that this Chromium has in it: they
// have to tell the connections and the times of the trace.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { isIPv4, isIPv6 } from 'node:net';
import { after, before, test } from 'node:test';
import Ajv from 'ajv';
import { fresh_page, launch_chromium, open } from './support/chromium.mjs';
import { need } from './support/command.mjs';
import { curl } from './support/lines.mjs';
import { Server } from './support/muxlab.mjs';
import { begin_run, closed_trace, export_of } from './support/runs.mjs';

need('curl');
const require = createRequire(import.meta.url);

let server;
let browser;
before(async () => {
  server = await Server.start();
  browser = await launch_chromium(server);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// Gives what the schema has against a HAR; empty: nothing.
function faults(har) {
  const formats = {
    ipv4: (text) => isIPv4(text),
    ipv6: (text) => isIPv6(text),
    'date-time': (text) => !Number.isNaN(Date.parse(text)),
    uri: (text) => URL.canParse?.(text) ?? true,
  };
  const ajv = new Ajv({ strict: false, formats });
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
  for (const schema of Object.values(require('har-schema'))) ajv.addSchema(schema);
  const validate = ajv.getSchema('har.json#') ?? ajv.getSchema('har.json');
  return validate(har) ? [] : validate.errors.map((error) => `${error.instancePath}: ${error.message}`);
}

test('the schema of HAR 1.2 finds what is wrong', () => {
  assert.ok(faults({ log: { version: '1.2', creator: { name: 'x' }, entries: [] } }).length > 0);
});

async function load(lane, visit) {
  const { id, url } = await begin_run(server, { page: 'article', lane, line: 'rtt=20ms,down=20mbit' });
  await visit(url);
  const trace = await closed_trace(server, id);
  return { trace, har: JSON.parse(await export_of(server, id, 'har')) };
}

// What the DevTools of this browser make of a HAR, request by request. Times are milliseconds since 1970.
async function imported_by_devtools(har) {
  const { profile, page } = await fresh_page(browser);
  const importer = 'devtools://devtools/bundled/models/har/har.js';
  await page.goto(importer);
  const requests = await page.evaluate(
    async ([from, read]) => {
      const { HARFormat, Importer } = await import(from);
      const found = Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(read).log);
      return found.map((request) => {
        const { requestTime, ...phases } = request.timing;
        const at = (phase) => (phases[phase] < 0 ? null : requestTime * 1000 + phases[phase]);
        return {
          url: request.url(),
          connection: request.connectionId,
          protocol: request.protocol,
          priority: request.priority(),
          type: request.resourceType().name(),
          transferred: request.transferSize,
          address: request.remoteAddress(),
          connect_start: at('connectStart'),
          ssl_start: at('sslStart'),
          connect_end: at('connectEnd'),
          send_end: at('sendEnd'),
          headers_end: at('receiveHeadersEnd'),
          end: request.endTime * 1000,
        };
      });
    },
    [importer, har],
  );
  await profile.close();
  return requests;
}

// DevTools drop microseconds.
const devtools_tolerance_ms = 1;

function assert_devtools_agree(requests, har, trace) {
  const started = Date.parse(trace.run.started);
  let handshakes = 0;
  for (const [at, request] of requests.entries()) {
    const entry = har.log.entries[at];
    const exchange = trace.exchanges.find(
      ({ connection, stream }) => connection === entry._connectionId && stream === entry._stream,
    );
    const connection = trace.connections.find(({ id }) => id === exchange.connection);
    const assert_time = (name, told, known) =>
      assert.ok(
        Math.abs(told - started - known) <= devtools_tolerance_ms,
        `${request.url}: ${name} is ${told - started}, and was ${known}`,
      );
    assert.equal(request.connection, exchange.connection);
    assert.equal(request.protocol, connection.protocol);
    assert.equal(request.address, `${connection.server_address}:${entry.connection}`);
    assert.equal(request.transferred, exchange.bytes.response_headers + exchange.bytes.body);
    assert_time('end', request.end, exchange.last_byte_landed);
    assert_time('first byte', request.headers_end, exchange.first_byte_landed);
    if (exchange.pushed) continue;
    assert_time('request', request.send_end, exchange.received);
    if (request.connect_start === null) continue;
    assert_time('connect', request.connect_start, connection.opened);
    assert_time('TLS', request.ssl_start, connection.established);
    assert_time('ready', request.connect_end, connection.ready);
    handshakes += 1;
  }
  assert.ok(handshakes > 0, 'a request waited for its connection');
}

async function in_chromium(url) {
  const { profile, page } = await fresh_page(browser);
  await open(page, url);
  await profile.close();
}

async function with_curl(url) {
  const { pathname } = new URL(url);
  await curl(server, 'h1', [pathname, `${pathname}style.css`, `${pathname}hero.svg`], '--http1.1');
}

for (const [lane, name, visit] of [
  ['h1', 'Chromium', in_chromium],
  ['h2', 'Chromium', in_chromium],
  ['h2-push', 'Chromium', in_chromium],
  ['h1', 'curl', with_curl],
]) {
  test(`what ${name} loaded over ${lane} is a HAR, and viewers show it`, async () => {
    const { trace, har } = await load(lane, visit);
    assert.deepEqual(faults(har), []);
    const { entries } = har.log;
    assert.equal(entries.length, trace.exchanges.length);
    assert.deepEqual(
      new Set(entries.map((entry) => entry._connectionId)),
      new Set(trace.exchanges.map((exchange) => exchange.connection)),
    );
    assert.equal(
      new Set(entries.map((entry) => entry.connection)).size,
      new Set(entries.map((entry) => entry._connectionId)).size,
      'waterfall-tools tells connections apart by their ports',
    );
    assert_devtools_agree(await imported_by_devtools(har), har, trace);

    const { profile, page, complaints } = await fresh_page(browser);
    await page.setContent('<!doctype html><div id="viewer"></div>');
    await page.addScriptTag({ path: require.resolve('perf-cascade/dist/perf-cascade.min.js') });
    await page.evaluate((shown) => {
      document.getElementById('viewer').append(window.perfCascade.fromHar(shown));
    }, har);
    const rows = await page.locator('#viewer svg.water-fall-chart .row-item').count();
    assert.equal(rows, entries.length);
    assert.deepEqual(complaints, []);
    await profile.close();
  });
}
