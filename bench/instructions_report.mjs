// Counts of instructions as text for a terminal and as JSON. Pure: loads, as bench/instructions tells them, and
// what callgrind.mjs read of them in, text out.
import { basename } from 'node:path';
import { painter } from './report.mjs';

const columns = 80;
const title_width = 35;
const count_width = 15;
const ratio_width = 9;
const functions_shown = 10;
const widest_spread = 0.005; // of a figure's rounds: TLS draws random numbers, the rest repeats

const whole = (value) => Math.round(value).toLocaleString('en-US');

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// What each load costs on each server: instructions a unit, as the mean of its rounds, how far these lie apart, and
// the ratio of both servers, where there are both.
export function results_of(loads, profiles) {
  return loads.map((load) => {
    const figure_of = (server) => {
      const rounds = profiles.filter(({ trigger }) => trigger === `${load.name} ${server}`);
      if (rounds.length === 0) return undefined;
      const counts = rounds.map(({ instructions }) => instructions / load.units);
      const instructions = mean(counts);
      const spread = (Math.max(...counts) - Math.min(...counts)) / instructions;
      return { instructions, spread, valid: spread <= widest_spread, functions: rounds[0].functions };
    };
    const muxlab = figure_of('muxlab');
    const bare = figure_of('bare');
    return { load, muxlab, bare, ratio: bare && muxlab.instructions / bare.instructions };
  });
}

const geometric_mean = (values) => Math.exp(mean(values.map(Math.log)));

const small_content_bytes = 1024; // a longer answer says more of copies than of requests

// The sentence to read first.
export function headline(results) {
  const said = [
    ["nghttp2's", ({ load }) => !load.tls],
    ["OpenSSL's and nghttp2's", ({ load }) => load.tls],
  ].flatMap(([whose, belongs]) => {
    const ratios = results
      .filter(({ load, ratio }) => ratio && load.unit === 'request' && load.content_bytes <= small_content_bytes)
      .filter(belongs)
      .map(({ ratio }) => ratio);
    return ratios.length === 0 ? [] : [`${geometric_mean(ratios).toFixed(2)} times ${whose}`];
  });
  return said.length === 0
    ? 'No request for 1 KB here has a bare counterpart.'
    : `A request for 1 KB costs muxlab ${said.join(',\nand in TLS ')} instructions (geometric mean).`;
}

const figure_text = (figure) => (figure ? `${whole(figure.instructions)}${figure.valid ? '' : '!'}` : '-');

function row({ load, muxlab, bare, ratio }, paint) {
  const cells = [muxlab, bare].map((figure) => figure_text(figure).padStart(count_width));
  const title = paint(load.protocol === 'h2' ? 'h2' : 'h1', load.title.padEnd(title_width));
  return `${title}${cells.join('')}${paint('strong', (ratio ? ratio.toFixed(2) : '-').padStart(ratio_width))}`;
}

function table(title, results, paint) {
  if (results.length === 0) return [];
  const head = `${''.padEnd(title_width)}${'muxlab'.padStart(count_width)}${'bare'.padStart(count_width)}${'ratio'.padStart(ratio_width)}`;
  return [[paint('strong', title), paint('muted', head), ...results.map((each) => row(each, paint))].join('\n')];
}

// Without what C++ adds to a name: arguments, template arguments, and the namespace that all of ours have.
function short_name(name) {
  let short = name.replaceAll('(anonymous namespace)::', '').replace(/^muxlab::/, '');
  for (let before; before !== short;) {
    before = short;
    short = short.replace(/<[^<>]*>/g, '');
  }
  return short.replace(/\(.*$/, '');
}

// "libnghttp2.so.14.24.1" is libnghttp2, and the program itself muxlab's.
const library_of = (object) => /^(lib[\w+]+|ld)/.exec(basename(object))?.[0] ?? 'muxlab';

// Functions of a load, the costliest first. A library without names for its own functions has them by address.
export function costliest({ load, muxlab }, count = functions_shown) {
  return muxlab.functions.slice(0, count).map(({ object, name, instructions }) => ({
    library: library_of(object),
    name: short_name(name),
    instructions: instructions / load.units,
    share: instructions / load.units / muxlab.instructions,
  }));
}

// How much of a load each library takes, the most first.
export function shares({ load, muxlab }) {
  const sums = new Map();
  for (const { object, instructions } of muxlab.functions) {
    const library = library_of(object);
    sums.set(library, (sums.get(library) ?? 0) + instructions / load.units);
  }
  return [...sums].sort((a, b) => b[1] - a[1]).filter(([, sum]) => sum / muxlab.instructions >= 0.005);
}

const percent = (share) => `${(share * 100).toFixed(1)} %`.padStart(8);

export function functions_report(result, colour = false) {
  const paint = painter(colour);
  const { load, muxlab } = result;
  const library_line = shares(result)
    .map(([library, sum]) => `${library} ${Math.round((sum / muxlab.instructions) * 100)} %`)
    .join(', ');
  const lines = costliest(result).map(
    ({ library, name, instructions, share }) =>
      `${whole(instructions).padStart(10)}${percent(share)}  ${library.padEnd(12)}${name}`,
  );
  const title = `Where a ${load.unit} of ${load.name} goes: ${library_line}`;
  return `${paint('strong', title)}\n${lines.map((line) => line.slice(0, columns)).join('\n')}\n`;
}

export function text_report(results, colour = false) {
  const paint = painter(colour);
  const requests = results.filter(({ load }) => load.unit === 'request');
  const parts = [
    paint('strong', headline(results)),
    ...table(
      'Instructions a request, a session alone (bare: nghttp2)',
      requests.filter(({ load }) => !load.tls),
      paint,
    ),
    ...table(
      'Instructions a request, in TLS (bare: OpenSSL, and nghttp2 for h2)',
      requests.filter(({ load }) => load.tls),
      paint,
    ),
    ...table(
      'Instructions a handshake (bare: OpenSSL), or a connection with one request',
      results.filter(({ load }) => load.unit !== 'request'),
      paint,
    ),
  ];
  const doubtful = results.some(({ muxlab, bare }) => !muxlab.valid || bare?.valid === false);
  if (doubtful) parts.push(`${paint('failed', '!')} two rounds lie more than 0.5 % apart: not valid.`);
  return parts.join('\n\n') + '\n';
}

const figure_json = ({ instructions, spread, valid }) => ({ instructions, spread, valid });

// Everything for a program to read.
export function json_report(results, versions) {
  const told = results.map((result) => ({
    ...result.load,
    muxlab: figure_json(result.muxlab),
    bare: result.bare && figure_json(result.bare),
    ratio: result.ratio,
    costliest: costliest(result),
  }));
  return JSON.stringify({ versions, headline: headline(results), results: told }, null, 1) + '\n';
}
