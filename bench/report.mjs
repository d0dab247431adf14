// What was measured, as text for a terminal and as JSON. Pure: rows of judge.mjs in, text out.

const load_width = 16;
const server_width = 11;
const ratio_width = 8;
const columns = 80;
const most_notes = 12; // a busy machine spoils every cell in the same way

// The same two colours as everywhere: orange for HTTP/1.1, blue for HTTP/2; red for what failed.
const escape = {
  h1: '\x1b[38;5;208m',
  h2: '\x1b[38;5;33m',
  failed: '\x1b[31m',
  strong: '\x1b[1m',
  muted: '\x1b[2m',
  end: '\x1b[0m',
};
export const painter = (colour) => (style, text) => (colour ? `${escape[style]}${text}${escape.end}` : text);

const style_of = (load) => (load.protocol === 'h2' ? 'h2' : 'h1');

// Three digits that count, and none behind the point from a hundred on.
export function number(value) {
  if (value === undefined) return '-';
  if (Math.abs(value) >= 100) return `${Math.round(value)}`;
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

// A figure with how far its rounds lie apart to each side, and a mark where it may not be believed.
function figure_text(cell) {
  if (!cell) return 'n/a';
  const mark = cell.valid ? '' : '!';
  if (cell.figure === undefined) return `failed${mark}`;
  const sides = cell.rounds > 1 ? ` ±${Math.round((cell.spread / 2) * 100)}%` : '';
  return `${number(cell.figure)}${mark}${sides}`;
}

function pace_text(cell) {
  if (!cell) return 'n/a';
  if (cell.per_second === undefined) return '-';
  return `${Math.round(cell.per_second)}${cell.client_bound ? '~' : ''}`;
}

const ratio_text = (ratio) => (ratio ? `${ratio.value.toFixed(2)}${ratio.valid ? '' : '!'}` : '-');

function table(title, rows, servers, cell_text, with_ratio, paint) {
  const head = [
    ''.padEnd(load_width),
    ...servers.map((name) => name.padStart(server_width)),
    with_ratio ? 'ratio'.padStart(ratio_width) : '',
  ];
  const lines = rows.map(({ load, cells, ratio }) => {
    const texts = servers.map((name) =>
      cell_text(
        cells.find((cell) => cell.server === name),
        load,
      ).padStart(server_width),
    );
    const last = with_ratio ? paint('strong', ratio_text(ratio).padStart(ratio_width)) : '';
    return `${paint(style_of(load), load.title.padEnd(load_width))}${texts.join('')}${last}`;
  });
  return [paint('strong', title), paint('muted', head.join('').trimEnd()), ...lines].join('\n');
}

function memory_headline(rows) {
  const ratio = rows.find((row) => row.ratio)?.ratio;
  if (!ratio) return 'muxlab and a peer are needed for a ratio.';
  if (!ratio.valid) return 'No ratio is valid: see the notes.';
  return `muxlab held ${ratio.value.toFixed(2)} times the best peer's memory an idle connection.`;
}

// The sentence to read first: the geometric mean of all valid ratios of CPU time.
export function headline(rows) {
  const timed = rows.filter((row) => row.ratio && row.load.kind !== 'idle');
  const valid = timed.filter((row) => row.ratio.valid);
  if (timed.length === 0) return memory_headline(rows);
  if (valid.length === 0) return 'No ratio is valid: see the notes.';
  const mean = Math.exp(valid.reduce((sum, row) => sum + Math.log(row.ratio.value), 0) / valid.length);
  const over = timed.length === 1 ? 'one load' : `geometric mean, ${valid.length} of ${timed.length} loads`;
  return `muxlab used ${mean.toFixed(2)} times the best peer's CPU (${over}).`;
}

// Lines of at most 80 columns, the later ones indented.
function folded(text) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line.length + 1 + word.length <= columns)
      lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    else lines.push(`    ${word}`);
  }
  return lines;
}

function notes(rows, paint) {
  const doubtful = rows.flatMap(({ load, cells }) =>
    cells.filter((cell) => !cell.valid).map((cell) => ({ load, cell })),
  );
  const lines = doubtful
    .slice(0, most_notes)
    .flatMap(({ load, cell }) => folded(`! ${load.title}, ${cell.server}: ${cell.faults.join('; ')}`))
    .map((line) => line.replace(/^!/, paint('failed', '!')));
  if (doubtful.length > most_notes)
    lines.push(`  and ${doubtful.length - most_notes} more that are not valid: --json has every reason`);
  const all = rows.reduce((sum, row) => sum + row.cells.length, 0);
  if (doubtful.length * 2 > all)
    lines.unshift('This machine was busy with other things: run it again when it is quiet.');
  if (rows.some((row) => row.cells.some((cell) => cell.client_bound))) {
    lines.push("~ the client was the bottleneck: the pace is its own, the CPU time the server's");
  }
  if (rows.some((row) => row.cells.some((cell) => cell.rounds < 2)))
    lines.push('One round has no spread: run without --quick before you believe a figure.');
  return lines;
}

export function text_report(rows, servers, colour = false) {
  const paint = painter(colour);
  const timed = rows.filter((row) => row.load.kind !== 'idle');
  const idle = rows.filter((row) => row.load.kind === 'idle');
  const parts = [paint('strong', headline(rows))];
  if (timed.length > 0)
    parts.push(
      table(
        'CPU microseconds a request (a handshake: a connection with one request)',
        timed,
        servers,
        figure_text,
        true,
        paint,
      ),
    );
  if (idle.length > 0)
    parts.push(
      table(
        `KB an idle connection (of ${idle[0].load.connections})`,
        idle,
        servers,
        figure_text,
        true,
        paint,
      ),
    );
  if (timed.length > 0)
    parts.push(table('Requests a second, for information', timed, servers, pace_text, false, paint));
  parts.push(
    'ratio: muxlab by the best peer, below 1 is better. ±: half the range of rounds.\n!: not valid.',
  );
  const said = notes(rows, paint);
  if (said.length > 0) parts.push(said.join('\n'));
  return parts.join('\n\n') + '\n';
}

// Everything for a program to read: what was found, and every sample it was found from.
export function json_report(rows, machine, samples) {
  const results = rows.map(({ load, cells, ratio }) => ({
    load: load.name,
    kind: load.kind,
    unit: load.kind === 'idle' ? 'kb_per_connection' : 'cpu_us_per_unit',
    ratio,
    servers: cells.map(({ load: _, ...cell }) => cell),
  }));
  return JSON.stringify({ machine, headline: headline(rows), results, samples }, null, 1) + '\n';
}
