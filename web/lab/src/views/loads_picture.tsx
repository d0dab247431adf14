// Every measured load as a point on one axis, with median and middle half.

import {scaleLinear} from 'd3-scale';
import {max} from 'd3-array';
import {spreadOf} from '../race/statistics';
import type {Loads} from '../race/verdict';
import {time} from '../words';

const rowHigh = 34;
const wide = 640;
const left = 130;
const right = 30;

export function LoadsPicture({all}: {all: Loads[]}) {
  const across = scaleLinear([0, (max(all.flatMap(({loads}) => loads)) ?? 1) * 1.05], [left, wide - right]);
  const high = all.length * rowHigh + 24;
  return (
    <svg class="loads" viewBox={`0 0 ${wide} ${high}`} role="img" aria-label="Every measured load as a point; the table below has the figures.">
      {across.ticks(6).map((tick) => (
        <g key={tick} class="tick">
          <path d={`M${across(tick)} 0V${high - 20}`} />
          <text x={across(tick)} y={high - 6}>{time(tick)}</text>
        </g>
      ))}
      {all.map(({name, loads}, index) => {
        const y = index * rowHigh + rowHigh / 2;
        const spread = spreadOf(loads);
        return (
          <g key={name} class={name.includes('/2') ? 'http2' : 'http1'}>
            <text x={0} y={y + 5}>{name}</text>
            {spread && <rect x={across(spread.lower)} y={y - 9} width={Math.max(1, across(spread.upper) - across(spread.lower))} height={18} />}
            {spread && <path class="median" d={`M${across(spread.median)} ${y - 13}v26`} />}
            {loads.map((load, at) => <circle key={at} cx={across(load)} cy={y} r={3.5} />)}
          </g>
        );
      })}
    </svg>
  );
}
