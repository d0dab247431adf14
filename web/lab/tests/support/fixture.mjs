// Runs in the shape of the console's trace JSON, computed by a simple model of one page over one line: for tests and
// pictures of the interface, where the figures need to be plausible rather than right.

const segmentBytes = 1448;

// A small generator of its own, so that every picture is the same.
function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const exact = (ms) => Math.round(ms * 1000) / 1000;

function frame(connection, direction, type, stream, length, written, landed, flags = [], detail = {}) {
  return {connection, direction, type, flags, stream, length, written: exact(written), landed: exact(landed), detail};
}

// What one direction of the line carries, one segment after the other; all connections share it.
class Downlink {
  constructor({bps, rtt, loss, seed}) {
    this.free = 0;
    this.rtt = rtt;
    this.perByte = 8000 / bps;
    this.loss = loss;
    this.random = random(seed);
    this.segments = [];
    this.offsets = new Map();
    this.heldUntil = new Map();
  }

  // When the last of the bytes has landed, in order on its connection.
  send(connection, bytes, now) {
    let landed = now;
    for (let left = bytes; left > 0; left -= segmentBytes) {
      const length = Math.min(left, segmentBytes);
      this.free = Math.max(this.free, now) + length * this.perByte;
      const offset = this.offsets.get(connection) ?? 0;
      this.offsets.set(connection, offset + length);
      const base = {connection, direction: 'down', offset, length};
      const sent = exact(this.free);
      if (this.random() < this.loss) {
        const again = this.free + this.rtt * 1.2;
        this.segments.push({...base, sent, fate: 'lost', at: sent, retransmission: false});
        this.segments.push({...base, sent: exact(again), fate: 'arrived', at: exact(again + this.rtt / 2), retransmission: true});
        landed = again + this.rtt / 2;
      } else {
        landed = this.free + this.rtt / 2;
        this.segments.push({...base, sent, fate: 'arrived', at: exact(landed), retransmission: false});
      }
      landed = Math.max(landed, this.heldUntil.get(connection) ?? 0);
      this.heldUntil.set(connection, landed);
    }
    return landed;
  }
}

const shares = {waiting_for_connection: 0, handshakes: 0, queueing: 0, request: 0, server: 0, download: 0, stalled_by_loss: 0};

function headersDetail(method, path) {
  return {fields: [{name: ':method', value: method}, {name: ':path', value: path}]};
}

function exchangeOf(each, connection, stream, nth, path, times, body) {
  return {
    id: each, connection, stream, nth, method: 'GET', path, status: 200, priority: each === 1 ? 'u=0, i' : 'i', pushed: false,
    queued: times.discovered, blocked: [],
    ...Object.fromEntries(Object.entries(times).map(([name, value]) => [name, exact(value)])),
    bytes: {request_headers_plain: 412, request_headers: nth === 1 ? 243 : 31, response_headers_plain: 260, response_headers: 91, body},
  };
}

function sizesOf(count, seed) {
  const draw = random(seed);
  return [4096, ...Array.from({length: count}, () => Math.round(1500 + draw() * 7000))];
}

const pathOf = (run, index, count) => index === 0
  ? `/r/${run}/mosaic/?tiles=${count}` : `/r/${run}/mosaic/tile/${index - 1}.png?tiles=${count}`;

