// The race view when things go wrong: against a console of the test's own, which can break its streams.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FakeConsole } from '../../web/lab/tests/support/fake_console.mjs';
import { fresh_page, launch_chromium } from './support/chromium.mjs';

const limits = { timeout: 60_000 };

describe('the race view, when things go wrong', () => {
  let browser;
  before(async () => {
    browser = await launch_chromium({ spki: '' });
  });
  after(() => browser?.close());

  async function open(context, prepare = () => {}) {
    const fake = await FakeConsole.start();
    context.after(() => fake.stop().catch(() => {}));
    prepare(fake);
    const { page, complaints } = await fresh_page(browser, { viewport: { width: 1280, height: 800 } });
    await page.goto(fake.url);
    await page.getByRole('button', { name: 'Show', exact: true }).waitFor(limits);
    return { fake, page, complaints };
  }
  const show = (page) => page.getByRole('button', { name: 'Show', exact: true }).first().click();

  test('an event stream that breaks is said, and taken up again', { timeout: 120_000 }, async (context) => {
    const { fake, page } = await open(context, (made) => { made.slowness = 15; });
    await show(page);
    await page.waitForFunction(() => /[1-9]\d* of 101/.test(document.querySelector('.pane .progress')?.textContent ?? ''), null, limits);
    fake.breakFeeds();
    await page.getByText('The live view broke off').first().waitFor(limits);
    await page.getByText('The live view broke off').first().waitFor({ state: 'detached', ...limits });
    await page.waitForFunction(() => document.querySelectorAll('.stopwatch[data-load]').length === 2, null, limits);
  });

  test('a console that goes away is said, and the page goes on when it is back', { timeout: 120_000 }, async (context) => {
    const { fake, page } = await open(context);
    const { port } = fake;
    await fake.stop();
    await show(page);
    await page.getByText('The console does not answer').first().waitFor(limits);
    const again = await FakeConsole.start({ port });
    context.after(() => again.stop());
    await page.getByText('The console does not answer').first().waitFor({ state: 'detached', ...limits });
    await show(page);
    await page.waitForFunction(() => document.querySelectorAll('.stopwatch[data-load]').length === 2, null, limits);
    assert.equal(await page.locator('.said [role=alert]').count(), 0);
  });

  test('a run that is cut short is said, and another can follow', { timeout: 120_000 }, async (context) => {
    const { fake, page } = await open(context, (made) => { made.slowness = 15; });
    await show(page);
    await page.waitForFunction(() => document.querySelectorAll('.page-frame iframe').length === 2, null, limits);
    for (const run of fake.runs.values()) run.exchanges = [];
    await page.locator('.said [role=alert]').waitFor(limits);
    assert.match(await page.locator('.said [role=alert]').textContent(), /did not come/);
    fake.slowness = 1;
    await show(page);
    await page.waitForFunction(() => document.querySelectorAll('.stopwatch[data-load]').length === 2, null, limits);
    assert.equal(await page.locator('.said [role=alert]').count(), 0);
  });

  test('a run can be stopped', { timeout: 120_000 }, async (context) => {
    const { page } = await open(context, (made) => { made.slowness = 15; });
    await show(page);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Show', exact: true }).first().waitFor(limits);
    assert.equal(await page.locator('.page-frame iframe').count(), 0);
  });

  test('a browser that was denied HTTP/2 is told so', { timeout: 120_000 }, async (context) => {
    const { page } = await open(context, (made) => { made.http1 = true; });
    await page.getByText('Your browser reached this console over HTTP/1.1, though HTTP/2 was offered.').waitFor(limits);
  });
});
