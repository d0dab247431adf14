// The demo pages as they describe themselves: their names, their page.json and what it promises. Knows no browser.
import { readFileSync } from 'node:fs';
import { ask, connect } from './http2_client.mjs';

export const site_folder = new URL('../../../web/site/', import.meta.url);

// The address of each page below the site. Those that are made take small numbers, to be quick with sanitizers.
export const pages = {
  article: '/article/',
  blocking: '/blocking/',
  bundled: '/bundled/',
  headers: '/headers/',
  mosaic: '/mosaic/?tiles=16',
  objects: '/objects/?count=20&bytes=1000&delay_ms=10',
  unbundled: '/unbundled/',
};

// The page's page.json, asked with the page's own parameters.
export async function page_json(server, address) {
  const url = new URL(address, 'https://site/');
  const client = await connect(server, 'site');
  try {
    const answer = await ask(client, `${url.pathname}page.json${url.search}`);
    if (answer.headers[':status'] !== 200)
      throw new Error(`${address} has no page.json: ${answer.headers[':status']}`);
    return JSON.parse(answer.body);
  } finally {
    client.close();
  }
}

// The text of a file of the site, by its path below the page's folder.
export const page_file = (page, path) => readFileSync(new URL(path, new URL(`${page}/`, site_folder)), 'utf8');

// What a page.json promises that a browser will ask for: the page itself and its resources, as paths of the site.
export function promised(address, description) {
  const base = new URL(address, 'https://site/');
  const paths = description.resources.map(({ path }) => new URL(path, base));
  return [base, ...paths].map((url) => url.pathname + url.search).sort();
}
