// How near the simulated line comes to measured TCP, as text for a terminal and as JSON. Pure: the cells and
// verdicts of real_tcp_report in, text out.
import { painter } from './report.mjs';

// The share of cells whose median should be near.
const aim = 0.94;

const titles = {
  h1close: 'a connection a request',
  h1ka1: 'keep-alive on 1',
  h1ka6: 'keep-alive on 6',
  h2: 'HTTP/2',
};
export const ways = Object.keys(titles);
export const title_of_way = (way) => titles[way];

export const percent = (share) => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(0)} %`;
const count = (list, holds) => list.filter(holds).length;

export const loss_title = ({ loss_percent }) => (loss_percent === 0 ? 'No loss' : `${loss_percent} % loss`);

// Reno and a queue of 100 packets go without saying.
export function full_title(cell) {
  const algorithm = cell.congestion_control === 'reno' ? '' : `, ${cell.congestion_control.toUpperCase()}`;
  const queue = cell.queue_packets === 100 ? '' : `, queues of ${cell.queue_packets}`;
  return `${loss_title(cell)}${algorithm}${queue}`;
}

// The cells that have the same title, in their order: how many there are, how many are near.
export function sums(cells, title_of = full_title) {
  const titles = [...new Set(cells.map(title_of))];
  return titles.map((title) => {
    const group = cells.filter((cell) => title_of(cell) === title);
    const near = count(group, (cell) => cell.near);
    return { title, tolerance: group[0].tolerance, near, cells: group.length };
  });
}

const is_right = (verdict) => verdict.h2_was_faster === verdict.h2_seems_faster;
export const right = (verdicts) => count(verdicts, is_right);

// The sentence to read first.
export function headline({ cells, verdicts }) {
  const near = count(cells, (cell) => cell.near);
  const faster = `the faster way right in ${right(verdicts)} of ${verdicts.length}`;
  return `${near} of ${cells.length} medians near measured TCP; ${faster}`;
}

const rate_text = (bps) => `${bps / 1e6} Mbit`;
const ms = (value) => value.toFixed(0);
const spread_text = (spread) =>
  ` ${ms(spread.median_ms).padStart(5)} ${`[${ms(spread.q1_ms)} ${ms(spread.q3_ms)}]`.padEnd(13)}`;

function row(cell, paint) {
  const what = [
    `${cell.rtt_ms} ms`.padStart(6),
    rate_text(cell.down_bps).padStart(7),
    cell.page.padStart(7),
    cell.way.padEnd(7),
  ].join(' ');
  const excess = `${percent(cell.excess).padStart(6)}${cell.near ? ' ' : '!'}`;
  const off = cell.near ? excess : paint('failed', excess);
  const name = paint(cell.way === 'h2' ? 'h2' : 'h1', what);
  return `${name}${spread_text(cell.measured)}${spread_text(cell.simulated)}${off}`.trimEnd();
}

function table(sum, cells, paint) {
  const short = sum.near < aim * sum.cells ? ` (the aim is ${aim * 100} %)` : '';
  const head = `${sum.title}: ${sum.near} of ${sum.cells} within ${sum.tolerance * 100} %${short}`;
  const columns = `${''.padEnd(31)}${'measured'.padEnd(20)}${'simulated'.padEnd(20)}   off`;
  const rows = cells.filter((cell) => full_title(cell) === sum.title);
  return [paint('strong', head), paint('muted', columns), ...rows.map((cell) => row(cell, paint))].join('\n');
}

export function text_report(comparison, colour = false) {
  const { cells, verdicts } = comparison;
  const paint = painter(colour);
  const wrong = verdicts.filter((verdict) => !is_right(verdict));
  const parts = [
    paint('strong', headline(comparison)),
    ...sums(cells).map((sum) => table(sum, cells, paint)),
    'Page load times in ms: median [quartiles]. !: further off than the group allows.',
    ...wrong.map((verdict) => `${paint('failed', '!')} ${verdict.conditions}: the wrong way seems faster`),
  ];
  return parts.join('\n\n') + '\n';
}

export function json_report(comparison) {
  const { cells, verdicts } = comparison;
  const report = { headline: headline(comparison), sums: sums(cells), cells, verdicts };
  return JSON.stringify(report, null, 1) + '\n';
}
