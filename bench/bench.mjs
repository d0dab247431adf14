// script/bench's program: reads the command line, takes the samples in turn, prints what they say.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chart } from './chart.mjs';
import { judge } from './judge.mjs';
import { files, loads, plans } from './loads.mjs';
import { take_sample } from './measure.mjs';
import * as processes from './processes.mjs';
import { Progress } from './progress.mjs';
import { json_report, text_report } from './report.mjs';
import { servers, version_of } from './servers.mjs';

const usage = `usage: script/bench [--quick] [--json FILE] [--svg FILE] [--only LOAD]... [--servers A,B]
       script/bench --instructions [--json FILE] [--only LOAD]...

Compares what muxlab and its peers spend on the same requests: docs/benchmarks.md. With --instructions it counts
what muxlab and the bare libraries spend, without sockets: script/bench --instructions --help.

  --quick        one round of a second, for a look
  --json FILE    writes everything, every sample too
  --svg FILE     writes a chart
  --only LOAD    this load alone; may be repeated. The loads:
                 ${loads
                   .map((load) => load.name)
                   .join(', ')
                   .replace(/(.{50,58}), /g, '$1,\n                 ')}
  --servers A,B  these servers alone, of: ${Object.keys(servers).join(', ')}
`;

class Refusal extends Error {}

function choices(given, known, what) {
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Refusal(`there is no ${what} "${unknown}"; there are ${known.join(', ')}`);
  return given.length > 0 ? known.filter((name) => given.includes(name)) : known;
}

function read_arguments(words) {
  const wish = { plan: plans.full, only: [], servers: [] };
  for (let rest = [...words]; rest.length > 0;) {
    const option = rest.shift();
    const value = () => rest.shift() ?? refuse(`${option} needs a value`);
    if (option === '--quick') wish.plan = plans.quick;
    else if (option === '--json') wish.json = value();
    else if (option === '--svg') wish.svg = value();
    else if (option === '--only') wish.only.push(value());
    else if (option === '--servers') wish.servers.push(...value().split(','));
    else if (option === '--help' || option === '-h') wish.help = true;
    else refuse(`"${option}" is not an option; script/bench --help lists them`);
  }
  const names = choices(
    wish.only,
    loads.map((load) => load.name),
    'load',
  );
  wish.loads = loads.filter((load) => names.includes(load.name));
  wish.any_servers = wish.servers.length === 0;
  wish.servers = choices(wish.servers, Object.keys(servers), 'server');
  return wish;
}

function refuse(why) {
  throw new Refusal(why);
}

// Where a program stands: on PATH, or where Debian keeps servers, which is not on everybody's PATH.
function find(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find(existsSync);
}

// Debian 13 has no h2o: a server that nobody named is left out where it is missing.
function present(wish) {
  const missing = wish.servers.filter((name) => name !== 'muxlab' && !find(name));
  if (missing.length === 0) return wish.servers;
  if (!wish.any_servers) refuse(`${missing.join(', ')}: missing`);
  process.stderr.write(`bench: left out, for it is missing: ${missing.join(', ')}\n`);
  return wish.servers.filter((name) => !missing.includes(name));
}

// The state of one run: files to serve, certificates, and what servers write. Others may read it, because some
// servers leave root behind; the key is made for this run and is gone with it.
function prepare(muxlab) {
  const state = mkdtempSync(join(tmpdir(), 'muxlab-bench.'));
  process.on('exit', () => rmSync(state, { recursive: true, force: true }));
  chmodSync(state, 0o755);
  const root = join(state, 'root');
  mkdirSync(root);
  for (const [name, bytes] of Object.entries(files))
    writeFileSync(join(root, name), Buffer.alloc(bytes, 'muxlab '));
  const certificates = join(state, 'certificates');
  const made = spawnSync(muxlab, ['certs', '--cert-dir', certificates], { encoding: 'utf8' });
  if (made.status !== 0) refuse(`muxlab made no certificates: ${made.stderr}`);
  return {
    state,
    root,
    certificate: join(certificates, 'server.pem'),
    key: join(certificates, 'server-key.pem'),
  };
}

// A B C A B C: a disturbance of some seconds hits all servers alike, not all rounds of one.
function turns(wish) {
  const rounds = Array.from({ length: wish.plan.rounds }, (_, index) => index + 1);
  return wish.loads.flatMap((load) =>
    rounds.flatMap((round) =>
      wish.servers
        .filter((name) => servers[name].protocols.includes(load.protocol))
        .map((name) => ({ load, round, name })),
    ),
  );
}

async function take_samples(wish, places, cpus) {
  const all = turns(wish);
  const progress = new Progress(all.length);
  const samples = [];
  for (const { load, round, name } of all) {
    progress.step(`${load.title}, ${name}, round ${round}`);
    try {
      samples.push({ round, ...(await take_sample(load, name, places[name], cpus, wish.plan.sample_s)) });
    } catch (error) {
      samples.push({ round, load: load.name, server: name, error: error.message.trim() });
    }
  }
  progress.end();
  return samples;
}

function describe_machine(wish, places, cpus) {
  return {
    processor: processes.processor_name(),
    server_cpu: cpus.server,
    client_cpu: cpus.client,
    date: new Date().toISOString(),
    versions: wish.servers.map((name) => version_of(name, places[name].program)),
    ...wish.plan,
  };
}

function tell(wish, rows, machine, samples) {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const where = `${machine.processor}; ${machine.versions.join(', ')}`;
  process.stdout.write(`${text_report(rows, wish.servers, colour)}\n${where}\n`);
  if (wish.json) writeFileSync(wish.json, json_report(rows, machine, samples));
  const rounds = machine.rounds === 1 ? 'one round' : `median of ${machine.rounds} rounds`;
  const caption = `${machine.processor}, ${machine.date.slice(0, 10)}, ${rounds}`;
  if (wish.svg) writeFileSync(wish.svg, chart(rows, caption));
}

async function main() {
  const wish = read_arguments(process.argv.slice(2));
  if (wish.help) return process.stdout.write(usage);
  const muxlab = process.env.MUXLAB_BINARY ?? refuse('MUXLAB_BINARY must name the muxlab to measure');
  const cpus = processes.choose_cpus() ?? refuse('two CPUs are needed: for the server and for the client');
  if (!processes.has_memory_by_kind()) refuse('Linux 5.14 or newer is needed: no Pss_Anon in smaps_rollup');
  wish.servers = present(wish);
  const shared = prepare(muxlab);
  const place_of = (name) => ({ ...shared, program: name === 'muxlab' ? muxlab : find(name) });
  const places = Object.fromEntries(wish.servers.map((name) => [name, place_of(name)]));
  const samples = await take_samples(wish, places, cpus);
  const rows = judge(wish.loads, wish.servers, samples);
  tell(wish, rows, describe_machine(wish, places, cpus), samples);
}

// The servers end with us however we end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Refusal ? error.message : error.stack}\n`);
  process.exit(error instanceof Refusal ? 2 : 1);
}
