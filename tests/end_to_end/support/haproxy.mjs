// Debian's HAProxy in front of servers: each frontend passes connections on with a PROXY header of version 2.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { environment, find, run, skip } from './command.mjs';
import { until } from './lines.mjs';
import { temporary_folder } from './muxlab.mjs';

// Debian puts it where only root looks.
const program = find('haproxy') ?? '/usr/sbin/haproxy';

export function need_haproxy() {
  if (!existsSync(program)) skip('haproxy is missing (script/bootstrap test installs it)');
}

function free_port() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Haproxy {
  // `frontends`: for each name its servers, [{ name, port, options }], and further lines of the section.
  static async start(test, frontends) {
    const folder = temporary_folder();
    const file = join(folder, 'haproxy.cfg');
    const balancer = new Haproxy();
    balancer.socket = join(folder, 'stats');
    balancer.ports = {};
    const sections = [];
    for (const [name, { servers, lines = [] }] of Object.entries(frontends)) {
      balancer.ports[name] = await free_port();
      const bound = servers.map((each) => `server ${each.name} 127.0.0.1:${each.port} send-proxy-v2 ${each.options ?? ''}`);
      const all = [`bind 127.0.0.1:${balancer.ports[name]}`, 'balance roundrobin', ...lines, ...bound];
      sections.push(`listen ${name}`, ...all.map((line) => `  ${line}`));
    }
    const timeouts = ['connect 10s', 'client 60s', 'server 60s'].map((each) => `  timeout ${each}`);
    const head = ['global', `  stats socket ${balancer.socket}`, 'defaults', '  mode tcp', ...timeouts];
    writeFileSync(file, [...head, ...sections, ''].join('\n'));
    const checked = await run(program, ['-c', '-q', '-f', file]);
    if (checked.code !== 0) throw new Error(`haproxy: ${checked.stdout}${checked.stderr}`);
    const child = spawn(program, ['-db', '-q', '-f', file], { env: environment, stdio: 'ignore' });
    test.after(() => child.kill('SIGKILL'));
    await until(() => balancer.status().then(() => true, () => false), 'haproxy');
    return balancer;
  }

  // What its checks say: for each "frontend/server" a row of `show stat`.
  async status() {
    const text = await new Promise((resolve, reject) => {
      let said = '';
      const socket = net.connect(this.socket, () => socket.write('show stat\n'));
      socket.on('data', (bytes) => (said += bytes)).on('error', reject).on('close', () => resolve(said));
    });
    const [names, ...rows] = text.replace(/^# /, '').trim().split('\n').map((line) => line.split(','));
    const row = (values) => Object.fromEntries(names.map((name, index) => [name, values[index]]));
    return Object.fromEntries(rows.map(row).map((each) => [`${each.pxname}/${each.svname}`, each]));
  }

  // Waits until a server of a frontend passes its check. Gives its row.
  up(name) {
    return until(async () => {
      const row = (await this.status())[name];
      return row?.status === 'UP' && !row.check_status.startsWith('*') && row.check_status !== 'INI' && row;
    }, `${name} up`);
  }
}
