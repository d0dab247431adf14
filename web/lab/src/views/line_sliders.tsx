// The line's sliders. Their steps are those that people think in, not equal ones.

import type {LineFields} from '../race/line_text';
import {counted, percent, rate, time} from '../words';

const roundTrips = [0, 1, 2, 4, 10, 20, 30, 50, 80, 120, 170, 200, 300, 450, 600, 1000, 2000];
const mbits = [0.384, 0.768, 1, 1.5, 2, 5, 9, 10, 20, 30, 50, 100, 200, 500, 1000];
const rates: (number | null)[] = [...mbits.map((mbit) => mbit * 1e6), null];
const losses = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2];
const queues = [5, 10, 25, 50, 100, 200, 500, 1000, 5000];

interface SliderProps<Value> {
  name: string;
  steps: readonly Value[];
  value: Value;
  words: (value: Value) => string;
  take: (value: Value) => void;
}

const weightOf = (value: number | null): number => value ?? Infinity;

// The step that is nearest: a line may have values between the steps.
function nearest(steps: readonly (number | null)[], value: number | null): number {
  let best = 0;
  steps.forEach((step, index) => {
    const away = (other: number | null | undefined): number => {
      const [one, two] = [weightOf(other ?? null), weightOf(value)];
      return one === two ? 0 : Math.abs(Math.log1p(Math.min(one, 1e12)) - Math.log1p(Math.min(two, 1e12)));
    };
    if (away(step) < away(steps[best])) best = index;
  });
  return best;
}

function Slider<Value extends number | null>({name, steps, value, words, take}: SliderProps<Value>) {
  return (
    <label>{name} <output>{words(value)}</output>
      <input
        type="range" min={0} max={steps.length - 1} step={1} value={nearest(steps, value)} aria-valuetext={words(value)}
        onInput={(event) => {
          const step = steps[Number(event.currentTarget.value)];
          if (step !== undefined) take(step);
        }}
      />
    </label>
  );
}

interface LineSlidersProps {
  line: LineFields;
  change: (line: LineFields) => void;
  warm: boolean;
  changeWarm: (warm: boolean) => void;
}

export function LineSliders({line, change, warm, changeWarm}: LineSlidersProps) {
  return (
    <fieldset id="line-sliders" class="sliders">
      <legend class="unseen">The line</legend>
      <Slider name="Round trip" steps={roundTrips} value={line.rtt_ms} words={time} take={(rtt_ms) => change({...line, rtt_ms: rtt_ms ?? 0})} />
      <Slider name="Down" steps={rates} value={line.down_bps} words={rate} take={(down_bps) => change({...line, down_bps})} />
      <Slider name="Up" steps={rates} value={line.up_bps} words={rate} take={(up_bps) => change({...line, up_bps})} />
      <Slider name="Loss" steps={losses} value={line.loss} words={percent} take={(loss) => change({...line, loss})} />
      <Slider name="Queue" steps={queues} value={line.queue_packets} words={(count) => counted(count, 'packet')} take={(queue_packets) => change({...line, queue_packets})} />
      <label class="inline">
        <input type="checkbox" checked={warm} onChange={(event) => changeWarm(event.currentTarget.checked)} />
        Start warm: load the page once before, so that connections are open
      </label>
    </fieldset>
  );
}
