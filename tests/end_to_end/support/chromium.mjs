// The installed Chromium or Chrome, headless, trusting exactly one server's key: so its cache and Early Hints work as
// with a certificate that everybody trusts.
import { environment, find, need } from './command.mjs';
import { temporary_folder } from './muxlab.mjs';

const programs = ['chromium', 'google-chrome', 'google-chrome-stable', 'chrome'];
const program = programs.find(find) ?? programs[0];
need(program);
const { chromium } = await import('playwright-core');

export function launch_chromium(server) {
  return chromium.launch({
    executablePath: find(program),
    chromiumSandbox: process.getuid() !== 0,
    // A home of its own: the crash handler and the certificate store want one that can be written.
    env: { ...environment, HOME: temporary_folder() },
    args: [
      `--ignore-certificate-errors-spki-list=${server.spki}`,
      '--no-first-run',
      '--no-proxy-server',
      '--disable-quic',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

// A page in a profile of its own, with what it complained of.
export async function fresh_page(browser, options = {}) {
  const profile = await browser.newContext(options);
  const page = await profile.newPage();
  const complaints = [];
  page.on(
    'console',
    (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()),
  );
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { profile, page, complaints };
}

export const load_limit_ms = 120_000;

// Opens an address of a demo page and waits until it has said what it measured.
export async function open(page, url) {
  await page.goto(url, { waitUntil: 'load', timeout: load_limit_ms });
  await page.waitForFunction(() => document.documentElement.dataset.state === 'complete', null, {
    timeout: load_limit_ms,
  });
  return page.evaluate(() => window.muxlab);
}
