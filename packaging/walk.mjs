// The hand and the eye of `script/try-package --walk`: does in a browser what one does who has just installed muxlab and
// read its first lines, and says how long each step took. Ends badly if the picture with its sentence does not come.
//
//   node packaging/walk.mjs PLAYWRIGHT SCREENSHOT     with `muxlab` and `chromium` installed, as an ordinary user
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [playwright, screenshot] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(`${playwright}/index.mjs`));
const console_url = 'https://localhost:8440/';
const limits = { timeout: 60_000 };
// What issue 12 allows: past the warning of a certificate that nobody vouches for (two), and the one button.
const most_clicks = 3;

let clicks = 0;
let since = performance.now();
function step(words) {
  const now = performance.now();
  console.log(`${((now - since) / 1000).toFixed(1).padStart(6)} s  ${words}`);
  since = now;
}
async function click(locator) {
  await locator.click(limits);
  clicks += 1;
}

const server = spawn('muxlab', ['serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
for await (const line of createInterface({ input: server.stdout })) {
  if (line.includes(console_url)) break;
}
step('muxlab serve says where the console is');

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless=new', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  step('Chromium is open');
  await assert.rejects(page.goto(console_url), /ERR_CERT_AUTHORITY_INVALID/);
  await click(page.locator('#details-button'));
  await click(page.locator('#proceed-link'));
  const show = page.getByRole('button', { name: 'Show', exact: true });
  await show.waitFor(limits);
  step(`the console is there, past the certificate's warning: click ${clicks}`);

  await click(show);
  const why = page.locator('.why');
  await why.waitFor(limits);
  const sentence = await why.textContent();
  const waterfalls = await page.locator('.fall canvas').count();
  step(`Show was pressed, and ${waterfalls} waterfalls are explained: click ${clicks}`);
  console.log(`          "${sentence}"`);
  assert.match(sentence, /^HTTP\/(1\.1|2) spent \d+ % of /);
  assert.equal(waterfalls, 2);
  assert.ok(clicks <= most_clicks, `${clicks} clicks`);
  await page.screenshot({ path: screenshot });
} finally {
  await browser.close();
  server.kill();
  await once(server, 'exit');
}
