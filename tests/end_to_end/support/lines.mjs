// The console's say about lines, and what Linux knows of a server's process: for tests of lanes with a simulated line.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import https from 'node:https';
import { run } from './command.mjs';
import { within } from './muxlab.mjs';

const wait_limit_ms = 60_000;
const look_again_ms = 10;

// USER_HZ: what /proc counts in, 100 on every Linux this runs on (proc(5)).
const ticks_a_second = 100;

// Waits until `holds` does, or gives something true; gives that.
export function until(holds, what = 'what was waited for') {
  const look = async () => {
    for (;;) {
      const outcome = await holds();
      if (outcome) return outcome;
      await new Promise((resolve) => setTimeout(resolve, look_again_ms));
    }
  };
  return within(wait_limit_ms, look(), () => `${what} did not come`);
}

// One call of the console's API. Gives its JSON; any other status than 200 is a failure.
export function ask_console(server, method, path, content) {
  const answer = new Promise((resolve, reject) => {
    const request = https.request(server.url('console', path), {
      method,
      ca: readFileSync(server.authority),
      servername: 'localhost',
      agent: false,
      headers: { 'content-type': 'application/json' },
    });
    request.on('error', reject);
    request.on('response', async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
    });
    request.end(content);
  });
  return within(wait_limit_ms, answer, () => `${method} ${path} was not answered`);
}

// A line is a text, an object, or null; `address` is a client's, by default this machine's.
export function set_line(server, lane, line, address = 'me') {
  return ask_console(server, 'PUT', `/api/lines/${address}/${lane}`, JSON.stringify(line));
}
export function line_of(server, lane, address = 'me') {
  return ask_console(server, 'GET', `/api/lines/${address}/${lane}`);
}
export function drop_segments(server, connection, segments) {
  return ask_console(server, 'POST', `/api/connections/${connection}/drop`, JSON.stringify({ segments }));
}

// One run of curl: paths of a lane, in turn or, with options, at once. Gives what curl measured of each, times in ms
// from the start of the run's part for it. Every answer has to be 200.
export async function curl(server, lane, paths, ...options) {
  const parts = paths.flatMap((path) => [
    server.url(lane, path),
    '--output',
    '/dev/null',
    '--write-out',
    '%{json}\n',
  ]);
  const args = ['--silent', '--show-error', '--cacert', server.authority, ...options, ...parts];
  const { code, stdout, stderr } = await run('curl', args);
  assert.equal(code, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const said = JSON.parse(line);
      assert.equal(said.response_code, 200, line);
      return {
        protocol: said.http_version === '2' ? 'h2' : 'http/1.1',
        secured_ms: said.time_appconnect * 1000,
        first_byte_ms: said.time_starttransfer * 1000,
        total_ms: said.time_total * 1000,
        bytes: said.size_download,
        connections: said.num_connects,
      };
    });
}

// --- A process

export function descriptors(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

// Memory in use, in bytes.
export function memory_bytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

// User and system time so far, in ms.
export function cpu_ms(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user + system) * 1000) / ticks_a_second;
}
