// The timeline as a table, a page of it at a time: for screen readers, and for who wants to read it all.

import {useSignal} from '@preact/signals';
import * as race from '../race/race';
import type {Side} from '../race/side';
import {time} from '../words';

const pageRows = 100;

function Rows({side, from}: {side: Side; from: number}) {
  return (
    <tbody>
      {side.frames.value.frames.slice(from, from + pageRows).map((frame, index) => (
        <tr key={from + index}>
          <td>{frame.connection}</td><td>{frame.stream}</td><td><code>{frame.type}</code> {frame.flags.join(' ')}</td>
          <td>{frame.direction}</td><td class="number">{frame.length}</td><td class="number">{time(frame.written)}</td><td class="number">{frame.landed === null ? 'not yet' : time(frame.landed)}</td>
        </tr>
      ))}
    </tbody>
  );
}

function SideTable({side}: {side: Side}) {
  const from = useSignal(0);
  void side.framesVersion.value;
  const count = side.frames.value.count;
  const start = Math.min(from.value, Math.max(0, count - 1));
  return (
    <>
      <p class="controls">
        {race.nameOf(side.lane)}: frames {start + 1} to {Math.min(count, start + pageRows)} of {count.toLocaleString('en')}
        <button type="button" disabled={start === 0} onClick={() => { from.value = Math.max(0, start - pageRows); }}>Earlier</button>
        <button type="button" disabled={start + pageRows >= count} onClick={() => { from.value = start + pageRows; }}>Later</button>
      </p>
      <div class="scroll" role="region" tabIndex={0} aria-label={`Frames of ${race.nameOf(side.lane)}`}>
        <table>
          <thead><tr><th scope="col">Connection</th><th scope="col">Stream</th><th scope="col">Frame</th><th scope="col">Way</th><th scope="col">Bytes</th><th scope="col">Written</th><th scope="col">Landed</th></tr></thead>
          <Rows side={side} from={start} />
        </table>
      </div>
    </>
  );
}

export function FramesTable() {
  const open = useSignal(false);
  return (
    <details onToggle={(event) => { open.value = event.currentTarget.open; }}>
      <summary>The frames as a table</summary>
      {open.value && race.sides.value.filter((side) => side.frames.value.count > 0).map((side) => <SideTable key={side.lane} side={side} />)}
    </details>
  );
}
