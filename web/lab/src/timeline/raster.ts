// The timeline when there is more of it than shapes could show: one pixel column holds many frames, and each pixel is
// given the weightiest of them. Writes into plain pixels; knows neither canvas nor theme.

import {blockFrames, type FrameStore} from './frames';
import type {View} from './view';

export interface Raster {
  width: number;
  height: number;
  pixels: Uint32Array; // as ImageData has them
}

// Colours as pixels. Of each connection: landed and under way.
export interface Inks {
  landed: readonly number[];
  flight: readonly number[];
  head: number;
  control: number;
  error: number;
}

export interface Grid {
  rowHeight: number; // pixels
  top: number; // rows above the picture
}

// Calls `each` with the indexes of frames that may be in view.
export function forVisible(store: FrameStore, view: View, each: (index: number) => void): void {
  for (let block = 0; block * blockFrames < store.count; ++block) {
    const extent = store.blocks[block];
    if (!extent || extent.to < view.from || extent.from > view.to) continue;
    const end = Math.min(store.count, (block + 1) * blockFrames);
    for (let index = block * blockFrames; index < end; ++index) each(index);
  }
}

export function countVisible(store: FrameStore, view: View, most: number): number {
  let count = 0;
  for (let block = 0; block * blockFrames < store.count && count <= most; ++block) {
    const extent = store.blocks[block];
    if (extent && extent.to >= view.from && extent.from <= view.to) count += Math.min(blockFrames, store.count - block * blockFrames);
  }
  return count;
}

export function paintFrames(store: FrameStore, view: View, grid: Grid, inks: Inks, raster: Raster): void {
  const {width, height, pixels} = raster;
  const scale = width / (view.to - view.from);
  const high = Math.max(1, Math.round(grid.rowHeight > 3 ? grid.rowHeight - 1 : grid.rowHeight));
  const strong = [0, inks.head, inks.control, inks.error];
  // How far each row's ways are drawn already: no pixel of them is visited twice.
  const drawnTo = new Int32Array(store.rows.length).fill(-1);
  forVisible(store, view, (index) => {
    const place = store.rowOf(index);
    const y = Math.floor((place - grid.top) * grid.rowHeight);
    if (y < 0 || y + high > height) return;
    const written = store.written[index] ?? 0;
    const landed = store.landed[index] ?? NaN;
    const flies = Number.isNaN(landed);
    const begin = Math.floor((written - view.from) * scale);
    const end = Math.floor(((flies ? store.end : landed) - view.from) * scale);
    if (end < 0 || begin >= width) return;
    const connection = store.rows[place]?.connection ?? 0;
    const flight = inks.flight[connection % inks.flight.length] ?? 0;
    const left = Math.max(0, begin, (drawnTo[place] ?? -1) + 1);
    const right = Math.min(width - 1, end);
    // The way of a frame, one pixel thin; nothing that is drawn there already is painted over.
    const line = (y + (high >> 1)) * width;
    for (let x = left; x < right; ++x) if (pixels[line + x] === 0) pixels[line + x] = flight;
    drawnTo[place] = Math.max(drawnTo[place] ?? -1, right);
    if (flies || end >= width) return;
    const kind = store.kind[index] ?? 0;
    const ink = kind === 0 ? (inks.landed[connection % inks.landed.length] ?? 0) : (strong[kind] ?? 0);
    for (let row = y; row < y + high; ++row) {
      pixels[row * width + end] = ink;
      if (end > 0) pixels[row * width + end - 1] = ink;
    }
  });
}
