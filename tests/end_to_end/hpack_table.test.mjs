// The dynamic tables that a trace tells of, held against an independent decoder (python-hyper's hpack) after each
// header block: of a browser's requests and our answers, and of a table too small for them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fresh_page, launch_chromium, open } from './support/chromium.mjs';
import { need, run, skip } from './support/command.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';
import { begin_run, closed_trace, export_of } from './support/runs.mjs';

need('tshark', 'python3');
// Debian's own, where the package puts its modules.
const python = '/usr/bin/python3';
if ((await run(python, ['-c', 'import hpack'])).code !== 0) {
  skip('python3-hpack is missing (script/bootstrap test installs it)');
}

const witness = join(dirname(fileURLToPath(import.meta.url)), 'support', 'hpack_witness.py');
const folder = temporary_folder();

let server;
let browser;
before(async () => {
  server = await Server.start();
  browser = await launch_chromium(server);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// The plaintext of one direction, from the export.
async function plaintext(file, client_port, direction) {
  const from = direction === 'up' ? 'srcport' : 'dstport';
  const args = ['-r', file, '-Y', `tcp.${from} == ${client_port} and tcp.len > 0`, '-T', 'fields', '-e', 'tcp.payload'];
  const { code, stdout, stderr } = await run('tshark', args);
  assert.equal(code, 0, stderr);
  return stdout.replace(/[\n:]/g, '');
}

// The whole table after each block, from what the trace says of each.
function tables(blocks) {
  let table = [];
  return blocks.map(({ fields, table: state }) => {
    const added = fields.filter((field) => field.representation === 'literal with indexing');
    assert.equal(state.added, added.length);
    for (const { name, value } of added) table = [[name, value], ...table];
    table = table.slice(0, table.length - state.evicted);
    assert.equal(table.length, state.entries);
    return table;
  });
}

async function assert_tables(trace, id, limits) {
  const file = join(folder, `${id}.pcapng`);
  writeFileSync(file, await export_of(server, id, 'pcapng'));
  let compared = 0;
  for (const connection of trace.connections) {
    for (const direction of ['up', 'down']) {
      const blocks = trace.frames
        .filter((frame) => frame.connection === connection.id && frame.direction === direction)
        .map((frame) => frame.detail)
        .filter((detail) => detail.fields !== undefined);
      const { code, stdout, stderr } = await run(python, [witness, String(limits[direction])], {
        input: await plaintext(file, connection.client_port, direction),
      });
      assert.equal(code, 0, stderr);
      const seen = JSON.parse(stdout);
      assert.equal(seen.length, blocks.length);
      const shown = tables(blocks);
      for (const [at, block] of blocks.entries()) {
        const fields = block.fields.map(({ name, value }) => [name, value]);
        assert.deepEqual(fields, seen[at].fields, `block ${at} ${direction}`);
        assert.deepEqual(shown[at], seen[at].table, `table after block ${at} ${direction}`);
        assert.equal(block.table.bytes, seen[at].bytes, `its size after block ${at} ${direction}`);
        compared += 1;
      }
    }
  }
  return compared;
}

// Chromium offers a table of 64 KiB, we one of 4 KiB.
test('a page of a hundred tiles in Chromium', async () => {
  const { id, url } = await begin_run(server, { page: 'mosaic', lane: 'h2' });
  const { profile, page } = await fresh_page(browser);
  await open(page, url);
  await profile.close();
  const trace = await closed_trace(server, id);
  assert.ok((await assert_tables(trace, id, { up: 4096, down: 65536 })) >= 200);
});

test('a client whose table holds little', async () => {
  const { id, url } = await begin_run(server, { page: 'article', lane: 'h2' });
  const args = ['-na', '--header-table-size=256', '--encoder-header-table-size=128', url];
  const { code, stderr } = await run('nghttp', args);
  assert.equal(code, 0, stderr);
  const trace = await closed_trace(server, id);
  assert.ok((await assert_tables(trace, id, { up: 4096, down: 256 })) >= 20);
});
