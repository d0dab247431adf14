// A console without a server behind it: the built interface, the calls it makes, and panes whose pages take as long as the
// fixture's runs. For pictures and for tests of what can go wrong; figures are the fixture's.
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {extname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {cable, makeManyFrames, makeTrace} from './fixture.mjs';

// Of the build that is tested, or what `npm run build` left here.
const built = process.env.MUXLAB_BUILD
  ? `${process.env.MUXLAB_BUILD}/share/muxlab/lab/`
  : fileURLToPath(new URL('../../dist/', import.meta.url));

const types = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json'};

const perfect = {...cable, preset: 'perfect', rtt_ms: 0, down_bps: null, up_bps: null};
const presets = [
  {...cable, preset: 'fiber', rtt_ms: 4, down_bps: 100e6, up_bps: 20e6}, cable, {...cable, preset: '3g', rtt_ms: 300, down_bps: 1.6e6, up_bps: 768e3},
  {...cable, preset: 'lossy-wifi', rtt_ms: 30, down_bps: 30e6, up_bps: 15e6, loss_down: 0.01, loss_up: 0.01, burst: 3}, perfect,
].map((line) => ({name: line.preset, what: 'A line', source: 'the fixture', text: line.preset, line}));

const pages = [
  {page: 'mosaic', title: 'Mosaic', parameters: {tiles: {default: 100, min: 16, max: 1024}}, resources: Array.from({length: 100}, (_, index) => ({path: `tile/${index}.png`}))},
  {page: 'article', title: 'One wire, many answers', parameters: {}, resources: []},
];

const protocols = {'h1-close': 'http/1.1', h1: 'http/1.1', h2: 'h2', 'h2-fifo': 'h2', 'h2-push': 'h2', 'h2-hints': 'h2'};

// What the fixture can do of a line: its preset, its round trip, its loss, its seed.
function lineOf(text) {
  const fields = String(text ?? '').split(',');
  const line = {...(presets.find(({name}) => name === fields[0])?.line ?? perfect)};
  for (const [name, value] of fields.map((field) => field.split('='))) {
    if (name === 'rtt') line.rtt_ms = Number.parseFloat(value);
    if (name === 'loss') line.loss_down = line.loss_up = Number.parseFloat(value) / 100;
    if (name === 'seed') line.seed = Number(value);
    if (name === 'down') line.down_bps = Number.parseFloat(value) * 1e6;
  }
  return line;
}

// As the demo pages do: answers the console's question with the browser's own times.
const timingScript = `addEventListener('message', (event) => {
  if (event.data?.muxlab !== 'timing') return;
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  parent.postMessage({muxlab: 'timing', complete: document.readyState === 'complete', failed: 0, load_ms: performance.now(), resources: entries.map((entry) => ({
    path: entry.name.slice(location.origin.length), start: entry.startTime, connect_start: entry.connectStart, secure_start: entry.secureConnectionStart,
    request: entry.requestStart, response_start: entry.responseStart, response_end: entry.responseEnd}))}, event.origin);
});`;

function pageHtml(id, tiles) {
  const side = Math.ceil(Math.sqrt(tiles));
  const cells = Array.from({length: tiles}, (_, index) => {
    const [x, y] = [(index % side) / side, Math.floor(index / side) / side];
    return `<i style="background:hsl(${Math.round(200 - 160 * y + 30 * Math.sin(6 * x))} 55% ${Math.round(38 + 30 * x * (1 - y))}%)"></i>`;
  }).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>mosaic</title><script>${timingScript}</script>
<style>body{margin:0;display:grid;grid-template-columns:repeat(${side},1fr);grid-auto-rows:26px}</style>${cells}<img src="/r/${id}/slow.svg" alt="" width="1" height="1">`;
}

function problem(response, status, detail) {
  response.writeHead(status, {'content-type': 'application/problem+json'});
  response.end(JSON.stringify({title: 'Problem', status, detail}));
}

async function contentOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text ? JSON.parse(text) : {};
}

export class FakeConsole {
  runs = new Map();
  watchers = new Map(); // by run
  drops = [];
  slowness = 1; // how much longer loads take in the pane than in the run
  manyFrames = 0; // so many frames a second come over the feed, whatever the run
  http1 = false; // the visitor comes over HTTP/1.1

  static async start({port = 0} = {}) {
    const made = new FakeConsole();
    made.lane = createServer((request, response) => made.answerLane(request, response));
    made.console = createServer((request, response) => void made.answerConsole(request, response).catch((mistake) => problem(response, 500, String(mistake))));
    await new Promise((resolve) => made.lane.listen(0, 'localhost', resolve));
    await new Promise((resolve) => made.console.listen(port, 'localhost', resolve));
    return made;
  }

  get port() { return this.console.address().port; }
  get url() { return `http://localhost:${this.port}/`; }
  get laneUrl() { return `http://localhost:${this.lane.address().port}/`; }

  async stop() {
    for (const server of [this.console, this.lane]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  // Cuts every open event stream.
  breakFeeds() {
    for (const watcher of this.watchers.values()) watcher.destroy();
  }

  headers(path) {
    const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src ${this.laneUrl.slice(0, -1)}; base-uri 'none'; form-action 'none'`;
    return {
      'content-type': types[extname(path)] ?? 'application/octet-stream', 'content-security-policy': policy,
      'cache-control': path.includes('assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    };
  }

  async answerConsole(request, response) {
    const {pathname, searchParams} = new URL(request.url, this.url);
    const json = (status, value) => {
      response.writeHead(status, {'content-type': 'application/json', 'cache-control': 'no-store'});
      response.end(JSON.stringify(value));
    };
    const [, api, kind, id, verb] = pathname.split('/');
    if (api !== 'api') return this.answerFile(pathname, response);
    if (kind === 'lanes') return json(200, Object.entries(protocols).map(([name, protocol], index) => ({
      name, port: 8451 + index, protocol, keep_alive: name !== 'h1-close', timeout_s: 5, max_requests: null,
      max_streams: protocol === 'h2' ? 128 : null, scheduler: name === 'h2-fifo' ? 'fifo' : protocol === 'h2' ? 'priority' : null,
      push: name === 'h2-push', early_hints: name === 'h2-hints', line: null, url: this.laneUrl,
    })));
    if (kind === 'pages') return json(200, pages);
    if (kind === 'lines') return json(200, presets);
    if (kind === 'visitor') return json(200, {protocol: this.http1 ? 'http/1.1' : 'h2', alpn: 'h2', tls: {version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', group: 'x25519', resumed: false}, client: '127.0.0.1'});
    if (kind === 'events') return this.watch(searchParams.get('run'), request, response);
    if (kind === 'connections') {
      this.drops.push(id);
      return json(200, {connection: id, segments: 1});
    }
    if (kind === 'runs' && request.method === 'POST' && verb === 'end') return json(200, {});
    if (kind === 'runs' && request.method === 'POST') return json(201, this.makeRun(await contentOf(request)));
    const run = this.runs.get(id);
    return run ? json(200, run) : problem(response, 404, `There is no run ${id}.`);
  }

  async answerFile(pathname, response) {
    const path = pathname === '/' ? '/index.html' : pathname;
    try {
      const content = await readFile(join(built, path));
      response.writeHead(200, this.headers(path));
      response.end(content);
    } catch {
      problem(response, 404, `The console has nothing at ${path}.`);
    }
  }

  makeRun({page, parameters, lane, line}) {
    const id = `k${this.runs.size + 1}`;
    const way = lane.startsWith('h2') ? 'h2' : 'h1';
    const trace = makeTrace({id, way, lane, count: parameters.tiles ?? 100, line: lineOf(line), seed: 7 + (Math.floor(this.runs.size / 2) % 5)});
    trace.run.page = page;
    this.runs.set(id, trace);
    return {id, url: `${this.laneUrl}r/${id}/${page}/`, warm_up: null};
  }

  watch(id, request, response) {
    response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store'});
    response.write(': watching\n\n');
    this.watchers.set(id, response);
    request.on('close', () => {
      if (this.watchers.get(id) === response) this.watchers.delete(id);
    });
  }

  // Tells of the run's frames as time goes by.
  play(id) {
    const trace = this.runs.get(id);
    const begun = Date.now();
    let next = 0;
    let told = 0;
    let before = -1;
    const timer = setInterval(() => {
      const now = (Date.now() - begun) / this.slowness;
      const frames = [];
      while (next < trace.frames.length && trace.frames[next].landed <= now) frames.push(trace.frames[next++]);
      if (this.manyFrames > 0) {
        const due = Math.floor((now / 1000) * this.manyFrames);
        frames.push(...makeManyFrames(due - told).map((frame) => ({...frame, written: frame.written + told * 0.2, landed: frame.landed + told * 0.2})));
        told = due;
      }
      const watcher = this.watchers.get(id);
      const over = trace.exchanges.filter(({last_byte_landed: at}) => at > before && at <= now);
      before = now;
      if (over.length > 0) watcher?.write(`event: exchanges\ndata: ${JSON.stringify(over)}\n\n`);
      if (frames.length > 0) watcher?.write(`event: frames\ndata: ${JSON.stringify(frames)}\n\n`);
      if (now > trace.run.load_ms + 100 && !this.manyFrames) clearInterval(timer);
    }, 40);
    timer.unref();
  }

  answerLane(request, response) {
    const {pathname} = new URL(request.url, this.laneUrl);
    const id = pathname.split('/')[2];
    const trace = this.runs.get(id);
    if (pathname.endsWith('slow.svg')) {
      setTimeout(() => {
        response.writeHead(200, {'content-type': 'image/svg+xml'});
        response.end('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
      }, trace.run.load_ms * this.slowness);
    } else if (trace) {
      this.play(id);
      response.writeHead(200, {'content-type': 'text/html; charset=utf-8'});
      response.end(pageHtml(id, trace.exchanges.length - 1));
    } else problem(response, 404, 'There is no such run.');
  }
}
