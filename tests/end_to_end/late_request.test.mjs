// How much of a large answer still stands in front of an urgent request that comes late, while the client
// reads nothing: what the server has handed down to the kernel can't be overtaken any more. Frames are written
// and read by hand here, so that nothing is read before the test says so.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Server, within } from './support/muxlab.mjs';

const limit_ms = 60_000;
const data = 0x0;
const headers = 0x1;
const settings = 0x4;
const window_update = 0x8;

function frame(type, flags, stream, payload) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function uint32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

// A literal field without indexing; the name by its place in the static table, or spelled out.
function field(name, value) {
  const text = (string) => Buffer.concat([Buffer.from([string.length]), Buffer.from(string)]);
  const named = typeof name === 'number' ? Buffer.from([name]) : Buffer.concat([Buffer.from([0]), text(name)]);
  return Buffer.concat([named, text(value)]);
}

function get(stream, path, priority) {
  const fields = [Buffer.from([0x82, 0x86]), field(1, 'localhost'), field(4, path), field('priority', priority)];
  return frame(headers, 0x5, stream, Buffer.concat(fields));
}

// The kernel's queues of this connection, as Linux tells: what one end has sent and the other has not
// acknowledged, and what has arrived and was not read.
function queues(from_port, to_port) {
  const hex = (port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, local, remote, , both] = line.trim().split(/\s+/);
    if (!local?.endsWith(hex(from_port)) || !remote.endsWith(hex(to_port))) continue;
    const [sent, unread] = both.split(':').map((text) => parseInt(text, 16));
    return { sent, unread };
  }
  return { sent: 0, unread: 0 };
}

async function until(holds) {
  const look = async () => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await within(limit_ms, look(), () => 'what was waited for did not come');
}

// Waits until two looks in a row see the same: the server has handed down all that it will. Gives its bytes.
async function full(client_port, server_port) {
  let last = -1;
  let now = 0;
  await until(() => {
    last = now;
    now = queues(client_port, server_port).unread + queues(server_port, client_port).sent;
    return now > 0 && now === last;
  });
  return now;
}

// Reads frames until the content of `stream` has ended. Gives the bytes of DATA of other streams before it.
function content_before(socket, stream) {
  return new Promise((resolve, reject) => {
    let pending = Buffer.alloc(0);
    let others = 0;
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      while (pending.length >= 9) {
        const length = pending.readUIntBE(0, 3);
        if (pending.length < 9 + length) return;
        const [type, flags, id] = [pending[3], pending[4], pending.readUInt32BE(5)];
        pending = pending.subarray(9 + length);
        if (type === data && id !== stream) others += length;
        if (type === data && id === stream && flags & 1) resolve(others);
      }
    });
  });
}

describe('a late urgent request', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  test('waits behind less than 192 KiB of a large answer', async () => {
    const port = server.port('plain');
    const socket = net.connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.pause();
    const wide_open = Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      frame(settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), uint32(0x7fffffff)])),
      frame(window_update, 0, 0, uint32(0x7fff0000)),
    ]);
    socket.write(Buffer.concat([wide_open, get(1, '/objects/large?bytes=67108864', 'u=7')]));
    const before_request = await full(socket.localPort, port);

    socket.write(get(3, '/objects/small?bytes=100', 'u=0'));
    await until(() => queues(port, socket.localPort).unread === 0);
    const counted = content_before(socket, 3);
    socket.resume();
    const bytes = await within(limit_ms, counted, () => 'the urgent answer did not come');
    socket.destroy();
    assert.ok(before_request > 16 * 1024, `only ${before_request} bytes were under way: nothing is shown`);
    assert.ok(bytes < 192 * 1024, `${bytes} bytes of the large answer stood before the urgent one`);
  });
});
