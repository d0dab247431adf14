// A run as rows of phases on an axis of time: what each request did when. Knows nothing of pixels.

import type {BrowserEntry, BrowserReport, Connection, Exchange, Trace} from './trace';
import {stallsByConnection, type Stall} from './stalls';

export type PhaseKind = 'waiting' | 'handshake' | 'request' | 'server' | 'receiving' | 'stalled';

// In the order of a request's life; stalled lies on top of what it interrupts.
export const phaseKinds: readonly PhaseKind[] = ['waiting', 'handshake', 'request', 'server', 'receiving', 'stalled'];

export const phaseWords: Record<PhaseKind, string> = {
  waiting: 'waiting for a connection',
  handshake: 'TCP and TLS',
  request: 'request under way',
  server: 'server and first byte',
  receiving: 'receiving',
  stalled: 'stalled by loss',
};

export interface Phase {
  kind: PhaseKind;
  from: number;
  to: number;
}

export interface Row {
  exchange: Exchange;
  connection: number; // index into the side's connections
  name: string;
  phases: Phase[];
  start: number;
  end: number;
  browser: BrowserEntry | null; // moved onto the run's clock
}

export interface Side {
  lane: string;
  protocol: string;
  load: number | null;
  connections: Connection[];
  rows: Row[];
  end: number;
}

// "tile/12.png" of "/r/k3/mosaic/tile/12.png?tiles=100"; the page itself keeps its folder.
export function shortName(path: string): string {
  const bare = path.replace(/^\/r\/[^/]+/, '').replace(/\?.*$/, '');
  const parts = bare.split('/').filter(Boolean);
  if (bare.endsWith('/') || parts.length === 0) return `${parts[parts.length - 1] ?? ''}/`;
  return parts.length > 2 ? parts.slice(1).join('/') : parts.join('/');
}

function lastKnown(exchange: Exchange): number {
  const {discovered, sent, received, first_byte_written, first_byte_landed, last_byte_landed} = exchange;
  return last_byte_landed ?? first_byte_landed ?? first_byte_written ?? received ?? sent ?? discovered ?? 0;
}

function add(phases: Phase[], kind: PhaseKind, from: number | null, to: number | null): void {
  if (from !== null && to !== null && to > from) phases.push({kind, from, to});
}

function handshakeOf(exchange: Exchange, connection: Connection | undefined): Phase | null {
  if (!connection || exchange.nth !== 1) return null;
  const to = connection.ready ?? exchange.sent;
  return to !== null && to > connection.opened ? {kind: 'handshake', from: connection.opened, to} : null;
}

export function phasesOf(exchange: Exchange, connection: Connection | undefined, stalls: readonly Stall[]): Phase[] {
  const phases: Phase[] = [];
  const {discovered, sent, received, first_byte_written, first_byte_landed, last_byte_landed} = exchange;
  const handshake = handshakeOf(exchange, connection);
  if (handshake) {
    add(phases, 'waiting', discovered, Math.min(handshake.from, sent ?? handshake.from));
    phases.push(handshake);
    add(phases, 'waiting', Math.max(handshake.to, discovered ?? handshake.to), sent);
  } else {
    add(phases, 'waiting', discovered, sent);
  }
  add(phases, 'request', sent, received ?? first_byte_landed);
  add(phases, 'server', received, first_byte_landed ?? first_byte_written);
  const begin = first_byte_landed ?? first_byte_written;
  add(phases, 'receiving', begin, last_byte_landed);
  for (const stall of stalls) {
    add(phases, 'stalled', Math.max(stall.from, first_byte_written ?? Infinity), Math.min(stall.to, last_byte_landed ?? Infinity));
  }
  return phases;
}

// What is added to the browser's times so that its first request leaves when the run's does.
export function browserShift(trace: Trace, report: BrowserReport | null): number {
  const first = report?.resources[0];
  const sent = trace.exchanges[0]?.sent;
  return first && sent !== null && sent !== undefined ? sent - first.request : 0;
}

function moved(entry: BrowserEntry, by: number): BrowserEntry {
  return {
    path: entry.path,
    start: entry.start + by,
    connect_start: entry.connect_start + by,
    secure_start: entry.secure_start + by,
    request: entry.request + by,
    response_start: entry.response_start + by,
    response_end: entry.response_end + by,
  };
}

export function waterfallOf(trace: Trace, report: BrowserReport | null): Side {
  const indexes = new Map(trace.connections.map((connection, index) => [connection.id, index]));
  const end = Math.max(trace.run.load_ms ?? 0, ...trace.exchanges.map(lastKnown));
  const stalls = stallsByConnection(trace.segments, end);
  const shift = browserShift(trace, report);
  const seen = new Map(report?.resources.map((entry) => [entry.path, moved(entry, shift)]));
  const rows = trace.exchanges.map((exchange): Row => {
    const index = indexes.get(exchange.connection) ?? 0;
    const phases = phasesOf(exchange, trace.connections[index], stalls.get(exchange.connection) ?? []);
    return {
      exchange,
      connection: index,
      name: shortName(exchange.path),
      phases,
      start: phases[0]?.from ?? exchange.sent ?? 0,
      end: lastKnown(exchange),
      browser: seen.get(exchange.path) ?? null,
    };
  });
  return {
    lane: trace.run.lane,
    protocol: trace.connections[0]?.protocol ?? trace.run.way,
    load: trace.run.load_ms,
    connections: trace.connections,
    rows,
    end,
  };
}

// One zero and one scale for all sides.
export function commonEnd(sides: readonly Side[]): number {
  return Math.max(1, ...sides.map((side) => side.end));
}

// How long a row spent in a kind of phase.
export function spent(row: Row, kind: PhaseKind): number {
  return row.phases.reduce((sum, phase) => sum + (phase.kind === kind ? phase.to - phase.from : 0), 0);
}
