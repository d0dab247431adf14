// HTTP/1.1 as bytes: order of pipelined answers, how a connection ends, and what hostile heads get.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Server, within } from './support/muxlab.mjs';
import { Http1Socket } from './support/http1_socket.mjs';

const get = (path, ...fields) => [`GET ${path} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n');

// Each of these must be refused with that status, and the connection must end: where the next request would
// begin is no longer certain (RFC 9112 sections 2.2, 3, 5, 6; RFC 9110 section 5.5).
const hostile = [
  ['a line that is no request', 'hello\r\n\r\n', 400],
  ['a bare LF in the head', 'GET / HTTP/1.1\nHost: localhost\n\n', 400],
  ['two spaces in the request line', 'GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
  ['a tab in the request line', 'GET\t/ HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
  ['a lower-case protocol name', 'GET / http/1.1\r\nHost: localhost\r\n\r\n', 400],
  ['a target that begins with no slash', 'GET mosaic HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
  ['a control byte in the target', 'GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
  ['a version of another major', 'GET / HTTP/2.0\r\nHost: localhost\r\n\r\n', 505],
  ['HTTP/0.9', 'GET /\r\n\r\n', 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n', 400],
  ['a field without a colon', 'GET / HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n', 400],
  ['an empty field name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n', 400],
  ['a folded field', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n c\r\n\r\n', 400],
  ['a NUL in a value', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\x00c\r\n\r\n', 400],
  ['a CR in a value', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\rc\r\n\r\n', 400],
  [
    'both lengths of a body',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  [
    'two different lengths',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    400,
  ],
  ['a negative length', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n', 400],
  ['a length with a sign', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +3\r\n\r\nabc', 400],
  [
    'a length beyond 64 bits',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n',
    400,
  ],
  [
    'chunked that is not last',
    'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, gzip\r\n\r\n',
    400,
  ],
  ['chunked in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  [
    'an unknown transfer coding',
    'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: snappy, chunked\r\n\r\n',
    501,
  ],
  ['a target of 9 KiB', `GET /${'a'.repeat(9 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 414],
  ['a field of 33 KiB', `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(33 * 1024)}\r\n\r\n`, 431],
  ['more than 100 fields', `GET / HTTP/1.1\r\nHost: localhost\r\n${'X-A: b\r\n'.repeat(101)}\r\n`, 431],
  ['a TLS handshake in cleartext', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
];

describe('HTTP/1.1 on a raw socket', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  for (const endpoint of ['plain', 'site']) {
    test(`pipelined requests are answered in order (${endpoint})`, async () => {
      const tiles = Array.from({ length: 50 }, (_, index) => index);
      const alone = await Promise.all(
        tiles.map(async (tile) => {
          const socket = await Http1Socket.open(server, endpoint);
          const [answer] = await socket.send(get(`/mosaic/tile/${tile}.png?tiles=64`)).responses(1);
          socket.close();
          return answer.body;
        }),
      );
      const socket = await Http1Socket.open(server, endpoint);
      socket.send(tiles.map((tile) => get(`/mosaic/tile/${tile}.png?tiles=64`)).join(''));
      const answers = await socket.responses(tiles.length);
      const connections = new Set();
      for (const tile of tiles) {
        assert.equal(answers[tile].status, 200);
        assert.ok(answers[tile].body.equals(alone[tile]), `tile ${tile} is in its place`);
        const [, connection, nth] = /conn;desc="(c\d+)", stream;desc="(\d+)"/.exec(
          answers[tile].headers['server-timing'],
        );
        assert.equal(Number(nth), tile + 1, 'the nth request of its connection');
        connections.add(connection);
      }
      assert.equal(connections.size, 1);
      socket.close();
    });
  }

  test('a request may come byte by byte', async () => {
    const socket = await Http1Socket.open(server, 'plain');
    socket.socket.setNoDelay(true);
    for (const byte of get('/mosaic/page.json')) {
      socket.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [answer] = await socket.responses(1);
    assert.equal(answer.status, 200);
    socket.close();
  });

  for (const [what, bytes, status] of hostile) {
    test(`${what}: ${status}, and the connection ends`, async () => {
      const socket = await Http1Socket.open(server, 'plain');
      // What follows must not be taken for a request.
      const answers = await socket.send(bytes + get('/smuggled')).all_responses();
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [status],
      );
      assert.equal(answers[0].headers.connection, 'close');
    });
  }

  test('a bad request does not swallow the answers to good ones before it', async () => {
    const socket = await Http1Socket.open(server, 'plain');
    const answers = await socket.send(`${get('/mosaic/page.json')}nonsense\r\n\r\n`).all_responses();
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [200, 400],
    );
  });

  test('a request with a chunked body leaves the connection in step', async () => {
    const socket = await Http1Socket.open(server, 'plain');
    socket.send(
      'POST /mosaic/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3;note=1\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
    socket.send(get('/mosaic/page.json'));
    const answers = await socket.responses(2);
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [405, 200],
    );
    socket.close();
  });

  test('Connection: close among pipelined requests is the last one answered', async () => {
    const socket = await Http1Socket.open(server, 'plain');
    socket.send(
      get('/mosaic/page.json') + get('/mosaic/page.json', 'Connection: close') + get('/mosaic/page.json'),
    );
    const answers = await socket.all_responses();
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [200, 200],
    );
    assert.equal(answers[1].headers.connection, 'close');
  });

  test('lane h1 counts down to its maximum and then closes', async () => {
    const socket = await Http1Socket.open(server, 'h1');
    const [first] = await socket.send(get('/mosaic/page.json')).responses(1);
    const left = Number(/^timeout=15, max=(\d+)$/.exec(first.headers['keep-alive'])[1]);
    assert.ok([999, 1000].includes(left), `max=${left}`);
    for (let sent = 1; sent < 1001; sent += 100) socket.send(get('/mosaic/page.json').repeat(100));
    const answers = await socket.all_responses();
    assert.equal(answers.length, 1000, 'no more requests than announced');
    assert.equal(answers[999].headers.connection, 'close');
    assert.ok(answers.slice(0, 999).every((answer) => answer.headers['keep-alive']));
  });

  test('lane h1-close answers one request and closes', async () => {
    const socket = await Http1Socket.open(server, 'h1-close');
    const answers = await socket.send(get('/mosaic/page.json').repeat(3)).all_responses();
    assert.equal(answers.length, 1);
    assert.equal(answers[0].headers.connection, 'close');
  });

  test('a client that will send no more still gets its answers', async () => {
    const client = net.connect({ host: '127.0.0.1', port: server.port('plain'), allowHalfOpen: true });
    const socket = new Http1Socket(client);
    client.end(get('/mosaic/page.json').repeat(3));
    client.on('end', () => client.destroy());
    assert.equal((await socket.all_responses()).length, 3);
  });

  test('connections that say nothing or leave halfway harm nobody', async () => {
    for (let count = 0; count < 50; count += 1) {
      const socket = await Http1Socket.open(server, count % 2 ? 'plain' : 'site');
      if (count % 4 >= 2) socket.send('GET /mosaic/ HTTP/1.1\r\nHo');
      socket.close();
    }
    const socket = await Http1Socket.open(server, 'site');
    const [answer] = await socket.send(get('/mosaic/')).responses(1);
    assert.equal(answer.status, 200);
    socket.close();
  });

  test('garbage instead of a TLS handshake ends the connection', async () => {
    const client = net.connect({ host: '127.0.0.1', port: server.port('site') });
    const closed = new Promise((resolve) =>
      client
        .on('error', () => {})
        .on('close', resolve)
        .resume(),
    );
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await within(30_000, closed, () => 'still open');
  });
});
