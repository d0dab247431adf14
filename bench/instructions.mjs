// script/bench --instructions: runs bench/instructions in callgrind, reads the counts, prints what they say.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse_callgrind } from './callgrind.mjs';
import { functions_report, json_report, results_of, text_report } from './instructions_report.mjs';
import { Progress } from './progress.mjs';

const usage = `usage: script/bench --instructions [--json FILE] [--only LOAD]...

Counts the instructions a request costs muxlab and the bare libraries, in one process without sockets, by
valgrind's callgrind: docs/benchmarks.md. Needs no quiet machine, and a minute or so of one CPU.

  --json FILE    writes everything, the costliest functions too
  --only LOAD    this load alone, and its costliest functions; may be repeated. An unknown one lists them.
`;

// glibc copies much at once by one instruction, which callgrind counts once for each byte. Without it, it copies by
// instructions that move 32 bytes each: about what the copy costs.
const tunables = 'glibc.cpu.x86_rep_movsb_threshold=1000000000:glibc.cpu.x86_rep_stosb_threshold=1000000000';

class Refusal extends Error {}

function refuse(why) {
  throw new Refusal(why);
}

function read_arguments(words) {
  const wish = { only: [] };
  for (let rest = [...words]; rest.length > 0;) {
    const option = rest.shift();
    const value = () => rest.shift() ?? refuse(`${option} needs a value`);
    if (option === '--json') wish.json = value();
    else if (option === '--only') wish.only.push(value());
    else if (option === '--help' || option === '-h') wish.help = true;
    else if (option !== '--instructions')
      refuse(`"${option}" is not an option here; script/bench --instructions --help lists them`);
  }
  return wish;
}

// The child must not outlive us, nor its files.
function scratch_folder() {
  const folder = mkdtempSync(join(tmpdir(), 'muxlab-instructions.'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function count(program, only) {
  const folder = scratch_folder();
  const callgrind = ['-q', '--tool=callgrind', '--collect-atstart=no'];
  const words = [...callgrind, `--callgrind-out-file=${join(folder, 'counts')}`, program, ...only];
  const child = spawn('valgrind', words, {
    env: { ...process.env, GLIBC_TUNABLES: tunables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.on('exit', () => child.kill());
  let trouble = '';
  child.stderr.on('data', (piece) => (trouble += piece));
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const loads = [];
  let versions, progress;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    if (said.name) {
      loads.push(said);
      progress.step(said.name);
    } else {
      versions = said;
      progress = new Progress(said.loads);
    }
  }
  const status = await ended;
  progress?.end();
  if (status !== 0) refuse(trouble.trim());
  const profiles = readdirSync(folder).map((file) => parse_callgrind(readFileSync(join(folder, file), 'utf8')));
  return { versions, results: results_of(loads, profiles) };
}

async function main() {
  const wish = read_arguments(process.argv.slice(2));
  if (wish.help) return process.stdout.write(usage);
  const program = process.env.MUXLAB_INSTRUCTIONS ?? refuse('MUXLAB_INSTRUCTIONS must name the built program');
  const valgrind = spawnSync('valgrind', ['--version'], { encoding: 'utf8' }).stdout?.trim();
  if (!valgrind) refuse('valgrind is missing');
  const { versions, results } = await count(program, wish.only);
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const { compiler, nghttp2, openssl } = versions;
  const functions = wish.only.length > 0 ? results.map((result) => functions_report(result, colour)) : [];
  const parts = [text_report(results, colour), ...functions, `${compiler}; nghttp2 ${nghttp2}, ${openssl}; ${valgrind}\n`];
  process.stdout.write(parts.join('\n'));
  const all_versions = { date: new Date().toISOString(), compiler, nghttp2, openssl, valgrind };
  if (wish.json) writeFileSync(wish.json, json_report(results, all_versions));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Refusal ? error.message : error.stack}\n`);
  process.exit(error instanceof Refusal ? 2 : 1);
}