function overHttp1({id, count, line, seed}) {
  const {rtt_ms: rtt} = line;
  const downlink = new Downlink({bps: line.down_bps ?? 1e10, rtt, loss: line.loss_down, seed: line.seed + 11});
  const sizes = sizesOf(count, seed);
  const [exchanges, frames, connections] = [[], [], []];
  const free = [];
  let document = 0;
  sizes.forEach((body, index) => {
    const discovered = index === 0 ? 0 : document + 2;
    // The first six open connections; then whichever is free first.
    let which = connections.length;
    if (which === 6 || index === 1) which = index === 1 ? 0 : free.indexOf(Math.min(...free));
    if (which === connections.length) {
      const opened = exact(index === 0 ? 0 : discovered);
      connections.push({
        id: `c${11 + which}`, protocol: 'http/1.1', tls: {version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', group: 'x25519', resumed: false, handshake_bytes: {down: 1400, up: 520}, bytes: 2312},
        opened, ready: exact(opened + 2 * rtt), closed: null, closed_by: null, requests: 0,
      });
      free[which] = opened + 2 * rtt;
    }
    const connection = connections[which];
    const nth = ++connection.requests;
    const sent = Math.max(free[which], discovered) + 0.4;
    const received = sent + rtt / 2 + 0.2;
    const written = received + 0.4;
    const head = downlink.send(connection.id, 91, written);
    const landed = downlink.send(connection.id, body, written);
    free[which] = landed;
    if (index === 0) document = landed;
    const path = pathOf(id, index, count);
    exchanges.push(exchangeOf(index + 1, connection.id, nth, nth, path,
      {discovered, sent, received, first_byte_written: written, first_byte_landed: head, last_byte_written: written, last_byte_landed: landed}, body));
    frames.push(frame(connection.id, 'up', 'REQUEST_HEAD', nth, 412, sent, received, [], headersDetail('GET', path)));
    frames.push(frame(connection.id, 'down', 'RESPONSE_HEAD', nth, 260, written, head));
    frames.push(frame(connection.id, 'down', 'BODY', nth, body, written, landed, [], {content_bytes: body, last: true}));
  });
  return {exchanges, frames, connections, downlink};
}

function overHttp2({id, count, line, seed}) {
  const {rtt_ms: rtt} = line;
  const downlink = new Downlink({bps: line.down_bps ?? 1e10, rtt, loss: line.loss_down, seed: line.seed + 23});
  const sizes = sizesOf(count, seed);
  const ready = 2 * rtt;
  const name = 'c21';
  const frames = [
    frame(name, 'up', 'PREFACE', 0, 24, ready, ready + rtt / 2),
    frame(name, 'up', 'SETTINGS', 0, 24, ready, ready + rtt / 2, [], {settings: {HEADER_TABLE_SIZE: 65536, ENABLE_PUSH: 0, INITIAL_WINDOW_SIZE: 6291456}}),
    frame(name, 'up', 'WINDOW_UPDATE', 0, 4, ready, ready + rtt / 2, [], {increment: 15663105}),
    frame(name, 'down', 'SETTINGS', 0, 18, ready + rtt / 2, ready + rtt, [], {settings: {MAX_CONCURRENT_STREAMS: 128}}),
  ];
  const exchanges = [];
  let document = 0;
  sizes.forEach((body, index) => {
    const stream = 2 * index + 1;
    const discovered = index === 0 ? 0 : document + 2;
    const sent = Math.max(ready, discovered) + 0.4 + index * 0.03;
    const received = sent + rtt / 2 + 0.2;
    const written = Math.max(received + 0.4, downlink.free - 10);
    const head = downlink.send(name, 91, written);
    const landed = downlink.send(name, body, written);
    if (index === 0) document = landed;
    const path = pathOf(id, index, count);
    exchanges.push(exchangeOf(index + 1, name, stream, index + 1, path,
      {discovered, sent, received, first_byte_written: written, first_byte_landed: head, last_byte_written: written, last_byte_landed: landed}, body));
    frames.push(frame(name, 'up', 'HEADERS', stream, index === 0 ? 243 : 31, sent, received, ['END_STREAM', 'END_HEADERS'], headersDetail('GET', path)));
    frames.push(frame(name, 'down', 'HEADERS', stream, 91, written, head, ['END_HEADERS']));
    for (let left = body, at = 0; left > 0; left -= 4096, ++at) {
      const part = Math.min(left, 4096);
      const share = (at + 1) / Math.ceil(body / 4096);
      frames.push(frame(name, 'down', 'DATA', stream, part, written + at * 0.05, head + (landed - head) * share, left <= 4096 ? ['END_STREAM'] : []));
    }
  });
  const connections = [{
    id: name, protocol: 'h2', tls: {version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', group: 'x25519', resumed: false, handshake_bytes: {down: 1400, up: 520}, bytes: 2312},
    opened: 0, ready: exact(ready), closed: null, closed_by: null, requests: sizes.length,
  }];
  return {exchanges, frames, connections, downlink};
}

function timeOf(exchanges, connections, line, load) {
  const last = exchanges.reduce((a, b) => (a.last_byte_landed > b.last_byte_landed ? a : b));
  const handshakes = connections[0].ready;
  const waiting = last.sent - last.discovered;
  const lost = line.loss_down > 0 ? load * Math.min(0.5, line.loss_down * 20) : 0;
  const rest = load - handshakes - waiting - line.rtt_ms / 2 - 0.4;
  return {
    ...shares, waiting_for_connection: exact(waiting), handshakes: exact(handshakes), request: exact(line.rtt_ms / 2), server: 0.4,
    stalled_by_loss: exact(Math.min(lost, rest)), download: exact(rest - Math.min(lost, rest)),
  };
}

export const cable = {
  preset: 'cable', rtt_ms: 30, down_bps: 50_000_000, up_bps: 10_000_000, loss_down: 0, loss_up: 0, burst: null, lose: [],
  queue_packets: 100, queue_bytes: null, congestion_control: 'reno', seed: 1,
};

// way: "h1" or "h2"; count: the tiles of the page; seed: of the sizes.
export function makeTrace({id = 'k1', way = 'h2', lane = way, count = 100, line = cable, seed = 7} = {}) {
  const {exchanges, frames, connections, downlink} = (way === 'h2' ? overHttp2 : overHttp1)({id, count, line, seed});
  frames.sort((a, b) => a.written - b.written);
  const load = exact(Math.max(...exchanges.map((each) => each.last_byte_landed)));
  const body = exchanges.reduce((sum, each) => sum + each.bytes.body, 0);
  return {
    run: {
      id, page: 'mosaic', way, lane, line, started: '2026-11-20T08:00:00Z', load_ms: load, lateness_ms: {p50: 0.1, p99: 0.6}, valid: true, invalid_because: [], dropped: 0,
    },
    connections, exchanges, frames, segments: downlink.segments,
    time: timeOf(exchanges, connections, line, load),
    cost: {
      connections: connections.length, handshakes: connections.length, tls_bytes: 2312 * connections.length,
      header_bytes: exchanges.length * (way === 'h2' ? 122 : 672), body_bytes: body,
      retransmitted_bytes: downlink.segments.reduce((sum, each) => sum + (each.retransmission ? each.length : 0), 0),
    },
  };
}

// What a browser would say of the same run.
export function makeReport(trace, shift = 4) {
  return {
    complete: true, failed: 0, load_ms: trace.run.load_ms + shift + 3,
    resources: trace.exchanges.map((each) => ({
      path: each.path, start: each.discovered + shift, connect_start: each.discovered + shift, secure_start: each.discovered + shift,
      request: each.sent + shift, response_start: each.first_byte_landed + shift + 1, response_end: each.last_byte_landed + shift + 1.5,
    })),
  };
}

// Many frames: what a page of thousands of requests leaves.
export function makeManyFrames(count, streams = 400, connection = 'c1') {
  const draw = random(5);
  return Array.from({length: count}, (_, index) => {
    const written = index * 0.2;
    const stream = 1 + 2 * (Math.floor(index / 20 + draw() * 12) % streams);
    return frame(connection, draw() < 0.1 ? 'up' : 'down', draw() < 0.15 ? 'HEADERS' : 'DATA', stream, Math.round(draw() * 4096), written, written + 20 + draw() * 60);
  });
}
