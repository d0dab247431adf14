// Which frame lies under a point, and which comes next: for the pointer and for the keyboard.

import type {FrameStore} from './frames';
import {forVisible} from './raster';
import type {View} from './view';

// The frame of the row that is nearest in time, within `reach` ms; null: none.
export function frameAt(store: FrameStore, view: View, row: number, at: number, reach: number): number | null {
  let nearest: number | null = null;
  let least = reach;
  forVisible(store, view, (index) => {
    if (store.rowOf(index) !== row) return;
    const written = store.written[index] ?? 0;
    const landed = store.landed[index] ?? NaN;
    const end = Number.isNaN(landed) ? store.end : landed;
    // At a landing rather than somewhere on a way: ways overlap.
    const away = Math.min(Math.abs(at - end), at >= written && at <= end ? reach * 0.9 : Infinity, Math.abs(at - written) + reach * 0.1);
    if (away < least) {
      least = away;
      nearest = index;
    }
  });
  return nearest;
}

// The frame that was written next (by: 1) or before (by: -1), on any row.
export function neighbour(store: FrameStore, index: number | null, by: 1 | -1): number | null {
  if (store.count === 0) return null;
  if (index === null) return by === 1 ? 0 : store.count - 1;
  return Math.min(store.count - 1, Math.max(0, index + by));
}

// Of the same stream.
export function neighbourInRow(store: FrameStore, index: number, by: 1 | -1): number {
  const row = store.row[index];
  for (let next = index + by; next >= 0 && next < store.count; next += by) if (store.row[next] === row) return next;
  return index;
}
