// The installed Firefox, headless, driven by Marionette, its own remote protocol: JSON over a local socket, each
// message with its length in front. Certificates are accepted as they are: Firefox trusts no single key as Chromium can.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { environment, find, need } from './command.mjs';
import { temporary_folder, within } from './muxlab.mjs';

const programs = ['firefox-esr', 'firefox'];
const program = programs.find(find) ?? programs[0];
need(program);

const start_limit_ms = 60_000;
const command_limit_ms = 120_000;
const look_again_ms = 50;

// Quiet about updates, first runs and telemetry; what pages log goes to standard output too; a port of its own choice.
const preferences = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'devtools.console.stdout.content': true,
  'marionette.port': 0,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.proxy.type': 0,
  'services.settings.server': 'data:,#no-remote-settings',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

export class Firefox {
  static async start() {
    const profile = temporary_folder();
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    const child = spawn(find(program), ['--headless', '--no-remote', '--profile', profile, '--marionette'], {
      env: { ...environment, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const firefox = new Firefox(child);
    try {
      await within(start_limit_ms, firefox.#begin(profile), () => `${program} does not start: ${firefox.said}`);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return firefox;
  }

  constructor(child) {
    this.child = child;
    this.said = '';
    this.ended = new Promise((resolve) => child.on('close', resolve));
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.said += text));
    process.on('exit', () => child.kill('SIGKILL'));
    this.received = Buffer.alloc(0);
    this.waiting = new Map();
    this.last_id = 0;
  }

  async #begin(profile) {
    // Firefox writes the port that it took into its profile.
    const port_file = join(profile, 'MarionetteActivePort');
    while (!existsSync(port_file) || !readFileSync(port_file, 'utf8')) {
      if (this.child.exitCode !== null) throw new Error(`Firefox ended: ${this.said}`);
      await pause(look_again_ms);
    }
    this.socket = connect(Number(readFileSync(port_file, 'utf8')), '127.0.0.1');
    const greeted = new Promise((resolve, reject) => {
      this.greeted = resolve;
      this.socket.on('error', reject);
    });
    this.socket.on('data', (bytes) => this.#receive(bytes));
    this.socket.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error(`Firefox has gone: ${this.said}`));
    });
    await greeted;
    await this.command('WebDriver:NewSession', { acceptInsecureCerts: true });
  }

  // "35:[1,7,null,{...}]": a length in bytes, a colon, an array of 1 for an answer, the command's id, error, value.
  #receive(bytes) {
    this.received = Buffer.concat([this.received, bytes]);
    for (;;) {
      const colon = this.received.indexOf(':');
      if (colon === -1) return;
      const end = colon + 1 + Number(this.received.subarray(0, colon));
      if (this.received.length < end) return;
      const message = JSON.parse(this.received.subarray(colon + 1, end));
      this.received = this.received.subarray(end);
      if (!Array.isArray(message)) {
        this.greeted();
        continue;
      }
      const [, id, error, value] = message;
      const { resolve, reject } = this.waiting.get(id);
      this.waiting.delete(id);
      if (error) reject(new Error(`${error.error}: ${error.message}`));
      else resolve(value);
    }
  }

  command(name, parameters = {}) {
    const id = ++this.last_id;
    const text = Buffer.from(JSON.stringify([0, id, name, parameters]));
    const answered = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.socket.write(Buffer.concat([Buffer.from(`${text.length}:`), text]));
    return within(command_limit_ms, answered, () => `Firefox does not answer ${name}`);
  }

  // Loads an address and waits until it has loaded.
  open(url) {
    return this.command('WebDriver:Navigate', { url });
  }

  // The value of a function run in the page. It may give a promise.
  async evaluate(action) {
    const script = `return (${action})();`;
    return (await this.command('WebDriver:ExecuteScript', { script, args: [] })).value;
  }

  async stop() {
    await this.command('Marionette:Quit', { flags: ['eForceQuit'] });
    await within(start_limit_ms, this.ended, () => 'Firefox does not end');
  }
}
