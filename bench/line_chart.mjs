// The comparison as a picture: a panel for each loss rate, a mark for each cell, high as its simulated median by
// the measured one. Pure: SVG text.
import { headline, loss_title, percent, sums, title_of_way, ways } from './line_report.mjs';
import { line, picture, words } from './picture.mjs';

const width = 900;
const margin = 28;
const axis_width = 48;
const gap = 18;
const top = 142;
const bottom = 420;
const list_top = bottom + 52;
const list_step = 18;
const times_s = [0.3, 1, 3, 10, 30];
const excesses = [-0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8];
const mark_size = 4.2;

const style = `
  .h1 { stroke: var(--h1); fill: var(--h1); } .h2 { stroke: var(--h2); fill: var(--h2); } .open { fill: var(--paper); }
  .mark { stroke-width: 1.5; } .cross { fill: none; stroke-width: 1.8; }
  .near { fill: var(--ink); opacity: 0.06; } .edge { stroke: var(--muted); stroke-dasharray: 2 4; }
  .equal { stroke: var(--ink); } .small { font-size: 12px; }`;

const fixed = (value) => Number(value.toFixed(1));

// Each way has its own shape as well as a colour.
const shapes = {
  h1close: (x, y, r) =>
    `<path d="M${fixed(x - r)} ${fixed(y - r)}L${fixed(x + r)} ${fixed(y + r)}M${fixed(x - r)} ${fixed(y + r)}L${fixed(x + r)} ${fixed(y - r)}" class="h1 cross"/>`,
  h1ka1: (x, y, r) => `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="${r}" class="h1 mark open"/>`,
  h1ka6: (x, y, r) =>
    `<path d="M${fixed(x)} ${fixed(y - r * 1.2)}L${fixed(x + r * 1.15)} ${fixed(y + r)}H${fixed(x - r * 1.15)}Z" class="h1 mark"/>`,
  h2: (x, y, r) => `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="${r}" class="h2 mark"/>`,
};
const mark = (way, x, y) => shapes[way](x, y, mark_size);

function logarithmic(low, high, from, to) {
  return (value) =>
    from + ((Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (to - from);
}

function ranges(cells) {
  const times = cells.map((cell) => cell.measured.median_ms / 1000);
  const ratios = cells.map((cell) => 1 + cell.excess);
  return {
    time_s: [Math.min(0.28, ...times) * 0.85, Math.max(32, ...times) * 1.15],
    ratio: [Math.min(0.7, ...ratios) * 0.95, Math.max(1.5, ...ratios) * 1.05],
  };
}

function legend() {
  let x = margin;
  return ways.flatMap((way) => {
    const entry = [mark(way, x + 5, 89), words(x + 16, 94, '', title_of_way(way))];
    x += 44 + title_of_way(way).length * 7;
    return entry;
  });
}

// A cell that is off has a number beside its mark, on the left where another's stands on the right, and under its panel stands which one it is.
const by_excess = (a, b) => b.excess - a.excess;
function numbers(places) {
  return places.map(([x, y], nth) => {
    const close = places
      .slice(0, nth)
      .some((other) => Math.abs(other[0] - x) < 18 && Math.abs(other[1] - y) < 12);
    return close
      ? words(fixed(x - 7), fixed(y + 4), 'small', nth + 1, 'end')
      : words(fixed(x + 7), fixed(y + 4), 'small', nth + 1);
  });
}

function list_entry(cell, number, left, y) {
  const page = cell.page.replace('x', '×');
  const what = `${page}, ${cell.rtt_ms} ms, ${cell.down_bps / 1e6} Mbit: ${percent(cell.excess)}`;
  return [
    words(left, y, 'small', number),
    mark(cell.way, left + 18, y - 4),
    words(left + 28, y, 'small muted', what),
  ].join('');
}

function panel(sum, cells, left, right, { time_s, ratio }) {
  const x_of = logarithmic(...time_s, left, right);
  const y_of = logarithmic(...ratio, bottom, top);
  const high = y_of(1 + sum.tolerance);
  const low = y_of(1 - sum.tolerance);
  const inside = excesses.filter((excess) => 1 + excess > ratio[0] && 1 + excess < ratio[1]);
  const off = cells.filter((cell) => !cell.near).sort(by_excess);
  const at = (cell) => [x_of(cell.measured.median_ms / 1000), y_of(1 + cell.excess)];
  return [
    words(left, top - 12, 'strong', sum.title),
    words(right, top - 12, 'muted', `${sum.near} of ${sum.cells} within ±${sum.tolerance * 100} %`, 'end'),
    ...inside.map((excess) =>
      line(left, fixed(y_of(1 + excess)), right, fixed(y_of(1 + excess)), excess ? 'rule' : 'equal'),
    ),
    `<rect x="${left}" y="${fixed(high)}" width="${right - left}" height="${fixed(low - high)}" class="near"/>`,
    ...[high, low].map((y) => line(left, fixed(y), right, fixed(y), 'edge')),
    ...times_s.map((time) => words(fixed(x_of(time)), bottom + 20, 'small muted', `${time} s`, 'middle')),
    ...cells.map((cell) => mark(cell.way, ...at(cell))),
    ...numbers(off.map(at)),
    ...off.map((cell, nth) => list_entry(cell, nth + 1, left, list_top + nth * list_step)),
  ];
}

export function line_chart(comparison) {
  const { cells } = comparison;
  const caption = 'Measured: Linux 6, nginx 1.22, over an emulated link. Simulated: the same draws where there is loss.';
  const range = ranges(cells);
  const groups = sums(cells, loss_title);
  const first = margin + axis_width;
  const panel_width = Math.floor((width - margin - first - gap * (groups.length - 1)) / groups.length);
  const y_of = logarithmic(...range.ratio, bottom, top);
  const axis = excesses
    .filter((excess) => 1 + excess > range.ratio[0] && 1 + excess < range.ratio[1])
    .map((excess) =>
      words(first - 8, fixed(y_of(1 + excess) + 4), 'small muted', excess ? percent(excess) : 'equal', 'end'),
    );
  const panels = groups.flatMap((sum, nth) => {
    const left = first + nth * (panel_width + gap);
    const of_loss = cells.filter((cell) => loss_title(cell) === sum.title);
    return panel(sum, of_loss, left, left + panel_width, range);
  });
  const longest_list = Math.max(...groups.map((sum) => sum.cells - sum.near));
  const height = list_top + longest_list * list_step + 30;
  return picture({
    width,
    height,
    title: headline(comparison),
    style,
    parts: [
      words(margin, 36, 'title', headline(comparison)),
      words(
        margin,
        60,
        'muted',
        'A mark is a page on a line. Across: the measured median of its load times. Up: how much longer the simulated one is.',
      ),
      ...legend(),
      ...axis,
      ...panels,
      words(margin, height - 14, 'muted', caption),
    ],
  });
}
