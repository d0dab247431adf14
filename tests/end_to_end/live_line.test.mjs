// The line in real time against itself in virtual time: clients that were not written here load a page through a lane,
// and take as long as the same load takes where nothing waits, within 5 %. So the server's real-time half (its timer,
// its sockets, its turns) adds nothing of its own.
//
// A cell is a page, a line without loss and a client. Its page is one that client and simulation load in the same way:
//
// - the index fits in one packet and names all objects itself, for the simulated client asks for them when the index
//   has come whole, while Chromium would begin in the midst of a longer one and learn of more from its scripts;
// - the objects are fetched by a script and are not images: those Chromium holds back behind what it thinks better;
// - curl loads one thing after the other. Asked for many at once it would open its connections before it has an
//   index; what comes at once is asked for by Node's clients and by Chromium.
//
// What counts is the time from the first connection's first packet to the last byte of the last answer: how long a
// browser takes until it connects is no matter of the line.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { find, need, run, skip } from './support/command.mjs';
import { ask, connect } from './support/http2_client.mjs';
import { curl, line_of, set_line, until } from './support/lines.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';

need('curl');
const virtual_load = join(process.env.MUXLAB_BUILD ?? '', 'bin', 'virtual_load');
if (!existsSync(virtual_load)) skip(`${virtual_load} is not built`);

const tolerance = 0.05;
// What the machine does beside can only make a load longer: one sample that is near enough shows that the line adds
// nothing. If the first is not, the median of so many counts.
const samples_wanted = 3;
const most_tries = 15;
// Of a sample that counts: the machine was there when the line wanted it.
const most_lateness_ms = 2;
// Shorter loads say more of the client's own time than of the line.
const shortest_ms = 1000;

const browsers_connections = 6;
const MiB = 1024 * 1024;

// --- The pages: /COUNTxKB/ is an index of so many objects of so many KB; /large.bin is 2 MB.

const pages = [
  [10, 10],
  [40, 10],
  [60, 20],
];
const folder_of = ([count, kb]) => `${count}x${kb}`;
const names_of = (count) => Array.from({ length: count }, (_, nth) => `${nth}.bin`);

function make_site() {
  const root = temporary_folder();
  for (const page of pages) {
    const folder = join(root, folder_of(page));
    const [count, kb] = page;
    mkdirSync(folder);
    for (const name of names_of(count)) writeFileSync(join(folder, name), randomBytes(kb * 1024));
    writeFileSync(
      join(folder, 'index.html'),
      `<!doctype html><link rel=icon href=data:,><script>
       const ask = async (nth) => (await fetch(nth + '.bin')).arrayBuffer();
       window.whole = Promise.all(Array.from({ length: ${count} }, (_, nth) => ask(nth)));
       </script>`,
    );
  }
  writeFileSync(join(root, 'large.bin'), randomBytes(2_000_000));
  return root;
}

function page(count, kb) {
  const index = `/${folder_of([count, kb])}/`;
  return { index, objects: names_of(count).map((name) => index + name) };
}
const download = { index: '/large.bin', objects: [] };

// --- The clients: each loads a plan and gives the milliseconds it took; `virtual` is how the simulated one is like it.

const curls_fields = [
  ['user-agent', 'curl'],
  ['accept', '*/*'],
];

const one_by_one_with_curl = {
  title: 'curl, one after the other',
  virtual: { connections: 1, resume: true, fields: curls_fields },
  async load({ server, lane, plan }) {
    const parts = await curl(server, lane, [plan.index, ...plan.objects]);
    return parts.reduce((sum, part) => sum + part.total_ms, 0);
  },
};

const six_connections_of_node = {
  title: 'Node, six connections',
  virtual: { connections: browsers_connections, resume: true, fields: [['connection', 'keep-alive']] },
  async load({ server, lane, plan }) {
    const agent = new https.Agent({
      keepAlive: true,
      maxSockets: browsers_connections,
      ca: readFileSync(server.authority),
    });
    const get = (path) =>
      new Promise((resolve, reject) => {
        const request = https.get(server.url(lane, path), { agent }, (response) => {
          response.resume().on('end', resolve).on('error', reject);
        });
        request.on('error', reject);
      });
    const begun = performance.now();
    await get(plan.index);
    await Promise.all(plan.objects.map(get));
    const took = performance.now() - begun;
    agent.destroy();
    return took;
  },
};

const streams_of_node = {
  title: 'Node, streams of one connection',
  virtual: {},
  async load({ server, lane, plan }) {
    const begun = performance.now();
    const client = await connect(server, lane, { settings: { initialWindowSize: 6 * MiB } });
    client.setLocalWindowSize(15 * MiB);
    await ask(client, plan.index);
    await Promise.all(plan.objects.map((path) => ask(client, path)));
    const took = performance.now() - begun;
    client.destroy();
    return took;
  },
};

// Chromium says itself which fields it sends, and when.
function chromium_client(browser, fresh_page) {
  const virtual = { connections: browsers_connections, resume: true, fields: [] };
  return {
    title: 'Chromium',
    virtual,
    async load({ server, lane, plan }) {
      const { profile, page: tab } = await fresh_page(browser);
      const asked = tab.waitForRequest((request) => request.url().endsWith('.bin'));
      await tab.goto(server.url(lane, plan.index), { waitUntil: 'load' });
      const fields = await (await asked).allHeaders();
      virtual.fields = Object.entries(fields).filter(([name]) => !/^(:.*|host|connection)$/.test(name));
      const took = await tab.evaluate(async () => {
        await window.whole;
        await new Promise((resolve) => setTimeout(resolve)); // a turn later the last entry is in the list
        const [navigation] = performance.getEntriesByType('navigation');
        const ends = performance.getEntriesByType('resource').map((entry) => entry.responseEnd);
        return Math.max(...ends) - navigation.connectStart;
      });
      await profile.close();
      return took;
    },
  };
}

