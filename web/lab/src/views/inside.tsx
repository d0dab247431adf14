// Inside the connection: streams as rows, frames as blocks, written and landed, as they come.

import {useRef} from 'preact/hooks';
import {signal, useSignalEffect} from '@preact/signals';
import {surfaceOf} from '../draw/canvas';
import {theme} from '../draw/theme';
import {drawTimeline, gridOf, heightFor, labelWidthFor} from '../draw/timeline';
import {ticksOf} from '../draw/ticks';
import {dropNextSegment} from '../race/director';
import * as race from '../race/race';
import type {Side} from '../race/side';
import {frameAt, neighbour, neighbourInRow} from '../timeline/pick';
import {counted} from '../words';
import {Axis} from './axis';
import {FrameDetail} from './frame_detail';
import {FramesTable} from './frames_table';
import {resized} from './resized';

// How long drawing took in each of the last frames of the screen, all pictures together: for whoever measures it.
const drawTimes: number[] = [];
const mostDrawTimes = 600;
let lastDrawn = -1;
(globalThis as {muxlabDrawTimes?: number[]}).muxlabDrawTimes = drawTimes;

function noteDrawing(screenFrame: number, took: number): void {
  if (screenFrame === lastDrawn && drawTimes.length > 0) drawTimes[drawTimes.length - 1] = (drawTimes[drawTimes.length - 1] ?? 0) + took;
  else if (drawTimes.push(took) > mostDrawTimes) drawTimes.shift();
  lastDrawn = screenFrame;
}

// Pixels left of the axis, which stands below all pictures.
const labelWidth = signal(0);

function labelWidthNow(width: number): number {
  labelWidth.value = labelWidthFor(race.sides.peek().map(({frames}) => frames.peek().rows.length), width);
  return labelWidth.peek();
}

function paint(canvas: HTMLCanvasElement, side: Side): void {
  const surface = surfaceOf(canvas);
  if (!surface) return;
  const store = side.frames.peek();
  const view = race.view.peek();
  const picked = race.pickedFrame.peek();
  const left = labelWidthNow(surface.width);
  drawTimeline({
    labelWidth: left, surface, store, view, grid: gridOf(store, view, surface.height), theme: theme.peek(), http2: race.isHttp2(side.lane),
    picked: picked?.lane === side.lane ? picked.index : null,
  }, ticksOf(view.from, view.to, surface.width - left).map(({ms}) => ms));
}

const keySteps: Record<string, (span: number) => {type: 'pan' | 'zoom'; amount: number}> = {
  '+': () => ({type: 'zoom', amount: 0.5}), '=': () => ({type: 'zoom', amount: 0.5}), '-': () => ({type: 'zoom', amount: 2}),
  PageDown: (span) => ({type: 'pan', amount: span * 0.8}), PageUp: (span) => ({type: 'pan', amount: -span * 0.8}),
};

function middle(): number {
  const {from, to} = race.view.peek();
  return (from + to) / 2;
}

// Keeps the picked frame in view.
function bringIntoView(side: Side, index: number): void {
  const store = side.frames.peek();
  const {from, to} = race.view.peek();
  const written = store.written[index] ?? 0;
  const landed = store.landed[index] || written;
  if (written < from || landed > to) race.turn({type: 'pan', by: (written + landed) / 2 - middle(), end: store.end});
}

function onKey(side: Side, event: KeyboardEvent): void {
  const store = side.frames.peek();
  const {from, to} = race.view.peek();
  const made = keySteps[event.key]?.(to - from);
  const picked = race.pickedFrame.peek();
  const now = picked?.lane === side.lane ? picked.index : null;
  if (made?.type === 'zoom') race.turn({type: 'zoom', factor: made.amount, at: middle(), end: store.end});
  else if (made) race.turn({type: 'pan', by: made.amount, end: store.end});
  else if (event.key.startsWith('Arrow')) {
    const by = event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : -1;
    const along = event.key === 'ArrowDown' || event.key === 'ArrowUp';
    const index = along && now !== null ? neighbourInRow(store, now, by) : neighbour(store, now, by);
    if (index === null) return;
    race.pickedFrame.value = {lane: side.lane, index};
    bringIntoView(side, index);
  } else return;
  event.preventDefault();
}

// ms under a point of the canvas.
function timeAt(canvas: HTMLCanvasElement, x: number): number {
  const {from, to} = race.view.peek();
  const left = labelWidth.peek();
  return from + ((x - left) / Math.max(1, canvas.clientWidth - left)) * (to - from);
}

const pickReachPixels = 12;

