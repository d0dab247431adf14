// What script/bench says of samples, held on recorded ones: parsing, validity, medians, table, JSON, chart.
// Nothing is timed here.
import assert from 'node:assert/strict';
import test from 'node:test';
import { chart } from '../../bench/chart.mjs';
import { parse_h2load, parse_time, seconds_of } from '../../bench/h2load.mjs';
import { faults_of, figure_of, judge, judge_cell, median, spread_of } from '../../bench/judge.mjs';
import { files, loads } from '../../bench/loads.mjs';
import { cpus_of_list } from '../../bench/processes.mjs';
import { headline, json_report, number, text_report } from '../../bench/report.mjs';

// h2load 1.52 against muxlab, as it was printed; the lines of progress are left out.
const recorded_run = `starting benchmark...
spawning thread #0: 32 total client(s). 122101 total requests
TLS Protocol: TLSv1.3
Cipher: TLS_AES_128_GCM_SHA256
Server Temp Key: ECDH P-256 256 bits
Application protocol: h2

finished in 733.16ms, 166541.05 req/s, 170.09MB/s
requests: 122101 total, 122101 started, 122101 done, 122101 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 122101 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 124.70MB (130757760) total, 3.41MB (3577190) headers (space savings 85.69%), 119.24MB (125031424) data
                     min         max         mean         sd        +/- sd
time for request:       85us     12.25ms      5.12ms      1.03ms    80.11%

bench 0.751 0.210 0.140
`;

// A sample of that run, taken on a quiet machine.
const good_sample = {
  round: 1,
  load: 'h2-1k-32x32',
  server: 'muxlab',
  units: 122101,
  succeeded: 122101,
  data_bytes: 125031424,
  expected_bytes: 125031424,
  client_seconds: 0.73316,
  client_cpu_s: 0.48,
  protocol: 'h2',
  tls: 'TLSv1.3 TLS_AES_128_GCM_SHA256',
  wall_s: 0.7542,
  server_cpu_s: 0.7,
  other_cpu_s: 0.01,
  steal_s: 0,
  load_average: 0.4,
};
const idle_sample = {
  round: 1,
  load: 'idle',
  server: 'muxlab',
  units: 2000,
  connections: 2000,
  before_kb: 6680,
  after_kb: 99960,
  protocol: 'h2',
  tls: 'TLSv1.3 TLS_AES_128_GCM_SHA256',
};

const load_named = (name) => loads.find((load) => load.name === name);
const small = load_named('h2-1k-32x32');
const idle = load_named('idle');
const handshakes = load_named('handshakes');

// Rounds of one cell that cost so many CPU microseconds a request.
const rounds = (server, ...costs) =>
  costs.map((cost, index) => ({
    ...good_sample,
    server,
    round: index + 1,
    server_cpu_s: (cost * good_sample.units) / 1e6,
    wall_s: (cost * good_sample.units) / 1e6 + 0.02,
  }));

test('the output of h2load and of the clock beside it become numbers', () => {
  assert.deepEqual(parse_h2load(recorded_run), {
    seconds: 0.73316,
    requests: 122101,
    succeeded: 122101,
    data_bytes: 125031424,
    header_bytes: 3577190,
    protocol: 'h2',
    tls: 'TLSv1.3 TLS_AES_128_GCM_SHA256',
  });
  assert.deepEqual(parse_time(recorded_run), { wall_s: 0.751, cpu_s: 0.35 });
  assert.equal(parse_h2load('starting benchmark...\n'), undefined, 'no summary, no facts');
});

test("h2load's durations and Linux's lists of CPUs are read in all their forms", () => {
  assert.deepEqual(['812us', '733.16ms', '2.34s', '1m2s'].map(seconds_of), [0.000812, 0.73316, 2.34, 62]);
  assert.deepEqual(['0', '0-3', '0-1,4', ''].map(cpus_of_list), [[0], [0, 1, 2, 3], [0, 1, 4], []]);
});

