// Runs the race: has runs made, lets the panes load them, ends them, fetches what was seen.

import {batch} from '@preact/signals';
import * as api from '../console/api';
import {watchRun} from '../console/feed';
import {reportOf} from '../console/inner_page';
import type {BrowserReport, Trace} from '../trace/trace';
import {lineOfPass, lineText} from './line_text';
import {requestsOf} from './pages';
import {idlePlan, nextLoad, step, typicalRun, type PlanEvent} from './plan';
import * as race from './race';
import {change, clear, hear, hearExchanges, hearLandings, hearLosses, settle, type Side} from './side';

// The console ends a run after 120 s; a little later nothing more is to be waited for.
const longestLoadMs = 125_000;

interface Ended {
  trace: Trace;
  report: BrowserReport | null;
}

let stopping = new AbortController();

// ---- the panes ----

type Loaded = (frame: HTMLIFrameElement) => void;
const awaited = new Map<string, Loaded>(); // by run

// From a pane: the page of the run has loaded, as far as the browser is concerned.
export function paneLoaded(run: string, frame: HTMLIFrameElement): void {
  awaited.get(run)?.(frame);
}

function loadedFrame(run: string, signal: AbortSignal): Promise<HTMLIFrameElement> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      awaited.delete(run);
      window.clearTimeout(limit);
      signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      leave();
      reject(signal.reason);
    };
    const limit = window.setTimeout(() => {
      leave();
      reject(new Error('The page was not complete after two minutes. Choose a faster line or a smaller page.'));
    }, longestLoadMs);
    signal.addEventListener('abort', giveUp);
    awaited.set(run, (frame) => {
      leave();
      resolve(frame);
    });
  });
}

// ---- one load ----

function wishOf(side: Side, pass: number): api.RunWish {
  const {page, warm} = race.setup.peek();
  const line = lineText(lineOfPass(race.line.peek(), pass), race.presets.peek());
  return {page, parameters: race.parameters.peek(), lane: side.lane, line, warm};
}

async function open(side: Side, pass: number, signal: AbortSignal): Promise<api.MadeRun> {
  const expected = requestsOf(race.page.peek(), race.parameters.peek());
  change(side, {phase: 'opening', expected, done: 0, bytes: 0, load: null, url: null});
  const made = await api.makeRun(wishOf(side, pass), signal);
  if (made.warm_up) {
    const {id, url} = made.warm_up;
    await api.endRun(id, await loadInPane(side, id, url, signal), signal);
  }
  return made;
}

async function loadInPane(side: Side, run: string, runUrl: string, signal: AbortSignal): Promise<BrowserReport | null> {
  const url = api.onThisHost(runUrl);
  const loaded = loadedFrame(run, signal);
  change(side, {phase: 'loading', run, url, startedAt: performance.now()});
  const frame = await loaded;
  return frame.contentWindow ? reportOf(frame.contentWindow, url, signal) : null;
}

async function finish(side: Side, made: api.MadeRun, report: BrowserReport | null, signal: AbortSignal): Promise<Ended> {
  await api.endRun(made.id, report, signal);
  const trace = await api.trace(made.id, signal);
  if (trace.exchanges.length === 0) {
    throw new Error(`The page of lane ${side.lane} did not come: its port does not answer this browser, or its certificate is not trusted.`);
  }
  settle(side, trace, report);
  return {trace, report};
}

// ---- what may go wrong ----

function isAbort(mistake: unknown): boolean {
  return mistake instanceof DOMException && mistake.name === 'AbortError';
}

function wordsOf(mistake: unknown): string {
  if (mistake instanceof api.Unreachable) return 'The console stopped answering during the run. Start muxlab serve again, then run again.';
  return mistake instanceof Error ? mistake.message : 'Something unexpected went wrong. Load this page again.';
}

function fail(mistake: unknown): void {
  if (isAbort(mistake)) return;
  if (mistake instanceof api.Unreachable) race.consoleAnswers.value = false;
  race.problem.value = wordsOf(mistake);
}

function begin(mode: race.Mode): AbortSignal {
  stopping.abort();
  stopping = new AbortController();
  batch(() => {
    race.running.value = mode;
    race.shown.value = mode;
    race.problem.value = null;
    race.wasHidden.value = document.hidden;
    race.pickedRow.value = null;
    race.pickedFrame.value = null;
    race.view.value = {...race.view.peek(), from: 0, to: 100, top: 0, mode: 'whole'};
  });
  return stopping.signal;
}

function freshSides(): Side[] {
  const sides = race.sides.peek();
  batch(() => sides.forEach(clear));
  return sides;
}

export function stop(): void {
  stopping.abort(new DOMException('stopped', 'AbortError'));
  batch(() => {
    race.running.value = 'idle';
    race.plan.value = step(race.plan.peek(), {type: 'stop'});
    for (const side of race.sides.peek()) {
      if (['opening', 'loading'].includes(side.state.peek().phase)) change(side, {phase: 'idle', url: null});
    }
  });
}

// ---- a show: all lanes together ----

