// muxlab, asked by nghttp (which prints every frame) and loaded by h2load.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { need, run } from './support/command.mjs';
import { Server } from './support/muxlab.mjs';

need('nghttp', 'h2load');

// 100,000 requests under the sanitizers may take minutes where many tests share few CPUs.
const load_limit_ms = 600_000;

describe('nghttp and h2load', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  // nghttp prints a frame as "[  0.002] recv SETTINGS frame <length=18, ...>" and its fields on the lines below.
  async function nghttp(url, ...options) {
    const ended = await run('nghttp', ['-nv', '--no-dep', ...options, url]);
    assert.equal(ended.code, 0, ended.stderr);
    return ended.stdout;
  }

  for (const endpoint of ['site', 'plain', 'h2']) {
    test(`${endpoint}: the first frame is SETTINGS, without RFC 7540 priorities, and the page follows`, async () => {
      const talk = await nghttp(server.url(endpoint, '/mosaic/'));
      const [first] = /recv \S+ frame[^]*?(?=\n\[)/.exec(talk);
      assert.match(first, /^recv SETTINGS frame/);
      // RFC 9218 section 2.1: SETTINGS_NO_RFC7540_PRIORITIES (0x9) is 1.
      assert.match(first, /(NO_RFC7540_PRIORITIES\(0x09\)|UNKNOWN\(0x09\)):1\]/);
      assert.match(first, /SETTINGS_MAX_CONCURRENT_STREAMS\(0x03\):\d+\]/);
      assert.match(talk, /recv SETTINGS frame <length=0, flags=0x01/, 'our SETTINGS are acknowledged');
      assert.match(talk, /recv \(stream_id=\d+\) :status: 200/);
      assert.match(talk, /recv DATA frame <length=\d+, flags=0x01/, 'the last DATA ends the stream');
    });
  }

  test('nghttp sends fields and a priority of its own, and reads every header block', async () => {
    const url = `https://127.0.0.1:${server.port('site')}`;
    const many = Array.from({ length: 40 }, (_, i) => ['-H', `x-field-${i}: ${'v'.repeat(i * 10 + 1)}`]).flat();
    const { code, stdout } = await run('nghttp', [
      ...['-nv', '-H', 'priority: u=0, i', ...many],
      ...[`${url}/look.css`, `${url}/style.css`, `${url}/mosaic/`],
    ]);
    assert.equal(code, 0);
    assert.equal(stdout.match(/:status: 200/g)?.length, 3);
    assert.match(stdout, /send HEADERS/);
    assert.doesNotMatch(stdout, /GOAWAY frame[^]*error_code=(?!NO_ERROR)/);
  });

  test('a big resource arrives whole through small windows', async () => {
    const talk = await nghttp(
      server.url('site', '/mosaic/tile/0.png?tiles=16'),
      '--window-bits=10',
      '--connection-window-bits=16',
    );
    const sent = [...talk.matchAll(/recv DATA frame <length=(\d+)/g)].reduce(
      (sum, frame) => sum + Number(frame[1]),
      0,
    );
    assert.equal(sent, Number(/content-length: (\d+)/.exec(talk)[1]));
  });

  async function h2load(url, ...options) {
    const ended = await run('h2load', ['-n', '100000', '-c', '20', '-m', '10', ...options, url], {
      limit_ms: load_limit_ms,
    });
    assert.equal(ended.code, 0, ended.stderr);
    const [requests] = /requests: .*/.exec(ended.stdout);
    assert.equal(
      requests,
      'requests: 100000 total, 100000 started, 100000 done, 100000 succeeded, 0 failed, 0 errored, 0 timeout',
    );
    assert.match(ended.stdout, /status codes: 100000 2xx, 0 3xx, 0 4xx, 0 5xx/);
    return ended.stdout;
  }

  test('h2load: 100,000 requests over HTTP/2, none failed', { timeout: load_limit_ms }, async () => {
    assert.match(
      await h2load(server.url('site', '/mosaic/tile/0.png?tiles=1024')),
      /Application protocol: h2/,
    );
  });

  test(
    'h2load: 100,000 requests over HTTP/1.1 keep-alive, none failed',
    { timeout: load_limit_ms },
    async () => {
      assert.match(
        await h2load(server.url('site', '/mosaic/tile/0.png?tiles=1024'), '--h1', '-m', '1'),
        /Application protocol: http\/1\.1/,
      );
    },
  );
});
