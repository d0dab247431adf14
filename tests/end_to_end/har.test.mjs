// The HAR export, held against the published schema of HAR 1.2 (har-schema) and shown by a HAR viewer (PerfCascade) in
// Chromium: a row for each request, in the run's order.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
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
  const ajv = new Ajv({ strict: false, validateFormats: false });
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
  test(`what ${name} loaded over ${lane} is a HAR, and a viewer shows it`, async () => {
    const { trace, har } = await load(lane, visit);
    assert.deepEqual(faults(har), []);
    const { entries } = har.log;
    assert.equal(entries.length, trace.exchanges.length);
    assert.deepEqual(
      new Set(entries.map((entry) => entry.connection)),
      new Set(trace.exchanges.map((exchange) => exchange.connection)),
    );

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
