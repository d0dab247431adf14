// Every demo page on every lane in Chromium: it loads without a complaint, over the lane's protocol, and asks for
// exactly what its page.json says. And what each page.json says stands in the page's files.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fresh_page, launch_chromium, load_limit_ms, open } from './support/chromium.mjs';
import { Server } from './support/muxlab.mjs';
import { page_file, page_json, pages, promised, site_folder } from './support/pages.mjs';

const types = ['font', 'fetch', 'image', 'script', 'style'];

// RFC 9218 section 4: urgency and, perhaps, incremental.
const priority_form = /^(u=[0-7](, i)?|i)$/;

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

describe('page.json', () => {
  test('every folder of the site is a page that is tested here', () => {
    const folders = readdirSync(site_folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    assert.deepEqual(folders.filter((name) => !(name in pages)), []);
  });

  for (const [name, address] of Object.entries(pages)) {
    test(`${name}: the words are those of the format`, async () => {
      const description = await page_json(server, address);
      assert.equal(description.page, name);
      assert.ok(description.title.length > 0);
      for (const [parameter, range] of Object.entries(description.parameters ?? {}))
        assert.ok(range.min <= range.default && range.default <= range.max, parameter);
      for (const resource of description.resources) {
        assert.ok(types.includes(resource.type), `${resource.path} is a ${resource.type}`);
        if (resource.priority) assert.match(resource.priority, priority_form, resource.path);
        if (resource.blocks) assert.ok(['parser', 'render'].includes(resource.blocks), resource.path);
      }
      const paths = description.resources.map(({ path }) => path);
      assert.equal(new Set(paths).size, paths.length, 'a resource is there twice');
    });
  }

  // The made pages (mosaic, objects) are held to theirs where they are made.
  for (const name of ['article', 'blocking', 'bundled', 'headers', 'unbundled']) {
    test(`${name}: every resource stands in the file where it is said to be found`, () => {
      const { resources } = JSON.parse(page_file(name, 'page.json'));
      for (const { path, found_in } of resources) {
        // A module names its neighbours, a script may number its addresses: so the file's own name is looked for.
        const file = path.replace(/\?.*/, '').split('/').pop();
        assert.ok(page_file(name, found_in).includes(file), `${file} in ${name}/${found_in}`);
      }
    });

    test(`${name}: every address in the page is among its resources`, () => {
      const html = page_file(name, 'index.html').replaceAll('&amp;', '&');
      const { resources } = JSON.parse(page_file(name, 'page.json'));
      const known = new Set(resources.map(({ path }) => path));
      const elements = /<(?:link rel="(?:stylesheet|preload)" href|script[^>]*? src|img[^>]*? src)="([^"]+)"/g;
      for (const [, address] of html.matchAll(elements)) assert.ok(known.has(address), `${name}: ${address}`);
    });
  }
});

describe('site.json', () => {
  test('what it pushes and hints are resources of the page', () => {
    const { paths } = JSON.parse(readFileSync(new URL('site.json', site_folder), 'utf8'));
    const pages = Object.entries(paths).filter(([address]) => address.endsWith('/'));
    assert.ok(pages.length >= 3);
    for (const [address, { push, early_hints }] of pages) {
      const name = address.replaceAll('/', '');
      const known = promised(address, JSON.parse(page_file(name, 'page.json')));
      const links = early_hints.map((link) => link.match(/^<([^>]+)>; rel=(preload|modulepreload)/)[1]);
      for (const path of [...push, ...links])
        assert.ok(known.includes(new URL(path, `https://site${address}`).pathname), `${address} ${path}`);
    }
  });
});

const protocols = { 'h1-close': 'http/1.1', h1: 'http/1.1', h2: 'h2' };
const protocol_of = (lane) => protocols[lane] ?? 'h2';

