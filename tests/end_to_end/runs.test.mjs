// Runs through the console's API and real clients: which requests are a run's, cold and warm, what a run says, how it
// ends, what is live, and what happens to mistakes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { need } from './support/command.mjs';
import { ask as ask_http2, connect, once } from './support/http2_client.mjs';
import { curl, until } from './support/lines.mjs';
import { Server } from './support/muxlab.mjs';
import { ask, begin_run, call, end_run, export_of, trace_of, whole_trace } from './support/runs.mjs';

need('curl');

let server;
before(async () => {
  server = await Server.start();
});
after(() => server?.stop());

const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
const path_of = (url) => new URL(url).pathname + new URL(url).search;

describe('a run', () => {
  test('has an address that the same page stands under', async () => {
    const { id, url, warm_up } = await begin_run(server, {
      page: 'mosaic',
      parameters: { tiles: 64 },
      lane: 'h2',
    });
    assert.match(id, /^[a-z0-9]+$/);
    assert.equal(url, `${server.url('h2', '/')}r/${id}/mosaic/?tiles=64`);
    assert.equal(warm_up, null);
    const [loaded] = await curl(server, 'h2', [path_of(url)], '--http2');
    assert.ok(loaded.bytes > 1000);
  });

  test('shows each exchange in the same terms for both protocols', async () => {
    for (const [lane, option] of [
      ['h1', '--http1.1'],
      ['h2', '--http2'],
    ]) {
      const line = 'rtt=40ms,down=10mbit,up=2mbit';
      const { id } = await begin_run(server, { page: 'objects', lane, line });
      await curl(server, lane, [`/r/${id}/objects/a?bytes=30000`, `/r/${id}/objects/b?bytes=100`], option);
      const trace = await end_run(server, id);
      assert.equal(trace.run.id, id);
      assert.equal(trace.run.lane, lane);
      assert.equal(trace.run.line.rtt_ms, 40);
      assert.equal(trace.connections.length, 1);
      assert.equal(trace.exchanges.length, 2);
      const [connection] = trace.connections;
      assert.equal(connection.protocol, lane === 'h1' ? 'http/1.1' : 'h2');
      assert.equal(connection.opened, 0);
      // TCP and TLS: two round trips, and the client speaks.
      assert.ok(connection.ready >= 80 && connection.ready < 200, `ready at ${connection.ready}`);
      assert.equal(connection.tls.resumed, false);
      assert.deepEqual(
        trace.exchanges.map(({ nth, status, path }) => [nth, status, path]),
        [
          [1, 200, `/r/${id}/objects/a?bytes=30000`],
          [2, 200, `/r/${id}/objects/b?bytes=100`],
        ],
      );
      for (const exchange of trace.exchanges) {
        const times = ['sent', 'received', 'first_byte_written', 'first_byte_landed', 'last_byte_landed'];
        const values = times.map((name) => exchange[name]);
        assert.deepEqual(
          values,
          [...values].sort((a, b) => a - b),
          JSON.stringify(exchange),
        );
        assert.ok(exchange.received - exchange.sent >= 20, 'half a round trip up');
        assert.ok(exchange.first_byte_landed - exchange.first_byte_written >= 20, 'and half down');
      }
      assert.equal(trace.exchanges[0].bytes.body, 30000);
      // 30 kB at 10 Mbit/s are 24 ms, and more than one window of ten packets.
      assert.ok(trace.exchanges[0].last_byte_landed - trace.exchanges[0].first_byte_landed >= 24);
      assert.ok(Math.abs(sum(Object.values(trace.time)) - trace.run.load_ms) < 0.01, 'time adds up');
      assert.equal(trace.cost.connections, 1);
      assert.equal(trace.cost.handshakes, 1);
      assert.equal(trace.cost.body_bytes, 30100);
      assert.ok(trace.segments.length > 20);
      assert.ok(trace.segments.every(({ fate }) => fate === 'arrived' || fate === 'under way'));
    }
  });

  test('marks what was lost and what stalled', async () => {
    const line = 'rtt=40ms,down=10mbit,lose=9';
    const { id } = await begin_run(server, { page: 'objects', lane: 'h2', line });
    await curl(server, 'h2', [`/r/${id}/objects/a?bytes=60000`], '--http2');
    const trace = await end_run(server, id);
    const lost = trace.segments.filter((segment) => segment.fate === 'lost');
    assert.equal(lost.length, 1);
    const again = trace.segments.filter((segment) => segment.retransmission);
    assert.ok(again.some((segment) => segment.offset === lost[0].offset));
    assert.ok(trace.cost.retransmitted_bytes >= lost[0].length);
    assert.ok(trace.time.stalled_by_loss >= 30, `stalled for ${trace.time.stalled_by_loss} ms`);
  });

  test('knows what a browser alone can know only if that is told', async () => {
    const { id, url } = await begin_run(server, { page: 'article', lane: 'h2' });
    await curl(server, 'h2', [path_of(url), `/r/${id}/article/style.css`], '--http2');
    const before_report = await trace_of(server, id);
    assert.deepEqual(
      before_report.exchanges.map((exchange) => exchange.discovered),
      [null, null],
    );
    const resources = [
      { path: path_of(url), start: 0, request: 2 },
      { path: `/r/${id}/article/style.css`, start: 20, queued: 25, request: 30 },
    ];
    const trace = await end_run(server, id, { load_ms: 50, resources });
    const [document, style] = trace.exchanges;
    assert.ok(Math.abs(document.sent - document.discovered - 2) < 0.01);
    assert.ok(Math.abs(style.discovered - document.discovered - 20) < 0.01);
    assert.equal(document.queued, null);
    assert.ok(Math.abs(style.queued - style.discovered - 5) < 0.01);
  });

  test('ends two seconds after its last byte', async () => {
    const { id, url } = await begin_run(server, { page: 'article', lane: 'h1' });
    await curl(server, 'h1', [path_of(url)], '--http1.1');
    const state = async () => (await ask(server, 'GET', '/api/runs')).find((each) => each.id === id).state;
    assert.equal(await state(), 'running');
    await until(async () => (await state()) === 'ended', 'the end of the run');
  });

  test('is removed when asked', async () => {
    const { id } = await begin_run(server, { page: 'article', lane: 'h2' });
    assert.equal((await call(server, 'DELETE', `/api/runs/${id}`)).status, 204);
    assert.equal((await call(server, 'GET', `/api/runs/${id}`)).status, 410);
    assert.equal((await call(server, 'GET', '/api/runs/nonsense')).status, 404);
  });
});

