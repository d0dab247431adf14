// What /metrics counts is what the clients say, whatever the recorder has let go meanwhile: downloads and uploads far
// above what is kept of a connection outside a run, pipelining, and streams.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { need, run } from './support/command.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';

need('curl', 'h2load');

const large_bytes = 20_000_000;

async function metrics(server) {
  const { stdout } = await run('curl', ['-q', '-sS', '--cacert', server.authority, server.url('console', '/metrics')]);
  return new Map(
    stdout
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

// The counts of a lane once all its connections have gone.
async function settled(server, lane, protocol) {
  for (let tries = 0; ; ++tries) {
    const all = await metrics(server);
    const of = (name, labels = '') => all.get(`muxlab_${name}{lane="${lane}"${labels}}`) ?? 0;
    const counted = {
      open: of('connections_open', `,protocol="${protocol}"`),
      connections: of('connections_total', `,protocol="${protocol}"`),
      streams: of('streams_open'),
      reused: of('requests_reused_total', `,protocol="${protocol}"`),
      body_down: of('bytes_total', ',kind="body",direction="down"'),
      body_up: of('bytes_total', ',kind="body",direction="up"'),
    };
    for (const status of ['none', '2xx', '4xx']) {
      counted[status] = of('requests_total', `,protocol="${protocol}",status="${status}"`);
    }
    if (counted.open === 0 || tries === 100) return counted;
    await wait(100);
  }
}

async function h2load(server, lane, bytes, ...options) {
  const url = server.url(lane, `/objects/a.bin?bytes=${bytes}`);
  const { code, stdout, stderr } = await run('h2load', [...options, url]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /requests: (\d+) total, \1 started, \1 done, \1 succeeded/);
}

for (const options of [[], ['--line', 'rtt=10ms,down=400mbit,up=400mbit']]) {
  describe(`counts of lanes ${options.join(' ')}`, () => {
    for (const [lane, protocol] of [
      ['h1', 'http/1.1'],
      ['h2', 'h2'],
    ]) {
      test(`${lane}: large downloads`, async (t) => {
        const server = await Server.start({ test: t, options });
        const urls = Array.from({ length: 4 }, (_, i) => server.url(lane, `/objects/${i}.bin?bytes=${large_bytes}`));
        const { code } = await run('curl', ['-q', '-sS', '--cacert', server.authority, ...urls, '-o', '/dev/null', ...Array(3).fill(['-o', '/dev/null']).flat()]);
        assert.equal(code, 0);
        const counted = await settled(server, lane, protocol);
        assert.deepEqual(counted, {
          ...{ open: 0, connections: 1, streams: 0, reused: 3 },
          ...{ body_down: 4 * large_bytes, body_up: 0, none: 0, '2xx': 4, '4xx': 0 },
        });
        await server.stop();
      });

      test(`${lane}: a large upload, and one that is not wanted`, async (t) => {
        const server = await Server.start({ test: t, options });
        const content = join(temporary_folder(), 'content');
        writeFileSync(content, Buffer.alloc(large_bytes));
        for (const [path, status] of [
          ['/upload', '200'],
          ['/', '405'],
        ]) {
          const { stdout } = await run('curl', [
            ...['-q', '-sS', '--cacert', server.authority, '-o', '/dev/null', '-w', '%{http_code}'],
            ...['-H', 'Expect:', '--data-binary', `@${content}`, server.url(lane, path)],
          ]);
          assert.equal(stdout, status);
        }
        const { none, '2xx': done, '4xx': refused, streams, connections, body_up } = await settled(server, lane, protocol);
        assert.deepEqual({ none, done, refused, streams, connections }, { none: 0, done: 1, refused: 1, streams: 0, connections: 2 });
        assert.ok(body_up >= large_bytes);
        await server.stop();
      });
    }

    // The lane ends a connection after 1000 requests, and what is pipelined behind them is not answered.
    test('h1: pipelined by h2load', async (t) => {
      const server = await Server.start({ test: t, options });
      await h2load(server, 'h1', 20_000, '--h1', '-n', '3600', '-c', '4', '-m', '10');
      assert.deepEqual(await settled(server, 'h1', 'http/1.1'), {
        ...{ open: 0, connections: 4, streams: 0, reused: 3596 },
        ...{ body_down: 72_000_000, body_up: 0, none: 0, '2xx': 3600, '4xx': 0 },
      });
      await server.stop();
    });

    test('h2: many streams by h2load', async (t) => {
      const server = await Server.start({ test: t, options });
      await h2load(server, 'h2', 1000, '-n', '20000', '-c', '4', '-m', '50');
      assert.deepEqual(await settled(server, 'h2', 'h2'), {
        ...{ open: 0, connections: 4, streams: 0, reused: 19_996 },
        ...{ body_down: 20_000_000, body_up: 0, none: 0, '2xx': 20_000, '4xx': 0 },
      });
      await server.stop();
    });
  });
}
