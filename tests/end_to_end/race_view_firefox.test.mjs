// The race view in the second engine: one show, start to end, without a complaint.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Firefox } from './support/firefox.mjs';
import { Server } from './support/muxlab.mjs';

const complaint_of_a_page = /^(console\.(error|warn): "|JavaScript (error|warning): https:\/\/localhost)/;

describe('the race view in Firefox', () => {
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

  test('Show ends with a figure for each lane', { timeout: 240_000 }, async () => {
    await firefox.open(`${server.url('console', '/')}#page=mosaic&tiles=36&line=rtt=40ms,down=10mbit&lanes=h1,h2`);
    const shown = await firefox.evaluate(
      () =>
        new Promise((resolve) => {
          let pressed = false;
          const look = () => {
            const show = [...document.querySelectorAll('.actions button')].find(({ textContent }) => textContent === 'Show');
            if (show && !pressed) {
              pressed = true;
              show.click();
            }
            const loads = [...document.querySelectorAll('.stopwatch[data-load]')].map(({ dataset }) => Number(dataset.load));
            const trouble = document.querySelector('.said [role=alert]')?.textContent;
            if (trouble || (pressed && show && loads.length === 2)) {
              resolve({ loads, trouble: trouble ?? null, words: document.querySelector('.said').textContent });
            } else setTimeout(look, 50);
          };
          look();
        }),
    );
    assert.equal(shown.trouble, null);
    assert.ok(shown.loads.every((load) => load > 120), JSON.stringify(shown));
    assert.match(shown.words, /sooner|no difference/);
    assert.deepEqual(
      firefox.said.split('\n').filter((line) => complaint_of_a_page.test(line)),
      [],
    );
  });
});