describe('cold and warm', () => {
  test('a cold run ends the connections that the caller has on the lane', async () => {
    const client = await connect(server, 'h2');
    await ask_http2(client, '/article/');
    const ended = once(client, 'close');
    await begin_run(server, { page: 'article', lane: 'h2' });
    await ended;
  });

  // A TLS connection over the lane; gives whether it was resumed, and a session for the next.
  async function visit(session) {
    const socket = tls.connect({
      port: server.port('h1'),
      host: '127.0.0.1',
      servername: 'localhost',
      ca: readFileSync(server.authority),
      ALPNProtocols: ['http/1.1'],
      session,
    });
    const ticket = once(socket, 'session');
    await once(socket, 'secureConnect');
    socket.write('GET /r/none/article/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const [given] = await ticket;
    const resumed = socket.isSessionReused();
    socket.destroy();
    return { resumed, session: given };
  }

  test('a cold run refuses the tickets from before', async () => {
    const first = await visit();
    const second = await visit(first.session);
    assert.equal(second.resumed, true);
    await begin_run(server, { page: 'article', lane: 'h1' });
    const third = await visit(second.session);
    assert.equal(third.resumed, false);
    assert.equal((await visit(third.session)).resumed, true);
  });

  test('a warm run is loaded once before, recorded and not measured', async () => {
    const client = await connect(server, 'h2');
    const { id, url, warm_up } = await begin_run(server, { page: 'article', lane: 'h2', warm: true });
    await ask_http2(client, path_of(warm_up.url));
    await ask_http2(client, path_of(url));
    const trace = await whole_trace(server, id, 1);
    assert.equal(trace.exchanges[0].nth, 2, 'on the same connection');
    assert.equal(trace.exchanges[0].sent, 0, 'which is where it begins');
    assert.equal(trace.cost.handshakes, 0, 'it paid for none');
    const { exchanges } = await trace_of(server, warm_up.id);
    assert.equal(exchanges.length, 1);
    const took = trace.exchanges[0].last_byte_landed - trace.exchanges[0].sent;
    assert.ok(Math.abs(trace.run.load_ms - took) < 0.01, `${trace.run.load_ms} ms instead of ${took}`);
    const runs = await ask(server, 'GET', '/api/runs');
    const said = Object.fromEntries(runs.map((each) => [each.id, each.measured]));
    assert.deepEqual([said[warm_up.id], said[id]], [false, true]);
    client.close();
  });
});

// Why a run is not valid, but for a machine that is busy with other tests.
const faults = ({ run }) => run.invalid_because.filter((why) => !/^The line ran .* late/.test(why));

describe('runs on one connection', () => {
  test('that go on at once are each whole, and end by their own exchanges', async () => {
    const line = 'rtt=20ms,down=2mbit';
    await ask(server, 'PUT', '/api/lines/me/h2', line);
    const client = await connect(server, 'h2');
    await ask_http2(client, '/article/');
    // Warm ones leave the connection as it is.
    const wish = { page: 'objects', lane: 'h2', warm: true };
    const runs = [await begin_run(server, wish), await begin_run(server, wish)];
    const path = ({ id }, name, bytes) => `/r/${id}/objects/${name}?bytes=${bytes}`;
    await Promise.all([
      ask_http2(client, path(runs[0], 'a', 100_000)),
      ask_http2(client, path(runs[1], 'b', 20_000)),
      ask_http2(client, '/favicon.ico'),
    ]);
    for (const { id } of runs) {
      await until(async () => (await trace_of(server, id)).run.ended !== null, `the end of run ${id}`);
      const trace = await trace_of(server, id);
      assert.equal(trace.exchanges.length, 1);
      assert.ok(trace.exchanges[0].complete);
      const [{ stream }] = trace.exchanges;
      const others = trace.frames.filter((frame) => frame.type === 'DATA' && frame.stream !== stream);
      assert.ok(others.length <= 2, 'of the other run there is nothing, of the icon perhaps');
      assert.deepEqual(faults(trace), []);
    }
    client.close();
    await ask(server, 'PUT', '/api/lines/me/h2', null);
  });

  test('that follow one another each have all that is theirs, however much came before', async () => {
    await ask(server, 'PUT', '/api/lines/me/h2', 'rtt=10ms,down=100mbit');
    const client = await connect(server, 'h2', { settings: { initialWindowSize: 1 << 20 } });
    await ask_http2(client, '/objects/before?bytes=3000000');
    for (let pass = 0; pass < 6; ++pass) {
      const { id, url } = await begin_run(server, { page: 'article', lane: 'h2', warm: true });
      await ask_http2(client, path_of(url));
      await ask_http2(client, `/r/${id}/objects/large?bytes=3000000`);
      const trace = await whole_trace(server, id, 2);
      assert.deepEqual(faults(trace), []);
      assert.equal(trace.run.dropped, 0);
      for (const frame of trace.frames.filter(({ type }) => type === 'DATA')) {
        assert.ok(frame.detail.windows.server.connection >= 0, 'no window is negative');
        assert.ok(frame.detail.windows.client.connection >= 0, 'at either end');
      }
      const { log } = JSON.parse(await export_of(server, id, 'har'));
      assert.match(log.entries[0].response.content.text, /^<!doctype html>/i);
      await ask(server, 'POST', `/api/runs/${id}/end`, {});
    }
    client.close();
    await ask(server, 'PUT', '/api/lines/me/h2', null);
  });
});

describe('a run that something was done to', () => {
  test('cold ones wait for the one that runs, which is named', async () => {
    const first = await begin_run(server, { page: 'article', lane: 'h1' });
    const second = await begin_run(server, { page: 'article', lane: 'h1' });
    const replaced = await trace_of(server, first.id);
    assert.equal(replaced.run.valid, false);
    assert.match(replaced.run.invalid_because[0], /begun cold/);
    await curl(server, 'h1', [path_of(second.url)], '--http1.1');
    const answer = await call(server, 'POST', '/api/runs', { json: { page: 'article', lane: 'h1' } });
    assert.equal(answer.status, 409);
    assert.ok(Number(answer.headers['retry-after']) >= 1);
    const problem = JSON.parse(answer.content);
    assert.deepEqual(problem.running, { id: second.id, page: 'article' });
    assert.match(problem.detail, new RegExp(second.id));
    await ask(server, 'POST', '/api/runs', { page: 'article', lane: 'h2-fifo' }, 201);
    await ask(server, 'POST', `/api/runs/${second.id}/end`, {});
    await ask(server, 'POST', '/api/runs', { page: 'article', lane: 'h1' }, 201);
    const whole = await trace_of(server, second.id);
    assert.deepEqual(faults(whole), []);
  });

  test('is invalid when its line is changed, and when a connection ends too early', async () => {
    const { id } = await begin_run(server, { page: 'objects', lane: 'h2', line: 'rtt=20ms,down=1mbit' });
    const client = await connect(server, 'h2');
    const load = ask_http2(client, `/r/${id}/objects/a?bytes=1000000`).catch(() => 'cut');
    await until(async () => (await trace_of(server, id)).exchanges.length > 0, 'the request');
    await ask(server, 'PUT', '/api/lines/me/h2', 'rtt=20ms,down=1mbit');
    assert.deepEqual(faults(await trace_of(server, id)), [], 'it is the same line');
    await ask(server, 'PUT', '/api/lines/me/h2', 'rtt=30ms,down=1mbit');
    client.destroy();
    await load;
    const reasons = await until(async () => {
      const { run } = await trace_of(server, id);
      return run.invalid_because.length >= 2 && run.invalid_because;
    }, 'the reasons');
    assert.match(reasons[0], /line was changed/);
    assert.match(reasons[1], /^Connection c\d+ ended before 1 of its exchanges had\.$/);
    await ask(server, 'PUT', '/api/lines/me/h2', null);
  });
});

describe('exports', () => {
  test('are the trace, HAR and pcapng', async () => {
    const { id, url } = await begin_run(server, { page: 'article', lane: 'h2' });
    await curl(server, 'h2', [path_of(url)], '--http2');
    await end_run(server, id);
    // Until what was still under way has landed, one may know more than the other.
    await until(async () => {
      const trace = await trace_of(server, id);
      return isDeepStrictEqual(JSON.parse(await export_of(server, id, 'json')), trace);
    }, 'the same trace');
    const { log } = JSON.parse(await export_of(server, id, 'har'));
    assert.equal(log.version, '1.2');
    assert.equal(log.entries.length, 1);
    assert.equal(log.entries[0].request.url, url);
    // Section header block (pcapng section 4.1).
    assert.equal((await export_of(server, id, 'pcapng')).readUInt32LE(0), 0x0a0d0d0a);
    assert.equal((await call(server, 'GET', `/api/runs/${id}.zip`)).status, 404);
  });

  test('a large one is streamed and does not make the lines late', async () => {
    const line = 'rtt=10ms,down=100mbit';
    const { id, url } = await begin_run(server, { page: 'mosaic', parameters: { tiles: 1024 }, lane: 'h2', line });
    const client = await connect(server, 'h2', { settings: { initialWindowSize: 1 << 20 } });
    const prefix = path_of(url).replace(/\?.*/, '');
    const tiles = Array.from({ length: 400 }, (_, at) => ask_http2(client, `${prefix}tile/${at}.png?tiles=1024`));
    await Promise.all(tiles);
    const text = await export_of(server, id, 'json');
    assert.ok(text.length > 500_000, `${text.length} bytes`);
    assert.equal(JSON.parse(text).exchanges.length, 400);
    client.close();
  });
});

// Server-Sent Events of one stream, as objects with event, id and data.
async function events(path, headers = {}) {
  const client = http2.connect(server.url('console', '/'), { ca: readFileSync(server.authority) });
  const stream = client.request({ ':path': path, ...headers });
  const found = [];
  let rest = '';
  stream.setEncoding('utf8').on('data', (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const event = {};
      for (const line of block.split('\n')) {
        const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
        if (name) event[name] = name === 'data' ? JSON.parse(value) : value;
      }
      if (event.event) found.push(event);
    }
  });
  const [response] = await once(stream, 'response');
  assert.equal(response[':status'], 200);
  assert.match(response['content-type'], /^text\/event-stream/);
  return { found, end: () => client.destroy() };
}

