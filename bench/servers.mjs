// The servers: how each is started on a port and with the files it is given, and how it ends. One at a time,
// each in a session of its own, pinned to one CPU; what it writes stands in its state folder.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const start_limit_ms = 10_000;
const stop_limit_ms = 15_000; // above muxlab's own deadline for a drain
const retry_ms = 20;

// Fills the words of a configuration in bench/servers and writes it where the server may keep its state.
function configuration(name, facts) {
  const template = readFileSync(fileURLToPath(new URL(`servers/${name}`, import.meta.url)), 'utf8');
  const text = template.replace(/@([A-Z]+)@/g, (_, word) =>
    word === 'WORDS' ? '@WORDS@' : facts[word.toLowerCase()],
  );
  const path = join(facts.state, name);
  writeFileSync(path, text);
  return path;
}

const both = ['h2', 'http/1.1'];

// `command` gives the words of a command line; `version` are words that make it tell its own.
export const servers = {
  muxlab: {
    protocols: both,
    version: ['--version'],
    command: (program, facts) => [
      ...[program, 'serve', '--workers', '1', '--no-lab', '--root', facts.root],
      ...['--address', '127.0.0.1', '--port', `${facts.port}`, '--plain-port', '0'],
      ...['--cert', facts.certificate, '--key', facts.key],
    ],
  },
  nginx: {
    protocols: both,
    version: ['-v'],
    command: (program, facts) => [
      program,
      '-p',
      facts.state,
      '-e',
      join(facts.state, 'nginx.log'),
      '-c',
      configuration('nginx.conf', facts),
    ],
  },
  h2o: {
    protocols: both,
    version: ['--version'],
    command: (program, facts) => [program, '-c', configuration('h2o.yaml', facts)],
  },
  nghttpd: {
    protocols: ['h2'],
    version: ['--version'],
    command: (program, facts) => [
      program,
      '--workers=1',
      '--address=127.0.0.1',
      `--htdocs=${facts.root}`,
      `${facts.port}`,
      facts.key,
      facts.certificate,
    ],
  },
  lighttpd: {
    protocols: both,
    version: ['-v'],
    command: (program, facts) => [program, '-D', '-f', configuration('lighttpd.conf', facts)],
  },
};

// The first line a server says of its version.
export function version_of(name, program) {
  const said = spawnSync(program, servers[name].version, { encoding: 'utf8' });
  const line = `${said.stdout}${said.stderr}`.split('\n')[0].trim();
  return line
    .replace(/ - a light.*/, '')
    .replace(/^nginx version: /, '')
    .replace(/ \(ssl\)$/, '');
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function free_port() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const say = (outcome) => () => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('connect', say(true)).on('error', say(false));
  });

// A server that runs. `session` names all its processes.
class Running {
  constructor(name, child, port, said) {
    Object.assign(this, { name, child, port, said });
    this.session = child.pid;
    this.ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve));
  }

  async ready() {
    let over = false;
    this.ended.then(() => (over = true));
    for (const end = Date.now() + start_limit_ms; Date.now() < end && !over; await pause(retry_ms)) {
      if (await answers(this.port)) return this;
    }
    this.kill();
    throw new Error(`${this.name} does not serve on port ${this.port}:\n${readFileSync(this.said, 'utf8')}`);
  }

  async stop() {
    this.child.kill('SIGTERM');
    const limit = setTimeout(() => this.kill(), stop_limit_ms);
    await this.ended;
    clearTimeout(limit);
    this.kill(); // what a master may have left behind
    live.delete(this);
  }

  kill() {
    try {
      process.kill(-this.session, 'SIGKILL');
    } catch {
      // all of its group has ended
    }
  }
}

// However the program ends, no server outlives it.
const live = new Set();
process.on('exit', () => live.forEach((server) => server.kill()));

// Starts a server afresh. `place` has program, root, certificate, key, state (a folder) and cpu.
export async function start(name, place) {
  const state = join(place.state, name);
  mkdirSync(state, { recursive: true });
  const facts = { ...place, state, port: await free_port() };
  const said = join(state, 'said');
  const output = openSync(said, 'w');
  const words = servers[name].command(place.program, facts);
  const child = spawn('taskset', ['-c', `${place.cpu}`, ...words], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const server = new Running(name, child, facts.port, said);
  live.add(server);
  return server.ready();
}
