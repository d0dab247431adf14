// Server push and Early Hints, seen by clients that were not written here.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { need, run } from './support/command.mjs';
import { connect } from './support/http2_client.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';

need('nghttp', 'python3');

describe('what a lane adds to a page', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  test('nghttp takes what is pushed', async () => {
    const { stdout } = await run('nghttp', ['-nv', `https://127.0.0.1:${server.port('h2-push')}/article/`]);
    assert.match(stdout, /recv PUSH_PROMISE frame/);
    assert.match(stdout, /:path: \/article\/style\.css/);
    const pushed = /recv \(stream_id=2\) :status: 200/;
    assert.match(stdout, pushed);
  });

  test('nghttp that says ENABLE_PUSH=0 gets the page and no promise', async () => {
    const { stdout } = await run('nghttp', [
      '-nv',
      '--no-push',
      `https://127.0.0.1:${server.port('h2-push')}/article/`,
    ]);
    assert.match(stdout, /:status: 200/);
    assert.doesNotMatch(stdout, /PUSH_PROMISE/);
  });

  test('the other lanes do not push', async () => {
    const { stdout } = await run('nghttp', ['-nv', `https://127.0.0.1:${server.port('h2')}/article/`]);
    assert.doesNotMatch(stdout, /PUSH_PROMISE/);
  });

  test('a 103 comes at once, the page when it has been thought about', async () => {
    const client = await connect(server, 'h2-hints');
    const stream = client.request({ ':path': '/article/?delay_ms=300' });
    const began = performance.now();
    const seen = [];
    await new Promise((resolve, reject) => {
      stream.on('headers', (fields) => seen.push([fields[':status'], performance.now() - began, fields.link]));
      stream.on('response', (fields) => seen.push([fields[':status'], performance.now() - began]));
      stream.on('error', reject);
      stream.on('close', resolve);
      stream.resume();
    });
    client.close();
    assert.deepEqual(
      seen.map(([status]) => status),
      [103, 200],
    );
    assert.match(String(seen[0][2]), /rel=preload/);
    assert.ok(seen[1][1] >= 299, `the page came after ${seen[1][1]} ms`);
    assert.ok(seen[0][1] < seen[1][1] - 100, `the hints came after ${seen[0][1]} ms`);
  });

  // Python's http.client takes any interim response but 100 for the answer.
  test("the site's ports hint over HTTP/2 and not over HTTP/1.1", async (t) => {
    const file = join(temporary_folder(), 'muxlab.json');
    writeFileSync(file, '{"site": {"early_hints": true}}');
    const hinting = await Server.start({ test: t, options: ['--config', file] });
    const { stdout } = await run('nghttp', ['-nv', `https://127.0.0.1:${hinting.port('site')}/article/`]);
    assert.match(stdout, /:status: 103/);
    const program = `import http.client
connection = http.client.HTTPConnection("127.0.0.1", ${hinting.port('plain')})
connection.request("GET", "/article/")
print(connection.getresponse().status)`;
    assert.equal((await run('python3', ['-c', program])).stdout, '200\n');
    await hinting.stop();
  });

  test('a lane without hints sends none', async () => {
    const client = await connect(server, 'h2');
    const stream = client.request({ ':path': '/article/' });
    let hints = 0;
    stream.on('headers', () => (hints += 1));
    stream.resume();
    await new Promise((resolve) => stream.on('close', resolve));
    client.close();
    assert.equal(hints, 0);
  });
});