describe('live events', () => {
  test('show the frames of a run, once each, and where to go on', async () => {
    const { id, url } = await begin_run(server, { page: 'article', lane: 'h2' });
    const watch = await events(`/api/events?run=${id}`);
    await curl(server, 'h2', [path_of(url)], '--http2');
    const trace = await end_run(server, id);
    const frames = () =>
      watch.found.filter((event) => event.event === 'frames').flatMap((event) => event.data);
    const response = (frame) => frame.type === 'HEADERS' && frame.direction === 'down';
    await until(() => frames().some(response), 'the frames');
    await until(
      () => watch.found.some((event) => event.event === 'run' && event.data.state === 'ended'),
      'the end of the run',
    );
    const seen = frames().find(response);
    const recorded = trace.frames.find(response);
    for (const name of ['stream', 'length', 'written']) assert.equal(seen[name], recorded[name], name);
    watch.end();

    const last = watch.found.at(-1).id;
    const again = await events(`/api/events`, { 'last-event-id': String(Number(last) - 1) });
    await until(() => again.found.length > 0, 'what came after');
    assert.equal(again.found[0].id, last);
    again.end();
  });

  test('are none of another run', async () => {
    const watch = await events('/api/events?run=none');
    const all = await events('/api/events');
    await curl(server, 'h2', ['/article/'], '--http2');
    await until(() => all.found.some((event) => event.event === 'frames'), 'frames');
    assert.deepEqual(watch.found, []);
    watch.end();
    all.end();
  });
});

