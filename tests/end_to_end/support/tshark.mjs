// Wireshark's own decoders as a witness: what tshark sees in a capture, as plain lists, connection by connection. Says
// nothing of what muxlab thinks it sent.
import assert from 'node:assert/strict';
import { run } from './command.mjs';

// No text that is compared contains it.
const between = '\x1f';
const list = (text) => (text === '' ? [] : text.split(between));

// Rows of a capture: each an object of lists, by field.
async function rows(file, filter, fields, options) {
  const args = ['-r', file, '-Y', filter, '-T', 'fields', '-E', 'occurrence=a', '-E', `aggregator=${between}`];
  for (const field of fields) args.push('-e', field);
  const { code, stdout, stderr } = await run('tshark', [...args, ...options], { env: { LC_ALL: 'C.UTF-8' } });
  assert.equal(code, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const values = line.split('\t');
      return Object.fromEntries(fields.map((field, at) => [field, list(values[at] ?? '')]));
    });
}

// Values by "PORT direction", the client's port, in the order of the capture.
function by_direction(all, server_port, take) {
  const found = new Map();
  for (const row of all) {
    const [from] = row['tcp.srcport'];
    const [to] = row['tcp.dstport'];
    const up = Number(to) === server_port;
    const key = `${up ? from : to} ${up ? 'up' : 'down'}`;
    found.set(key, [...(found.get(key) ?? []), ...take(row)]);
  }
  return found;
}

const ports = ['tcp.srcport', 'tcp.dstport'];

// What muxlab made up in an export says so in its packet's comment.
const not_made_up = 'not (frame.comment contains "made these frames up")';

// Frames as { type, flags, stream, length }, numbers all.
export async function http2_frames(file, server_port, ...options) {
  const fields = [...ports, 'http2.type', 'http2.flags', 'http2.streamid', 'http2.length'];
  const all = await rows(file, `http2.type and ${not_made_up}`, fields, options);
  return by_direction(all, server_port, (row) =>
    row['http2.type'].map((type, at) => ({
      type: Number(type),
      flags: Number(row['http2.flags'][at]),
      stream: Number(row['http2.streamid'][at]),
      length: Number(row['http2.length'][at]),
    })),
  );
}

// Header fields as "name: value", those of all header blocks one after the other.
export async function http2_fields(file, server_port, ...options) {
  const fields = [...ports, 'http2.header.name', 'http2.header.value'];
  const all = await rows(file, `http2.header.name and ${not_made_up}`, fields, options);
  return by_direction(all, server_port, (row) =>
    row['http2.header.name'].map((name, at) => `${name}: ${row['http2.header.value'][at] ?? ''}`),
  );
}

// HTTP/1.1: each message as its start line's essence and its header lines.
export async function http1_messages(file, server_port, ...options) {
  const fields = [
    ...ports,
    'http.request.method',
    'http.request.uri',
    'http.request.line',
    'http.response.code',
    'http.response.line',
  ];
  const all = await rows(file, 'http.request or http.response', fields, options);
  const lines = (texts) => texts.map((text) => text.replace(/(\\r\\n|\r\n|\r|\n)$/, ''));
  return by_direction(all, server_port, (row) =>
    row['http.request.method'].length > 0
      ? [{ start: `${row['http.request.method'][0]} ${row['http.request.uri'][0]}`, lines: lines(row['http.request.line']) }]
      : [{ start: row['http.response.code'][0], lines: lines(row['http.response.line']) }],
  );
}

// What tshark calls malformed, or could not make out.
export async function complaints(file, ...options) {
  const filter = '_ws.malformed or (_ws.expert.severity == error) or http2.unknown';
  const all = await rows(file, filter, ['frame.number', '_ws.expert.message'], options);
  return all.map((row) => `${row['frame.number']}: ${row['_ws.expert.message']}`);
}
