// The frame that is picked in the timeline, in words.

import * as race from '../race/race';
import type {Frame} from '../trace/trace';
import {size, time} from '../words';

interface Field {
  name: string;
  value: string;
}

const fieldsOf = ({detail}: Frame): Field[] => (Array.isArray(detail.fields) ? (detail.fields as Field[]) : []);

// What else is in it, a line for each.
function insideOf(frame: Frame): string[] {
  const fields = fieldsOf(frame).map(({name, value}) => `${name}: ${value}`);
  const others = Object.entries(frame.detail).filter(([name, value]) => name !== 'fields' && value !== null && value !== 0)
    .map(([name, value]) => `${name.replace(/_/g, ' ')}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  return [...fields, ...others];
}

const mostLines = 12;

export function FrameDetail() {
  const picked = race.pickedFrame.value;
  const side = race.sides.value.find(({lane}) => lane === picked?.lane);
  const frame = picked && side?.frames.value.frames[picked.index];
  if (!side || !frame) return <p class="detail" aria-live="polite">Point at a frame, or go through them with the arrow keys.</p>;
  const {type, flags, stream, length, written, landed, connection, direction} = frame;
  const inside = insideOf(frame);
  return (
    <div class="detail" aria-live="polite">
      <p>
        <code>{type}</code>{flags.length > 0 && <> <code>{flags.join(' ')}</code></>} {direction === 'down' ? 'to the browser' : 'to the server'} on {connection}
        {stream > 0 && `, ${race.isHttp2(side.lane) ? 'stream' : 'request'} ${stream}`}: {size(length)}, written at {time(written)}, {landed === null ? 'not landed yet' : `landed at ${time(landed)}, ${time(landed - written)} later`}.
      </p>
      {inside.length > 0 && <pre>{inside.slice(0, mostLines).join('\n')}{inside.length > mostLines && `\nand ${inside.length - mostLines} more`}</pre>}
    </div>
  );
}
