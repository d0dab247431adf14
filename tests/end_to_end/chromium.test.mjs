// Chromium, the way a student meets muxlab: the right protocol on each lane, and the count of connections
// that the page, the browser and the server each report.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fresh_page, launch_chromium, load_limit_ms } from './support/chromium.mjs';
import { Server } from './support/muxlab.mjs';

const tiles = 100;

// Chromium opens at most this many HTTP/1.1 connections to one host and port.
const connections_of_a_browser = 6;

describe('Chromium', () => {
  let server;
  let browser;
  before(async () => {
    server = await Server.start();
    browser = await launch_chromium(server);
  });
  after(async () => {
    await browser?.close();
    await server.stop();
  });

  // Loads a page in a profile of its own. Gives what the page, Resource Timing and CDP each know of it.
  async function load(url, complete) {
    const { profile, page, complaints } = await fresh_page(browser);
    const devtools = await profile.newCDPSession(page);
    await devtools.send('Network.enable');
    const seen = [];
    devtools.on('Network.responseReceived', ({ response }) => seen.push(response));
    await page.goto(url, { waitUntil: 'load', timeout: load_limit_ms });
    await page.waitForFunction(complete, null, { timeout: load_limit_ms });
    const entries = await page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
        (entry) => ({
          url: entry.name,
          protocol: entry.nextHopProtocol,
          connection: entry.serverTiming.find((timing) => timing.name === 'conn')?.description,
        }),
      ),
    );
    return { profile, page, seen, entries, complaints };
  }

  const distinct = (values) => new Set(values).size;

  for (const [lane, protocol] of [
    ['h1-close', 'http/1.1'],
    ['h1', 'http/1.1'],
    ['h2', 'h2'],
  ]) {
    test(`the mosaic with ${tiles} tiles on lane ${lane}`, { timeout: 2 * load_limit_ms }, async () => {
      const { profile, page, seen, entries, complaints } = await load(
        server.url(lane, `/mosaic/?tiles=${tiles}`),
        () => document.documentElement.dataset.state === 'complete',
      );
      const shown = await page.evaluate(() => window.muxlab);
      const measured = entries.filter((entry) => entry.url.startsWith(server.url(lane)));
      const tile_entries = measured.filter((entry) => /\/mosaic\/tile\/\d+\.png/.test(entry.url));

      assert.deepEqual(complaints, []);
      assert.equal(tile_entries.length, tiles);
      for (const entry of measured) assert.equal(entry.protocol, protocol, entry.url);
      for (const entry of measured) assert.match(entry.connection ?? '', /^c\d+$/, entry.url);

      const connections = distinct(measured.map((entry) => entry.connection));
      const expected = { 'h1-close': measured.length, h1: connections_of_a_browser, h2: 1 }[lane];
      assert.equal(connections, expected, 'connections that carried requests');

      // The browser's own books agree with the server's.
      const from_server = seen.filter(
        (response) =>
          response.url.startsWith(server.url(lane)) &&
          !response.fromDiskCache &&
          !response.url.endsWith('/favicon.ico'),
      );
      assert.equal(distinct(from_server.map((response) => response.connectionId)), connections);
      for (const response of from_server) assert.equal(response.protocol, protocol, response.url);

      assert.equal(shown.page, 'mosaic');
      assert.equal(shown.tiles, tiles);
      assert.equal(shown.protocol, protocol);
      assert.equal(shown.connections, connections);
      assert.equal(shown.failed, 0);
      assert.ok(shown.load_ms > 0 && shown.load_ms < load_limit_ms, `load_ms ${shown.load_ms}`);
      await profile.close();
    });
  }

  test('one address, both protocols: the browser chooses h2 on the site', async () => {
    const { profile, entries } = await load(
      server.url('site', '/mosaic/?tiles=16'),
      () => document.documentElement.dataset.state === 'complete',
    );
    for (const entry of entries) assert.equal(entry.protocol, 'h2', entry.url);
    await profile.close();
  });

  // Cookies belong to a host, and its ports share them: who develops on localhost carries those of every other server
  // there, each as a field line of its own (RFC 9113 section 8.2.3).
  for (const endpoint of ['h1', 'h2', 'h2-fifo', 'h2-push', 'h2-hints', 'site', 'console']) {
    test(`carries 150 cookies of localhost to ${endpoint}`, async () => {
      const { profile, page } = await fresh_page(browser);
      await profile.addCookies(
        Array.from({ length: 150 }, (_, index) => ({
          name: `of-another-server-${index}`,
          value: 'v'.repeat(50),
          url: 'https://localhost/',
        })),
      );
      const answer = await page.goto(server.url(endpoint), { waitUntil: 'load', timeout: load_limit_ms });
      assert.equal(answer.status(), 200);
      assert.equal((await answer.request().allHeaders()).cookie?.split('; ').length, 150);
      await profile.close();
    });
  }

  test('every tile is painted', async () => {
    const { profile, page } = await load(
      server.url('h2', '/mosaic/?tiles=64'),
      () => document.documentElement.dataset.state === 'complete',
    );
    const pictures = await page.evaluate(() =>
      [...document.images]
        .filter((image) => /tile\/\d+\.png/.test(image.currentSrc))
        .map((image) => image.naturalWidth),
    );
    assert.equal(pictures.length, 64);
    assert.ok(pictures.every((width) => width > 0));
    await profile.close();
  });

  test('the console shows the lanes and how this visitor came', async () => {
    const { profile, page, complaints } = await load(
      server.url('console', '/'),
      () => document.querySelectorAll('a[href*="mosaic"]').length >= 3,
    );
    await page.waitForFunction(() => /HTTP\/2|h2/.test(document.getElementById('figure')?.innerText), null, {
      timeout: load_limit_ms,
    });
    const links = await page.evaluate(() =>
      [...document.querySelectorAll('a[href*="mosaic"]')].map((link) => new URL(link.href).port),
    );
    for (const lane of ['h1-close', 'h1', 'h2'])
      assert.ok(links.includes(String(server.port(lane))), `a link to the page on lane ${lane}`);
    assert.deepEqual(complaints, []);
    await profile.close();
  });
});