test('the loads are those that are promised, each of a file that is served', () => {
  assert.deepEqual(
    loads.map((load) => [load.title, load.connections, load.streams]),
    [
      ['h2 1 KB 32x32', 32, 32],
      ['h2 1 KB 8x1', 8, 1],
      ['h1 1 KB 32', 32, 1],
      ['h2 10 KB 32x32', 32, 32],
      ['h2 1 MB 8x4', 8, 4],
      ['h1 1 MB 8', 8, 1],
      ['idle h2', 2000, 1],
      ['full handshakes', 400, 1],
    ],
  );
  for (const load of loads) assert.ok(files[load.file] > 0, load.name);
});

test('a figure is CPU microseconds a request, or KB a connection', () => {
  assert.equal(number(figure_of(small, good_sample)), '5.73');
  assert.equal(figure_of(idle, idle_sample), 46.64);
});

test('a clean sample has no fault', () => {
  assert.deepEqual(faults_of(small, good_sample), []);
  assert.deepEqual(faults_of(idle, idle_sample), []);
});

const faulty = [
  ['requests failed', { succeeded: 122000 }, /^101 of 122101 requests failed$/],
  ['another answer', { data_bytes: 122101 * 162 }, /bytes came, not 125031424/],
  ['another protocol', { protocol: 'http/1.1' }, /spoke http\/1\.1, not h2/],
  ['another cipher', { tls: 'TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256' }, /spoke TLSv1\.2/],
  ['a busy machine', { other_cpu_s: 0.65 }, /other work took 86 % of a CPU/],
  ['a busy host', { steal_s: 0.05 }, /the hypervisor took 7 % of a CPU/],
  ['more than one CPU', { server_cpu_s: 1.2 }, /used 159 % of one CPU/],
  ['nobody at work', { server_cpu_s: 0.3, client_cpu_s: 0.3 }, /neither CPU was busy \(at most 40 %\)/],
  ['no output', { client_failed: 'cannot connect' }, /h2load: cannot connect/],
  ['no server', { error: 'h2o does not serve on port 1' }, /does not serve/],
];
for (const [what, change, said] of faulty) {
  test(`a sample with ${what} is not valid`, () => {
    const faults = faults_of(small, { ...good_sample, ...change });
    assert.equal(faults.length, 1, faults.join('; '));
    assert.match(faults[0], said);
  });
}

test('idle connections count when all of them stand', () => {
  assert.match(
    faults_of(idle, { ...idle_sample, connections: 1024 }).join(),
    /1024 of 2000 connections stood/,
  );
});

test('handshakes need not keep a CPU busy: their client starts again and again', () => {
  assert.deepEqual(faults_of(handshakes, { ...good_sample, server_cpu_s: 0.3, client_cpu_s: 0.3 }), []);
});

test('a sample whose requests failed gives no figure: refusing is cheap', () => {
  assert.equal(figure_of(small, { ...good_sample, succeeded: 0 }), undefined);
  const cell = judge_cell(small, 'muxlab', [{ ...good_sample, succeeded: 0 }]);
  assert.deepEqual([cell.valid, cell.figure], [false, undefined]);
});

test('the median of the rounds counts, and their range must be narrow', () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(number(spread_of([5.0, 5.2, 5.6])), '0.12');
  const narrow = judge_cell(small, 'muxlab', rounds('muxlab', 5.2, 5.0, 5.6));
  assert.deepEqual([number(narrow.figure), narrow.valid, narrow.faults], ['5.20', true, []]);
  const wide = judge_cell(small, 'muxlab', rounds('muxlab', 5.2, 5.0, 6.6));
  assert.deepEqual([wide.valid, wide.faults], [false, ['rounds lie 31 % apart']]);
});

test('a client that is the bottleneck is said, and does not spoil the CPU time', () => {
  const waiting = { ...good_sample, server_cpu_s: 0.5, client_cpu_s: 0.74 };
  const cell = judge_cell(small, 'muxlab', [waiting]);
  assert.deepEqual([cell.valid, cell.client_bound], [true, true]);
});

