// One side's waterfall on a canvas: a row for each request, from its discovery to its last byte.

import type {Phase, PhaseKind, Row, Side} from '../trace/waterfall';
import {time} from '../words';
import {hatch, type Surface} from './canvas';
import {colourOf, connectionColours, type Theme} from './theme';

export interface FallLayout {
  rowHeight: number;
  nameWidth: number; // pixels left of the axis
  end: number; // ms at the right edge
}

// Rows at least so high have room for their names.
export const namedRowHeight = 15;
const tallestRow = 20;
const stripe = 6;
// Room for the figure right of the last bar.
export const rightMargin = 76;

export function layoutOf(rows: number, width: number, height: number, end: number): FallLayout {
  const rowHeight = Math.min(tallestRow, height / Math.max(1, rows));
  const named = rowHeight >= namedRowHeight;
  return {rowHeight, nameWidth: named ? Math.min(170, width * 0.3) : stripe + 6, end};
}

export function across(layout: FallLayout, width: number, ms: number): number {
  return layout.nameWidth + (ms / layout.end) * (width - layout.nameWidth - rightMargin);
}

interface Paint {
  surface: Surface;
  layout: FallLayout;
  theme: Theme;
  colours: string[];
  waiting: CanvasPattern | string;
  stalled: CanvasPattern | string;
}

const alphas: Record<PhaseKind, number> = {waiting: 1, handshake: 1, request: 0.4, server: 0.62, receiving: 1, stalled: 1};

function drawPhase(paint: Paint, phase: Phase, colour: string, top: number, high: number): void {
  const {surface: {context, width}, layout, theme} = paint;
  const left = across(layout, width, phase.from);
  const wide = Math.max(phase.kind === 'receiving' ? 1.5 : 0.5, across(layout, width, phase.to) - left);
  const dense = high < 6;
  context.globalAlpha = alphas[phase.kind];
  if (phase.kind === 'waiting') {
    if (dense) {
      context.globalAlpha = 0.35;
      context.fillStyle = theme.muted;
      context.fillRect(left, top + high / 2 - 0.5, wide, 1);
    } else {
      context.fillStyle = paint.waiting;
      context.fillRect(left, top, wide, high);
      context.strokeStyle = theme.muted;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, top + 0.5, Math.max(0, wide - 1), high - 1);
    }
  } else if (phase.kind === 'handshake') {
    context.fillStyle = theme.ink;
    context.fillRect(left, top + high * 0.3, wide, Math.max(1, high * 0.4));
  } else if (phase.kind === 'stalled') {
    context.fillStyle = theme.paper;
    context.fillRect(left, top, wide, high);
    context.fillStyle = high < 4 ? theme.failed : paint.stalled;
    context.fillRect(left, top, wide, high);
  } else {
    context.fillStyle = colour;
    context.fillRect(left, top, wide, high);
  }
  context.globalAlpha = 1;
}

// The browser's own times: a thin line below the bar, thick while bytes came.
function drawBrowser(paint: Paint, row: Row, top: number, high: number): void {
  const {surface: {context, width}, layout, theme} = paint;
  if (!row.browser || high < 9) return;
  const {start, response_start, response_end} = row.browser;
  const at = (ms: number): number => across(layout, width, ms);
  context.fillStyle = theme.ink;
  context.fillRect(at(start), top + high + 1, Math.max(1, at(response_end) - at(start)), 0.6);
  context.fillRect(at(response_start), top + high + 0.5, Math.max(1.5, at(response_end) - at(response_start)), 1.6);
}

function drawName(paint: Paint, row: Row, top: number, high: number): void {
  const {surface: {context}, layout, theme} = paint;
  context.fillStyle = theme.ink;
  context.font = `${Math.min(13, high)}px ui-monospace, monospace`;
  context.textBaseline = 'middle';
  context.fillText(row.name, stripe + 8, top + high / 2 + 0.5, layout.nameWidth - stripe - 16);
}

function drawRow(paint: Paint, row: Row, index: number, picked: boolean): void {
  const {surface: {context, width}, layout: {rowHeight, nameWidth}, theme} = paint;
  const named = rowHeight >= namedRowHeight;
  const top = index * rowHeight + (named ? 1.5 : 0);
  const high = named ? rowHeight - 5 : rowHeight > 4 ? rowHeight - 1 : rowHeight;
  const colour = colourOf(paint.colours, row.connection);
  if (picked) {
    context.fillStyle = theme.rule;
    context.fillRect(0, index * rowHeight, width, Math.max(rowHeight, 2));
  }
  context.fillStyle = colour;
  context.fillRect(0, index * rowHeight, stripe, Math.max(1, rowHeight - (named ? 1 : 0)));
  if (named && nameWidth > 40) drawName(paint, row, top, high);
  for (const phase of row.phases) drawPhase(paint, phase, colour, top, high);
  drawBrowser(paint, row, top, high);
}

// Where the load ended, with its figure beside it.
function drawEnd({surface: {context, width, height}, layout, theme}: Paint, load: number, ink: string): void {
  const x = Math.round(across(layout, width, load)) + 0.5;
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, height);
  context.stroke();
  context.font = '600 14px system-ui, sans-serif';
  context.textBaseline = 'top';
  context.fillStyle = theme.paper;
  const words = time(load);
  context.fillRect(x + 3, 0, context.measureText(words).width + 6, 19);
  context.fillStyle = ink;
  context.fillText(words, x + 6, 2);
}

export function drawWaterfall(surface: Surface, side: Side, layout: FallLayout, theme: Theme, ticks: readonly number[], picked: number | null): void {
  const http2 = side.protocol === 'h2';
  const paint: Paint = {
    surface, layout, theme, colours: connectionColours(theme, http2),
    waiting: hatch(theme.muted, 5, 0.6), stalled: hatch(theme.failed, 4, 1.4),
  };
  const {context, width, height} = surface;
  context.fillStyle = theme.rule;
  for (const tick of ticks) context.fillRect(Math.round(across(layout, width, tick)), 0, 1, height);
  side.rows.forEach((row, index) => drawRow(paint, row, index, index === picked));
  if (side.load !== null) drawEnd(paint, side.load, http2 ? theme.http2 : theme.http1);
}
