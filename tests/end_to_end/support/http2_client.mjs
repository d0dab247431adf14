// node:http2 with promises: connect, ask one request, wait for one event.
import { once as once_event } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { within } from './muxlab.mjs';

const limit_ms = 60_000;

export function once(emitter, event) {
  return within(limit_ms, once_event(emitter, event), () => `no ${event}`);
}

// A connected session to an endpoint, by TLS and ALPN or by prior knowledge in cleartext.
export async function connect(server, name, options = {}) {
  const scheme = new URL(server.endpoint(name).url).protocol;
  const client = http2.connect(`${scheme}//127.0.0.1:${server.port(name)}`, {
    ca: readFileSync(server.authority),
    ...options,
  });
  await once(client, 'connect');
  return client;
}

// One request to its end. Gives { headers, body, stream_id }.
export function ask(client, path, headers = {}) {
  const stream = client.request({ ':path': path, ...headers });
  return within(limit_ms, whole(stream), () => `${path} was not answered`);
}

export function whole(stream) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let received;
    stream.on('response', (headers) => (received = headers));
    stream.on('data', (bytes) => chunks.push(bytes));
    stream.on('error', reject);
    stream.on('close', () => {
      const clean = stream.rstCode === http2.constants.NGHTTP2_NO_ERROR && received;
      if (!clean) return reject(new Error(`stream ${stream.id} ended with code ${stream.rstCode}`));
      return resolve({ headers: received, body: Buffer.concat(chunks), stream_id: stream.id });
    });
  });
}