describe('mistakes', () => {
  for (const [wish, field] of [
    [{ lane: 'h2' }, 'page'],
    [{ page: 'nothing', lane: 'h2' }, 'page'],
    [{ page: 'article' }, 'lane'],
    [{ page: 'article', lane: 'h9' }, 'lane'],
    [{ page: 'mosaic', lane: 'h2', parameters: { tiles: 7000 } }, 'parameters.tiles'],
    [{ page: 'mosaic', lane: 'h2', parameters: { titles: 7 } }, 'parameters.titles'],
    [{ page: 'mosaic', lane: 'h2', line: 'rtt=9s' }, 'line'],
    [{ page: 'mosaic', lane: 'h2', warm: 1 }, 'warm'],
    [{ page: 'mosaic', lane: 'h2', colour: 'red' }, 'colour'],
  ]) {
    test(`${JSON.stringify(wish)} is refused because of ${field}`, async () => {
      const answer = await call(server, 'POST', '/api/runs', { json: wish });
      assert.equal(answer.status, 400);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      const problem = JSON.parse(answer.content);
      assert.equal(problem.field, field);
      assert.ok(problem.detail.length > 10);
    });
  }

  test('a report that cannot be is refused, and the run goes on', async () => {
    const { id, url } = await begin_run(server, { page: 'article', lane: 'h2' });
    await curl(server, 'h2', [path_of(url)], '--http2');
    for (const [times, field] of [
      [{ start: 20, request: 10 }, 'resources[0].request'],
      [{ start: -1 }, 'resources[0].start'],
      [{ start: 20, queued: 10, request: 30 }, 'resources[0].queued'],
    ]) {
      const resources = [{ path: path_of(url), ...times }];
      const answer = await call(server, 'POST', `/api/runs/${id}/end`, { json: { resources } });
      assert.equal(answer.status, 400);
      assert.equal(JSON.parse(answer.content).field, field);
    }
    const resources = [
      { path: `/r/${id}/article/late.png`, start: 5000 },
      { path: path_of(url), start: 0, request: 2 },
    ];
    const trace = await end_run(server, id, { resources });
    const [document] = trace.exchanges;
    assert.ok(Math.abs(document.sent - document.discovered - 2) < 0.01, 'matched by its path');
  });

  test('a page elsewhere can begin, end and remove nothing', async () => {
    const { id } = await begin_run(server, { page: 'article', lane: 'h2' });
    for (const [method, path, json] of [
      ['POST', '/api/runs', { page: 'article', lane: 'h2' }],
      ['POST', `/api/runs/${id}/end`, {}],
      ['POST', `/api/runs/${id}/end`],
      ['DELETE', `/api/runs/${id}`],
    ]) {
      for (const headers of [{ origin: 'https://evil.example' }, { host: 'evil.example' }]) {
        const answer = await call(server, method, path, { json, headers });
        assert.equal(answer.status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
      }
    }
    assert.equal((await ask(server, 'GET', `/api/runs/${id}`)).run.id, id);
  });

  test('a filter that is none is refused', async () => {
    const answer = await call(server, 'GET', '/api/events?colour=red');
    assert.equal(answer.status, 400);
    assert.equal(JSON.parse(answer.content).field, 'colour');
  });
});

test('GET /api/pages lists the demo pages with their parameters', async () => {
  const pages = await ask(server, 'GET', '/api/pages');
  const names = pages.map((page) => page.page).sort();
  assert.deepEqual(names, ['article', 'blocking', 'bundled', 'headers', 'mosaic', 'objects', 'unbundled']);
  assert.equal(pages.find((page) => page.page === 'mosaic').parameters.tiles.default, 100);
});

test('GET /metrics is what Prometheus reads', async () => {
  const answer = await call(server, 'GET', '/metrics');
  assert.equal(answer.status, 200);
  const text = String(answer.content);
  assert.match(text, /^# HELP /m);
  for (const line of text.trim().split('\n')) {
    assert.match(line, /^(# (HELP|TYPE) .+|[a-z_]+(\{[^}]*\})? [-+0-9.eE]+|[a-z_]+(\{[^}]*\})? (NaN|\+Inf))$/);
  }
});
