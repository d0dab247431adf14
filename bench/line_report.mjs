// How near the simulated line comes to measured TCP, as text for a terminal and as JSON. Pure: the cells and
// verdicts of real_tcp_report in, text out.
import { painter } from './report.mjs';

// What each loss rate should reach: the share of cells whose median is near.
const aims = new Map([
  [0, 0.94],
  [1, 0.9],
  [2, 0.85],
]);

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

// For each loss rate: how many cells there are, how many are near, and how many should be.
export function sums(cells) {
  const losses = [...new Set(cells.map((cell) => cell.loss_percent))].sort((a, b) => a - b);
  return losses.map((loss_percent) => {
    const of_loss = cells.filter((cell) => cell.loss_percent === loss_percent);
    const near = count(of_loss, (cell) => cell.near);
    const { tolerance } = of_loss[0];
    return { loss_percent, tolerance, near, cells: of_loss.length, aim: aims.get(loss_percent) };
  });
}

const is_right = (verdict) => verdict.h2_was_faster === verdict.h2_seems_faster;
export const right = (verdicts) => count(verdicts, is_right);

export const loss_title = (loss_percent) => (loss_percent === 0 ? 'No loss' : `${loss_percent} % loss`);

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
  const aim = sum.near < sum.aim * sum.cells ? ` (the aim is ${sum.aim * 100} %)` : '';
  const head = `${loss_title(sum.loss_percent)}: ${sum.near} of ${sum.cells} within ${sum.tolerance * 100} %${aim}`;
  const columns = `${''.padEnd(31)}${'measured'.padEnd(20)}${'simulated'.padEnd(20)}   off`;
  const rows = cells.filter((cell) => cell.loss_percent === sum.loss_percent);
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
  const { loads, cells, verdicts } = comparison;
  const report = { headline: headline(comparison), loads, sums: sums(cells), cells, verdicts };
  return JSON.stringify(report, null, 1) + '\n';
}
