// A raw HTTP/1.1 client: sends bytes as they are given, reads responses strictly.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { within } from './muxlab.mjs';

const read_limit_ms = 60_000;

// Splits bytes into whole responses, all of them to GET. Gives { responses, rest }: what follows the last whole one.
export function parse_responses(bytes) {
  const responses = [];
  let rest = bytes;
  for (;;) {
    const end_of_head = rest.indexOf('\r\n\r\n');
    if (end_of_head < 0) return { responses, rest };
    const [status_line, ...lines] = rest.subarray(0, end_of_head).toString('latin1').split('\r\n');
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(status_line);
    assert.ok(status, `a status line, not ${JSON.stringify(status_line)}`);
    const headers = {};
    for (const line of lines) {
      const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?(.*)$/.exec(line);
      assert.ok(field, `a field line, not ${JSON.stringify(line)}`);
      const name = field[1].toLowerCase();
      assert.ok(!(name in headers), `${name} stands twice`);
      headers[name] = field[2];
    }
    assert.ok('content-length' in headers, `every response here has a length: ${status_line}`);
    const body_begins = end_of_head + 4;
    const body_ends = body_begins + Number(headers['content-length']);
    if (rest.length < body_ends) return { responses, rest };
    responses.push({ status: Number(status[1]), headers, body: rest.subarray(body_begins, body_ends) });
    rest = rest.subarray(body_ends);
  }
}

export class Http1Socket {
  // To an endpoint of the server: in cleartext to `plain`, else over TLS without ALPN or with the one given.
  static async open(server, name, { alpn = ['http/1.1'], ca = readFileSync(server.authority) } = {}) {
    const address = { host: '127.0.0.1', port: server.port(name) };
    const secure = server.endpoint(name).url.startsWith('https:');
    const socket = secure
      ? tls.connect({ ...address, servername: 'localhost', ca, ALPNProtocols: alpn })
      : net.connect(address);
    await new Promise((resolve, reject) => {
      socket.once(secure ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
    });
    return new Http1Socket(socket);
  }

  constructor(socket) {
    this.socket = socket;
    this.chunks = [];
    this.closed = new Promise((resolve) => {
      socket.on('error', () => {}); // a reset is an end too
      socket.on('close', resolve);
    });
    socket.on('data', (bytes) => this.chunks.push(bytes));
  }

  get received() {
    return Buffer.concat(this.chunks);
  }

  send(text) {
    this.socket.write(text, 'latin1');
    return this;
  }

  // Waits for so many whole responses, gives them. Fails if the server closes before.
  async responses(count) {
    const enough = new Promise((resolve, reject) => {
      const look = () => {
        const { responses } = parse_responses(this.received);
        if (responses.length >= count) resolve(responses);
      };
      look();
      this.socket.on('data', look);
      this.closed.then(() =>
        reject(new Error(`closed before ${count} responses: ${this.received.toString('latin1')}`)),
      );
    });
    return within(read_limit_ms, enough, () => `only this came: ${this.received.toString('latin1')}`);
  }

  // Waits for the server to close, gives all responses; nothing may be cut.
  async all_responses() {
    await within(
      read_limit_ms,
      this.closed,
      () => `still open: ${this.received.toString('latin1').slice(0, 2000)}`,
    );
    const { responses, rest } = parse_responses(this.received);
    assert.equal(rest.length, 0, `a response was cut: ${rest.toString('latin1').slice(0, 200)}`);
    return responses;
  }

  close() {
    this.socket.destroy();
  }
}
