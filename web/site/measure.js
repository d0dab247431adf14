// Measures the load of the page it stands in, and says what was measured. A page names itself in the script's
// element: <script src="../measure.js" data-page="article" data-at="load" defer></script>
// With data-at="load" all is said when the page has loaded; without, the page's own script calls
// measure.complete() when its requests are over. The mosaic measures itself, to make no request more.
// All figures are the browser's own (Resource Timing), but for the connections: the server names the one that
// carried each answer (Server-Timing: conn;desc="c17", stream;desc="5").
'use strict';

const measure = (() => {
  const root = document.documentElement;
  const {page, at} = document.currentScript.dataset;
  const element = (id) => document.getElementById(id);

  // Okabe and Ito's colours, told apart by all kinds of eyes, each with the ink that is read on it.
  const palette = [
    ['#e69f00', '#000'], ['#56b4e9', '#000'], ['#009e73', '#000'], ['#f0e442', '#000'],
    ['#0072b2', '#fff'], ['#d55e00', '#000'], ['#cc79a7', '#000'], ['var(--ink)', 'var(--paper)'],
  ];
  const protocolNames = {'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2', h3: 'HTTP/3'};

  // More rows than this are drawn as hair lines, without their names.
  const mostNamedRows = 48;

  // ---- words ----

  function time(ms) {
    if (!Number.isFinite(ms)) return 'unknown';
    if (ms >= 10000) return `${(ms / 1000).toFixed(1)} s`;
    return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  }

  function size(bytes) {
    if (bytes < 1000) return `${bytes} bytes`;
    if (bytes < 1e6) return `${(bytes / 1000).toFixed(bytes < 10000 ? 1 : 0)} kB`;
    return `${(bytes / 1e6).toFixed(2)} MB`;
  }

  const counted = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const protocolName = (protocol) => protocolNames[protocol] ?? (protocol || 'an unknown protocol');

  function make(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // ---- measuring ----

  function connectionOf(entry) {
    return entry.serverTiming?.find((metric) => metric.name === 'conn')?.description || null;
  }

  // The page and all it asked for, in the order in which they were asked for.
  function entries() {
    return [performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')]
      .filter((entry) => entry.name.startsWith(`${location.origin}/`))
      .sort((a, b) => a.startTime - b.startTime);
  }

  // Names of connections to numbers, in the order of their first request.
  function numbered(all) {
    const numbers = new Map();
    for (const entry of [...all].sort((a, b) => a.requestStart - b.requestStart)) {
      const name = connectionOf(entry);
      if (name !== null && !numbers.has(name)) numbers.set(name, numbers.size + 1);
    }
    return numbers;
  }

  // The most entries that were under way at one moment, from request to last byte.
  function mostAtOnce(all) {
    const steps = all.flatMap((entry) => [[entry.requestStart, 1], [entry.responseEnd, -1]])
      .sort(([a, up], [b, down]) => a - b || up - down);
    let now = 0;
    return steps.reduce((most, [, step]) => Math.max(most, now += step), 0);
  }

  // An answer that is an error, or that never came (its status is 0).
  function hasFailed({responseStatus}) {
    return responseStatus !== undefined && (responseStatus === 0 || responseStatus >= 400);
  }

  function result() {
    const all = entries();
    const protocols = [...new Set(all.map((entry) => entry.nextHopProtocol).filter(Boolean))].sort();
    return {
      all,
      protocols,
      over: protocols.map(protocolName).join(' and '),
      connections: numbered(all),
      end: Math.max(...all.map((entry) => entry.responseEnd)),
      atOnce: mostAtOnce(all),
      failed: all.filter(hasFailed).length,
      bytes: all.reduce((total, entry) => total + entry.transferSize, 0),
    };
  }

  function sentenceOf({all, connections, atOnce, failed}) {
    if (failed > 0) {
      return `${counted(failed, 'request')} failed. Check that the server still runs, then load again.`;
    }
    if (connections.size === 0) return 'The server does not say which connection carried which answer.';
    if (connections.size === 1) return `One connection carried all ${all.length} requests, at most ${atOnce} at once.`;
    return `${connections.size} connections shared ${all.length} requests, at most ${atOnce} at once.`;
  }

  function factsOf({all, connections, over, atOnce, bytes}) {
    return [
      ['Protocol', over],
      ['Requests', all.length],
      ['Connections used', connections.size || 'unknown'],
      ['Under way at once, most', atOnce],
      ['Transferred', size(bytes)],
    ];
  }

  // ---- the waterfall: a row for each request on one axis of time ----

  const style = new CSSStyleSheet();
  style.replaceSync(`
    .waterfall, .waterfall-key {
      margin: 8px 0 0;
      padding: 0;
      list-style: none;
      font: 14px/1.3 system-ui, sans-serif;
      font-variant-numeric: tabular-nums;
    }
    .waterfall li {
      display: grid;
      grid-template-columns: 24px minmax(0, 13em) minmax(0, 1fr) 5.5em;
      align-items: center;
      gap: 8px;
      min-height: 22px;
    }
    .waterfall b { border-radius: 3px; text-align: center; line-height: 18px; font-weight: 600; }
    .waterfall .name {
      overflow: hidden;
      white-space: nowrap;
      text-overflow: ellipsis;
      font-family: ui-monospace, monospace;
    }
    .waterfall .end { text-align: right; }
    .waterfall .failed { color: var(--failed); }
    .track { position: relative; height: 12px; background: color-mix(in srgb, var(--rule) 45%, transparent); }
    .track i { position: absolute; top: 0; bottom: 0; box-sizing: border-box; }
    .track .turn {
      border: 1px solid var(--muted);
      background: repeating-linear-gradient(45deg, transparent 0 3px, var(--muted) 3px 4px);
    }
    .track .answer { background: var(--bar); opacity: 0.45; }
    .track .bytes { min-width: 2px; background: var(--bar); }

    .waterfall.dense li { grid-template-columns: 24px minmax(0, 1fr); min-height: 5px; height: 5px; }
    .waterfall.dense b { height: 5px; border-radius: 0; font-size: 0; }
    .waterfall.dense .track { height: 4px; }
    .waterfall.dense .turn { border: 0; opacity: 0.6; }
    .waterfall.dense span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

    .waterfall-key { display: flex; flex-wrap: wrap; gap: 2px 20px; max-width: none; color: var(--muted); }
    .waterfall-key .track {
      --bar: var(--muted);
      display: inline-block;
      width: 24px;
      margin-right: 6px;
      vertical-align: -1px;
    }
    .waterfall-key .track i { width: 100%; }
    @media (max-width: 640px) {
      .waterfall li { grid-template-columns: 24px minmax(0, 7em) minmax(0, 1fr) 4.5em; gap: 6px; }
    }
  `);

  function shortName(entry) {
    const {pathname, search} = new URL(entry.name);
    const name = pathname.split('/').filter(Boolean).pop() ?? '/';
    return entry.entryType === 'navigation' ? 'the page' : `${name}${search}`;
  }

  function bar(kind, from, to, begin, end) {
    const across = (moment) => 100 * (Math.max(moment, begin) - begin) / (end - begin);
    const made = make('i', {className: kind});
    made.style.left = `${across(from)}%`;
    made.style.width = `${Math.max(0, across(to) - across(from))}%`;
    return made;
  }

  function courseOf(entry) {
    return `its turn after ${time(entry.requestStart - entry.startTime)}, ` +
      `first byte ${time(entry.responseStart - entry.requestStart)} later, ` +
      `received in ${time(entry.responseEnd - entry.responseStart)}`;
  }

  function row(entry, number, name, begin, end) {
    const [colour, ink] = palette[((number ?? 1) - 1) % palette.length];
    const stripe = make('b', {textContent: number ?? '?', title: `connection ${number ?? 'unknown'}`});
    [stripe.style.background, stripe.style.color] = [colour, ink];
    const track = make('div', {className: 'track'},
      bar('turn', entry.startTime, entry.requestStart, begin, end),
      bar('answer', entry.requestStart, entry.responseStart, begin, end),
      bar('bytes', entry.responseStart, entry.responseEnd, begin, end));
    track.style.setProperty('--bar', colour);
    return make('li', {className: hasFailed(entry) ? 'failed' : '', title: `${name}: ${courseOf(entry)}`},
      stripe, make('span', {className: 'name', textContent: name}), track,
      make('span', {className: 'end', textContent: time(entry.responseEnd)}));
  }

  // What the kinds of bars mean.
  function key() {
    const sample = (kind, words) =>
      make('span', {}, make('span', {className: 'track'}, make('i', {className: kind})), words);
    return make('p', {className: 'waterfall-key'}, sample('turn', 'waiting for a turn'),
      sample('answer', 'waiting for the first byte'), sample('bytes', 'receiving'),
      'number and colour: the connection');
  }

  // Into `place`: the rows of `shown`, of all entries that a page has. `name` gives a row its words.
  function drawWaterfall(place, shown = entries(), name = shortName) {
    const drawn = shown.filter((entry) => entry.responseEnd > 0 && entry.requestStart > 0);
    if (drawn.length === 0) return;
    const numbers = numbered(entries());
    const begin = Math.min(...drawn.map((entry) => entry.startTime));
    const end = Math.max(begin + 1, ...drawn.map((entry) => entry.responseEnd));
    const list = make('ol', {className: `waterfall${drawn.length > mostNamedRows ? ' dense' : ''}`},
      ...drawn.map((entry) => row(entry, numbers.get(connectionOf(entry)), name(entry), begin, end)));
    if (!document.adoptedStyleSheets.includes(style)) document.adoptedStyleSheets.push(style);
    place.replaceChildren(key(), list);
  }

  // ---- the end of a load ----

  // Says what was measured. A page may bring words of its own: `words` before the figure, `figure`, `sentence`, and
  // `facts` as pairs; `failed` counts what Resource Timing does not know.
  function complete({words, figure, sentence, facts, failed = 0, shown, name} = {}) {
    const measured = result();
    measured.failed = Math.max(measured.failed, failed);
    const {all, connections, protocols, over, end} = measured;
    root.dataset.protocol = protocols.length === 1 ? protocols[0] : '';
    if (measured.failed > 0) root.dataset.failed = measured.failed;
    element('words').textContent = words ?? `${all.length} requests over ${over} in`;
    element('figure').textContent = figure ?? time(end);
    element('outcome').textContent = measured.failed > 0 || !sentence ? sentenceOf(measured) : sentence;
    element('facts')?.replaceChildren(...(facts ?? factsOf(measured)).map(([term, value]) =>
      make('div', {}, make('dt', {textContent: term}), make('dd', {textContent: value}))));
    if (element('waterfall')) drawWaterfall(element('waterfall'), shown, name);
    window.muxlab = {
      page, protocol: protocols.join(', '), connections: connections.size, load_ms: end,
      requests: all.length, failed: measured.failed,
    };
    root.dataset.state = 'complete';
  }

  if (at === 'load') {
    // A turn later, when the last entry is in the list.
    const finished = () => setTimeout(complete);
    if (document.readyState === 'complete') finished(); else addEventListener('load', finished);
  }
  return {complete, counted, entries, factsOf, make, result, size, time};
})();

// ---- the console, which shows this page in a frame, asks how its load went ----

// Answers the message {muxlab: "timing"} of a page of the same host with the browser's own times, in milliseconds from
// the start of the navigation.
addEventListener('message', (event) => {
  if (event.source !== parent || event.data?.muxlab !== 'timing') return;
  if (new URL(event.origin).hostname !== location.hostname) return;
  const all = [performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')]
    .filter((entry) => entry.name.startsWith(`${location.origin}/`));
  parent.postMessage({
    muxlab: 'timing',
    complete: document.documentElement.dataset.state === 'complete',
    load_ms: Math.max(...all.map((entry) => entry.responseEnd)),
    failed: all.filter(({responseStatus}) => responseStatus === 0 || responseStatus >= 400).length,
    resources: all.map((entry) => ({
      path: entry.name.slice(location.origin.length),
      start: entry.startTime,
      connect_start: entry.connectStart,
      secure_start: entry.secureConnectionStart,
      request: entry.requestStart,
      response_start: entry.responseStart,
      response_end: entry.responseEnd,
    })),
  }, event.origin);
});
