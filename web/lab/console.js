// The console's first page: how the visitor's browser came here, and the lanes with links to the
// mosaic on each.
'use strict';

const element = (id) => document.getElementById(id);
const tileCounts = [16, 100, 400];
const names = {'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2', h2c: 'HTTP/2 in cleartext'};

function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function ask(path) {
  const answer = await fetch(path, {headers: {accept: 'application/json'}});
  if (!answer.ok) throw new Error(`The console answered ${path} with status ${answer.status}.`);
  return answer.json();
}

// ---- the visitor ----

const classOf = (protocol) => protocol === 'h2' ? 'http2' : 'http1';

function visitorWords({tls, alpn, client, connection, request}) {
  const secured = tls
    ? `${tls.version} with ${tls.cipher}${tls.resumed ? ', resumed from an earlier visit' : ''}, ` +
      `${alpn ? `${alpn} chosen by ALPN` : 'no ALPN'}.`
    : 'In cleartext, without TLS.';
  return `${secured} You come from ${client}; this was request ${request} on connection ${connection}.`;
}

function showVisitor(visitor) {
  element('words').textContent = 'Your browser reached this console over';
  element('figure').textContent = names[visitor.protocol] ?? visitor.protocol;
  element('figure').className = classOf(visitor.protocol);
  element('visitor').textContent = visitorWords(visitor);
}

// ---- the lanes ----

// One plain sentence of what a lane does, from its rules.
function laneWords(lane) {
  if (lane.name === 'site') return 'The site as it is served to everyone: the browser asks for HTTP/2 and gets it (ALPN).';
  if (lane.name === 'plain') return 'The site without TLS. A browser speaks HTTP/1.1 here; other clients may speak HTTP/2.';
  if (lane.protocol === 'h2') {
    return `One connection carries up to ${lane.max_streams ?? 'any number of'} requests at once.`;
  }
  if (!lane.keep_alive) return 'A new connection for every request, closed after its answer.';
  const limits = [
    lane.timeout_s && `after ${lane.timeout_s} s of silence`,
    lane.max_requests && `after ${lane.max_requests} requests`,
  ].filter(Boolean).join(' or ');
  return 'Connections are kept and used again, one request at a time; a browser opens up to 6' +
    `${limits ? `. Each is closed ${limits}` : ''}.`;
}

const protocolWords = (lane) => lane.protocol.split(', ').map((name) => names[name] ?? name).join(' or ');

// On the host that the visitor typed, so that the links work from another device too.
function addressOf(lane, tiles) {
  const address = new URL(`mosaic/?tiles=${tiles}`, lane.url);
  address.hostname = location.hostname;
  return address.href;
}

function laneRow(lane) {
  const links = tileCounts.map((tiles) => make('a', {
    href: addressOf(lane, tiles), target: '_blank', rel: 'noopener', textContent: tiles,
    ariaLabel: `Mosaic with ${tiles} tiles on lane ${lane.name}, in a new tab`,
  }));
  const only = lane.protocol.includes(',') ? '' : classOf(lane.protocol);
  return make('tr', {},
    make('th', {scope: 'row', className: only}, lane.name,
      make('small', {textContent: `${protocolWords(lane)}, port ${lane.port}`})),
    make('td', {textContent: laneWords(lane)}),
    make('td', {className: 'open'}, ...links, ' tiles'));
}

function showLanes(lanes) {
  element('lanes').append(...lanes.map(laneRow));
  document.querySelector('table').hidden = false;
}

// ---- when the console does not answer ----

function say(place, mistake) {
  const cause = mistake instanceof TypeError ? 'The console does not answer.' : mistake.message;
  place.textContent = `${cause} Check that muxlab serve still runs, then load this page again.`;
  place.hidden = false;
}

ask('api/visitor').then(showVisitor).catch((mistake) => {
  element('words').textContent = 'How your browser reached this console is unknown.';
  element('visitor').className = 'failed';
  say(element('visitor'), mistake);
});
ask('api/lanes').then(showLanes).catch((mistake) => say(element('problem'), mistake));
