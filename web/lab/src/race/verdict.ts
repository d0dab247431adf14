// The one sentence that the eye gets first, and the one that says why.

import type {TimeParts, Trace} from '../trace/trace';
import {counted, listed, percent, protocolName, time, times} from '../words';
import {medianInterval, ratios, spreadOf, type Interval} from './statistics';

// A smaller difference than this is none that anyone would notice, however sure it is.
export const leastDifference = 0.02;
// A single pair of loads at once says nothing about differences below this.
export const leastDifferenceOfShow = 0.1;

export interface Loads {
  name: string; // "HTTP/2"
  loads: number[]; // by pass
}

export interface Verdict {
  winner: string | null; // null: no difference, or nothing to compare
  figure: string; // "2.4 times sooner"
  sentence: string; // "HTTP/2 was 2.4 times sooner"
  beside: string; // the interval, or what kind of number this is
}

const nothing: Verdict = {winner: null, figure: '', sentence: '', beside: ''};

// "2.4 times", or "8 %" where times would all be 1.0.
export function amount(ratio: number): string {
  return ratio < 1.095 ? percent(Math.round((ratio - 1) * 100) / 100) : `${times(ratio)} times`;
}

function fastestAndSlowest(all: readonly Loads[]): [Loads, Loads] | null {
  const ranked = all.filter(({loads}) => loads.length > 0)
    .map((each) => ({each, median: spreadOf(each.loads)?.median ?? Infinity}))
    .sort((a, b) => a.median - b.median);
  const [first] = ranked;
  const last = ranked[ranked.length - 1];
  return first && last && ranked.length > 1 ? [first.each, last.each] : null;
}

function intervalWords({from, to, confidence}: Interval, pairs: number): string {
  const range = `${from.toFixed(2)} to ${to.toFixed(2)} times`;
  return confidence >= 0.95
    ? `${range} with 95 % confidence, from ${counted(pairs, 'pair')} of loads`
    : `${range} in ${counted(pairs, 'pair')} of loads; with fewer than 6 pairs that is ${percent(Math.round(confidence * 100) / 100)} confidence`;
}

function sooner(winner: Loads, loser: Loads, ratio: number, several: boolean): Pick<Verdict, 'figure' | 'sentence'> {
  const figure = `${amount(ratio)} sooner`;
  return {figure, sentence: `${winner.name} was ${figure}${several ? ` than ${loser.name}` : ''}`};
}

// Of loads that were made one after the other.
export function measuredVerdict(all: readonly Loads[]): Verdict {
  const pair = fastestAndSlowest(all);
  if (!pair) return nothing;
  const [winner, loser] = pair;
  const each = ratios(loser.loads, winner.loads);
  const ratio = spreadOf(each)?.median ?? 1;
  const interval = medianInterval(each);
  const beside = interval ? intervalWords(interval, each.length) : 'one pair of loads: no interval';
  if ((interval && interval.from <= 1) || ratio < 1 + leastDifference) {
    return {winner: null, figure: 'no difference', sentence: 'There was no difference', beside};
  }
  return {winner: winner.name, ...sooner(winner, loser, ratio, all.length > 2), beside};
}

// Of loads that ran together: a show.
export function shownVerdict(all: readonly Loads[]): Verdict {
  const pair = fastestAndSlowest(all);
  if (!pair) return nothing;
  const [winner, loser] = pair;
  const ratio = (loser.loads[0] ?? 1) / (winner.loads[0] ?? 1);
  const beside = 'A show: loads that run together slow each other. Measure runs them one after the other.';
  if (ratio < 1 + leastDifferenceOfShow) {
    return {winner: null, figure: 'no difference', sentence: 'There was no difference to speak of', beside};
  }
  return {winner: winner.name, ...sooner(winner, loser, ratio, all.length > 2), beside};
}

// ---- why ----

const connectionsOf = (trace: Trace): number => trace.connections.filter(({requests}) => requests > 0).length;

const partWords: Record<keyof Required<TimeParts>, (trace: Trace) => string> = {
  waiting_for_connection: (trace) => {
    const count = connectionsOf(trace);
    return count === 1 ? 'waiting for its only connection' : `waiting for one of its ${count} connections`;
  },
  handshakes: (trace) => `on TCP and TLS handshakes, with ${counted(connectionsOf(trace), 'connection')} to open`,
  client: () => 'in the browser, before it asked',
  queueing: () => 'with answers that stood behind others on their connection',
  request: () => 'on the way of requests to the server',
  server: () => 'on the server’s work and the way of the first byte',
  download: () => 'receiving',
  stalled_by_loss: (trace) => {
    const count = connectionsOf(trace);
    return count === 1
      ? 'standing still behind lost segments, all streams of its one connection together'
      : `standing still behind lost segments, each on one of ${count} connections`;
  },
};

const parts = Object.keys(partWords) as (keyof TimeParts)[];

function spentSentence(trace: Trace, part: keyof TimeParts): string {
  const load = trace.run.load_ms ?? 0;
  const share = Math.round((100 * (trace.time?.[part] ?? 0)) / Math.max(load, 0.001));
  const name = protocolName(trace.connections[0]?.protocol ?? trace.run.way);
  return `${name} spent ${share} % of ${time(load)} ${partWords[part](trace)}.`;
}

function largest(score: (part: keyof TimeParts) => number): keyof TimeParts {
  return parts.reduce((best, part) => (score(part) > score(best) ? part : best));
}

// What the slower one spent its time on that the sooner one did not; of equals, what both spent most on.
export function whySentence(traces: readonly Trace[]): string {
  const known = traces.filter((trace) => trace.time && trace.run.load_ms)
    .sort((a, b) => (a.run.load_ms ?? 0) - (b.run.load_ms ?? 0));
  const first = known[0];
  const last = known[known.length - 1];
  if (!first?.time || !last?.time) return '';
  const [soonerTime, slowerTime] = [first.time, last.time];
  const isSlower = (last.run.load_ms ?? 0) > (first.run.load_ms ?? 0) * (1 + leastDifference);
  if (known.length > 1 && isSlower) return spentSentence(last, largest((part) => (slowerTime[part] ?? 0) - (soonerTime[part] ?? 0)));
  return spentSentence(last, largest((part) => slowerTime[part] ?? 0));
}

// "HTTP/1.1 took 1,943 ms, HTTP/2 812 ms": beside the figure.
export function loadWords(all: readonly Loads[]): string {
  return listed(all.filter(({loads}) => loads.length > 0)
    .map(({name, loads}) => `${name} ${loads.length > 1 ? `${time(spreadOf(loads)?.median)} in the median` : time(loads[0])}`));
}
