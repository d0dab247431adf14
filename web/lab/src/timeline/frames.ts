// All frames of a side, ready to be drawn: plain arrays of numbers, a row for each stream, and extents by block so that
// those outside the view are passed over a thousand at a time. Holds at most `mostFrames`; the oldest go first.

import type {Frame, Landing, Segment} from '../trace/trace';
import {stallsOf, type Stall} from '../trace/stalls';

export const frameKind = {data: 0, head: 1, control: 2, error: 3} as const;

// Some 60 MB of a page's memory; a run of 1,024 requests has about 6,000.
export const mostFrames = 100_000;
// So many go at once when it is full.
const droppedAtOnce = 20_000;

export const blockFrames = 512;

const kinds: Record<string, number> = {
  DATA: frameKind.data, BODY: frameKind.data, CHUNK: frameKind.data,
  HEADERS: frameKind.head, CONTINUATION: frameKind.head, PUSH_PROMISE: frameKind.head,
  REQUEST_HEAD: frameKind.head, RESPONSE_HEAD: frameKind.head,
  RST_STREAM: frameKind.error, GOAWAY: frameKind.error,
};

export interface StreamRow {
  connection: number; // index into connections
  stream: number; // 0: the connection itself
}

export interface Block {
  from: number;
  to: number;
}

export class FrameStore {
  readonly connections: string[] = [];
  rows: StreamRow[] = []; // in the order they are drawn: by connection, then by first appearance
  frames: Frame[] = [];
  written = new Float64Array(1024);
  landed = new Float64Array(1024); // NaN: not yet
  row = new Uint32Array(1024); // index into places
  kind = new Uint8Array(1024);
  places: number[] = []; // where a row is drawn, by the order of appearance
  spans: {first: number; count: number}[] = []; // the rows of each connection
  blocks: Block[] = [];
  segments = new Map<string, Segment[]>(); // by connection: those that were lost, and what made up for them
  stalls = new Map<string, Stall[]>(); // by connection
  count = 0;
  end = 0; // the latest time seen
  forgotten = 0;
  version = 0;

  private readonly known = new Map<string, number>(); // "c1/5" -> index into places
  private readonly appeared: StreamRow[] = [];
  private readonly underWay = new Map<string, number>(); // frames that have not landed

  add(frames: readonly Frame[]): void {
    const rowsBefore = this.appeared.length;
    for (const frame of frames) this.addOne(frame);
    if (this.appeared.length !== rowsBefore) this.arrange();
    ++this.version;
  }

  // Frames that were told of before and have landed now. Gives those that were known.
  land(landings: readonly Landing[]): Frame[] {
    const known: Frame[] = [];
    for (const {connection, index, landed} of landings) {
      const key = `${connection}#${index}`;
      const at = this.underWay.get(key);
      const frame = at === undefined ? undefined : this.frames[at];
      if (at === undefined || !frame) continue;
      this.underWay.delete(key);
      this.landed[at] = landed;
      this.frames[at] = {...frame, landed};
      known.push(this.frames[at] ?? frame);
      this.cover(at);
    }
    ++this.version;
    return known;
  }

  // What was lost, and the stalls that followed. Replaces what was known.
  setSegments(segments: readonly Segment[], end: number): void {
    this.segments.clear();
    this.stalls.clear();
    const down = segments.filter(({direction}) => direction === 'down');
    const byConnection = new Map<string, Segment[]>();
    for (const segment of down) {
      const list = byConnection.get(segment.connection);
      if (list) list.push(segment);
      else byConnection.set(segment.connection, [segment]);
    }
    for (const [connection, list] of byConnection) {
      this.stalls.set(connection, stallsOf(list, end));
      this.segments.set(connection, list.filter(({fate, retransmission}) => fate === 'lost' || fate === 'dropped' || retransmission));
    }
    ++this.version;
  }

  // Segments that have just been lost; what made up for them is known when the run is.
  addLost(segments: readonly Segment[]): void {
    for (const segment of segments) {
      if (segment.direction !== 'down') continue;
      const list = this.segments.get(segment.connection);
      if (list) list.push(segment);
      else this.segments.set(segment.connection, [segment]);
    }
    ++this.version;
  }

  rowOf(index: number): number {
    return this.places[this.row[index] ?? 0] ?? 0;
  }

  private addOne(frame: Frame): void {
    if (this.count === mostFrames) this.forgetOldest();
    if (this.count === this.written.length) this.grow();
    const index = this.count++;
    this.frames[index] = frame;
    this.written[index] = frame.written;
    this.landed[index] = frame.landed ?? NaN;
    this.row[index] = this.rowFor(frame);
    this.kind[index] = kinds[frame.type] ?? frameKind.control;
    if (frame.landed === null && frame.index !== undefined) this.underWay.set(`${frame.connection}#${frame.index}`, index);
    this.cover(index);
  }

  private rowFor(frame: Frame): number {
    const key = `${frame.connection}/${frame.stream}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    let connection = this.connections.indexOf(frame.connection);
    if (connection === -1) {
      connection = this.connections.push(frame.connection) - 1;
      // Each connection has a row of its own, first: what concerns all of it, and what it lost.
      this.known.set(`${frame.connection}/0`, this.appeared.push({connection, stream: 0}) - 1);
      if (frame.stream === 0) return this.appeared.length - 1;
    }
    const made = this.appeared.push({connection, stream: frame.stream}) - 1;
    this.known.set(key, made);
    return made;
  }

  private arrange(): void {
    const order = this.appeared.map((_, index) => index);
    order.sort((a, b) => {
      const [one, other] = [this.appeared[a], this.appeared[b]];
      return (one?.connection ?? 0) - (other?.connection ?? 0) || Number(one?.stream !== 0) - Number(other?.stream !== 0) || a - b;
    });
    this.places = [];
    order.forEach((appeared, place) => { this.places[appeared] = place; });
    this.rows = order.map((appeared) => this.appeared[appeared] ?? {connection: 0, stream: 0});
    this.spans = [];
    this.rows.forEach(({connection}, place) => {
      const span = this.spans[connection];
      if (span) ++span.count;
      else this.spans[connection] = {first: place, count: 1};
    });
  }

  private cover(index: number): void {
    const from = this.written[index] ?? 0;
    const landed = this.landed[index] ?? NaN;
    const to = Number.isNaN(landed) ? Infinity : Math.max(landed, from);
    const block = Math.floor(index / blockFrames);
    const known = this.blocks[block];
    if (!known) this.blocks[block] = {from, to};
    else {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
    }
    this.end = Math.max(this.end, from, Number.isNaN(landed) ? 0 : landed);
  }

  private grow(): void {
    const larger = <Numbers extends Float64Array | Uint32Array | Uint8Array>(made: Numbers, old: Numbers): Numbers => {
      made.set(old);
      return made;
    };
    const length = this.written.length * 2;
    this.written = larger(new Float64Array(length), this.written);
    this.landed = larger(new Float64Array(length), this.landed);
    this.row = larger(new Uint32Array(length), this.row);
    this.kind = larger(new Uint8Array(length), this.kind);
  }

  private forgetOldest(): void {
    for (const array of [this.written, this.landed, this.row, this.kind]) array.copyWithin(0, droppedAtOnce, this.count);
    this.frames.splice(0, droppedAtOnce);
    this.count -= droppedAtOnce;
    this.forgotten += droppedAtOnce;
    for (const [key, index] of this.underWay) {
      if (index < droppedAtOnce) this.underWay.delete(key);
      else this.underWay.set(key, index - droppedAtOnce);
    }
    this.blocks = [];
    for (let index = 0; index < this.count; ++index) this.cover(index);
  }
}
