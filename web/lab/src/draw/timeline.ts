// One side's frames on a canvas. Few: as shapes, with what was lost. Many: as pixels.

import {frameKind, type FrameStore} from '../timeline/frames';
import {countVisible, forVisible, paintFrames, type Grid, type Inks} from '../timeline/raster';
import type {View} from '../timeline/view';
import {hatch, pixelOf, type Surface} from './canvas';
import {colourOf, connectionColours, type Theme} from './theme';

// Left of the axis: the stripe of the connections, and the rows' names where there is room for them.
const stripeWidth = 12;
const namedWidth = 92;
const namedRowHeight = 10;
const narrow = 500;
const tallestRow = 18;
// Less is not seen; beyond so many rows the picture is scrolled.
const shortestRow = 1;
const usualShortestRow = 1.5;
export const tallestPicture = 1600;
// So many shapes are drawn within a fraction of a frame's time.
const mostShapes = 1500;
const largestFrame = 16_384;

export function gridOf(store: FrameStore, view: View, height: number): Grid {
  const fitting = Math.min(tallestRow, height / Math.max(1, store.rows.length));
  const rowHeight = fitting >= 8 ? Math.floor(fitting) : Math.max(shortestRow, fitting);
  const most = Math.max(0, store.rows.length - Math.floor(height / rowHeight));
  return {rowHeight, top: Math.min(most, Math.floor(view.top))};
}

const inksOf = (theme: Theme, colours: string[]): Inks => ({
  landed: colours.map((colour) => pixelOf(colour)),
  flight: colours.map((colour) => pixelOf(colour, 0.45)),
  head: pixelOf(theme.ink), control: pixelOf(theme.muted), error: pixelOf(theme.failed),
});

// How high a picture of so many rows wants to be, in pixels.
export function heightFor(rows: number): number {
  const [least, most, wishedRow] = [96, 340, 16];
  return Math.min(tallestPicture, Math.max(least, Math.min(most, rows * wishedRow), rows * usualShortestRow));
}

// One width for all sides, for they share an axis.
export function labelWidthFor(rows: readonly number[], width: number): number {
  const named = width > narrow && rows.some((count) => count > 0 && heightFor(count) / count >= namedRowHeight);
  return named ? namedWidth : stripeWidth;
}

export interface Drawing {
  labelWidth: number;
  surface: Surface;
  store: FrameStore;
  view: View;
  grid: Grid;
  theme: Theme;
  http2: boolean;
  picked: number | null;
}

const acrossOf = ({surface: {width}, view, labelWidth}: Drawing) => (ms: number): number =>
  labelWidth + ((ms - view.from) / (view.to - view.from)) * (width - labelWidth);

// ---- rows ----

function drawRows(drawing: Drawing, colours: string[]): void {
  const {surface: {context, width, height}, store, grid: {rowHeight, top}, theme, labelWidth} = drawing;
  context.textBaseline = 'middle';
  context.font = `${Math.min(13, rowHeight - 1)}px ui-monospace, monospace`;
  store.rows.forEach(({connection, stream}, index) => {
    const y = (index - top) * rowHeight;
    if (y < 0 || y > height) return;
    context.fillStyle = colourOf(colours, connection);
    context.fillRect(0, y, 6, rowHeight);
    if (stream === 0 && rowHeight >= 3) {
      context.fillStyle = theme.rule;
      context.fillRect(labelWidth, y, width, rowHeight);
    }
    if (rowHeight < namedRowHeight || labelWidth < namedWidth) return;
    context.fillStyle = stream === 0 ? theme.ink : theme.muted;
    context.fillText(stream === 0 ? (store.connections[connection] ?? '') : `${drawing.http2 ? 'stream' : 'request'} ${stream}`, 12, y + rowHeight / 2, labelWidth - 16);
  });
}

function drawTicks({surface: {context, height}, theme}: Drawing, across: (ms: number) => number, ticks: readonly number[]): void {
  context.fillStyle = theme.rule;
  for (const tick of ticks) context.fillRect(Math.round(across(tick)), 0, 1, height);
}

// Red hatch over all rows of a connection while it stood still.
function drawStalls(drawing: Drawing, across: (ms: number) => number): void {
  const {surface: {context}, store, grid: {rowHeight, top}, theme} = drawing;
  const pattern = hatch(theme.failed, 7, 0.9);
  store.connections.forEach((name, connection) => {
    const {first = 0, count = 0} = store.spans[connection] ?? {};
    for (const {from, to} of store.stalls.get(name) ?? []) {
      context.fillStyle = pattern;
      context.fillRect(across(from), (first - top) * rowHeight, across(to) - across(from), count * rowHeight);
    }
  });
}

