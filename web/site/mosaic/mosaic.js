// Measures the load of the page it stands in, and says what was measured.
// All figures are the browser's own (Resource Timing), but for the connections: the server names the
// one that carried each answer (Server-Timing: conn;desc="c17", stream;desc="5").
'use strict';

const root = document.documentElement;
const element = (id) => document.getElementById(id);
const images = [...document.querySelectorAll('#tiles img')];

// Okabe and Ito's colours, told apart by all kinds of eyes, each with the ink that is read on it.
const palette = [
  ['#e69f00', '#000'], ['#56b4e9', '#000'], ['#009e73', '#000'], ['#f0e442', '#000'],
  ['#0072b2', '#fff'], ['#d55e00', '#000'], ['#cc79a7', '#000'], ['var(--ink)', 'var(--paper)'],
];
const protocolNames = {'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2', h3: 'HTTP/3'};

// ---- measuring: pure functions of the browser's entries ----

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const median = (numbers) => sorted(numbers)[Math.floor(numbers.length / 2)];

function connectionOf(entry) {
  return entry.serverTiming?.find((metric) => metric.name === 'conn')?.description || null;
}

// The connections in the order of their first request, each with the tiles it carried.
function spread(entries, tiles) {
  const connections = new Map();
  for (const entry of [...entries].sort((a, b) => a.requestStart - b.requestStart)) {
    const name = connectionOf(entry);
    if (name === null) continue;
    if (!connections.has(name)) connections.set(name, {name, tiles: []});
    if (tiles.has(entry)) connections.get(name).tiles.push(entry);
  }
  return [...connections.values()].map((connection, index) => ({...connection, number: index + 1}));
}

// Lays spans of time into lanes so that no two in a lane overlap; gives each entry its lane.
function lanesOf(entries) {
  const ends = [];
  const placed = [...entries].sort((a, b) => a.requestStart - b.requestStart).map((entry) => {
    let lane = ends.findIndex((end) => end <= entry.requestStart);
    if (lane === -1) lane = ends.length;
    ends[lane] = entry.responseEnd;
    return {entry, lane};
  });
  return {placed, count: ends.length};
}

function measure() {
  const navigation = performance.getEntriesByType('navigation')[0];
  const resources = performance.getEntriesByType('resource')
    .filter((entry) => entry.name.startsWith(`${location.origin}/`));
  const byAddress = new Map(resources.map((entry) => [entry.name, entry]));
  const failed = images.filter((image) => !image.complete || image.naturalWidth === 0);
  const arrived = images.filter((image) => !failed.includes(image));
  const tiles = arrived.map((image) => byAddress.get(image.src)).filter(Boolean);
  const took = tiles.map((entry) => entry.responseEnd - entry.startTime);
  const end = Math.max(navigation.responseEnd, ...tiles.map((entry) => entry.responseEnd));
  return {
    navigation, resources, byAddress, failed, tiles, end,
    protocols: [...new Set(tiles.map((entry) => entry.nextHopProtocol))].sort(),
    connections: spread([navigation, ...resources], new Set(tiles)),
    atOnce: lanesOf(tiles).count,
    begin: Math.min(end, ...tiles.map((entry) => entry.startTime)),
    firstByte: Math.min(end, ...tiles.map((entry) => entry.responseStart)),
    waited: median(tiles.map((entry) => entry.requestStart - entry.startTime)) ?? 0,
    fastest: Math.min(...took), median: median(took), slowest: Math.max(...took),
    bytes: sum([navigation, ...resources].map((entry) => entry.transferSize)),
  };
}

// ---- words ----

