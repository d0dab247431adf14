// The exports of a run that was made by hand, read by software that was not written here. What is in the run stands in
// tests/common/trace/sample_run.h.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { need, run, skip } from './support/command.mjs';

need('tshark');
const trace_sample = join(process.env.MUXLAB_BUILD ?? '', 'bin', 'trace_sample');
if (!existsSync(trace_sample)) skip(`${trace_sample} is not built`);

const folder = mkdtempSync(join(tmpdir(), 'muxlab-trace-'));
after(() => rmSync(folder, { recursive: true }));

const capture = join(folder, 'sample.pcapng');
const written = await run(trace_sample, ['pcapng'], { binary: true });
writeFileSync(capture, written.stdout);
const trace = JSON.parse((await run(trace_sample, ['json'])).stdout);

// What tshark says of the packets that a filter lets through, by field. No -d: it has to find out what they are.
async function shown(filter, ...fields) {
  const wanted = fields.flatMap((field) => ['-e', field]);
  const checks = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE'];
  const { code, stdout, stderr } = await run('tshark', [
    '-r',
    capture,
    ...checks,
    '-Y',
    filter,
    '-T',
    'fields',
    '-E',
    'aggregator=|',
    ...wanted,
  ]);
  assert.equal(code, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

const frame_types =
  'DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE'.split(' ');

test('tshark finds the frames of HTTP/2 that the trace has, in each direction', async () => {
  for (const [direction, filter] of [
    ['up', 'tcp.dstport == 80'],
    ['down', 'tcp.srcport == 80'],
  ]) {
    const found = await shown(`http2.type && ${filter}`, 'http2.type', 'http2.streamid', 'http2.length');
    const expected = trace.frames
      .filter(({ connection, type }) => connection === 'c17' && type !== 'PREFACE')
      .filter((frame) => frame.direction === direction)
      .map((frame) => [String(frame_types.indexOf(frame.type)), String(frame.stream), String(frame.length)]);
    assert.deepEqual(found, expected);
  }
});

test('tshark reads the header fields that the trace has', async () => {
  const found = await shown('http2.header', 'http2.header.name', 'http2.header.value');
  const expected = trace.frames
    .filter((frame) => frame.connection === 'c17' && frame.type === 'HEADERS')
    .map(({ detail }) => [
      detail.fields.map((field) => field.name).join('|'),
      detail.fields.map((field) => field.value).join('|'),
    ]);
  // tshark has them in the order of the client's time, the trace in the server's: here it is the same for requests and
  // for answers, each for themselves.
  const answers = ([names]) => names.includes(':status');
  for (const kind of [answers, (fields) => !answers(fields)]) {
    assert.deepEqual(found.filter(kind), expected.filter(kind));
  }
});

test('tshark reads the messages of HTTP/1.1, over IPv6 too', async () => {
  const requests = await shown('http.request && !http2', 'http.request.uri', 'ipv6.src');
  assert.deepEqual(requests, [
    ['/r/k3/mosaic/style.css', ''],
    ['/r/k3/mosaic/six.txt', '2001:db8::7'],
    ['/r/k3/mosaic/large.bin', ''],
  ]);
  const answers = await shown('http.response && !http2', 'http.content_length', 'http.file_data');
  assert.deepEqual(
    answers.map(([length]) => length),
    ['16', '3', '40000'],
  );
});

test('tshark finds nothing wrong with the packets', async () => {
  const wrong = 'tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0 || _ws.malformed';
  assert.deepEqual(await shown(wrong, 'frame.number', '_ws.col.Info'), []);
});

test('the times are the client’s, and a comment says what a connection really was', async () => {
  const opening = 'tcp.flags.syn == 1 && tcp.srcport == 50018';
  const [[time, comment]] = await shown(opening, 'frame.time_epoch', 'frame.comment');
  assert.equal(time, '1795161600.010000000');
  assert.match(comment, /c18: lane h1, http\/1.1 on port 8453, in cleartext/);
  const [[landed]] = await shown('http.content_length == 3', 'frame.time_epoch');
  assert.equal(landed, '1795161600.141000000');
});
