// The metrics as Prometheus' own tool reads them, `promtool check metrics`: with what was counted of loads on lanes, over
// lines and without. Where it is not installed nothing is tested: Debian has it in the package prometheus alone, which is
// 96 MB and starts a server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { find, need, run, skip } from './support/command.mjs';
import { curl, set_line } from './support/lines.mjs';
import { Server } from './support/muxlab.mjs';

need('curl');
if (!find('promtool')) skip('promtool (of Prometheus) missing on PATH');

let server;
before(async () => {
  server = await Server.start();
});
after(() => server?.stop());

test('promtool has nothing against the metrics', async () => {
  await set_line(server, 'h2', 'rtt=10ms,down=20mbit,loss=1%');
  for (const lane of ['h1', 'h2']) await curl(server, lane, ['/', '/objects/object?bytes=100000']);
  const asked = await run('curl', ['-sS', '--cacert', server.authority, server.url('console', '/metrics')]);
  const input = asked.stdout;
  for (const family of ['line_lateness_seconds', 'requests_total', 'bytes_total'])
    assert.match(input, new RegExp(`^muxlab_${family}\\{.*lane="h2"`, 'm'));
  const { code, stdout, stderr } = await run('promtool', ['check', 'metrics'], { input });
  assert.equal(stdout + stderr, '');
  assert.equal(code, 0);
});
