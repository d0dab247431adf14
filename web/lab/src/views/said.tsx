// The sentence and the figure that the eye gets first, the interval beside them, and why.

import {show} from '../race/director';
import * as race from '../race/race';
import {loadWords} from '../race/verdict';
import {nextLoad} from '../race/plan';
import {counted} from '../words';

function measuring(): string {
  const plan = race.plan.value;
  const load = nextLoad(plan);
  const lane = load && race.sides.value[load.lane];
  if (!lane) return 'Fetching what was seen.';
  const again = plan.discarded.length > 0 ? ` ${counted(plan.discarded.length, 'load')} did not count and ${plan.discarded.length === 1 ? 'was' : 'were'} made again.` : '';
  return `Load ${plan.done.length + 1} of ${plan.order.length}: ${race.nameOf(lane.lane)}, by itself.${again}`;
}

function Empty() {
  const running = race.running.value;
  if (running === 'measure') return <p class="sentence">{measuring()}</p>;
  if (running === 'show') return <p class="sentence">Loading the same page on {counted(race.sides.value.length, 'lane')} at once.</p>;
  return (
    <p class="sentence">
      One page, one line, two protocols: <button type="button" class="link" disabled={!race.offered.value} onClick={() => void show()}>show</button> what that changes, or measure it.
    </p>
  );
}

function Problem() {
  if (!race.consoleAnswers.value) {
    return <p class="problem" role="alert">The console does not answer. Start muxlab serve again: this page notices, and goes on.</p>;
  }
  return race.problem.value ? <p class="problem" role="alert">{race.problem.value}</p> : null;
}

function Verdict() {
  const {winner, figure, sentence, beside} = race.verdict.value;
  const side = race.sides.value.find(({lane}) => race.nameOf(lane) === winner);
  const [before, after] = sentence.includes(figure) ? sentence.split(figure) : [sentence, ''];
  const colour = side ? (race.isHttp2(side.lane) ? 'http2' : 'http1') : '';
  return (
    <>
      <p class="sentence"><span id="verdict">{before} <strong class={colour}>{sentence.includes(figure) ? figure : ''}</strong>{after}</span></p>
      <p class="beside">{race.running.value === 'measure' ? measuring() : `${loadWords(race.loads.value)}. ${beside}`}</p>
    </>
  );
}

export function Said() {
  return (
    <section class="said" aria-label="What came out">
      <div role="status">
        {race.verdict.value.sentence === '' ? <Empty /> : <Verdict />}
        {race.why.value !== '' && <p class="why">{race.why.value}</p>}
      </div>
      <Problem />
    </section>
  );
}
