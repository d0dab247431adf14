// Lanes with a simulated line, in real time, through kernel sockets: what a client sees of distance, rate and loss, and
// that whatever a client does, the line stays bounded and the server whole. A simulation is never early, so the least
// times are exact; the longest leave room for a machine that has other things to do.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { need } from './support/command.mjs';
import { ask, connect, once, whole } from './support/http2_client.mjs';
import { Http1Socket } from './support/http1_socket.mjs';
import {
  cpu_ms,
  curl,
  descriptors,
  drop_segments,
  line_of,
  memory_bytes,
  set_line,
  until,
} from './support/lines.mjs';
import { Server, temporary_folder, within } from './support/muxlab.mjs';

need('curl');

const limit_ms = 60_000;
const MiB = 1024 * 1024;

// A full packet is 1500 bytes on the line, of which so many are the connection's (link/packet.h).
const share_of_payload = 1448 / 1500;
// How long so many bytes take at a rate, in ms: not less.
const least_ms = (bytes, bits_a_second) => (bytes * 8000) / (bits_a_second * share_of_payload);

const object = (bytes, name = 'object') => `/objects/${name}?bytes=${bytes}`;
const get = (path, ...fields) => [`GET ${path} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n');

// Each lane with what curl has to be told to speak its protocol.
const lanes = [
  ['h1', 'http/1.1'],
  ['h2', 'h2'],
];

// The least of several tries: what remains is the line's, not the machine's.
async function best_of(tries, measure) {
  const all = [];
  for (let nth = 0; nth < tries; ++nth) all.push(await measure());
  return Math.min(...all);
}

function assert_between(value, least, most, what) {
  assert.ok(value >= least && value <= most, `${what}: ${value}, not ${least} to ${most}`);
}

// An HTTP/2 client that takes as much as a browser does.
async function wide_client(server, lane, options = {}) {
  const client = await connect(server, lane, { settings: { initialWindowSize: 6 * MiB }, ...options });
  client.setLocalWindowSize(15 * MiB);
  return client;
}

// A request over HTTP/2 and how long its answer took to come whole.
async function timed(client, path, headers) {
  const begun = performance.now();
  const { headers: answered } = await ask(client, path, headers);
  const connection = /conn;desc="?(c\d+)/.exec(answered['server-timing'])[1];
  return { ms: performance.now() - begun, connection };
}

function config_file(content) {
  const file = join(temporary_folder(), 'muxlab.json');
  const write = (text) => writeFileSync(file, JSON.stringify(text));
  write(content);
  return { file, write };
}

describe('a line', () => {
  let server;
  before(async () => {
    server = await Server.start({ options: ['--line', 'rtt=100ms,down=10mbit,up=2mbit'] });
  });
  after(() => server.stop());

  for (const [lane, protocol] of lanes) {
    test(`the handshake pays its round trips, and one more for TCP (${lane})`, async () => {
      await set_line(server, lane, 'rtt=100ms');
      const fresh = async (...options) => (await curl(server, lane, [object(1)], ...options))[0];
      const [first] = await curl(server, lane, [object(1)]);
      assert.equal(first.protocol, protocol);
      // TCP's round trip is paid behind accept(), so a client counts it to TLS.
      assert_between(await best_of(3, async () => (await fresh()).secured_ms), 200, 250, 'TLS 1.3');
      const old = await best_of(3, async () => (await fresh('--tls-max', '1.2')).secured_ms);
      assert_between(old, 300, 350, 'TLS 1.2');
      assert_between(await best_of(3, async () => (await fresh()).first_byte_ms), 300, 360, 'first byte');
    });

    test(`an upload is paced by the way up (${lane})`, async () => {
      await set_line(server, lane, 'rtt=20ms,down=100mbit,up=2mbit');
      const bytes = 200_000;
      const file = join(temporary_folder(), 'upload');
      writeFileSync(file, Buffer.alloc(bytes));
      const upload = async () => (await curl(server, lane, ['/upload'], '-T', file))[0].total_ms;
      const least = least_ms(bytes, 2e6);
      assert_between(await best_of(2, upload), least, least + 200, 'ms');
    });

    test(`a download is paced by the way down (${lane})`, async () => {
      await set_line(server, lane, 'rtt=20ms,down=10mbit,up=10mbit');
      const bytes = 1_000_000;
      const download = async () => (await curl(server, lane, [object(bytes)]))[0].total_ms;
      const least = least_ms(bytes, 10e6);
      assert_between(await best_of(2, download), least, least * 1.1 + 100, 'ms');
    });
  }

  test('six connections get no more of it than one', async () => {
    await set_line(server, 'h1', 'rtt=20ms,down=10mbit,up=10mbit');
    const each = 100_000;
    const paths = Array.from({ length: 6 }, (_, nth) => object(each, `part${nth}`));
    const at_once = ['--parallel', '--parallel-immediate', '--parallel-max', '6'];
    const together = async () => {
      const parts = await curl(server, 'h1', paths, ...at_once);
      assert.equal(
        parts.reduce((sum, part) => sum + part.connections, 0),
        6,
      );
      return Math.max(...parts.map((part) => part.total_ms));
    };
    const least = least_ms(6 * each, 10e6);
    assert_between(await best_of(2, together), least, least * 1.3 + 100, 'ms');
  });

  test('two connections share it, over HTTP/2 as well', async () => {
    await set_line(server, 'h2', 'rtt=20ms,down=10mbit,up=10mbit');
    const clients = await Promise.all([wide_client(server, 'h2'), wide_client(server, 'h2')]);
    const bytes = 400_000;
    const took = await Promise.all(clients.map(async (client) => (await timed(client, object(bytes))).ms));
    for (const client of clients) client.close();
    const least = least_ms(2 * bytes, 10e6);
    assert_between(Math.max(...took), least, least * 1.3 + 100, 'ms of both');
    assert.ok(Math.min(...took) > 0.7 * least, `one had nearly all of it: ${took}`);
  });

  test('this machine is one client, by whichever address it comes', async () => {
    await set_line(server, 'h1', 'rtt=10ms');
    await until(async () => (await line_of(server, 'h1')).connections === 0);
    const ca = readFileSync(server.authority);
    const at = { port: server.port('h1'), host: '127.0.0.1', servername: 'localhost', ca };
    const sockets = ['127.0.0.1', '127.0.0.2', '127.3.2.1'].map((localAddress) =>
      tls.connect({ ...at, localAddress }),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'secureConnect')));
    for (const address of ['me', '127.0.0.1', '127.9.9.9', '::1'])
      assert.equal((await line_of(server, 'h1', address)).connections, 3, address);
    assert.equal((await line_of(server, 'h1', '192.0.2.1')).connections, 0);
    for (const socket of sockets) socket.destroy();
    await until(async () => (await line_of(server, 'h1')).connections === 0);
  });

  test('each lane has a line of its own', async () => {
    await set_line(server, 'h1', 'rtt=10ms');
    await set_line(server, 'h2', 'rtt=200ms');
    assert.equal((await line_of(server, 'h1')).line.rtt_ms, 10);
    assert_between(
      await best_of(3, async () => (await curl(server, 'h1', [object(1)]))[0].secured_ms),
      20,
      60,
      'h1',
    );
  });

  test('a change counts at once, in the middle of an answer', async () => {
    await set_line(server, 'h2', 'rtt=20ms,down=400kbit,up=10mbit,queue=10');
    const client = await wide_client(server, 'h2');
    const bytes = 1_000_000; // 20 s at that rate
    const stream = client.request({ ':path': object(bytes) });
    const answer = whole(stream);
    let came = 0;
    stream.on('data', (piece) => (came += piece.length));
    await until(() => came > 20_000);
    const before_change = came;
    await set_line(server, 'h2', 'rtt=20ms,down=50mbit,up=10mbit,queue=200');
    const changed = performance.now();
    await within(limit_ms, answer, () => `only ${came} bytes came`);
    assert.ok(before_change < 100_000, `${before_change} bytes came before the change`);
    assert_between(performance.now() - changed, least_ms(bytes - before_change, 50e6) - 20, 1500, 'ms');

    await set_line(server, 'h2', 'rtt=20ms,down=2mbit,up=10mbit');
    const slower = await timed(client, object(100_000));
    assert.ok(slower.ms >= least_ms(100_000, 2e6), `${slower.ms} ms after it became slow`);
    client.close();
  });

  test('a client that had no line gets one: its direct connections end, and the next are on it', async () => {
    await set_line(server, 'h1', null);
    await set_line(server, 'h2', null);
    const ca = readFileSync(server.authority);
    const h1 = await Http1Socket.open(server, 'h1', { ca });
    await h1.send(get(object(1))).responses(1);
    const h2 = await connect(server, 'h2');
    await ask(h2, object(1));
    assert.equal((await line_of(server, 'h2')).connections, 0);
    const told = once(h2, 'goaway');
    const closed = once(h2, 'close');
    await set_line(server, 'h1', 'rtt=100ms');
    await set_line(server, 'h2', 'rtt=100ms');
    await Promise.all([told, closed, h1.all_responses()]);
    const next = await connect(server, 'h2');
    const { ms } = await timed(next, object(1));
    assert.ok(ms >= 100, `${ms} ms: the new connection is not on the line`);
    assert.equal((await line_of(server, 'h2')).connections, 1);
    next.close();
  });

  test('and one that loses its line keeps its connections, without the distance', async () => {
    await set_line(server, 'h2', 'rtt=200ms');
    const client = await connect(server, 'h2');
    const far = await timed(client, object(1));
    assert.ok(far.ms >= 200, `${far.ms} ms`);
    await set_line(server, 'h2', null);
    const near = await best_of(3, async () => (await timed(client, object(1))).ms);
    assert.ok(near < 100, `${near} ms`);
    client.close();
  });

  test('a dropped segment delays its connection and no other', async () => {
    await set_line(server, 'h2', 'rtt=100ms');
    const [hurt, spared] = await Promise.all([connect(server, 'h2'), connect(server, 'h2')]);
    const { connection } = await timed(hurt, object(1));
    await timed(spared, object(1));
    assert.deepEqual(await drop_segments(server, connection, 1), { connection, segments: 1 });
    const [late, in_time] = await Promise.all([timed(hurt, object(1)), timed(spared, object(1))]);
    // There is nothing behind it to notice the loss by: TCP asks after two round trips (RFC 8985 section 7).
    assert.ok(late.ms >= 250, `${late.ms} ms with a lost segment`);
    assert_between(in_time.ms, 100, 200, 'ms of the other connection');
    assert_between((await timed(hurt, object(1))).ms, 100, 200, 'ms of the next');
    for (const client of [hurt, spared]) client.close();
  });

  test('the server closes: the answer is whole, and then it ends', async () => {
    await set_line(server, 'h1-close', 'rtt=50ms,down=10mbit');
    const socket = await Http1Socket.open(server, 'h1-close');
    socket.send(get(object(100_000)));
    const [response] = await socket.all_responses();
    assert.equal(response.body.length, 100_000);
    assert.equal(response.headers.connection, 'close');

    await set_line(server, 'h1', 'rtt=50ms,down=10mbit');
    const asked = await Http1Socket.open(server, 'h1');
    asked.send(get(object(100_000), 'Connection: close'));
    assert.equal((await asked.all_responses())[0].body.length, 100_000);
    await until(async () => (await line_of(server, 'h1')).connections === 0);
  });

  test('a client that closes its half first still gets its answer', async () => {
    await set_line(server, 'h1', 'rtt=50ms,down=10mbit');
    const socket = await Http1Socket.open(server, 'h1');
    socket.socket.end(get(object(50_000), 'Connection: close'), 'latin1');
    assert.equal((await socket.all_responses())[0].body.length, 50_000);
  });

  test('a client that resets leaves nothing behind', async () => {
    await set_line(server, 'h1', 'rtt=50ms,down=5mbit');
    await curl(server, 'h1', [object(1)]);
    await until(async () => (await line_of(server, 'h1')).connections === 0);
    const before_resets = descriptors(server.child.pid);
    for (let nth = 0; nth < 5; ++nth) {
      const socket = net.connect(server.port('h1'), '127.0.0.1');
      const secured = tls.connect({ socket, servername: 'localhost', ca: readFileSync(server.authority) });
      secured.on('error', () => {});
      secured.write(get(object(10 * MiB)));
      await once(secured, 'data');
      socket.resetAndDestroy();
    }
    await until(async () => (await line_of(server, 'h1')).connections === 0, 'the end of all connections');
    await until(() => descriptors(server.child.pid) <= before_resets, 'the end of all sockets');
    await curl(server, 'h1', [object(1)]);
  });

  test('a late urgent request waits for what is under way, and 16 KiB', async () => {
    const [rtt_s, down_bps, queue_packets] = [0.1, 10e6, 20];
    await set_line(server, 'h2', `rtt=100ms,down=10mbit,up=10mbit,queue=${queue_packets}`);
    const client = await wide_client(server, 'h2');
    const big = client.request({ ':path': object(8 * MiB), priority: 'u=7' });
    let came = 0;
    big.on('data', (piece) => (came += piece.length));
    await until(() => came > 500_000);
    const before_request = came;
    const urgent = client.request({ ':path': object(100), priority: 'u=0' });
    const answer = whole(urgent);
    await within(limit_ms, once(urgent, 'response'), () => 'the urgent request was not answered');
    const between = came - before_request;
    await answer;
    big.close();
    client.destroy();
    // What lands while the request is on its way, what the line and its queue hold then, and what was decided.
    const window = (down_bps / 8) * rtt_s + queue_packets * 1500;
    const most = (down_bps / 8) * (rtt_s / 2) + window + 16 * 1024;
    assert.ok(between > 0, 'nothing of the large answer came between: nothing is shown');
    assert.ok(between < most * 1.1, `${between} bytes came before the urgent answer, not ${most}`);
  });

  test('rtt 0 and no limits but loss: all arrives, and nothing spins', async () => {
    await set_line(server, 'h2', 'loss=1%');
    const client = await wide_client(server, 'h2', {});
    const { body } = await ask(client, object(4 * MiB));
    assert.equal(body.length, 4 * MiB);
    const content = Buffer.alloc(1 * MiB);
    const stream = client.request({ ':path': '/upload', ':method': 'POST' });
    stream.end(content);
    const { body: counted } = await within(limit_ms, whole(stream), () => 'the upload did not arrive');
    assert.equal(JSON.parse(counted).bytes, content.length);

    // Nothing to do for one round of another line: two round trips of half a second each.
    const used = cpu_ms(server.child.pid);
    await set_line(server, 'h1', 'rtt=500ms');
    const begun = performance.now();
    await curl(server, 'h1', [object(1)]);
    const share = (cpu_ms(server.child.pid) - used) / (performance.now() - begun);
    assert.ok(share < 0.5, `the server used ${share} of a core with nothing to do`);
    client.close();
  });

  test('500 connections on one line', async () => {
    // A queue for all of their first packets: dropped ones would come again a second later, all at once.
    await set_line(server, 'h1', 'rtt=50ms,down=100mbit,up=100mbit,queue=2000');
    await until(async () => (await line_of(server, 'h1')).connections === 0);
    const before_all = descriptors(server.child.pid);
    const ca = readFileSync(server.authority);
    const sockets = await Promise.all(
      Array.from({ length: 500 }, () => Http1Socket.open(server, 'h1', { ca })),
    );
    assert.equal((await line_of(server, 'h1')).connections, 500);
    const answers = await Promise.all(
      sockets.map((socket, nth) => socket.send(get(object(1000, `of${nth}`))).responses(1)),
    );
    assert.ok(answers.every(([response]) => response.body.length === 1000));
    for (const socket of sockets) socket.close();
    await until(async () => (await line_of(server, 'h1')).connections === 0, 'the end of all connections');
    await until(() => descriptors(server.child.pid) <= before_all, 'the end of all sockets');
  });

  test('a flood of tiny writes', async () => {
    await set_line(server, 'h1', 'rtt=20ms,down=10mbit,up=10mbit');
    const before_flood = memory_bytes(server.child.pid);
    const socket = await Http1Socket.open(server, 'h1');
    socket.socket.setNoDelay(true);
    const writes = 20_000;
    socket.send(`POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${writes}\r\n\r\n`);
    for (let nth = 0; nth < writes; ++nth) socket.send('x'); // each a TLS record of its own
    const [response] = await socket.responses(1);
    assert.equal(JSON.parse(response.body).bytes, writes);
    socket.close();
    const grown = memory_bytes(server.child.pid) - before_flood;
    assert.ok(grown < 16 * MiB, `the server grew by ${grown} bytes`);
  });
});

describe('a line and the limits of a connection', () => {
  const limits = {
    limits: { connection: { setup_timeout_s: 1, write_stall_timeout_s: 1 } },
    line: 'rtt=20ms',
  };
  let server;
  const config = config_file(limits);
  before(async () => {
    server = await Server.start({ options: ['--config', config.file] });
  });
  after(() => server.stop());

  // What the line delays is not held against the client, for three minutes at the most (ClientClock, in virtual time).
  test('a line that loses all: waiting costs nothing, and goes on when the line does', async () => {
    await set_line(server, 'h2', 'rtt=20ms,loss=100%');
    const used = cpu_ms(server.child.pid);
    const begun = performance.now();
    const at = { host: '127.0.0.1', port: server.port('h2'), rejectUnauthorized: false };
    const socket = tls.connect({ ...at, ALPNProtocols: ['h2'] });
    const secured = new Promise((resolve) => socket.on('secureConnect', resolve));
    socket.on('error', () => {});
    await until(() => performance.now() - begun > 2000, 'twice the setup timeout');
    const share = (cpu_ms(server.child.pid) - used) / (performance.now() - begun);
    assert.ok(share < 0.1, `the server used ${share} of a core`);
    await set_line(server, 'h2', 'rtt=20ms');
    await within(limit_ms, secured, () => 'no handshake');
    socket.destroy();
    await until(async () => (await line_of(server, 'h2')).connections === 0, 'the end of the connection');
    await curl(server, 'h2', [object(1)]);
  });

  test('clients that stop reading: memory is bounded, and they are ended', async () => {
    await set_line(server, 'h1', 'rtt=20ms');
    const before_all = descriptors(server.child.pid);
    const memory = memory_bytes(server.child.pid);
    const sockets = await Promise.all(Array.from({ length: 40 }, () => Http1Socket.open(server, 'h1')));
    let most = 0;
    for (const { socket } of sockets) {
      socket.pause();
      socket.write(get(object(64 * MiB)));
    }
    const watch = () => (most = Math.max(most, memory_bytes(server.child.pid) - memory));
    await until(() => watch() > 4 * MiB, 'anything under way');
    await until(async () => watch() && (await line_of(server, 'h1')).connections === 0, 'the end of all');
    await until(() => descriptors(server.child.pid) <= before_all, 'the end of all sockets');
    // What may be under way on one line (line_memory_bytes: 64 MiB), as much again that the tap holds until the next
    // tick, and a quarter more for what a sanitizer keeps. 40 clients with a full window each would hold 128 MiB, and
    // the tap as much.
    assert.ok(most < 160 * MiB, `the server grew by ${most} bytes`);
    for (const socket of sockets) socket.close();
    await curl(server, 'h1', [object(1)]);
  });

  test('SIGHUP with another line: for connections that are open, too', async () => {
    await set_line(server, 'h1', 'rtt=10ms'); // its own: not the lanes' any more
    const client = await connect(server, 'h2-fifo');
    assert.ok((await timed(client, object(1))).ms >= 20);
    config.write({ ...limits, line: 'rtt=300ms' });
    server.child.kill('SIGHUP');
    await until(() => server.stderr.includes('muxlab: reloaded'));
    const { ms } = await timed(client, object(1));
    assert.ok(ms >= 300, `${ms} ms after the reload`);
    assert.equal((await line_of(server, 'h2-fifo')).line.rtt_ms, 300);
    assert.equal((await line_of(server, 'h1')).line.rtt_ms, 10);
    client.close();
  });
});
