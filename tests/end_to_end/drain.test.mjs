// SIGTERM drains: what was begun is finished, clients are told, and the program exits 0.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { Server, within } from './support/muxlab.mjs';
import { Http1Socket, parse_responses } from './support/http1_socket.mjs';
import { ask, connect, once, whole } from './support/http2_client.mjs';

const get = (path, ...fields) => [`GET ${path} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n');

// The id a server names while it does not know yet which stream will be the last (RFC 9113 section 6.8).
const any_stream = 2 ** 31 - 1;

// Whether a new connection is taken up.
function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`${signal} ends an idle server at once`, async (t) => {
    const server = await Server.start({ test: t });
    server.assert_clean_end(await server.terminate(signal));
  });
}

test('idle connections are told and closed', async (t) => {
  const server = await Server.start({ test: t });
  const kept_alive = await Http1Socket.open(server, 'plain');
  await kept_alive.send(get('/mosaic/page.json')).responses(1);
  const silent = await Http1Socket.open(server, 'plain');
  const h2 = await connect(server, 'site');
  await ask(h2, '/mosaic/page.json');
  const told = once(h2, 'goaway');
  const end = server.terminate();
  await told;
  await Promise.all([kept_alive.all_responses(), silent.all_responses(), once(h2, 'close')]);
  server.assert_clean_end(await end);
});

test('HTTP/2: two GOAWAYs, 2^31-1 and then the real id, and the stream in flight completes', async (t) => {
  const server = await Server.start({ test: t });
  // A small window keeps the response in flight until it is read.
  const client = await connect(server, 'site', { settings: { initialWindowSize: 1000 } });
  const goaways = [];
  client.on('goaway', (code, last_stream) => goaways.push([code, last_stream]));
  const stream = client.request({ ':path': '/mosaic/tile/0.png?tiles=16' });
  const answer = whole(stream);
  await once(stream, 'response');
  stream.pause();

  const end = server.terminate();
  const second = new Promise((resolve) => client.on('goaway', () => goaways.length === 2 && resolve()));
  await within(30_000, second, () => `GOAWAYs: ${JSON.stringify(goaways)}`);
  assert.deepEqual(goaways, [
    [0, any_stream],
    [0, stream.id],
  ]);
  while (await accepts(server.port('site'))); // each worker closes its own listener

  stream.resume();
  const { headers, body } = await answer;
  assert.equal(body.length, Number(headers['content-length']));
  server.assert_clean_end(await end);
});

test('whoever watches the lab live is told of the end, and holds nobody up', async (t) => {
  const server = await Server.start({ test: t });
  const h2 = await connect(server, 'console');
  const stream = h2.request({ ':path': '/api/events' });
  const watched = whole(stream);
  await once(stream, 'data');
  const http1 = await Http1Socket.open(server, 'console');
  http1.send(get('/api/events'));
  await once(http1.socket, 'data');

  const end = server.terminate();
  assert.equal((await watched).headers[':status'], 200); // whole, and not cut
  await http1.closed;
  assert.match(http1.received.toString(), /\r\n0\r\n\r\n$/);
  server.assert_clean_end(await end);
});

test('HTTP/1.1: the response in flight completes, and the connection ends behind it', async (t) => {
  const server = await Server.start({ test: t });
  const socket = await Http1Socket.open(server, 'plain');
  // More answers than the kernel's buffers hold: the server is in the middle of one when it is told to end.
  const asked = 3000;
  for (let sent = 0; sent < asked; sent += 100) socket.send(get('/mosaic/tile/0.png?tiles=16').repeat(100));
  await once(socket.socket, 'data');
  socket.socket.pause();

  const end = server.terminate();
  while (await accepts(server.port('plain'))); // until the drain has begun
  socket.socket.resume();
  await within(60_000, socket.closed, () => 'still open');
  const { responses, rest } = parse_responses(socket.received);
  assert.equal(rest.length, 0, 'no response is cut');
  // Fewer than were asked for: what had not begun is the client's to repeat (RFC 9112 section 9.3.2).
  assert.ok(responses.length > 0 && responses.length < asked, `${responses.length} responses`);
  server.assert_clean_end(await end);
});

test('a request whose head was half sent is not left without an end', async (t) => {
  const server = await Server.start({ test: t });
  const socket = await Http1Socket.open(server, 'site');
  socket.send('GET /mosaic/ HTTP/1.1\r\nHo');
  await new Promise((resolve) => setImmediate(resolve));
  const end = server.terminate();
  while (await accepts(server.port('site'))); // until the drain has begun
  socket.send('st: localhost\r\n\r\n');
  const answers = await socket.all_responses();
  assert.ok(answers.length <= 1);
  if (answers.length === 1) assert.equal(answers[0].headers.connection, 'close');
  server.assert_clean_end(await end);
});
