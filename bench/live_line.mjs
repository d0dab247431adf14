// What simulated lines cost in real time: the share of a core that muxlab spends on 30 clients which each download at
// 10 Mbit/s, and how late it is.
//
//   MUXLAB_BINARY=build/release/bin/muxlab node bench/live_line.mjs [--seconds N]
//
// All of a machine's own addresses are one client with one line, so two figures:
//
//   one line    30 connections on one line of 300 Mbit/s
//   30 lines    30 clients of an address each, 10.0.0.1 to 10.0.0.30, on a line of 10 Mbit/s each: in a network
//               namespace of its own (unshare), which changes nothing of the machine; left out where that is not let
//
// Clients read over HTTP/1.1 and TLS in another process, so that only the server is counted.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';
import { session_cpu_s } from './processes.mjs';

const clients = 30;
const rate_bps = 10e6; // of each
const line = (bps) => `rtt=40ms,down=${bps / 1e6}mbit,up=${bps / 1e6}mbit`;
const warm_up_ms = 2000; // until every connection is at its rate
const server_address = '10.0.0.100';
const client_addresses = Array.from({ length: clients }, (_, nth) => `10.0.0.${nth + 1}`);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function start_server(muxlab, certificates, options) {
  const ports = ['--port', '0', '--plain-port', '0', '--console-port', 'auto'];
  const args = ['serve', ...ports, '--cert-dir', certificates, '--json', ...options];
  // A session of its own, by which its CPU time is found.
  const child = spawn(muxlab, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  let said = '';
  await new Promise((resolve, reject) => {
    child.on('close', (code) => reject(new Error(`muxlab ended with ${code}`)));
    child.stdout.on('data', (piece) => {
      said += piece;
      if (said.includes('\n')) resolve();
    });
  });
  return { child, ready: JSON.parse(said) };
}

const port_of = (server, name) => server.ready.endpoints.find((endpoint) => endpoint.name === name).port;

// Reads without end on one connection; `count` is told how many bytes have come. A new request as one is answered.
function reader(host, port, ca, localAddress, count) {
  const socket = tls.connect({ host, port, servername: 'localhost', ca, localAddress });
  const bytes = 64 * 1024 * 1024;
  const ask = () => socket.write(`GET /objects/load?bytes=${bytes} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  let left = bytes;
  socket.on('secureConnect', ask);
  socket.on('data', (piece) => {
    count(piece.length);
    left -= piece.length;
    if (left > 0) return;
    left += bytes;
    ask();
  });
  socket.on('error', (error) => process.stderr.write(`live_line: ${error.message}\n`));
  return socket;
}

function line_state(host, port, ca, address) {
  return new Promise((resolve, reject) => {
    const at = { host, port, path: `/api/lines/${address}/h1`, ca, servername: 'localhost', agent: false };
    https
      .get(at, async (response) => resolve(JSON.parse(Buffer.concat(await response.toArray()).toString())))
      .on('error', reject);
  });
}

// Gives { cores, mbit_s, p50_ms, p99_ms }: the worst line's lateness.
async function measure(server, host, addresses, seconds) {
  const ca = readFileSync(server.ready.certificate.authority);
  let came = 0;
  const sockets = addresses.map((address) =>
    reader(host, port_of(server, 'h1'), ca, address, (bytes) => (came += bytes)),
  );
  await pause(warm_up_ms);
  const before = { cpu_s: session_cpu_s(server.child.pid), at: performance.now(), came };
  await pause(seconds * 1000);
  const took_s = (performance.now() - before.at) / 1000;
  const cpu_s = session_cpu_s(server.child.pid) - before.cpu_s;
  const mbit_s = ((came - before.came) * 8) / 1e6 / took_s;
  const lateness = [];
  for (const address of new Set(addresses)) {
    const { lateness_ms } = await line_state(host, port_of(server, 'console'), ca, address);
    lateness.push(lateness_ms);
  }
  for (const socket of sockets) socket.destroy();
  return {
    cores: cpu_s / took_s,
    mbit_s,
    p50_ms: Math.max(...lateness.map((each) => each.p50)),
    p99_ms: Math.max(...lateness.map((each) => each.p99)),
  };
}

async function bench(title, host, addresses, options, seconds) {
  const certificates = mkdtempSync(join(tmpdir(), 'muxlab-bench.'));
  const server = await start_server(process.env.MUXLAB_BINARY, certificates, options);
  const ended = new Promise((resolve) => server.child.on('close', resolve));
  try {
    const { cores, mbit_s, p50_ms, p99_ms } = await measure(server, host, addresses, seconds);
    const share = `${(cores * 100).toFixed(1)} % of a core`;
    const late = `late by ${p50_ms.toFixed(2)} ms (p50), ${p99_ms.toFixed(2)} ms (p99)`;
    console.log(`${title}: ${share}, ${mbit_s.toFixed(0)} Mbit/s came, ${late}`);
  } finally {
    server.child.kill('SIGTERM');
    await ended;
    rmSync(certificates, { recursive: true, force: true });
  }
}

const one_line = (seconds) =>
  bench(
    `one line, ${clients} connections`,
    '127.0.0.1',
    Array(clients).fill('127.0.0.1'),
    ['--line', line(clients * rate_bps)],
    seconds,
  );

const many_lines = (seconds) =>
  bench(
    `${clients} lines`,
    server_address,
    client_addresses,
    ['--line', line(rate_bps), '--address', server_address],
    seconds,
  );

// This file again, in a network of its own where it has all the addresses.
function enter_namespace(seconds) {
  const addresses = [server_address, ...client_addresses].map((each) => `ip addr add ${each}/32 dev lo`);
  const script = ['ip link set lo up', ...addresses, 'exec "$@"'].join(' && ');
  const again = [process.execPath, process.argv[1], '--inside', '--seconds', String(seconds)];
  const { status } = spawnSync('unshare', ['-rn', 'sh', '-c', script, 'sh', ...again], { stdio: 'inherit' });
  if (status !== 0)
    console.log(`${clients} lines: not measured, there is no network namespace to be had here`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const words = process.argv.slice(2);
  const place = words.indexOf('--seconds');
  const seconds = place < 0 ? 10 : Number(words[place + 1]);
  if (!process.env.MUXLAB_BINARY || !(seconds > 0)) {
    console.error('usage: MUXLAB_BINARY=FILE node bench/live_line.mjs [--seconds N]');
    process.exitCode = 2;
  } else if (words.includes('--inside')) {
    await many_lines(seconds);
  } else {
    await one_line(seconds);
    enter_namespace(seconds);
  }
}
