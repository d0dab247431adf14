// A lane's waterfall, by pointer, by keyboard, and as a table.

import {useRef} from 'preact/hooks';
import {signal, useSignalEffect} from '@preact/signals';
import {surfaceOf} from '../draw/canvas';
import {theme} from '../draw/theme';
import {ticksOf} from '../draw/ticks';
import {drawWaterfall, layoutOf, rightMargin, type FallLayout} from '../draw/waterfall';
import * as race from '../race/race';
import type {Side} from '../race/side';
import type {Side as Fall} from '../trace/waterfall';
import {counted, time} from '../words';
import {resized} from './resized';

// Pixels left of the axis, which stands below all waterfalls.
export const nameWidth = signal(0);

const mostRows = (): number => Math.max(1, ...race.waterfalls.value.map(({side}) => side?.rows.length ?? 0));

function move(lane: string, rows: number, key: string): boolean {
  const picked = race.pickedRow.peek();
  const now = picked?.lane === lane ? picked.index : -1;
  const steps: Record<string, number> = {ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: rows - 1, PageDown: now + 10, PageUp: now - 10};
  const wished = steps[key];
  if (wished === undefined) return false;
  race.pickedRow.value = {lane, index: Math.max(0, Math.min(rows - 1, wished))};
  return true;
}

function Picture({fall}: {fall: Fall}) {
  const place = useRef<HTMLCanvasElement>(null);
  const layout = useRef<FallLayout | null>(null);
  const {lane} = fall;
  useSignalEffect(() => {
    void resized.value;
    const surface = place.current && surfaceOf(place.current);
    const mine = race.waterfalls.value.find((each) => each.lane === lane)?.side;
    if (!surface || !mine) return;
    const end = race.axisEnd.value;
    layout.current = layoutOf(mostRows(), surface.width, surface.height, end);
    nameWidth.value = layout.current.nameWidth;
    const picked = race.pickedRow.value;
    drawWaterfall(surface, mine, layout.current, theme.value, ticksOf(0, end, surface.width - layout.current.nameWidth - rightMargin).map(({ms}) => ms), picked?.lane === lane ? picked.index : null);
  });
  const pick = (event: PointerEvent): void => {
    const index = Math.floor(event.offsetY / (layout.current?.rowHeight ?? 1));
    race.pickedRow.value = index < fall.rows.length ? {lane, index} : null;
  };
  return (
    <canvas
      ref={place} tabIndex={0} role="img"
      aria-label={`Waterfall of ${race.nameOf(lane)}: ${counted(fall.rows.length, 'request')} over ${counted(fall.connections.length, 'connection')} in ${time(fall.load)}. Arrow keys go through the requests; the table below has them all.`}
      onPointerMove={pick} onPointerDown={pick}
      onKeyDown={(event) => { if (move(lane, fall.rows.length, event.key)) event.preventDefault(); }}
    />
  );
}

export function Waterfall({side}: {side: Side}) {
  const fall = race.waterfalls.value.find(({lane}) => lane === side.lane)?.side;
  return (
    <div class="fall">
      {fall ? <Picture key={side.lane} fall={fall} /> : <p class="empty">Here each request of {race.nameOf(side.lane)} will have its bar, from the moment the browser wants it to its last byte.</p>}
    </div>
  );
}
