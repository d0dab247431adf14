// The rows as a picture: for each load a bar a server, long as its figure by the best peer's. Pure: SVG text.
import { line, picture, words } from './picture.mjs';
import { headline, number } from './report.mjs';

const width = 860;
const margin = 28;
const label_width = 100;
const value_width = 200; // "9.61 µs (4.5 times) not valid"
const bar_height = 14;
const bar_step = 19;
const group_gap = 34;
const top = 96;
const longest = 2.5; // a bar beyond that many times the best peer is cut, and its words say so
const bars_x = margin + label_width;
const scale = (width - bars_x - value_width - margin) / longest;

const style = `
  .peer { fill: var(--muted); opacity: 0.45; } .h1 { fill: var(--h1); } .h2 { fill: var(--h2); }
  .unsure { fill: none; stroke: var(--failed); stroke-dasharray: 3 2; } .best { stroke: var(--ink); stroke-dasharray: 2 3; }`;

const unit_of = (load) => (load.kind === 'idle' ? 'KB' : 'µs');

function kind_of(cell, load) {
  if (!cell.valid) return 'unsure';
  if (cell.server !== 'muxlab') return 'peer';
  return load.protocol === 'h2' ? 'h2' : 'h1';
}

function bar(cell, load, best, y) {
  const name = words(bars_x - 8, y + 12, cell.server === 'muxlab' ? 'strong' : 'muted', cell.server, 'end');
  if (cell.figure === undefined) return name + words(bars_x, y + 12, 'failed', 'failed');
  const share = Math.max(cell.figure / best, 0);
  const length = (Math.min(share, longest) * scale).toFixed(1);
  const beyond = share > longest ? ` (${share.toFixed(1)} times)` : '';
  const doubt = cell.valid ? '' : ' not valid';
  const value = `${number(cell.figure)} ${unit_of(load)}${beyond}${doubt}`;
  const rect = `<rect x="${bars_x}" y="${y}" width="${length}" height="${bar_height}" class="${kind_of(cell, load)}"/>`;

  return name + rect + words(bars_x + Number(length) + 6, y + 12, cell.valid ? '' : 'failed', value);
}

function group(row, y) {
  const { load, cells, ratio } = row;
  const figures = cells.filter((cell) => cell.figure > 0);
  const peers = figures.filter((cell) => cell.server !== 'muxlab');
  const best = Math.min(...(peers.length > 0 ? peers : figures).map((cell) => cell.figure));
  const said = ratio ? `ratio ${ratio.value.toFixed(2)}${ratio.valid ? '' : ', not valid'}` : '';
  const ordered = [...cells].sort((a, b) => (a.figure ?? Infinity) - (b.figure ?? Infinity));
  const first = y + 10;
  const last = first + ordered.length * bar_step - (bar_step - bar_height);
  return [
    words(margin, y, 'strong', load.title),
    words(width - margin, y, 'muted', said, 'end'),
    ...ordered.map((cell, index) => bar(cell, load, best, first + index * bar_step)),
    line(bars_x, first - 2, bars_x, last + 2, 'rule'),
    line(bars_x + scale, first - 2, bars_x + scale, last + 2, 'best'),
  ].join('\n');
}

export function chart(rows, caption) {
  const groups = [];
  let y = top;
  for (const row of rows) {
    groups.push(group(row, y));
    y += 10 + row.cells.length * bar_step + group_gap;
  }
  return picture({
    width,
    height: y,
    title: headline(rows),
    style,
    parts: [
      words(margin, 36, 'title', headline(rows)),
      words(
        margin,
        60,
        'muted',
        'CPU time a request, or memory an idle connection: shorter is better. Dashed line: the best peer.',
      ),
      ...groups,
      words(margin, y - 10, 'muted', caption),
    ],
  });
}
