// All that the page knows, as signals: what can be chosen, what is chosen, how the race stands.

import {computed, signal} from '@preact/signals';
import {onThisHost, type Lane, type LinePreset, type Page, type Visitor} from '../console/api';
import {wholeView, look, type View, type ViewEvent} from '../timeline/view';
import {commonEnd, waterfallOf} from '../trace/waterfall';
import {protocolName} from '../words';
import {findingsAfter, findingsBefore, type Finding} from './confounds';
import {lineFrom, type LineFields, type Presets} from './line_text';
import {idlePlan, loadsByLane, type Plan} from './plan';
import {parametersOf} from './pages';
import {addressOf, setupFrom, type Setup} from './setup';
import {makeSide, type Side} from './side';
import {measuredVerdict, shownVerdict, whySentence, type Loads, type Verdict} from './verdict';

// ---- what the console offers ----

export const lanes = signal<Lane[]>([]);
export const pages = signal<Page[]>([]);
export const linePresets = signal<LinePreset[]>([]);
export const visitor = signal<Visitor | null>(null);
export const cacheWorks = signal<boolean | null>(null);
export const consoleAnswers = signal(true);
export const offered = computed(() => lanes.value.length > 0 && pages.value.length > 0);

export const presets = computed<Presets>(() => new Map(linePresets.value.map(({name, line}) => [name, {
  preset: name, rtt_ms: line.rtt_ms, down_bps: line.down_bps, up_bps: line.up_bps, loss: line.loss_down,
  queue_packets: line.queue_packets, seed: line.seed,
  others: line.burst === null ? [] : [`burst=${line.burst}`],
}])));

// ---- what is chosen ----

export const setup = signal<Setup>(setupFrom(location.hash));
export const line = computed<LineFields>(() => lineFrom(setup.value.line, presets.value));
export const page = computed(() => pages.value.find((each) => each.page === setup.value.page));
export const parameters = computed(() => parametersOf(page.value, setup.value.parameters));
export const sides = signal<Side[]>(setup.value.lanes.map(makeSide));

export function choose(changes: Partial<Setup>): void {
  setup.value = {...setup.peek(), ...changes};
  const {lanes: chosen} = setup.peek();
  if (chosen.join() !== sides.peek().map(({lane}) => lane).join()) {
    const kept = new Map(sides.peek().map((side) => [side.lane, side]));
    sides.value = chosen.map((lane) => kept.get(lane) ?? makeSide(lane));
  }
  history.replaceState(null, '', `#${addressOf({...setup.peek(), parameters: parameters.peek()})}`);
}

// ---- how it stands ----

export type Mode = 'idle' | 'show' | 'measure';
export const running = signal<Mode>('idle');
export const shown = signal<Mode>('idle'); // what the figures on screen come from
export const plan = signal<Plan>(idlePlan);
export const problem = signal<string | null>(null);
export const hidden = signal(document.hidden);
export const wasHidden = signal(false);

// "HTTP/2"; two lanes of one protocol are told apart by their names.
export function nameOf(lane: string): string {
  const protocol = lanes.value.find(({name}) => name === lane)?.protocol ?? (lane.startsWith('h2') ? 'h2' : 'http/1.1');
  const alike = setup.value.lanes.filter((other) => (other.startsWith('h2')) === lane.startsWith('h2'));
  return alike.length > 1 ? `${protocolName(protocol)} (${lane})` : protocolName(protocol);
}

export const isHttp2 = (lane: string): boolean =>
  lanes.value.find(({name}) => name === lane)?.protocol === 'h2' || lane.startsWith('h2');

export const traces = computed(() => sides.value.flatMap(({state}) => state.value.trace ?? []));

export const loads = computed<Loads[]>(() => {
  const measured = loadsByLane(plan.value);
  return sides.value.map(({lane, state}, index) => {
    const {phase, load} = state.value;
    const single = phase === 'complete' && load !== null ? [load] : [];
    return {name: nameOf(lane), loads: shown.value === 'measure' ? (measured[index] ?? []) : single};
  });
});

const nothingYet: Verdict = {winner: null, figure: '', sentence: '', beside: ''};

export const verdict = computed<Verdict>(() => {
  if (shown.value === 'measure') return measuredVerdict(loads.value);
  const all = loads.value.every((each) => each.loads.length > 0);
  return shown.value === 'show' && all ? shownVerdict(loads.value) : nothingYet;
});

export const why = computed(() => (running.value === 'idle' && traces.value.length > 1 ? whySentence(traces.value) : ''));

export const findings = computed<Finding[]>(() => [
  ...findingsBefore({
    line: line.value, visitorProtocol: visitor.value?.protocol ?? null, cacheWorks: cacheWorks.value, hidden: hidden.value,
  }),
  ...(running.value === 'idle' ? findingsAfter(traces.value, setup.value.warm, wasHidden.value) : []),
]);

// ---- the pictures ----

export const waterfalls = computed(() => sides.value.map(({lane, state}) => {
  const {trace, report} = state.value;
  return {lane, side: trace && trace.run.lane === lane ? waterfallOf(trace, report) : null};
}));
export const axisEnd = computed(() => commonEnd(waterfalls.value.flatMap(({side}) => side ?? [])));

export interface Picked {
  lane: string;
  index: number;
}
export const pickedRow = signal<Picked | null>(null);
export const pickedFrame = signal<Picked | null>(null);

export const view = signal<View>(wholeView);
export function turn(event: ViewEvent): void {
  view.value = look(view.peek(), event);
}
export const timelineEnd = computed(() => Math.max(0, ...sides.value.map((side) => (side.framesVersion.value, side.frames.value.end))));

// Where a lane's page stands without any run.
export function addressOn(lane: Lane): string {
  const wished = new URLSearchParams(Object.entries(parameters.value).map(([name, value]) => [name, String(value)])).toString();
  return onThisHost(new URL(`${setup.value.page}/${wished ? `?${wished}` : ''}`, lane.url).href);
}
