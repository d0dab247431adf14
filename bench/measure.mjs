// One sample: a fresh server on its CPU, h2load on the other, and what both and the machine have spent.
import { spawn } from 'node:child_process';
import { files } from './loads.mjs';
import { parse_h2load, parse_time } from './h2load.mjs';
import * as processes from './processes.mjs';
import { start } from './servers.mjs';

const client_limit_ms = 120_000; // whoever reaches it hangs

// One cipher and one group, asked for by the client, so that every server does the same arithmetic. P-256 is the
// one group that all of them have: nghttpd 1.52 takes no other.
const same_tls = ['--tls13-ciphers=TLS_AES_128_GCM_SHA256', '--groups=P-256'];

// Handshakes come in runs of h2load; this many are the most a sample takes, whatever a machine's speed.
const most_runs = 200;

// Idle connections are measured once the server has used no CPU for so long, and at the latest at the limit.
const quiet_ms = 500;
const quiet_limit_ms = 20_000;
const poll_ms = 50;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function h2load_words(load, port, requests, connections = load.connections) {
  const protocol = load.protocol === 'h2' ? '--npn-list=h2' : '--h1';
  const clients = Math.min(connections, requests);
  return [
    'h2load',
    protocol,
    ...same_tls,
    '-n',
    `${requests}`,
    '-c',
    `${clients}`,
    '-m',
    `${load.streams}`,
    `https://127.0.0.1:${port}/${load.file}`,
  ];
}

// Runs h2load to its end on a CPU. Gives its facts with the CPU it used; no facts when it failed.
function run_client(words, cpu) {
  const timed = ['-c', 'TIMEFORMAT="bench %R %U %S"; time "$@"', 'bash', 'taskset', '-c', `${cpu}`, ...words];
  return new Promise((resolve, reject) => {
    const child = spawn('bash', timed, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: client_limit_ms,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', () => resolve({ facts: parse_h2load(output), time: parse_time(output), output }));
  });
}

// What changes between two looks at the server and the machine.
function look(server) {
  return {
    at: performance.now(),
    server_s: processes.session_cpu_s(server.session),
    ...processes.machine_times(),
  };
}

function spent(before, after, client_s) {
  const server_cpu_s = after.server_s - before.server_s;
  return {
    wall_s: (after.at - before.at) / 1000,
    server_cpu_s,
    client_cpu_s: client_s,
    // What neither of the two has used; the ticks of /proc round, so it may come out a little below nothing.
    other_cpu_s: Math.max(0, after.busy_s - before.busy_s - server_cpu_s - client_s),
    steal_s: after.steal_s - before.steal_s,
    load_average: processes.load_average(),
  };
}

// Several runs of h2load taken as one.
function joined(runs) {
  const sum = (value) => runs.reduce((total, run) => total + value(run), 0);
  const failed_run = runs.find((run) => !run.facts || !run.time);
  if (failed_run) return { client_failed: failed_run.output.trim().split('\n').slice(-1)[0] || 'no output' };
  return {
    units: sum((run) => run.facts.requests),
    succeeded: sum((run) => run.facts.succeeded),
    data_bytes: sum((run) => run.facts.data_bytes),
    client_seconds: sum((run) => run.facts.seconds),
    client_cpu_s: sum((run) => run.time.cpu_s),
    protocol: runs[0].facts.protocol,
    tls: runs[0].facts.tls,
  };
}

async function measure_runs(server, next_words, cpu, enough) {
  const before = look(server);
  const runs = [];
  do runs.push(await run_client(next_words(), cpu));
  while (runs.at(-1).facts && runs.length < most_runs && !enough(runs));
  const client = joined(runs);
  return { ...client, ...spent(before, look(server), client.client_cpu_s ?? 0) };
}

// As many requests as fill the time at the pace of a warm-up, whose cost is not counted.
async function measure_requests(load, server, cpu, sample_s) {
  const warm = await run_client(h2load_words(load, server.port, load.warm_up), cpu);
  if (!warm.facts || warm.facts.succeeded < load.warm_up) return joined([warm]);
  const pace = load.warm_up / Math.max(warm.facts.seconds, 0.001);
  const requests = Math.max(Math.ceil(pace * sample_s), load.connections * load.streams);
  return measure_runs(
    server,
    () => h2load_words(load, server.port, requests),
    cpu,
    () => true,
  );
}

async function measure_handshakes(load, server, cpu, sample_s) {
  const words = () => h2load_words(load, server.port, load.connections);
  await run_client(words(), cpu);
  const busy_s = (runs) => runs.reduce((sum, run) => sum + (run.time?.wall_s ?? 0), 0);
  return measure_runs(server, words, cpu, (runs) => busy_s(runs) >= sample_s);
}

// Waits until the server has every connection and rests.
async function until_quiet(server, connections) {
  let rested_ms = 0;
  let last_s = -1;
  for (const end = Date.now() + quiet_limit_ms; Date.now() < end && rested_ms < quiet_ms;) {
    await pause(poll_ms);
    const now_s = processes.session_cpu_s(server.session);
    const resting = now_s === last_s && processes.established_at(server.port) >= connections;
    rested_ms = resting ? rested_ms + poll_ms : 0;
    last_s = now_s;
  }
}

// Each connection brings one request and then stays: at so slow a pace the second one is minutes away. The server
// has answered one connection before, so that what it keeps once is not counted.
async function measure_idle(load, server, cpu) {
  const first = await run_client(h2load_words(load, server.port, 1, 1), cpu);
  if (!first.facts) return joined([first]);
  await pause(quiet_ms);
  const before_kb = processes.session_memory_kb(server.session);
  const words = [...h2load_words(load, server.port, 2 * load.connections, load.connections), '--rps=0.005'];
  const client = spawn('taskset', ['-c', `${cpu}`, ...words], { stdio: 'ignore' });
  const ended = new Promise((resolve) => client.on('close', resolve).on('error', resolve));
  try {
    await until_quiet(server, load.connections);
    const after_kb = processes.session_memory_kb(server.session);
    const { protocol, tls } = first.facts;
    return {
      units: load.connections,
      connections: processes.established_at(server.port),
      before_kb,
      after_kb,
      protocol,
      tls,
    };
  } finally {
    client.kill('SIGKILL');
    await ended;
  }
}

const ways = { requests: measure_requests, handshakes: measure_handshakes, idle: measure_idle };

// Measures a load on a server that is started for it and ended behind it.
export async function take_sample(load, name, place, cpus, sample_s) {
  const server = await start(name, { ...place, cpu: cpus.server });
  try {
    const sample = await ways[load.kind](load, server, cpus.client, sample_s);
    const expected_bytes = (sample.units ?? 0) * files[load.file];
    return { load: load.name, server: name, ...sample, expected_bytes };
  } finally {
    await server.stop();
  }
}