// --- The comparison

// How long the load takes in virtual time, in ms.
async function simulated_ms(server, root, cell, client) {
  const wish = {
    certificates: dirname(server.authority),
    root,
    lane: cell.lane,
    line: cell.line,
    ...client.virtual,
    ...cell.plan,
  };
  const { code, stdout, stderr } = await run(virtual_load, [], { input: JSON.stringify(wish) });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).ms;
}

// The samples that count, until `are_enough` says so. Each begins with a line that nobody is on: the PUT begins the
// record of lateness anew.
async function take_samples(server, cell, client, are_enough) {
  const samples = [];
  for (let nth = 0; nth < most_tries && !(await are_enough(samples)); ++nth) {
    await until(
      async () => (await line_of(server, cell.lane)).connections === 0,
      'the end of all connections',
    );
    await set_line(server, cell.lane, cell.line);
    const took = await client.load({ server, lane: cell.lane, plan: cell.plan });
    const { lateness_ms } = await line_of(server, cell.lane);
    if (lateness_ms.p99 < most_lateness_ms) samples.push(took);
  }
  return samples;
}

const median = (samples) => [...samples].sort((a, b) => a - b)[(samples.length - 1) / 2];

const cells_of = {
  curl: [
    { client: one_by_one_with_curl, lane: 'h1', line: 'rtt=100ms,down=10mbit,up=2mbit', plan: download },
    { client: one_by_one_with_curl, lane: 'h2', line: 'rtt=200ms,down=10mbit,up=2mbit', plan: download },
    { client: one_by_one_with_curl, lane: 'h1', line: 'rtt=100ms,down=5mbit,up=1mbit', plan: page(10, 10) },
    {
      client: one_by_one_with_curl,
      lane: 'h1-close',
      line: 'rtt=50ms,down=2mbit,up=1mbit',
      plan: page(10, 10),
    },
  ],
  Node: [
    {
      client: six_connections_of_node,
      lane: 'h1',
      line: 'rtt=100ms,down=10mbit,up=2mbit',
      plan: page(40, 10),
    },
    { client: six_connections_of_node, lane: 'h1', line: 'rtt=20ms,down=5mbit,up=1mbit', plan: page(60, 20) },
    { client: streams_of_node, lane: 'h2', line: 'rtt=20ms,down=2mbit,up=1mbit', plan: page(40, 10) },
    { client: streams_of_node, lane: 'h2', line: 'rtt=200ms,down=10mbit,up=2mbit', plan: page(60, 20) },
  ],
  // Of 2 s and more: its own work, some 50 ms a load, is in what it measures.
  Chromium: [
    { lane: 'h1', line: 'rtt=200ms,down=10mbit,up=2mbit', plan: page(40, 10) },
    { lane: 'h1', line: 'rtt=200ms,down=5mbit,up=1mbit', plan: page(60, 20) },
    { lane: 'h2', line: 'rtt=20ms,down=2mbit,up=1mbit', plan: page(40, 10) },
    { lane: 'h2', line: 'rtt=100ms,down=5mbit,up=1mbit', plan: page(60, 20) },
  ],
};

describe('live against virtual', () => {
  let server;
  let root;
  let compared = 0;
  before(async () => {
    root = make_site();
    // What the simulated client offers, whatever the others would: a larger hello takes longer.
    const config = join(temporary_folder(), 'muxlab.json');
    writeFileSync(config, JSON.stringify({ tls: { groups: ['x25519'] } }));
    server = await Server.start({ options: ['--root', root, '--config', config] });
  });
  after(() => server.stop());
  process.on('exit', (code) => {
    if (code !== 0 || compared > 0) return;
    console.log(`MUXLAB SKIPPED: not one cell had samples in time: the machine is busy`);
    process.exitCode = 77;
  });

  async function compare(t, cell, client) {
    let virtual; // known once the client has loaded: Chromium says then what it sends
    const excess_of = (ms) => ms / virtual - 1;
    const are_enough = async (taken) => {
      if (taken.length === 0) return false;
      virtual ??= await simulated_ms(server, root, cell, client);
      return taken.length === samples_wanted || Math.abs(excess_of(taken[0])) <= tolerance;
    };
    const samples = await take_samples(server, cell, client, are_enough);
    if (!(await are_enough(samples))) {
      t.skip(`${samples.length} of ${most_tries} samples had lateness below ${most_lateness_ms} ms`);
      return;
    }
    compared += 1;
    const live = median(samples);
    const excess = excess_of(live);
    const said = `live ${live.toFixed(0)} ms, virtual ${virtual.toFixed(0)} ms, ${(excess * 100).toFixed(1)} %`;
    t.diagnostic(`${said}; all: ${samples.map((ms) => ms.toFixed(0)).join(' ')}`);
    assert.ok(virtual >= shortest_ms, `a cell of ${virtual} ms shows little`);
    assert.ok(Math.abs(excess) <= tolerance, said);
  }

  const title = (cell) => `${cell.lane}, ${cell.line}, ${cell.plan.index}`;
  for (const cell of [...cells_of.curl, ...cells_of.Node])
    test(`${cell.client.title}: ${title(cell)}`, (t) => compare(t, cell, cell.client));

  describe('Chromium', { skip: !find('chromium') && 'there is no Chromium' }, () => {
    let client;
    let browser;
    before(async () => {
      const { fresh_page, launch_chromium } = await import('./support/chromium.mjs');
      browser = await launch_chromium(server);
      client = chromium_client(browser, fresh_page);
    });
    after(() => browser?.close());
    for (const cell of cells_of.Chromium) test(title(cell), (t) => compare(t, cell, client));
  });
});
