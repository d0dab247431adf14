// A row for each lane: its page on the left, what happened on the right, all on one axis of time.

import {rightMargin} from '../draw/waterfall';
import * as race from '../race/race';
import {phaseKinds, phaseWords} from '../trace/waterfall';
import {Axis} from './axis';
import {Pane} from './pane';
import {nameWidth, Waterfall} from './waterfall';
import {RowDetail} from './row_detail';

function Key() {
  return (
    <p class="key" aria-hidden="true">
      {phaseKinds.map((kind) => <span key={kind}><i class={`sample ${kind}`} />{phaseWords[kind]}</span>)}
      <span><i class="sample connections" />colour: the connection</span>
      <span><i class="sample browser" />the browser’s own times</span>
    </p>
  );
}

export function Sides() {
  const any = race.traces.value.length > 0;
  return (
    <section class={`race sides-${race.sides.value.length}`} aria-label="Side by side" style={{'--axis-left': `${nameWidth.value}px`, '--axis-right': `${rightMargin}px`}}>
      {race.sides.value.map((side) => (
        <div class="side" key={side.lane}>
          <Pane side={side} />
          <Waterfall side={side} />
        </div>
      ))}
      {any && <div class="below"><RowDetail /><div><Axis from={0} to={race.axisEnd.value} kind="fall-axis" /><Key /></div></div>}
    </section>
  );
}
