// The order of a measurement, as a state machine. Loads follow one another in ABBA order (three lanes: ABCCBA), so that
// what slowly changes (a warming machine, a busier one) meets all lanes alike.
//
//           start              ended, more to do
//   idle ----------> running ----.
//    ^                |  |  ^----'
//    |  stop          |  '-------> finished    ended, all done
//    '----------------'----------> failed      failed; or ended and invalid too often
//
// A load that does not count (the tab was hidden, the line ran late) is made again.

export interface Load {
  lane: number; // index into the lanes chosen
  pass: number; // each pass visits each lane once
}

export interface Measured extends Load {
  run: string; // its id
  load: number; // ms
}

export interface Plan {
  state: 'idle' | 'running' | 'finished' | 'failed';
  lanes: number;
  order: Load[];
  done: Measured[];
  retries: number; // of the load that is under way
  discarded: string[]; // why loads were made again
  problem: string | null;
}

export type PlanEvent =
  | {type: 'start'; lanes: number; passes: number}
  | {type: 'ended'; run: string; load: number; invalid: string | null}
  | {type: 'failed'; problem: string}
  | {type: 'stop'};

// A lane's load is made again at most so often before the measurement gives up.
export const mostRetries = 3;

export const idlePlan: Plan = {
  state: 'idle', lanes: 0, order: [], done: [], retries: 0, discarded: [], problem: null,
};

// Passes there and back in turn: 0 1 | 1 0 | 0 1 | 1 0.
export function orderOf(lanes: number, passes: number): Load[] {
  const forth = Array.from({length: lanes}, (_, lane) => lane);
  const back = [...forth].reverse();
  return Array.from({length: passes}, (_, pass) => (pass % 2 === 0 ? forth : back).map((lane) => ({lane, pass}))).flat();
}

export const nextLoad = (plan: Plan): Load | null =>
  plan.state === 'running' ? (plan.order[plan.done.length] ?? null) : null;

function ended(plan: Plan, event: Extract<PlanEvent, {type: 'ended'}>): Plan {
  const load = nextLoad(plan);
  if (!load) return plan;
  if (event.invalid !== null) {
    const discarded = [...plan.discarded, event.invalid];
    if (plan.retries < mostRetries) return {...plan, retries: plan.retries + 1, discarded};
    return {...plan, state: 'failed', discarded, problem: `${event.invalid} Even after ${mostRetries} further tries.`};
  }
  const done = [...plan.done, {...load, run: event.run, load: event.load}];
  return {...plan, done, retries: 0, state: done.length === plan.order.length ? 'finished' : 'running'};
}

export function step(plan: Plan, event: PlanEvent): Plan {
  switch (event.type) {
    case 'start':
      return {...idlePlan, state: 'running', lanes: event.lanes, order: orderOf(event.lanes, event.passes)};
    case 'ended':
      return ended(plan, event);
    case 'failed':
      return plan.state === 'running' ? {...plan, state: 'failed', problem: event.problem} : plan;
    case 'stop':
      return plan.state === 'running' ? {...plan, state: 'idle'} : plan;
  }
}

// By lane, the load times of the passes that all lanes have completed, so that they pair.
export function loadsByLane(plan: Plan): number[][] {
  const complete = Math.floor(plan.done.length / Math.max(1, plan.lanes));
  return Array.from({length: plan.lanes}, (_, lane) =>
    plan.done.filter((each) => each.lane === lane && each.pass < complete).map(({load}) => load));
}

// The run of a lane whose load lies nearest the median of its loads: the one to look at.
export function typicalRun(plan: Plan, lane: number): string | null {
  const loads = plan.done.filter((each) => each.lane === lane).sort((a, b) => a.load - b.load);
  return loads[Math.floor((loads.length - 1) / 2)]?.run ?? null;
}
