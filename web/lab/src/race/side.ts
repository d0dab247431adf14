// One lane of the race, as it stands: what loads in its pane, how far it is, and what was learned of it.

import {signal, type Signal} from '@preact/signals';
import {FrameStore} from '../timeline/frames';
import type {BrowserReport, Frame, Landing, Segment, ToldExchange, Trace} from '../trace/trace';

export interface SideState {
  phase: 'idle' | 'opening' | 'loading' | 'complete' | 'failed';
  run: string | null;
  url: string | null; // what the pane shows
  startedAt: number; // performance.now()
  load: number | null; // ms, of the run that is shown
  done: number; // requests
  expected: number | null;
  bytes: number;
  trace: Trace | null;
  report: BrowserReport | null;
  problem: string | null;
  feedBroken: boolean;
  eventsLost: number;
}

export const idleSide: SideState = {
  phase: 'idle', run: null, url: null, startedAt: 0, load: null, done: 0, expected: null, bytes: 0,
  trace: null, report: null, problem: null, feedBroken: false, eventsLost: 0,
};

export interface Side {
  lane: string;
  state: Signal<SideState>;
  frames: Signal<FrameStore>;
  framesVersion: Signal<number>; // grows whenever frames are added
}

export function makeSide(lane: string): Side {
  return {lane, state: signal(idleSide), frames: signal(new FrameStore()), framesVersion: signal(0)};
}

export function change(side: Side, changes: Partial<SideState>): void {
  side.state.value = {...side.state.peek(), ...changes};
}

// Before a new race: nothing is known.
export function clear(side: Side): void {
  side.state.value = idleSide;
  side.frames.value = new FrameStore();
  ++side.framesVersion.value;
}

const contentTypes = new Set(['DATA', 'BODY', 'CHUNK']);

function countBytes(side: Side, frames: readonly Frame[]): void {
  ++side.framesVersion.value;
  let {bytes} = side.state.peek();
  for (const {direction, landed, type, length} of frames) {
    if (direction === 'down' && landed !== null && contentTypes.has(type)) bytes += length;
  }
  change(side, {bytes});
}

// Frames that have just been written.
export function hear(side: Side, frames: Frame[]): void {
  side.frames.peek().add(frames);
  countBytes(side, frames);
}

// Frames that have just landed.
export function hearLandings(side: Side, landings: Landing[]): void {
  countBytes(side, side.frames.peek().land(landings));
}

export function hearExchanges(side: Side, exchanges: ToldExchange[]): void {
  const done = exchanges.filter(({last_byte_landed}) => last_byte_landed !== null).length;
  change(side, {done: side.state.peek().done + done});
}

export function hearLosses(side: Side, segments: Segment[]): void {
  side.frames.peek().addLost(segments);
  ++side.framesVersion.value;
}

// The whole run, when it is over: from now on what is shown is what the server has of it.
export function settle(side: Side, trace: Trace, report: BrowserReport | null): void {
  const store = new FrameStore();
  store.add(trace.frames);
  store.setSegments(trace.segments, trace.run.load_ms ?? store.end);
  side.frames.value = store;
  ++side.framesVersion.value;
  const complete = trace.exchanges.filter(({last_byte_landed}) => last_byte_landed !== null);
  change(side, {
    phase: 'complete', run: trace.run.id, load: trace.run.load_ms, trace, report,
    done: complete.length, expected: trace.exchanges.length,
    bytes: trace.exchanges.reduce((sum, {bytes}) => sum + bytes.body, 0),
  });
}
