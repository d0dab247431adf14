// What script/compare-line says of cells, held on invented ones. Nothing is loaded here.
import assert from 'node:assert/strict';
import test from 'node:test';
import { line_chart } from '../../bench/line_chart.mjs';
import { full_title, headline, json_report, percent, sums, text_report, ways } from '../../bench/line_report.mjs';

const spread = (median_ms) => ({ q1_ms: median_ms * 0.9, median_ms, q3_ms: median_ms * 1.1 });

function cell(way, loss_percent, measured_ms, simulated_ms) {
  const tolerance = 0.1;
  const excess = simulated_ms / measured_ms - 1;
  return {
    cell: `reno,80,10,2.5,${loss_percent},100,10x100K,${way}`,
    congestion_control: 'reno',
    queue_packets: 100,
    rtt_ms: 80,
    down_bps: 10e6,
    loss_percent,
    page: '10x100K',
    way,
    measured: spread(measured_ms),
    simulated: spread(simulated_ms),
    excess,
    tolerance,
    near: Math.abs(excess) <= tolerance,
    packets: 1000,
  };
}

const conditions = 'reno,80,10,2.5,1,100,10x100K';
const comparison = {
  cells: [
    ...ways.map((way) => cell(way, 0, 1000, 1040)),
    cell('h1ka6', 1, 1700, 1800),
    cell('h2', 1, 4500, 6000),
  ],
  verdicts: [{ conditions, h2_was_faster: false, h2_seems_faster: false }],
};

test('the sentence to read first counts the near cells and the right verdicts', () => {
  assert.equal(headline(comparison), '5 of 6 medians near measured TCP; the faster way right in 1 of 1');
});

test('the sums are made for each loss rate, congestion control and queue', () => {
  assert.deepEqual(sums(comparison.cells), [
    { title: 'No loss', tolerance: 0.1, near: 4, cells: 4 },
    { title: '1 % loss', tolerance: 0.1, near: 1, cells: 2 },
  ]);
});

test('what is not Reno over queues of 100 is said', () => {
  const title = (changed) => full_title({ ...cell('h2', 2, 1, 1), ...changed });
  assert.equal(title({}), '2 % loss');
  assert.equal(title({ congestion_control: 'cubic', queue_packets: 25 }), '2 % loss, CUBIC, queues of 25');
});

test('a share is said with its sign', () => {
  assert.deepEqual([0.33, -0.061, 0].map(percent), ['+33 %', '−6 %', '+0 %']);
});

test('the table fits 80 columns, marks what is off, and has colour only if asked for', () => {
  const text = text_report(comparison);
  assert.match(text, /^No loss: 4 of 4 within 10 %$/m);
  assert.match(text, /^1 % loss: 1 of 2 within 10 % \(the aim is 94 %\)$/m);
  assert.match(text, /^ *80 ms +10 Mbit +10x100K h2 +4500 \[4050 4950\] +6000 \[5400 6600\] +\+33 %!$/m);
  assert.doesNotMatch(text, /\x1b/);
  assert.match(text_report(comparison, true), /\x1b\[31m/);
  assert.deepEqual(
    text.split('\n').filter((line) => line.length > 80),
    [],
  );
});

test('a wrong verdict is named', () => {
  const wrong = { ...comparison, verdicts: [{ conditions, h2_was_faster: false, h2_seems_faster: true }] };
  assert.match(text_report(wrong), /^! reno,80,10,2\.5,1,100,10x100K: the wrong way seems faster$/m);
});

test('the JSON has every cell', () => {
  const report = JSON.parse(json_report(comparison));
  assert.deepEqual([report.cells.length, report.verdicts.length], [6, 1]);
});

test('the chart is one whole picture without a script, with a shape for each way', () => {
  const svg = line_chart(comparison);
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.doesNotMatch(svg, /<script|NaN|undefined|Infinity/);
  const marks = 4 + 6 + 1; // the legend, the cells, the list of those that are off
  assert.equal(svg.match(/class="h[12] (mark|cross)/g).length, marks);
  assert.match(svg, /10×100K, 80 ms, 10 Mbit: \+33 %/);
});
