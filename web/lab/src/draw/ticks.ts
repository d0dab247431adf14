// Round figures on an axis, as many as its width has room to name.

import {scaleLinear} from 'd3-scale';

// A label and the air around it.
const pixelsPerTick = 110;

export interface Tick {
  ms: number;
  share: number; // of the axis, 0 to 1
}

export function ticksOf(from: number, to: number, width: number): Tick[] {
  return scaleLinear([from, to], [0, 1]).ticks(Math.max(2, Math.floor(width / pixelsPerTick)))
    .map((ms) => ({ms, share: (ms - from) / (to - from)}))
    .filter(({share}) => share >= 0 && share <= 1);
}
