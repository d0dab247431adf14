// The race view, as a class uses it: Show and Measure against the real server over a simulated line, in Chromium. What
// stands on the screen is held against what the console says of the same runs; the page may complain of nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fresh_page, launch_chromium } from './support/chromium.mjs';
import { ask_console } from './support/lines.mjs';
import { Server } from './support/muxlab.mjs';

const limit_ms = 120_000;
const limits = { timeout: limit_ms };
const axe = new URL('../../web/lab/node_modules/axe-core/axe.min.js', import.meta.url);

describe('the race view', () => {
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

  // The page with a set-up in its address, ready to be used.
  async function open(setup, options = {}) {
    const { profile, page, complaints } = await fresh_page(browser, { viewport: { width: 1280, height: 800 }, ...options });
    await page.goto(`${server.url('console', '/')}#${setup}`);
    await page.getByRole('button', { name: 'Show', exact: true }).waitFor(limits);
    return { profile, page, complaints };
  }

  const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click();

  // Nothing runs any more: every pane says its load, or the page says what went wrong.
  const over = (page) =>
    page.waitForFunction(
      () =>
        document.querySelector('.said [role=alert]') ||
        (document.querySelectorAll('.stopwatch').length === document.querySelectorAll('.stopwatch[data-load]').length &&
          [...document.querySelectorAll('.actions button')].some((button) => button.textContent === 'Show')),
      null,
      limits,
    );

  async function settled(page) {
    await over(page);
    assert.equal(await page.locator('.said [role=alert]').allTextContents().then(String), '');
  }

  const ask = (path) => ask_console(server, 'GET', path);
  const run_ids = (page) =>
    page.locator('.exports a').evaluateAll((links) => [
      ...new Set(links.map((link) => /runs\/(\w+)\./.exec(link.href)[1])),
    ]);
  const median = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
  };
  const in_ms = (ms) => (ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`);

  test('Show loads the page on both lanes, and says what the console says', { timeout: 2 * limit_ms }, async () => {
    const { profile, page, complaints } = await open('page=mosaic&tiles=64&line=rtt=80ms,down=10mbit,up=2mbit&lanes=h1,h2');
    await press(page, 'Show');
    await settled(page);
    const ids = await run_ids(page);
    assert.equal(ids.length, 2);
    const traces = await Promise.all(ids.map((id) => ask(`/api/runs/${id}`)));
    assert.deepEqual(traces.map(({ run }) => run.lane), ['h1', 'h2']);

    const panes = page.locator('.pane');
    for (const [index, trace] of traces.entries()) {
      const pane = panes.nth(index);
      assert.equal(await pane.locator('.stopwatch').textContent(), in_ms(trace.run.load_ms));
      assert.match(await pane.locator('.progress span').textContent(), new RegExp(`^${trace.exchanges.length} of ${trace.exchanges.length} requests`));
      const picture = page.locator('.fall canvas').nth(index);
      assert.match(await picture.getAttribute('aria-label'), new RegExp(`${trace.exchanges.length} requests over ${trace.connections.length} connection`));
      assert.ok(trace.exchanges.every(({ discovered }) => discovered !== null), 'the browser’s own times have reached the run');
    }
    const ratio = Math.max(...traces.map(({ run }) => run.load_ms)) / Math.min(...traces.map(({ run }) => run.load_ms));
    if (ratio > 1.1) assert.match(await page.locator('#verdict').textContent(), new RegExp(`${ratio < 9.95 ? ratio.toFixed(1) : Math.round(ratio)} times`));
    assert.match(await page.locator('.why').textContent(), /^HTTP\/(1\.1|2) spent \d+ % of /);
    assert.match(await page.locator('.beside').textContent(), /A show/);

    // The frames of both, as a table.
    await page.getByText('The frames as a table').click();
    for (const [index, trace] of traces.entries()) {
      const words = await page.locator('.inside details .controls').nth(index).textContent();
      const count = Number(/ of ([\d,]+)/.exec(words)[1].replaceAll(',', ''));
      // Until its connection closes, a PING or so may follow what was on the screen.
      assert.ok(count <= trace.frames.length && count > 0.9 * trace.frames.length, `${words}, and now ${trace.frames.length}`);
    }
    assert.deepEqual(complaints, []);
    await profile.close();
  });

  test('Measure loads them one after the other, and gives the median of pairs', { timeout: 3 * limit_ms }, async () => {
    const { profile, page, complaints } = await open('page=mosaic&tiles=36&line=rtt=60ms,down=10mbit&lanes=h1,h2&loads=2');
    let before = 0;
    // A machine that is busy with other things makes the line late, and such loads do not count.
    const late = page.locator('.said [role=alert]', { hasText: 'ran late' });
    for (let tries = 0; tries < 4 && (tries === 0 || (await late.count()) > 0); ++tries) {
      before = (await ask('/api/runs')).length;
      await press(page, 'Measure');
      await over(page);
    }
    await settled(page);
    const answer = await ask('/api/runs');
    const runs = answer.slice(before);
    const of = (lane) => runs.filter((run) => run.lane === lane && run.valid).map((run) => run.load_ms);
    const [h1, h2] = [of('h1'), of('h2')];
    if (runs.length === 4) assert.deepEqual(runs.map(({ lane }) => lane), ['h1', 'h2', 'h2', 'h1']);
    const ratios = h1.map((load, pass) => load / h2[pass]);
    const words = await page.locator('.said').textContent();
    if (runs.length === 4 && median(ratios) > 1.1) {
      assert.match(words, new RegExp(`HTTP/2 was\\s+${median(ratios).toFixed(1)} times sooner`));
      assert.ok(words.includes(`HTTP/1.1 ${in_ms(median(h1))} in the median`), words);
    }
    assert.match(words, /2 pairs of loads/);
    assert.match(await page.locator('.details').textContent(), /All loads measured/);
    assert.deepEqual(complaints, []);
    await profile.close();
  });

  test('a segment that is dropped is lost in both runs, and marked', { timeout: 2 * limit_ms }, async () => {
    const { profile, page, complaints } = await open('page=mosaic&tiles=256&line=rtt=100ms,down=1mbit&lanes=h1,h2');
    await press(page, 'Drop the next segment');
    await settled(page);
    const traces = await Promise.all((await run_ids(page)).map((id) => ask(`/api/runs/${id}`)));
    for (const { run, segments } of traces) assert.ok(segments.some(({ fate }) => fate === 'lost'), run.lane);
    const resent = traces.map(({ cost }) => cost.retransmitted_bytes);
    assert.ok(resent.every((bytes) => bytes > 0), String(resent));
    assert.deepEqual(complaints, []);
    await profile.close();
  });

  test('a link restores the whole set-up', { timeout: limit_ms }, async () => {
    const { profile, page } = await open('page=objects&count=32&line=cable,rtt=200ms&lanes=h1-close,h2-fifo,h2&loads=10&warm=1');
    const chosen = await page.locator('.choose fieldset fieldset select').evaluateAll((selects) => selects.map(({ value }) => value));
    assert.deepEqual(chosen, ['h1-close', 'h2-fifo', 'h2']);
    await page.locator('.choose select').first().selectOption('mosaic');
    await page.waitForFunction(() => location.hash.startsWith('#page=mosaic&tiles=100&'));
    assert.match(new URL(page.url()).hash, /line=cable,rtt=200ms&lanes=h1-close,h2-fifo,h2&loads=10&warm=1$/);
    await profile.close();
  });

  test('axe finds nothing serious, in either theme, before and after', { timeout: 3 * limit_ms }, async () => {
    for (const colorScheme of ['light', 'dark']) {
      const { profile, page } = await open('page=mosaic&tiles=16&line=rtt=40ms&lanes=h1,h2', { colorScheme });
      for (const step of ['before', 'after']) {
        if (step === 'after') {
          await press(page, 'Show');
          await settled(page);
        }
        await page.evaluate(readFileSync(axe, 'utf8'));
        // The pages in the panes are others' to judge.
        const { violations } = await page.evaluate(() => window.axe.run({ exclude: ['iframe'] }, { iframes: false }));
        const grave = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
        assert.deepEqual(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], `${colorScheme}, ${step}`);
      }
      await profile.close();
    }
  });

  test('everything can be done by keyboard', { timeout: 2 * limit_ms }, async () => {
    const { profile, page, complaints } = await open('page=mosaic&tiles=16&line=rtt=40ms&lanes=h1,h2');
    await page.getByRole('button', { name: 'Show', exact: true }).first().focus();
    await page.keyboard.press('Enter');
    await settled(page);
    await page.locator('.fall canvas').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.match(await page.locator('.below .detail').textContent(), /Complete after/);
    await page.locator('.inside canvas').nth(1).focus();
    await page.keyboard.press('ArrowRight');
    assert.match(await page.locator('.inside .detail').textContent(), /written at/);
    assert.deepEqual(complaints, []);
    await profile.close();
  });

  test('no request leaves this machine, and few are needed', { timeout: limit_ms }, async () => {
    const { profile, page } = await fresh_page(browser);
    const requests = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(server.url('console', '/'));
    await page.getByRole('button', { name: 'Show', exact: true }).waitFor(limits);
    for (const url of requests) assert.equal(new URL(url).hostname, 'localhost', url);
    const script = requests.filter((url) => url.endsWith('.js'));
    assert.equal(new Set(script).size, 1);
    await profile.close();
  });
});