export async function show(dropOne = false): Promise<void> {
  const signal = begin('show');
  race.plan.value = idlePlan;
  const sides = freshSides();
  const unwatch: (() => void)[] = [];
  try {
    const made = await Promise.all(sides.map((side) => open(side, 0, signal)));
    sides.forEach((side, index) => unwatch.push(watch(side, made[index]?.id ?? '', dropOne)));
    await Promise.all(sides.map(async (side, index) => {
      const run = made[index];
      if (!run) return;
      const report = await loadInPane(side, run.id, run.url, signal);
      await finish(side, run, report, signal);
    }));
  } catch (mistake) {
    if (!signal.aborted) stopping.abort(new DOMException('failed', 'AbortError'));
    for (const side of sides) if (side.state.peek().phase !== 'complete') change(side, {phase: 'failed'});
    fail(mistake);
  } finally {
    for (const end of unwatch) end();
    if (stopping.signal === signal) race.running.value = 'idle';
    race.turn({type: 'whole', end: race.timelineEnd.peek()});
  }
}

// A fifth of its requests are there: many streams are under way, and the end is far.
const dropAfterShare = 1 / 5;

function watch(side: Side, run: string, dropOne: boolean): () => void {
  let armed = dropOne;
  const grown = (): void => {
    race.turn({type: 'grew', end: race.timelineEnd.peek()});
    const {done, expected} = side.state.peek();
    if (!armed || done < (expected ?? 0) * dropAfterShare) return;
    armed = false;
    void dropOn(side);
  };
  // What comes after the run was fetched is in it already.
  const over = (): boolean => side.state.peek().phase === 'complete';
  return watchRun(run, {
    frames: (frames) => {
      if (over()) return;
      hear(side, frames);
      grown();
    },
    landed: (landings) => {
      if (over()) return;
      hearLandings(side, landings);
      grown();
    },
    exchanges: (exchanges) => {
      if (over()) return;
      hearExchanges(side, exchanges);
      grown();
    },
    segments: (segments) => {
      if (!over()) hearLosses(side, segments);
    },
    lost: (events) => change(side, {eventsLost: side.state.peek().eventsLost + events}),
    broken: (feedBroken) => change(side, {feedBroken}),
  });
}

// ---- losing a segment ----

// The connection that was written on last, of those with something under way.
function busiest(side: Side): string | null {
  const {frames, count} = side.frames.peek();
  for (let index = count - 1; index >= 0; --index) {
    const frame = frames[index];
    if (frame && frame.direction === 'down' && frame.landed === null) return frame.connection;
  }
  return frames[count - 1]?.connection ?? null;
}

async function dropOn(side: Side): Promise<void> {
  const connection = busiest(side);
  if (!connection) return;
  try {
    await api.dropSegment(connection);
  } catch (mistake) {
    fail(mistake);
  }
}

// Of every lane that loads now; with none, a show in which that happens on the way.
export function dropNextSegment(): void {
  const loading = race.sides.peek().filter(({state}) => state.peek().phase === 'loading');
  if (loading.length === 0) void show(true);
  else for (const side of loading) void dropOn(side);
}

// ---- a measurement: one after the other ----

const advance = (event: PlanEvent): void => { race.plan.value = step(race.plan.peek(), event); };

function invalidity({run}: Trace): string | null {
  if (race.wasHidden.peek()) return 'The tab was hidden during a load.';
  if (!run.valid) return `A load on ${run.lane} does not count. ${run.invalid_because.join(' ')}`;
  return run.load_ms === null ? 'A load has no end.' : null;
}

async function measureNext(sides: readonly Side[], reports: Map<string, BrowserReport | null>, signal: AbortSignal): Promise<void> {
  const load = nextLoad(race.plan.peek());
  const side = load && sides[load.lane];
  if (!load || !side) return;
  race.wasHidden.value = document.hidden;
  const made = await open(side, load.pass, signal);
  const report = await loadInPane(side, made.id, made.url, signal);
  const {trace} = await finish(side, made, report, signal);
  reports.set(made.id, report);
  advance({type: 'ended', run: made.id, load: trace.run.load_ms ?? NaN, invalid: invalidity(trace)});
}

// The loads nearest the medians are the ones to look at.
async function showTypical(sides: readonly Side[], reports: ReadonlyMap<string, BrowserReport | null>, signal: AbortSignal): Promise<void> {
  await Promise.all(sides.map(async (side, lane) => {
    const run = typicalRun(race.plan.peek(), lane);
    if (run !== null && run !== side.state.peek().run) settle(side, await api.trace(run, signal), reports.get(run) ?? null);
  }));
}

export async function measure(): Promise<void> {
  const signal = begin('measure');
  const sides = freshSides();
  const reports = new Map<string, BrowserReport | null>();
  advance({type: 'start', lanes: sides.length, passes: race.setup.peek().passes});
  try {
    while (nextLoad(race.plan.peek())) await measureNext(sides, reports, signal);
    const {problem} = race.plan.peek();
    if (problem !== null) race.problem.value = problem;
    await showTypical(sides, reports, signal);
  } catch (mistake) {
    for (const side of sides) if (['opening', 'loading'].includes(side.state.peek().phase)) change(side, {phase: 'failed'});
    if (!isAbort(mistake)) advance({type: 'failed', problem: wordsOf(mistake)});
    fail(mistake);
  } finally {
    if (stopping.signal === signal) race.running.value = 'idle';
    race.turn({type: 'whole', end: race.timelineEnd.peek()});
  }
}
