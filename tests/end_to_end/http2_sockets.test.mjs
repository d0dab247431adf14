// HTTP/2 from an independent client, node:http2: many streams at once, order by priority, abuse.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { Server } from './support/muxlab.mjs';
import { ask, connect, once } from './support/http2_client.mjs';

describe('HTTP/2', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  for (const endpoint of ['site', 'plain', 'h2']) {
    test(`100 streams at once share one connection (${endpoint})`, async () => {
      const client = await connect(server, endpoint);
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, tile) => ask(client, `/mosaic/tile/${tile}.png?tiles=100`)),
      );
      const connections = new Set();
      const streams = new Set();
      for (const answer of answers) {
        assert.equal(answer.headers[':status'], 200);
        assert.equal(answer.body.length, Number(answer.headers['content-length']));
        const [, connection, stream] = /conn;desc="(c\d+)", stream;desc="(\d+)"/.exec(
          answer.headers['server-timing'],
        );
        connections.add(connection);
        streams.add(stream);
        assert.equal(Number(stream), answer.stream_id);
      }
      assert.equal(connections.size, 1);
      assert.equal(streams.size, 100);
      client.close();
    });
  }

  test('an urgent stream overtakes those that wait', async () => {
    // A window of 64 KiB holds the first answers back until the urgent request has arrived.
    const client = await connect(server, 'site', { settings: { initialWindowSize: 65_535 } });
    const ended = [];
    const big = Array.from({ length: 32 }, async (_, index) => {
      await ask(client, `/mosaic/tile/${index % 16}.png?tiles=16`, { priority: 'u=7' });
      ended.push(`late ${index}`);
    });
    const urgent = ask(client, '/mosaic/tile/15.png?tiles=16', { priority: 'u=0' }).then(() =>
      ended.push('urgent'),
    );
    await Promise.all([...big, urgent]);
    assert.ok(
      ended.indexOf('urgent') < 8,
      `urgent came as number ${ended.indexOf('urgent') + 1} of ${ended.length}`,
    );
    client.close();
  });

  test('a stalled stream does not hold up the others', async () => {
    const client = await connect(server, 'site', { settings: { initialWindowSize: 1000 } });
    const stalled = client.request({ ':path': '/mosaic/tile/0.png?tiles=16' });
    await once(stalled, 'response');
    stalled.pause();
    for (let tile = 1; tile < 9; tile += 1) {
      const answer = await ask(client, `/mosaic/tile/${tile}.png?tiles=16`);
      assert.equal(answer.body.length, Number(answer.headers['content-length']));
    }
    stalled.close(http2.constants.NGHTTP2_CANCEL);
    assert.equal((await ask(client, '/mosaic/page.json')).headers[':status'], 200);
    client.close();
  });

  test('a reset stream leaves the connection usable', async () => {
    const client = await connect(server, 'site');
    for (let count = 0; count < 50; count += 1) {
      const stream = client.request({ ':path': '/mosaic/tile/0.png?tiles=16' });
      stream.on('error', () => {});
      stream.close(http2.constants.NGHTTP2_CANCEL);
      await once(stream, 'close');
    }
    assert.equal((await ask(client, '/mosaic/page.json')).headers[':status'], 200);
    client.close();
  });

  test('a ping is answered', async () => {
    const client = await connect(server, 'site');
    await new Promise((resolve, reject) => client.ping((error) => (error ? reject(error) : resolve())));
    client.close();
  });

  test('a header list beyond the limit is refused', async () => {
    const client = await connect(server, 'site');
    client.on('error', () => {});
    const refused = await ask(client, '/mosaic/', { 'x-long': 'a'.repeat(40 * 1024) }).then(
      (answer) => answer.headers[':status'],
      () => 'reset',
    );
    assert.ok([431, 'reset'].includes(refused), String(refused));
    client.destroy();
    const next = await connect(server, 'site');
    assert.equal((await ask(next, '/mosaic/page.json')).headers[':status'], 200);
    next.close();
  });

  test('a client that gives up mid-handshake or mid-stream harms nobody', async () => {
    for (let count = 0; count < 20; count += 1) {
      const client = await connect(server, 'site');
      client.on('error', () => {});
      const stream = client.request({ ':path': '/mosaic/tile/0.png?tiles=16' });
      stream.on('error', () => {});
      if (count % 2) await once(stream, 'response');
      client.destroy();
    }
    const client = await connect(server, 'site');
    assert.equal((await ask(client, '/mosaic/page.json')).headers[':status'], 200);
    client.close();
  });

  test('the certificate is trusted through the authority alone', async () => {
    const client = http2.connect(`https://localhost:${server.port('site')}`, {
      ca: readFileSync(server.authority),
    });
    assert.equal((await ask(client, '/mosaic/page.json')).headers[':status'], 200);
    assert.equal(client.socket.authorized, true);
    client.close();
  });
});