function time(ms) {
  if (!Number.isFinite(ms)) return 'unknown';
  if (ms >= 10000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

const size = (bytes) => bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
const counted = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;
const protocolName = (protocol) => protocolNames[protocol] ?? (protocol || 'an unknown protocol');

function outcome(result) {
  const {failed, connections, atOnce, waited} = result;
  if (failed.length > 0) {
    return `${failed.length} of ${counted(images.length, 'tile')} did not arrive. ` +
      'Check that the server still runs, then load again.';
  }
  if (connections.length === 0) return 'The server does not say which connection carried which tile.';
  if (connections.length === 1) return `One connection carried them all, ${atOnce} under way at once.`;
  const wait = `Half of the tiles waited ${time(waited)} or more.`;
  return connections.length > images.length
    ? `Every tile had a connection of its own, ${atOnce} at once. ${wait}`
    : `${connections.length} connections took turns, ${atOnce} tiles at once. ${wait}`;
}

function facts(result) {
  if (result.tiles.length === 0) return [];
  return [
    ['Protocol', result.protocols.join(', ')],
    ['Connections used', result.connections.length || 'unknown'],
    ['Under way at once, most', result.atOnce],
    ['Wait for a turn, median', time(result.waited)],
    ['Fastest tile', time(result.fastest)],
    ['Median tile', time(result.median)],
    ['Slowest tile', time(result.slowest)],
    ['First to last byte', time(result.end - result.firstByte)],
    ['Requests', result.resources.length + 1],
    ['Transferred', size(result.bytes)],
  ];
}

// ---- drawing ----

function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const colourOf = (number) => palette[(number - 1) % palette.length];

function paint(made, number) {
  [made.style.background, made.style.color] = colourOf(number);
  return made;
}

// The bars of one strip as an SVG path, 1000 wide, one unit a lane. A hair of paper parts neighbours.
function bars(tiles, begin, end) {
  const {placed, count} = lanesOf(tiles);
  const across = (moment) => (moment - begin) / (end - begin) * 1000;
  const high = count > 20 ? 1 : 0.9;
  const path = placed.map(({entry, lane}) => {
    const wide = Math.max(1, across(entry.responseEnd) - across(entry.requestStart) - 2).toFixed(1);
    return `M${across(entry.requestStart).toFixed(1)} ${lane}h${wide}v${high}h-${wide}z`;
  });
  return {path: path.join(''), lanes: Math.max(1, count)};
}

// One strip a connection on a shared axis of time. Tiles under way together lie one below the other:
// the strips of six connections and the one strip of a single connection fill the same height.
function drawStrips({connections, begin, end}) {
  const strips = element('strips');
  const numbered = connections.length <= 12;
  strips.style.rowGap = numbered ? '2px' : 0;
  for (const {number, tiles} of connections) {
    const {path, lanes} = bars(tiles, begin, end);
    const strip = make('div');
    strip.style.height = `${108 / connections.length}px`;
    strip.innerHTML = `<span>${numbered ? number : ''}</span>` +
      `<svg viewBox="0 0 1000 ${lanes}" preserveAspectRatio="none" aria-hidden="true">` +
      `<path fill="${colourOf(number)[0]}" d="${path}"/></svg>`;
    strips.append(strip);
  }
  element('axis').firstElementChild.textContent = time(begin);
  element('axis-end').textContent = time(end);
}

function drawLegend({connections, tiles}) {
  if (connections.length > palette.length) {
    element('legend').append(make('li', {textContent: `${connections.length} connections for ${counted(tiles.length, 'tile')}`}));
    return;
  }
  for (const {number, name, tiles: carried} of connections) {
    element('legend').append(make('li', {title: `The server calls it ${name}`},
      paint(make('b', {textContent: number}), number), counted(carried.length, 'tile')));
  }
}

// A sheet over the picture, tile by tile in its connection's colour and number.
function colourSheet({connections, byAddress}) {
  const numbers = new Map(connections.map((connection) => [connection.name, connection.number]));
  const sheet = make('div', {id: 'colours'});
  const rows = [...element('tiles').children];
  sheet.style.setProperty('--rows', rows.length);
  for (const row of rows) {
    sheet.append(make('div', {}, ...[...row.children].map((image) => {
      const entry = byAddress.get(image.src);
      const number = entry && numbers.get(connectionOf(entry));
      const cell = make('i', {textContent: number ?? '?'});
      cell.style.flexBasis = `${image.getAttribute('width')}px`;
      return number ? paint(cell, number) : cell;
    })));
  }
  return sheet;
}

function showProgress() {
  const protocol = performance.getEntriesByType('navigation')[0]?.nextHopProtocol;
  root.dataset.protocol = protocol ?? '';
  const arrived = images.filter((image) => image.complete && image.naturalWidth > 0).length;
  element('words').textContent = `Loading ${images.length} tiles over ${protocolName(protocol)}`;
  element('figure').textContent = arrived;
}

function showResult(result) {
  const {failed, protocols, connections} = result;
  const over = protocols.map(protocolName).join(' and ');
  root.dataset.protocol = protocols.length === 1 ? protocols[0] : '';
  element('words').textContent = failed.length === 0
    ? `${images.length} tiles over ${over} in` : `${images.length - failed.length} of ${images.length} tiles in`;
  element('figure').textContent = time(result.end);
  element('outcome').textContent = outcome(result);
  for (const image of failed) image.classList.add('failed');
  if (failed.length > 0) root.dataset.failed = failed.length;
  for (const [term, value] of facts(result)) {
    element('facts').append(make('dt', {textContent: term}), make('dd', {textContent: value}));
  }
  if (connections.length === 0) return;
  drawStrips(result);
  drawLegend(result);
  element('connections').hidden = false;
}

function offerColours(result) {
  if (result.connections.length === 0) return;
  const box = element('colour');
  const sheet = colourSheet(result);
  const apply = () => box.checked ? document.querySelector('figure').append(sheet) : sheet.remove();
  box.disabled = false;
  box.addEventListener('change', apply);
  apply();
}

// ---- the course of a load ----

let scheduled = 0;
function progressed() {
  scheduled ||= requestAnimationFrame(() => {
    scheduled = 0;
    if (root.dataset.state === 'loading') showProgress();
  });
}

function complete() {
  const result = measure();
  showResult(result);
  offerColours(result);
  window.muxlab = {
    page: 'mosaic', tiles: images.length, protocol: result.protocols.join(', '),
    connections: result.connections.length, load_ms: result.end, requests: result.resources.length + 1,
    failed: result.failed.length,
  };
  root.dataset.state = 'complete';
}

showProgress();
element('tiles').addEventListener('load', progressed, true);
// A turn later, when the last tile's entry is in the list.
const finished = () => setTimeout(complete);
if (document.readyState === 'complete') finished(); else addEventListener('load', finished);

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