// In the connection's own row: a cross where a segment was lost, a ring where it came again.
function drawSegments(drawing: Drawing, across: (ms: number) => number): void {
  const {surface: {context}, store, grid: {rowHeight, top}, theme} = drawing;
  const reach = Math.max(2.5, Math.min(5, rowHeight / 2 - 1));
  context.strokeStyle = theme.failed;
  context.lineWidth = 2;
  store.connections.forEach((name, connection) => {
    const y = ((store.spans[connection]?.first ?? 0) - top + 0.5) * rowHeight;
    if (y < 0) return;
    for (const {sent, at, fate} of store.segments.get(name) ?? []) {
      const x = across(fate === 'arrived' ? (at ?? sent) : sent);
      context.beginPath();
      if (fate === 'arrived') context.arc(x, y, reach, 0, 2 * Math.PI);
      else {
        context.moveTo(x - reach, y - reach);
        context.lineTo(x + reach, y + reach);
        context.moveTo(x + reach, y - reach);
        context.lineTo(x - reach, y + reach);
      }
      context.stroke();
    }
  });
}

// ---- frames as shapes ----

function drawControl(context: CanvasRenderingContext2D, x: number, y: number, reach: number): void {
  context.beginPath();
  context.moveTo(x - reach, y);
  context.lineTo(x, y - reach);
  context.lineTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.fill();
}

function drawShapes(drawing: Drawing, across: (ms: number) => number, colours: string[]): void {
  const {surface: {context, width}, store, view, grid: {rowHeight, top}, theme, labelWidth} = drawing;
  forVisible(store, view, (index) => {
    const place = store.rowOf(index);
    const y = (place - top + 0.5) * rowHeight;
    if (y < 0) return;
    const written = across(store.written[index] ?? 0);
    const landedAt = store.landed[index] ?? NaN;
    const landed = across(Number.isNaN(landedAt) ? store.end : landedAt);
    if (landed < labelWidth || written > width) return;
    const colour = colourOf(colours, store.rows[place]?.connection ?? 0);
    const kind = store.kind[index] ?? 0;
    const frame = store.frames[index];
    const up = frame?.direction === 'up';
    const left = Math.max(labelWidth, written);
    context.fillStyle = colour;
    context.globalAlpha = 0.35;
    context.fillRect(left, y - 0.75, Math.max(0, landed - left), 1.5);
    context.globalAlpha = 1;
    if (Number.isNaN(landedAt)) return;
    if (kind === frameKind.data) {
      const high = (0.3 + 0.6 * Math.sqrt(Math.min(1, (frame?.length ?? 0) / largestFrame))) * rowHeight;
      context.fillRect(landed - 3, y - high / 2, 3, high);
    } else if (kind === frameKind.head) {
      context.fillStyle = theme.ink;
      const high = rowHeight * 0.62;
      context.beginPath(); // a triangle that points where it goes
      context.moveTo(landed, y + (up ? -high / 2 : high / 2));
      context.lineTo(landed - 3.5, y + (up ? high / 2 : -high / 2));
      context.lineTo(landed + 3.5, y + (up ? high / 2 : -high / 2));
      context.fill();
    } else {
      context.fillStyle = kind === frameKind.error ? theme.failed : theme.muted;
      drawControl(context, landed, y, Math.min(4, rowHeight / 3));
    }
  });
}

// ---- frames as pixels ----

let scratch: ImageData | null = null;
let layer: HTMLCanvasElement | null = null;

function drawPixels(drawing: Drawing, colours: string[]): void {
  const {surface: {context, width, height}, store, view, grid, theme, labelWidth} = drawing;
  const [wide, high] = [Math.max(1, Math.floor(width - labelWidth)), Math.max(1, Math.floor(height))];
  if (!scratch || scratch.width !== wide || scratch.height !== high) scratch = new ImageData(wide, high);
  const pixels = new Uint32Array(scratch.data.buffer);
  pixels.fill(0);
  paintFrames(store, view, grid, inksOf(theme, colours), {width: wide, height: high, pixels});
  layer ??= document.createElement('canvas');
  if (layer.width !== wide || layer.height !== high) [layer.width, layer.height] = [wide, high];
  layer.getContext('2d')?.putImageData(scratch, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(layer, labelWidth, 0);
}

function drawPicked(drawing: Drawing, across: (ms: number) => number): void {
  const {surface: {context}, store, grid: {rowHeight, top}, theme, picked} = drawing;
  if (picked === null || picked >= store.count) return;
  const y = (store.rowOf(picked) - top) * rowHeight;
  const written = across(store.written[picked] ?? 0);
  const landed = across(store.landed[picked] || store.end);
  context.strokeStyle = theme.ink;
  context.lineWidth = 2;
  context.strokeRect(written - 4, y - 1, Math.max(4, landed - written) + 8, rowHeight + 2);
}

export function drawTimeline(drawing: Drawing, ticks: readonly number[]): void {
  const {surface: {context, width, height}, store, view, theme, http2, labelWidth} = drawing;
  const colours = connectionColours(theme, http2);
  const across = acrossOf(drawing);
  drawRows(drawing, colours);
  context.save();
  context.beginPath();
  context.rect(labelWidth, 0, width - labelWidth, height);
  context.clip();
  drawTicks(drawing, across, ticks);
  drawStalls(drawing, across);
  const shapes = drawing.grid.rowHeight >= 7 && countVisible(store, view, mostShapes) <= mostShapes;
  if (shapes) drawShapes(drawing, across, colours);
  else drawPixels(drawing, colours);
  drawSegments(drawing, across);
  drawPicked(drawing, across);
  context.restore();
}
