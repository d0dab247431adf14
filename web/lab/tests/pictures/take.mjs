// Makes a picture of each view in each size and both themes, into build/pictures of the tree, and says what the pages
// complained of. Needs the built interface (npm run build) and Chromium.
//
//   npm run pictures [-- NAME... WIDTH...]     such as: npm run pictures -- shown losing 390
import {mkdir} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';
import {FakeConsole} from '../support/fake_console.mjs';

const folder = process.env.MUXLAB_PICTURES ?? fileURLToPath(new URL('../../../../build/pictures/', import.meta.url));
const sizes = [[1280, 800], [1920, 1080], [390, 844], [768, 1024]];
const themes = ['light', 'dark'];

const done = (page) => page.waitForFunction(() => {
  const watches = [...document.querySelectorAll('.stopwatch')];
  return watches.length > 0 && watches.every((each) => each.dataset.load);
}, null, {timeout: 30_000});

const views = {
  choose: {address: '#page=mosaic&tiles=100&line=cable&lanes=h1,h2', act: async (page) => { await page.getByRole('button', {name: 'Adjust'}).click(); }},
  loading: {slowness: 8, address: '', act: async (page) => {
    await page.getByRole('button', {name: 'Show', exact: true}).click();
    await page.waitForFunction(() => /[1-9]\d of /.test(document.querySelector('.pane.http1 .progress')?.textContent ?? ''));
  }},
  shown: {address: '#page=mosaic&tiles=100&line=cable&lanes=h1,h2', act: async (page) => {
    await page.getByRole('button', {name: 'Show', exact: true}).click();
    await done(page);
  }},
  few: {address: '#page=mosaic&tiles=16&line=cable,rtt=80ms&lanes=h1,h2', act: async (page) => {
    await page.getByRole('button', {name: 'Show', exact: true}).click();
    await done(page);
    await page.locator('.fall canvas').first().focus();
    for (let press = 0; press < 9; ++press) await page.keyboard.press('ArrowDown');
  }},
  losing: {address: '#page=mosaic&tiles=40&line=lossy-wifi,loss=2%&lanes=h1,h2', act: async (page) => {
    await page.getByRole('button', {name: 'Show', exact: true}).click();
    await done(page);
  }},
  measured: {address: '#page=mosaic&tiles=100&line=cable&lanes=h1,h2', act: async (page) => {
    await page.getByRole('button', {name: 'Measure'}).click();
    await page.waitForFunction(() => /confidence/.test(document.querySelector('.beside')?.textContent ?? '') && document.querySelector('.actions .main')?.textContent === 'Show', null, {timeout: 60_000});
  }},
  many: {address: '#page=mosaic&tiles=400&line=cable&lanes=h1-close,h1,h2,h2-fifo', act: async (page) => {
    await page.getByRole('button', {name: 'Show', exact: true}).click();
    await done(page);
  }},
  broken: {address: '', act: async (page, fake) => {
    await page.getByRole('button', {name: 'Show', exact: true}).waitFor();
    await fake.stop();
    await page.getByRole('button', {name: 'Show', exact: true}).click();
    await page.getByText('does not answer').first().waitFor();
  }},
};

async function take(browser, name, view, [width, height], theme) {
  const fake = await FakeConsole.start();
  fake.slowness = view.slowness ?? 1;
  const page = await browser.newPage({viewport: {width, height}, colorScheme: theme, hasTouch: width < 500});
  const complaints = [];
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (mistake) => complaints.push(String(mistake)));
  try {
    await page.goto(fake.url + view.address);
    await page.getByRole('button', {name: 'Show', exact: true}).waitFor();
    await view.act(page, fake);
    await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
    await page.screenshot({path: `${folder}/${name}-${width}-${theme}.png`});
    await page.screenshot({path: `${folder}/${name}-${width}-${theme}-whole.png`, fullPage: true});
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) complaints.push(`${wide} pixels too wide`);
  } finally {
    await page.close();
    await fake.stop().catch(() => undefined);
  }
  if (name !== 'broken') for (const complaint of complaints) console.log(`${name} ${width} ${theme}: ${complaint}`);
}

await mkdir(folder, {recursive: true});
const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu']});
const wanted = process.argv.slice(2).filter((word) => word in views);
const widths = process.argv.slice(2).map(Number).filter(Boolean);
for (const [name, view] of Object.entries(views)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const size of sizes.filter(([width]) => widths.length === 0 || widths.includes(width))) for (const theme of themes) await take(browser, name, view, size, theme);
}
await browser.close();
console.log(`pictures: ${folder}`);
