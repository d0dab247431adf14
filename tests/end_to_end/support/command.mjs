// Runs a command to its end and gives what it said. Knows nothing of muxlab.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Far above what any command here needs, even with sanitizers on a loaded machine: whoever reaches it hangs.
const time_limit_ms = 120_000;

// ctest counts this exit code as "skipped" (SKIP_RETURN_CODE 77).
const skipped = 77;

// A proxy of the machine must not come between a client here and the server under test.
export const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(https?|all|ftp|no)_proxy$/i.test(name)),
);

// Where a program stands on PATH; undefined if it does not.
export function find(program) {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// Ends this test file as skipped, with the reason, if a tool is not there.
export function need(...programs) {
  const missing = programs.filter((program) => !find(program));
  if (missing.length === 0) return;
  skip(`${missing.join(', ')} missing on PATH (script/bootstrap test installs it)`);
}

export function skip(reason) {
  console.log(`MUXLAB SKIPPED: ${reason}`);
  process.exit(skipped);
}

// Gives { code, signal, stdout, stderr }; stdout as text, or as a Buffer where `binary` is set.
// Its standard input ends behind `input`, unless `keep_input_open` is set. Rejects only if the command cannot be
// started or does not end in time.
export function run(program, args, options = {}) {
  const { input = '', keep_input_open = false, binary = false, env = {}, limit_ms = time_limit_ms } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...environment, ...env }, stdio: 'pipe' });
    const stdout = [];
    const stderr = [];
    child.stdout.on('data', (bytes) => stdout.push(bytes));
    child.stderr.on('data', (bytes) => stderr.push(bytes));
    child.stdin.on('error', () => {}); // it may end without reading its input
    child.stdin.write(input);
    if (!keep_input_open) child.stdin.end();
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      const said = Buffer.concat([...stdout, ...stderr]).toString();
      reject(
        new Error(`${program} ${args.join(' ')} did not end in ${limit_ms / 1000} s; it said:\n${said}`),
      );
    }, limit_ms);
    child.on('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      const out = Buffer.concat(stdout);
      resolve({
        code,
        signal,
        stdout: binary ? out : out.toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}
