// Firefox, the second engine: every demo page on the lanes of both protocols, without a complaint, over the protocol
// that the lane is for.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Firefox } from './support/firefox.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';
import { page_json, pages, promised } from './support/pages.mjs';

const load_limit_ms = 120_000;

// Firefox opens at most this many HTTP/1.1 connections to one host and port.
const connections_of_a_browser = 6;

// Firefox prints what goes wrong within itself, too: that has other addresses, and no quotation marks.
const complaint_of_a_page = /^(console\.(error|warn): "|JavaScript (error|warning): https:\/\/localhost)/;

describe('Firefox', () => {
  let server;
  let firefox;
  before(async () => {
    server = await Server.start();
    firefox = await Firefox.start();
  });
  after(async () => {
    await firefox?.stop();
    await server.stop();
  });

  // What the page measured, and what Firefox printed about it.
  const load = (url) => after_loading(() => firefox.open(url));
  async function after_loading(begin) {
    const heard = firefox.said.length;
    await begin();
    const shown = await firefox.evaluate(
      () =>
        new Promise((resolve) => {
          const look = () => {
            if (document.documentElement.dataset.state === 'complete') resolve(window.muxlab);
            else setTimeout(look, 20);
          };
          look();
        }),
    );
    const protocols = await firefox.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
        (entry) => entry.nextHopProtocol,
      ),
    );
    const complaints = firefox.said
      .slice(heard)
      .split('\n')
      .filter((line) => complaint_of_a_page.test(line));
    return { shown, protocols, complaints };
  }

  for (const [lane, protocol] of [
    ['h1-close', 'http/1.1'],
    ['h1', 'http/1.1'],
    ['h2', 'h2'],
    ['h2-fifo', 'h2'],
    ['h2-push', 'h2'],
    ['h2-hints', 'h2'],
  ]) {
    for (const [name, address] of Object.entries(pages)) {
      test(`${name} on lane ${lane}`, { timeout: 2 * load_limit_ms }, async () => {
        const { shown, protocols, complaints } = await load(server.url(lane, address));
        assert.deepEqual(complaints, []);
        assert.equal(shown.page, name);
        assert.equal(shown.failed, 0);
        assert.equal(shown.requests, promised(address, await page_json(server, address)).length);
        assert.equal(shown.protocol, protocol);
        for (const seen of protocols) assert.equal(seen, protocol);
        if (protocol === 'h2') assert.equal(shown.connections, 1);
        else if (lane === 'h1') assert.ok(shown.connections <= connections_of_a_browser, `${shown.connections} connections`);
      });
    }
  }

  // Each of the page's files brings a WINDOW_UPDATE with its request, again and again on one connection. With a
  // certificate that it was told to accept Firefox asks for the files as if it had none; what it does with 304s,
  // tests/server/http2/allowance_test.cpp does.
  test('reloads a page of many files without losing one', { timeout: 2 * load_limit_ms }, async (t) => {
    const file = join(temporary_folder(), 'muxlab.json');
    const idle_s = 1;
    writeFileSync(file, JSON.stringify({ limits: { http2: { idle_timeout_s: idle_s } } }));
    const impatient = await Server.start({ test: t, options: ['--config', file] });
    await load(impatient.url('h2', '/unbundled/'));
    await pause(2000 * idle_s);
    for (let reload = 0; reload < 4; reload += 1) {
      const { shown, complaints } = await after_loading(() => firefox.command('WebDriver:Refresh'));
      assert.equal(shown.failed, 0);
      assert.equal(shown.connections, 1);
      assert.deepEqual(complaints, []);
    }
    await impatient.stop();
  });
});
