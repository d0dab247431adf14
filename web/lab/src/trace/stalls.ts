// When a connection stood still behind a lost segment: TCP hands bytes on only in order.

import type {Segment} from './trace';

export interface Stall {
  from: number; // when the lost segment would have landed
  to: number; // when it did
}

const isGone = (segment: Segment): boolean => segment.fate === 'lost' || segment.fate === 'dropped';

// The shortest way of a segment that arrived: sending and half a round trip, hardly any queue.
function shortestWay(segments: readonly Segment[]): number {
  let shortest = Infinity;
  for (const {fate, at, sent} of segments) {
    if (fate === 'arrived' && at !== null) shortest = Math.min(shortest, at - sent);
  }
  return Number.isFinite(shortest) ? shortest : 0;
}

// When the bytes of the lost one arrived after all; null: not yet.
function madeUpAt(lost: Segment, arrived: readonly Segment[]): number | null {
  let first: number | null = null;
  for (const {offset, length, sent, at} of arrived) {
    const covers = offset <= lost.offset && offset + length >= lost.offset + lost.length;
    if (covers && sent >= lost.sent && at !== null && (first === null || at < first)) first = at;
  }
  return first;
}

function merged(stalls: Stall[]): Stall[] {
  const result: Stall[] = [];
  for (const stall of stalls.sort((a, b) => a.from - b.from)) {
    const last = result[result.length - 1];
    if (last && stall.from <= last.to) last.to = Math.max(last.to, stall.to);
    else result.push({...stall});
  }
  return result;
}

// Of the segments of one connection and direction, in order, without overlap. One that is still open lasts to `end`.
export function stallsOf(segments: readonly Segment[], end: number): Stall[] {
  const way = shortestWay(segments);
  const arrived = segments.filter((segment) => segment.fate === 'arrived' && segment.length > 0);
  const stalls = segments.filter((segment) => isGone(segment) && segment.length > 0)
    .map((lost) => ({from: lost.sent + way, to: madeUpAt(lost, arrived) ?? end}))
    .filter(({from, to}) => to > from);
  return merged(stalls);
}

// By connection: the stalls of what went down.
export function stallsByConnection(segments: readonly Segment[], end: number): Map<string, Stall[]> {
  const down = new Map<string, Segment[]>();
  for (const segment of segments) {
    if (segment.direction !== 'down') continue;
    const list = down.get(segment.connection);
    if (list) list.push(segment);
    else down.set(segment.connection, [segment]);
  }
  return new Map([...down].map(([connection, list]) => [connection, stallsOf(list, end)]));
}
