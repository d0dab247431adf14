// What script/bench --instructions says of counts, held on small ones written by hand after callgrind's format; and
// that both kinds of server answer every load right. Nothing is counted here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { parse_callgrind } from '../../bench/callgrind.mjs';
import { costliest, functions_report, headline, json_report, results_of, text_report } from '../../bench/instructions_report.mjs';

// As callgrind 3.19 writes it. Names come once and then by number, also in what is called.
const counts = (trigger, own) => `# callgrind format
version: 1
creator: callgrind-3.19.0
part: 2

desc: Timerange: Basic block 7 - 99
desc: Trigger: Client Request: ${trigger}

positions: line
events: Ir
summary: 1000

ob=(1) /usr/lib/x86_64-linux-gnu/libnghttp2.so.14.24.1
fl=(1) ???
fn=(10) nghttp2_session_mem_recv
0 ${own}
cob=(2) /somewhere/bench/instructions
cfi=(2) ???
cfn=(20) muxlab::http2::Endpoint::Callbacks::on_header(nghttp2_session*, std::span<unsigned char const, 18446744073709551615ul>)
calls=800 0
0 600

ob=(2)
fl=(2)
fn=(20)
0 100
+3 300
fn=(21) std::vector<int, std::allocator<int> >::push_back(int const&)
* 200
cfn=(20)
calls=1 0
0 9999

ob=(1)
fn=(10)
0 7
totals: 1000
`;

test('what a function spends itself is told from what it calls, by whatever name it was written', () => {
  const { trigger, instructions, functions } = parse_callgrind(counts('h2-1k muxlab', 400));
  assert.deepEqual([trigger, instructions], ['h2-1k muxlab', 1007]);
  assert.deepEqual(
    functions.map(({ object, name, instructions: own }) => [object.split('/').at(-1), name.slice(0, 30), own]),
    [
      ['libnghttp2.so.14.24.1', 'nghttp2_session_mem_recv', 407],
      ['instructions', 'muxlab::http2::Endpoint::Callb', 400],
      ['instructions', 'std::vector<int, std::allocato', 200],
    ],
  );
});

test('a file that was not asked for has no trigger', () => {
  assert.deepEqual(parse_callgrind('# callgrind format\nevents: Ir\n'), {
    trigger: undefined,
    instructions: 0,
    functions: [],
  });
});

const load = (name, title, more = {}) => ({
  ...{ name, title, protocol: 'h2', tls: false, content_bytes: 1024, unit: 'request', units: 10 },
  ...more,
});
const loads = [
  load('h1-1k', 'h1 1 KB', { protocol: 'http/1.1' }),
  load('h2-1k', 'h2 1 KB'),
  load('h2-1m', 'h2 1 MB', { content_bytes: 1024 * 1024 }),
  load('tls-h2-1k', 'h2 1 KB', { tls: true }),
  load('handshake', 'handshake', { tls: true, unit: 'handshake' }),
];
const two_rounds = (trigger, one, other = one) => [
  parse_callgrind(counts(trigger, one)),
  parse_callgrind(counts(trigger, other)),
];
const results = results_of(loads, [
  ...two_rounds('h1-1k muxlab', 69_393),
  ...two_rounds('h2-1k muxlab', 230_000, 231_786),
  ...two_rounds('h2-1k bare', 149_393),
  ...two_rounds('h2-1m muxlab', 1_999_393),
  ...two_rounds('h2-1m bare', 3_999_393),
  ...two_rounds('tls-h2-1k muxlab', 119_393),
  ...two_rounds('tls-h2-1k bare', 99_393),
  ...two_rounds('handshake muxlab', 26_999_393),
  ...two_rounds('handshake bare', 26_000_000, 26_400_000),
]);

test('a figure is the mean of its rounds for a unit, and is valid if they lie at most 0.5 % apart', () => {
  const [, small, , , handshake] = results;
  assert.equal(small.muxlab.instructions, (230_607 + 232_393) / 2 / 10);
  assert.equal(small.muxlab.spread.toFixed(4), '0.0077');
  assert.deepEqual([small.muxlab.valid, small.bare.valid, handshake.bare.valid], [false, true, false]);
  assert.equal(small.ratio, 1.5433333333333332);
});

test('the table fits 80 columns, has a part for each kind, and marks what does not repeat', () => {
  const text = text_report(results);
  assert.match(text, /^h1 1 KB +7,000 +- +-$/m);
  assert.match(text, /^h2 1 KB +23,150! +15,000 +1\.54$/m);
  assert.match(text, /^h2 1 KB +12,000 +10,000 +1\.20$/m);
  assert.match(text, /^handshake +2,700,000 +2,620,061! +1\.03$/m);
  assert.match(text, /^! two rounds lie more than 0\.5 % apart: not valid\.$/m);
  assert.doesNotMatch(text, /\x1b/, 'no colour unless asked for');
  assert.match(text_report(results, true), /\x1b\[38;5;208mh1 1 KB/);
  assert.deepEqual(
    text.split('\n').filter((line) => line.length > 80),
    [],
  );
});

test('the first sentence is of small answers, tells sessions and TLS apart, and says where there is nothing to compare with', () => {
  assert.match(headline(results), /1\.54 times nghttp2's,\nand in TLS 1\.20 times OpenSSL's and nghttp2's instr/);
  assert.equal(headline(results.slice(0, 1)), 'No request for 1 KB here has a bare counterpart.');
  assert.doesNotMatch(text_report(results.slice(0, 1)), /in TLS|handshake/);
});

test('the costliest functions are named shortly, with their library and their share', () => {
  assert.deepEqual(
    costliest(results[0]).map(({ library, name, instructions }) => [library, name, instructions]),
    [
      ['libnghttp2', 'nghttp2_session_mem_recv', 6940],
      ['muxlab', 'http2::Endpoint::Callbacks::on_header', 40],
      ['muxlab', 'std::vector::push_back', 20],
    ],
  );
  const text = functions_report(results[0]);
  assert.match(text, /^Where a request of h1-1k goes: libnghttp2 99 %, muxlab 1 %$/m);
  assert.match(text, /^ {5}6,940 {2}99\.1 % {2}libnghttp2 {2}nghttp2_session_mem_recv$/m);
});

test('the JSON has every figure with its spread, and the costliest functions', () => {
  const report = JSON.parse(json_report(results, { nghttp2: '1.52.0' }));
  assert.deepEqual(report.versions, { nghttp2: '1.52.0' });
  assert.deepEqual(
    report.results.map(({ name, bare }) => [name, bare?.valid]),
    [
      ['h1-1k', undefined],
      ['h2-1k', true],
      ['h2-1m', true],
      ['tls-h2-1k', true],
      ['handshake', false],
    ],
  );
  assert.equal(report.results[0].costliest[0].name, 'nghttp2_session_mem_recv');
});

test('every load is answered right by muxlab and by the bare servers', () => {
  const program = process.env.MUXLAB_INSTRUCTIONS;
  assert.ok(program, 'MUXLAB_INSTRUCTIONS names the built program');
  const { status, stdout, stderr } = spawnSync(program, ['--once'], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  const [first, ...done] = stdout.trim().split('\n').map(JSON.parse);
  assert.equal(first.loads, done.length);
  const unknown = spawnSync(program, ['h3-1k'], { encoding: 'utf8' });
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /no load "h3-1k"; there are h1-1k .* connection-h2$/m);
});
