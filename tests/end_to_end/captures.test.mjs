// A run's captures, of both vantages, as other readers of pcapng take them: tcptrace for round trips, scapy for sessions,
// tshark for retransmissions. That tshark sees every frame in them is in witness.test.mjs.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { find, need, run } from './support/command.mjs';
import { curl } from './support/lines.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';
import { begin_run, closed_trace, export_of } from './support/runs.mjs';
import { complaints, http1_messages, http2_fields, http2_frames } from './support/tshark.mjs';

need('curl', 'tshark');

const round_trip_ms = 80;
const tolerance_ms = 1;
const folder = temporary_folder();

let server;
before(async () => {
  server = await Server.start();
});
after(() => server?.stop());

// A page over a lane. Gives its trace and, by vantage, the file of its capture.
async function captured(lane, line) {
  const { id, url } = await begin_run(server, { page: 'article', lane, line });
  const { pathname } = new URL(url);
  const at_once = lane === 'h2' ? ['-Z'] : [];
  await curl(server, lane, [pathname, `${pathname}style.css`, `${pathname}hero.svg`], ...at_once);
  const trace = await closed_trace(server, id);
  const files = {};
  for (const vantage of ['client', 'server']) {
    files[vantage] = join(folder, `${id}-${vantage}.pcapng`);
    writeFileSync(files[vantage], await export_of(server, id, 'pcapng', `?vantage=${vantage}`));
  }
  const by_default = await export_of(server, id, 'pcapng');
  assert.ok(by_default.equals(await export_of(server, id, 'pcapng', '?vantage=client')));
  return { trace, files };
}

async function tshark(file, filter, ...fields) {
  const wanted = fields.flatMap((field) => ['-e', field]);
  const { code, stdout, stderr } = await run('tshark', ['-r', file, '-Y', filter, '-T', 'fields', ...wanted]);
  assert.equal(code, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

// Of whole seconds and the digits behind their point.
const microseconds_of = (seconds, digits) => Math.floor(seconds) * 1e6 + Number(digits.slice(0, 6).padEnd(6, '0'));

const near = (told, wanted, what) =>
  assert.ok(Math.abs(told - wanted) <= tolerance_ms, `${what}: ${told} ms, and not ${wanted} ms`);

for (const lane of ['h1', 'h2']) {
  test(`tcptrace finds the line's round trip in what either end of ${lane} saw`, async (t) => {
    if (!find('tcptrace')) return t.skip('tcptrace is not installed');
    const { files } = await captured(lane, `rtt=${round_trip_ms}ms,down=20mbit`);
    for (const vantage of ['client', 'server']) {
      const { stdout } = await run('tcptrace', ['-lrn', files[vantage]]);
      const [, ...by_side] = /RTT from 3WHS:\s+([\d.]+) ms\s+RTT from 3WHS:\s+([\d.]+) ms/.exec(stdout);
      // The side that captured sees all of it, the other one nothing.
      near(Number(by_side[vantage === 'client' ? 0 : 1]), round_trip_ms, `${vantage}'s handshake`);
    }
    const least = /RTT min:\s+([\d.]+) ms/.exec((await run('tcptrace', ['-lrn', files.client])).stdout);
    near(Number(least[1]), round_trip_ms, 'the shortest of all');
    const [[syn_ack]] = await tshark(files.client, 'tcp.flags.syn == 1 && tcp.flags.ack == 1', 'tcp.time_delta');
    near(Number(syn_ack) * 1000, round_trip_ms, 'SYN to SYN-ACK');
  });
}

test('the server sent each segment as the trace has it, and sent again what was lost', async () => {
  const { trace, files } = await captured('h2', `rtt=${round_trip_ms}ms,down=20mbit,lose=6`);
  const down = trace.segments.filter(({ direction, length }) => direction === 'down' && length > 0);
  const again = down.filter(({ retransmission }) => retransmission);
  assert.ok(again.length > 0, 'something was lost');
  const found = await tshark(files.server, 'tcp.srcport == 80 && tcp.analysis.retransmission', 'tcp.len');
  assert.equal(found.length, again.length);
  const started = microseconds_of(Date.parse(trace.run.started) / 1000, trace.run.started.slice(20, -1));
  const sent = await tshark(files.server, 'tcp.srcport == 80 && tcp.len > 0', 'frame.time_epoch');
  const times = new Set(down.map((segment) => Math.round(segment.sent * 1000)));
  for (const [epoch] of sent) {
    const at = microseconds_of(...epoch.split('.')) - started;
    assert.ok([at - 1, at, at + 1].some((microseconds) => times.has(microseconds)), `a segment at ${at} µs`);
  }
  assert.deepEqual(await tshark(files.client, 'tcp.analysis.flags', 'frame.number'), [], 'the client saw none of that');
});

for (const [lane, line] of [
  ['h1', `rtt=${round_trip_ms}ms,down=20mbit,loss=1%`],
  ['h2', `rtt=${round_trip_ms}ms,down=20mbit,loss=1%`],
  ['h2', null],
]) {
  test(`both vantages of ${lane} over ${line ?? 'no line'} hold the same frames and fields`, async () => {
    const { files } = await captured(lane, line);
    const whole = ['-o', 'tcp.reassemble_out_of_order:TRUE'];
    for (const seen of [http2_frames, http2_fields, http1_messages]) {
      const [client, server_side] = [await seen(files.client, 80), await seen(files.server, 80, ...whole)];
      assert.deepEqual([...client.keys()].sort(), [...server_side.keys()].sort());
      for (const [key, messages] of client) {
        // What the other end has not got before the end is in its own capture only.
        const both = Math.min(messages.length, server_side.get(key).length);
        assert.ok(both > 0);
        assert.deepEqual(server_side.get(key).slice(0, both), messages.slice(0, both), key);
      }
    }
    assert.deepEqual(await complaints(files.server, ...whole), []);
  });
}

// Debian's own, which has Debian's scapy; another one on PATH may not.
const python = '/usr/bin/python3';

test('scapy tells the sessions apart and has their bytes', async (t) => {
  if ((await run(python, ['-c', 'import scapy'])).code !== 0) return t.skip('python3-scapy is not installed');
  const { trace, files } = await captured('h1', `rtt=${round_trip_ms}ms,down=20mbit`);
  const program = [
    'import json, sys',
    'from scapy.all import TCP, rdpcap',
    'sessions = rdpcap(sys.argv[1]).sessions()',
    'print(json.dumps({name: sum(len(each[TCP].payload) for each in packets) for name, packets in sessions.items()}))',
  ];
  const { code, stdout, stderr } = await run(python, ['-c', program.join('\n'), files.client]);
  assert.equal(code, 0, stderr);
  const bytes = Object.values(JSON.parse(stdout)).sort((one, other) => one - other);
  const wanted = trace.connections.flatMap(({ plain_bytes: { up, down } }) => [up, down]);
  assert.deepEqual(
    bytes,
    wanted.sort((one, other) => one - other),
  );
});
