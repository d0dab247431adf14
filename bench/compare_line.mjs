// script/compare-line's program: runs real_tcp_report, prints what it found.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { line_chart } from './line_chart.mjs';
import { json_report, text_report } from './line_report.mjs';
import { Progress } from './progress.mjs';

const usage = `usage: script/compare-line [--only WORD] [--json FILE] [--svg FILE]

Loads pages over simulated lines, in virtual time, and compares with what real TCP took: docs/line.md. Where there
is loss each load loses its packets by the same draws as the measured one.

  --only WORD    only cells whose name has this in it: cubic, h2, 100x10K
  --json FILE    writes every cell: measured, simulated, how far off
  --svg FILE     writes a chart
`;

class Refusal extends Error {}

function refuse(why) {
  throw new Refusal(why);
}

function read_arguments(words) {
  const wish = {};
  for (let rest = [...words]; rest.length > 0;) {
    const option = rest.shift();
    const value = () => rest.shift() ?? refuse(`${option} needs a value`);
    if (option === '--only') wish.only = value();
    else if (option === '--json') wish.json = value();
    else if (option === '--svg') wish.svg = value();
    else if (option === '--help' || option === '-h') wish.help = true;
    else refuse(`"${option}" is not an option; script/compare-line --help lists them`);
  }
  return wish;
}

// The cells come as they are done, which is not the order of the file.
function in_order(cells) {
  const is_cubic = (cell) => (cell.congestion_control === 'cubic' ? 1 : 0);
  const key = (cell) => [cell.loss_percent, is_cubic(cell), cell.queue_packets, cell.rtt_ms, cell.down_bps, parseInt(cell.page, 10)];
  const compare = (a, b) => a.map((value, nth) => value - b[nth]).find((difference) => difference !== 0) ?? 0;
  cells.sort((a, b) => compare(key(a), key(b)) || a.cell.localeCompare(b.cell));
}

async function run(program, only) {
  const child = spawn(program, only === undefined ? [] : [only], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill());
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const comparison = { cells: [], verdicts: [] };
  let progress;
  for await (const text of createInterface({ input: child.stdout })) {
    const said = JSON.parse(text);
    if (said.cells) progress = new Progress(said.cells);
    if (said.verdicts) comparison.verdicts = said.verdicts;
    if (!said.cell) continue;
    comparison.cells.push(said);
    progress.step(said.cell);
  }
  const status = await ended;
  progress?.end();
  if (status !== 0) refuse('a page did not load');
  if (comparison.cells.length === 0) refuse(`no cell has "${only}" in its name`);
  in_order(comparison.cells);
  return comparison;
}

async function main() {
  const wish = read_arguments(process.argv.slice(2));
  if (wish.help) return process.stdout.write(usage);
  const program = process.env.MUXLAB_REPORT ?? refuse('MUXLAB_REPORT must name the built real_tcp_report');
  const comparison = await run(program, wish.only);
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  process.stdout.write(text_report(comparison, colour));
  if (wish.json) writeFileSync(wish.json, json_report(comparison));
  if (wish.svg) writeFileSync(wish.svg, line_chart(comparison));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

try {
  await main();
} catch (error) {
  process.stderr.write(`compare-line: ${error instanceof Refusal ? error.message : error.stack}\n`);
  process.exit(error instanceof Refusal ? 2 : 1);
}