describe('in Chromium', () => {
  // What the network layer was asked for: paths of this server, each as often as it was asked for.
  async function load(lane, address) {
    const { profile, page, complaints } = await fresh_page(browser);
    const devtools = await profile.newCDPSession(page);
    await devtools.send('Network.enable');
    const asked = [];
    devtools.on('Network.requestWillBeSent', ({ request }) => {
      const url = new URL(request.url);
      if (url.origin === new URL(server.url(lane)).origin) asked.push(url.pathname + url.search);
    });
    const shown = await open(page, server.url(lane, address));
    const entries = await page.evaluate(() =>
      performance.getEntriesByType('resource').map((entry) => {
        const { pathname, search } = new URL(entry.name);
        return { path: pathname + search, protocol: entry.nextHopProtocol };
      }),
    );
    return { profile, page, complaints, asked, shown, entries };
  }

  for (const [name, address] of Object.entries(pages)) {
    test(`${name} on every lane`, { timeout: 10 * load_limit_ms }, async (t) => {
      const expected = promised(address, await page_json(server, address));
      const lanes = server.ready.endpoints.map((endpoint) => endpoint.name);
      for (const lane of lanes.filter((lane) => /^h[12]/.test(lane)).concat('site')) {
        await t.test(`lane ${lane}`, async () => {
          const { profile, complaints, asked, shown, entries } = await load(lane, address);
          const itself = new URL(address, 'https://site/');
          const wanted = asked.filter((path) => path !== '/favicon.ico').sort();
          assert.deepEqual(complaints, []);
          // What was hinted is asked for by the hint, and by the page that finds it there already.
          const distinct = lane === 'h2-hints' ? [...new Set(wanted)] : wanted;
          assert.deepEqual(distinct, expected, 'what the browser asked for');
          assert.deepEqual(
            [...new Set(entries.map((entry) => entry.path))].sort(),
            expected.filter((path) => path !== itself.pathname + itself.search),
            'what Resource Timing has',
          );
          for (const entry of entries) assert.equal(entry.protocol, protocol_of(lane), entry.path);
          assert.equal(shown.page, name);
          assert.equal(shown.protocol, protocol_of(lane));
          assert.equal(shown.failed, 0);
          assert.ok(shown.load_ms > 0 && shown.load_ms < load_limit_ms, `load_ms ${shown.load_ms}`);
          if (protocol_of(lane) === 'h2') assert.equal(shown.connections, 1);
          if (lane === 'h1-close') assert.equal(shown.connections, expected.length);
          assert.equal(shown.requests, expected.length);
          await profile.close();
        });
      }
    });
  }

  test('below the address of a run, every request names the run', { timeout: load_limit_ms }, async () => {
    for (const name of ['blocking', 'unbundled']) {
      const { profile, complaints, asked, shown } = await load('h2', `/r/k3${pages[name]}`);
      assert.deepEqual(complaints, []);
      assert.deepEqual(asked.filter((path) => !path.startsWith('/r/k3/')), []);
      assert.equal(shown.failed, 0);
      await profile.close();
    }
  });

  test('bundled and unbundled look and behave the same', { timeout: 4 * load_limit_ms }, async () => {
    const seen = {};
    for (const name of ['bundled', 'unbundled']) {
      const { profile, page } = await fresh_page(browser, { viewport: { width: 1280, height: 2400 } });
      await open(page, server.url('h2', `/${name}/`));
      const look = () =>
        page.evaluate(() => ({
          count: document.querySelector('.count').textContent,
          cards: [...document.querySelectorAll('.card:not([hidden])')].map((card) => card.innerText),
          places: [...document.querySelectorAll('.card:not([hidden]) .icon')].map((icon) => {
            const { x, width, height } = icon.getBoundingClientRect();
            return [x, width, height];
          }),
        }));
      const picture = async () => (await page.locator('.board').screenshot()).toString('base64');
      const steps = [await look(), await picture()];
      await page.getByRole('button', { name: '4xx' }).click();
      steps.push(await look());
      await page.getByRole('searchbox').fill('too');
      steps.push(await look());
      await page.getByRole('searchbox').fill('nothing like this');
      steps.push(await look());
      seen[name] = steps;
      await profile.close();
    }
    assert.ok(seen.bundled[0].cards.length > 60);
    assert.ok(seen.bundled[3].cards.length > 1 && seen.bundled[3].cards.length < 10);
    assert.deepEqual(seen.bundled[4].cards, []);
    assert.deepEqual(seen.unbundled[0], seen.bundled[0]);
    assert.ok(seen.unbundled[1] === seen.bundled[1], 'the boards are painted alike');
    assert.deepEqual(seen.unbundled.slice(2), seen.bundled.slice(2));
  });

  test('blocking: six slow answers hold up the fast ones over HTTP/1.1 only', async () => {
    const last_fast = {};
    for (const lane of ['h1', 'h2']) {
      const { profile, page } = await fresh_page(browser);
      await open(page, server.url(lane, '/blocking/?slow=6'));
      last_fast[lane] = await page.evaluate(() => {
        const waits = performance
          .getEntriesByType('resource')
          .filter((entry) => /objects\/\d+\?bytes=\d+$/.test(entry.name))
          .map((entry) => entry.responseEnd - entry.startTime);
        return Math.max(...waits);
      });
      await profile.close();
    }
    assert.ok(last_fast.h1 > 1400, `over HTTP/1.1 the last fast answer took ${last_fast.h1} ms`);
    assert.ok(last_fast.h2 < 1400, `over HTTP/2 the last fast answer took ${last_fast.h2} ms`);
  });

  test('headers: no cookie is left behind', async () => {
    const { profile, page } = await fresh_page(browser);
    await open(page, server.url('h2', '/headers/'));
    assert.deepEqual(await profile.cookies(), []);
    assert.match(await page.locator('#words').innerText(), /cookie of 3\.0 kB/);
    await profile.close();
  });

  // Resource Timing dates a hinted resource by its use, not by its fetch: that it came early shows in what started it.
  // Chromium leaves hints aside in about a third of the loads, though they came in time: some load has to take them.
  test('Early Hints: the browser fetches what is hinted while the page is thought about', async () => {
    const loads = 10;
    let taken = [];
    for (let load = 0; load < loads && taken.length === 0; load += 1) {
      const { profile, page, complaints } = await fresh_page(browser);
      await open(page, server.url('h2-hints', '/article/?delay_ms=500'));
      const { hinted, hints_ms, page_ms } = await page.evaluate(() => {
        const [navigation] = performance.getEntriesByType('navigation');
        const resources = performance.getEntriesByType('resource');
        return {
          hinted: resources
            .filter((entry) => entry.initiatorType === 'early-hints')
            .map((entry) => new URL(entry.name).pathname),
          hints_ms: navigation.firstInterimResponseStart,
          page_ms: navigation.finalResponseHeadersStart,
        };
      });
      assert.ok(hints_ms + 300 < page_ms, `hints at ${hints_ms} ms, the page at ${page_ms} ms`);
      assert.deepEqual(complaints, []);
      taken = hinted;
      await profile.close();
    }
    assert.ok(taken.includes('/article/style.css'), `hinted: ${taken.join(', ') || 'nothing'}`);
  });
});
