// The real program: started on free ports with certificates of its own, awaited by its ready line, stopped
// by SIGTERM. A server that ends badly, or of which a sanitizer has said something, fails its test.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, run } from './command.mjs';

const start_limit_ms = 60_000;
// Above the server's own deadline for a drain.
const stop_limit_ms = 60_000;

const sanitizer_options = {
  ASAN_OPTIONS: 'detect_leaks=1:exitcode=99:strict_string_checks=1',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
  TSAN_OPTIONS: 'exitcode=99:halt_on_error=1',
};
const sanitizer_words = /Sanitizer|runtime error:/;

export const free_ports = ['--port', 'auto', '--plain-port', 'auto', '--console-port', 'auto'];

export function binary() {
  assert.ok(process.env.MUXLAB_BINARY, 'MUXLAB_BINARY must name the program to test: build/asan/bin/muxlab');
  return process.env.MUXLAB_BINARY;
}

// Runs muxlab to its end, for what it says and how it exits.
export async function muxlab(...args) {
  const ended = await run(binary(), args, { env: sanitizer_options });
  assert.doesNotMatch(ended.stderr, sanitizer_words);
  return ended;
}

// What a test leaves behind is cleared when its process ends, also if it fails early.
const folders = new Set();
const servers = new Set();
process.on('exit', () => {
  for (const child of servers) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

// A folder of this test's own.
export function temporary_folder() {
  const folder = mkdtempSync(join(tmpdir(), 'muxlab-test-'));
  folders.add(folder);
  return folder;
}

export class Server {
  // Options are those of `muxlab serve` beyond its ports, certificates and workers. With a `test` the server does
  // not outlive it, however the test ends; without, it is the caller's to stop.
  static async start({ test, options = [], program = binary(), ports = free_ports, certificates } = {}) {
    const args = [
      'serve',
      ...ports,
      '--cert-dir',
      certificates ?? temporary_folder(),
      '--workers',
      '2',
      '--json',
      ...options,
    ];
    const server = new Server(spawn(program, args, { env: { ...environment, ...sanitizer_options } }));
    test?.after(() => server.child.kill('SIGKILL'));
    await server.#ready_line();
    return server;
  }

  constructor(child) {
    this.child = child;
    this.stdout = '';
    this.stderr = '';
    child.stdin.end();
    child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        servers.delete(child);
        resolve({ code, signal });
      });
    });
    servers.add(child);
  }

  async #ready_line() {
    const line = new Promise((resolve) => {
      const look = () => this.stdout.includes('\n') && resolve('ready');
      this.child.stdout.on('data', look);
    });
    const outcome = await within(
      start_limit_ms,
      Promise.race([line, this.ended]),
      () => `muxlab is not ready: ${this.stderr}`,
    );
    assert.equal(
      outcome,
      'ready',
      `muxlab ended before it was ready: ${JSON.stringify(outcome)} ${this.stderr}`,
    );
    this.ready = JSON.parse(this.stdout.slice(0, this.stdout.indexOf('\n')));
    this.authority = this.ready.certificate.authority;
    this.spki = this.ready.certificate.spki_sha256;
  }

  endpoint(name) {
    const found = this.ready.endpoints.find((endpoint) => endpoint.name === name);
    assert.ok(found, `no endpoint named ${name} in the ready line`);
    return found;
  }
  port(name) {
    return this.endpoint(name).port;
  }
  // The address of a path on an endpoint: url('site', '/mosaic/').
  url(name, path = '/') {
    return new URL(path, this.endpoint(name).url).href;
  }

  // What the server says next on standard error, a line.
  async next_line() {
    const before = this.stderr.length;
    const said = new Promise((resolve) => {
      this.child.stderr.on('data', () => {
        if (this.stderr.indexOf('\n', before) >= 0) resolve(this.stderr.slice(before).trimEnd());
      });
    });
    return within(stop_limit_ms, said, () => 'the server says nothing');
  }

  // Asks the server to read its files again. Gives what it says of that.
  async reload() {
    const said = this.next_line();
    this.child.kill('SIGHUP');
    return said;
  }

  // Asks the server to drain. Gives a promise of its end, { code, signal }.
  async terminate(signal = 'SIGTERM') {
    this.child.kill(signal);
    try {
      return await within(
        stop_limit_ms,
        this.ended,
        () => `muxlab did not end after ${signal}: ${this.stderr}`,
      );
    } finally {
      this.child.kill('SIGKILL');
    }
  }

  // Drains, and holds the server to a clean end.
  async stop() {
    this.assert_clean_end(await this.terminate());
  }
  assert_clean_end(end) {
    assert.doesNotMatch(this.stderr, sanitizer_words);
    assert.deepEqual(end, { code: 0, signal: null }, this.stderr);
  }
}

// What the promise gives, or a rejection with explain() once the time is over.
export async function within(limit_ms, promise, explain) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${explain()} (after ${limit_ms / 1000} s)`)), limit_ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
