// A run as the console gives it (GET /api/runs/ID). Times are milliseconds from the start of the run, sizes bytes;
// what is unknown is null.

export interface Line {
  preset: string | null;
  rtt_ms: number;
  down_bps: number | null;
  up_bps: number | null;
  loss_down: number;
  loss_up: number;
  burst: number | null;
  lose: string[];
  queue_packets: number;
  queue_bytes?: number | null;
  congestion_control: string;
  seed: number;
}

export interface Lateness {
  p50: number | null;
  p99: number | null;
}

export interface Run {
  id: string;
  page: string;
  way: string;
  lane: string;
  line: Line | null;
  started: string;
  load_ms: number | null;
  lateness_ms: Lateness;
  valid: boolean;
  invalid_because: string[]; // sentences
  dropped?: number;
}

export interface TlsFacts {
  version: string;
  cipher: string;
  group: string | null;
  resumed: boolean;
  handshake_bytes: {down: number; up: number};
  bytes: number;
}

export interface Connection {
  id: string;
  protocol: string;
  tls: TlsFacts | null;
  opened: number;
  ready: number | null;
  closed: number | null;
  closed_by: string | null;
  requests: number;
}

export interface Blocked {
  by: 'connection' | 'priority' | 'flow_control' | 'line';
  exchange: number | null;
  from: number;
  to: number;
}

export interface ExchangeBytes {
  request_headers_plain: number;
  request_headers: number;
  response_headers_plain: number;
  response_headers: number;
  body: number;
}

export interface Exchange {
  id: number;
  connection: string;
  stream: number;
  nth: number;
  method: string;
  path: string;
  status: number | null;
  priority: string | null;
  pushed: boolean;
  discovered: number | null;
  queued: number | null;
  sent: number | null;
  received: number | null;
  first_byte_written: number | null;
  first_byte_landed: number | null;
  last_byte_landed: number | null;
  blocked: Blocked[];
  bytes: ExchangeBytes;
}

export type Direction = 'up' | 'down';

// A frame whose last byte has arrived since it was told of.
export interface Landing {
  connection: string;
  index: number;
  landed: number;
}

// An exchange as it is told live: what is known of it by then.
export interface ToldExchange {
  connection: string;
  stream: number;
  last_byte_landed: number | null;
  bytes: ExchangeBytes;
}

export interface Frame {
  index?: number; // among those of its connection; only while they are told live
  connection: string;
  direction: Direction;
  type: string;
  flags: string[];
  stream: number;
  length: number;
  written: number;
  landed: number | null;
  detail: Record<string, unknown>;
}

export interface Segment {
  connection: string;
  direction: Direction;
  offset: number;
  length: number;
  sent: number;
  fate: 'arrived' | 'lost' | 'dropped' | 'under way';
  at: number | null;
  retransmission: boolean;
}

export interface TimeParts {
  waiting_for_connection: number;
  handshakes: number;
  client?: number;
  queueing: number;
  request: number;
  server: number;
  download: number;
  stalled_by_loss: number;
}

export interface Cost {
  connections: number;
  handshakes: number;
  tls_bytes: number;
  header_bytes: number;
  body_bytes: number;
  retransmitted_bytes: number;
}

export interface Trace {
  run: Run;
  connections: Connection[];
  exchanges: Exchange[];
  frames: Frame[];
  segments: Segment[];
  time: TimeParts | null;
  cost: Cost;
}

// What the browser itself saw (Resource Timing): milliseconds from the start of its navigation.
export interface BrowserEntry {
  path: string;
  start: number;
  connect_start: number;
  secure_start: number;
  request: number;
  response_start: number;
  response_end: number;
}

export interface BrowserReport {
  complete: boolean;
  load_ms: number | null;
  failed: number;
  resources: BrowserEntry[];
}