const servers = ['muxlab', 'nginx', 'h2o', 'nghttpd', 'lighttpd'];
const measured = [
  ...rounds('muxlab', 5.0, 5.1, 5.2),
  ...rounds('nginx', 10.2, 10.2, 10.2),
  ...rounds('h2o', 4.8, 6.4, 6.0),
  ...['muxlab', 'nginx'].map((server) => ({
    ...idle_sample,
    server,
    after_kb: server === 'nginx' ? 91920 : 99960,
  })),
];

test('the ratio is to the best peer; it is valid if both figures are', () => {
  const [first, second] = judge(loads, servers, measured);
  assert.deepEqual([first.ratio.best, number(first.ratio.value), first.ratio.valid], ['h2o', '0.85', false]);
  assert.deepEqual(
    [second.ratio.best, number(second.ratio.value), second.ratio.valid],
    ['nginx', '1.09', true],
  );
  const without = judge(loads, ['muxlab', 'nginx', 'nghttpd'], measured);
  assert.deepEqual(
    [without[0].ratio.best, without[0].ratio.value, without[0].ratio.valid],
    ['nginx', 0.5, true],
  );
  assert.equal(headline(without), "muxlab used 0.50 times the best peer's CPU (one load).");
});

test('without CPU time the first sentence is of memory, and without a peer there is no ratio', () => {
  const rows = judge([idle], servers, measured);
  assert.equal(headline(rows), "muxlab held 1.09 times the best peer's memory an idle connection.");
  const alone = judge(loads, ['muxlab'], measured);
  assert.equal(headline(alone), 'muxlab and a peer are needed for a ratio.');
});

test('the table fits 80 columns, marks what is not valid, and says why', () => {
  const text = text_report(judge(loads, servers, measured), servers);
  assert.match(text, /^h2 1 KB 32x32 +5\.10 ±2% +10\.2 ±0% +6\.00! ±13% +n\/a +n\/a +0\.85!$/m);
  assert.match(text, /^idle h2 +46\.6 +42\.6 +n\/a +n\/a +n\/a +1\.09$/m);
  assert.match(text, /^! h2 1 KB 32x32, h2o: rounds lie 27 % apart$/m);
  assert.doesNotMatch(text, /\x1b/, 'no colour unless asked for');
  const wide = text.split('\n').filter((line) => line.length > 80);
  assert.deepEqual(wide, []);
  assert.match(text_report(judge(loads, servers, measured), servers, true), /\x1b\[38;5;33mh2 1 KB 32x32/);
});

test('on a busy machine the notes stay short, and say what to do', () => {
  const busy = loads.flatMap((load) =>
    servers.map((server) => ({ ...good_sample, load: load.name, server, tls: 'none', other_cpu_s: 0.5 })),
  );
  const text = text_report(judge(loads, servers, busy), servers);
  assert.match(text, /^This machine was busy with other things: run it again when it is quiet\.$/m);
  assert.match(text, /^No ratio is valid/);
  assert.match(text, /^ {2}and 28 more that are not valid: --json has every reason$/m);
  assert.deepEqual(
    text.split('\n').filter((line) => line.length > 80),
    [],
  );
});

test('the JSON has every figure and every sample', () => {
  const report = JSON.parse(json_report(judge(loads, servers, measured), { processor: 'a test' }, measured));
  assert.deepEqual(report.samples, measured);
  assert.deepEqual(
    report.results.map(({ load, unit }) => [load, unit]),
    [
      ['h2-1k-32x32', 'cpu_us_per_unit'],
      ['idle', 'kb_per_connection'],
    ],
  );
  assert.equal(report.results[0].servers[0].faults.length, 0);
});

test('the chart is one whole picture without a script, its words escaped', () => {
  const svg = chart(judge(loads, servers, measured), 'a <test> & more');
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.match(svg, /a &#60;test&#62; &#38; more/);
  assert.doesNotMatch(svg, /<script|NaN|undefined|Infinity/);
  assert.equal(svg.match(/<rect /g).length, 1 + 5, 'the paper and a bar for each figure');
  assert.match(svg, /not valid/);
});