function Picture({side}: {side: Side}) {
  const place = useRef<HTMLCanvasElement>(null);
  const dirty = useRef(0);
  useSignalEffect(() => {
    // Whatever of these changes: drawn once, with the next frame of the screen.
    void [side.framesVersion.value, race.view.value, race.pickedFrame.value, theme.value, resized.value, side.frames.value];
    cancelAnimationFrame(dirty.current);
    dirty.current = requestAnimationFrame((screenFrame) => {
      const canvas = place.current;
      if (!canvas) return;
      const begun = performance.now();
      paint(canvas, side);
      noteDrawing(screenFrame, performance.now() - begun);
    });
  });
  const point = (event: PointerEvent): void => {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const store = side.frames.peek();
    const view = race.view.peek();
    const perPixel = (view.to - view.from) / Math.max(1, canvas.clientWidth - labelWidth.peek());
    if (event.buttons === 1) race.turn({type: 'pan', by: -event.movementX * perPixel, end: store.end});
    const grid = gridOf(store, view, canvas.clientHeight);
    const index = frameAt(store, view, Math.floor(event.offsetY / grid.rowHeight) + grid.top, timeAt(canvas, event.offsetX), perPixel * pickReachPixels);
    if (index !== null) race.pickedFrame.value = {lane: side.lane, index};
  };
  const wheel = (event: WheelEvent): void => {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const store = side.frames.peek();
    // The plain wheel scrolls the page.
    if (event.ctrlKey || event.metaKey) race.turn({type: 'zoom', factor: Math.exp(event.deltaY / 300), at: timeAt(canvas, event.offsetX), end: store.end});
    else if (event.shiftKey) race.turn({type: 'scroll', by: (event.deltaY || event.deltaX) / 20, rows: store.rows.length});
    else return;
    event.preventDefault();
  };
  const store = side.frames.value;
  void side.framesVersion.value;
  return (
    <canvas
      ref={place} tabIndex={0} role="img" style={{height: `${heightFor(store.rows.length)}px`}}
      aria-label={`Frames of ${race.nameOf(side.lane)}: ${counted(store.count, 'frame')} on ${counted(store.connections.length, 'connection')}. Left and right go through the frames, up and down along a stream, plus and minus zoom.`}
      onPointerMove={point} onPointerDown={point} onWheel={wheel} onKeyDown={(event) => onKey(side, event)}
    />
  );
}

function Controls() {
  const {mode, from, to} = race.view.value;
  const end = race.timelineEnd.value;
  const zoom = (factor: number): void => race.turn({type: 'zoom', factor, at: middle(), end});
  const pan = (share: number): void => race.turn({type: 'pan', by: (to - from) * share, end});
  return (
    <div class="controls" role="toolbar" aria-label="What part of the time is shown">
      <button type="button" aria-pressed={mode === 'whole'} onClick={() => race.turn({type: 'whole', end})}>All</button>
      <button type="button" aria-pressed={mode === 'follow'} onClick={() => race.turn({type: 'follow', end})}>Follow</button>
      <button type="button" aria-pressed={mode === 'still'} onClick={() => race.turn({type: 'pause'})}>Pause</button>
      <button type="button" aria-label="Nearer" onClick={() => zoom(0.5)}>+</button>
      <button type="button" aria-label="Farther" onClick={() => zoom(2)}>−</button>
      <button type="button" aria-label="Earlier" onClick={() => pan(-0.5)}>←</button>
      <button type="button" aria-label="Later" onClick={() => pan(0.5)}>→</button>
      <button type="button" onClick={dropNextSegment}>Drop the next segment</button>
    </div>
  );
}

function Key() {
  return (
    <p class="key" aria-hidden="true">
      <span><i class="sample frame-data" />content, as high as it is long, where it landed; the thin line is its way</span>
      <span><i class="sample frame-head" />header, pointing where it goes</span>
      <span><i class="sample frame-control" />control</span>
      <span><i class="sample frame-lost" />segment lost</span>
      <span><i class="sample frame-again" />sent again</span>
      <span><i class="sample stalled" />standing still meanwhile</span>
    </p>
  );
}

function Forgotten() {
  const forgotten = race.sides.value.reduce((sum, side) => (void side.framesVersion.value, sum + side.frames.value.forgotten), 0);
  return forgotten > 0 ? <p class="note">The oldest {counted(forgotten, 'frame')} made room for newer ones.</p> : null;
}

export function Inside() {
  const count = race.sides.value.reduce((sum, side) => (void side.framesVersion.value, sum + side.frames.value.count), 0);
  return (
    <section class="inside" aria-labelledby="inside-title" style={{'--label-width': `${labelWidth.value}px`}}>
      <header>
        <h2 id="inside-title">Inside the connection</h2>
        <Controls />
      </header>
      {count === 0
        ? <p class="empty">{race.running.value === 'measure' ? 'Nothing is watched while measuring; the frames are fetched when it is done.' : 'Frames appear here as they are written: a row for each stream, a block for each frame. Drop a segment to see whom that stops.'}</p>
        : (
          <>
            {race.sides.value.map((side) => (
              <figure key={side.lane}>
                <figcaption class={race.isHttp2(side.lane) ? 'http2' : 'http1'}>{race.nameOf(side.lane)}</figcaption>
                <div class="window"><Picture side={side} /></div>
              </figure>
            ))}
            <Axis from={race.view.value.from} to={race.view.value.to} kind="timeline-axis" />
            <FrameDetail />
            <Key />
            <Forgotten />
            <FramesTable />
          </>
        )}
    </section>
  );
}
