// Firefox, the second engine: every demo page on the lanes of both protocols, without a complaint, over the protocol
// that the lane is for.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Firefox } from './support/firefox.mjs';
import { Server } from './support/muxlab.mjs';
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
  async function load(url) {
    const heard = firefox.said.length;
    await firefox.open(url);
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
});
