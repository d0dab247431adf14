// Runs, as the console's API has them: for tests that load pages with software that we did not write and then ask what
// was seen.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { until } from './lines.mjs';
import { within } from './muxlab.mjs';

const wait_limit_ms = 60_000;

// One call of the console, with a value as JSON or with any text said to be JSON. Gives { status, headers, content },
// the content as a Buffer.
export function call(server, method, path, { json, text, headers = {} } = {}) {
  const sent = text ?? (json === undefined ? undefined : JSON.stringify(json));
  const answer = new Promise((resolve, reject) => {
    const request = https.request(server.url('console', path), {
      method,
      ca: readFileSync(server.authority),
      servername: 'localhost',
      agent: false,
      headers: { ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    });
    request.on('error', reject);
    request.on('response', async (response) => {
      const content = Buffer.concat(await response.toArray());
      resolve({ status: response.statusCode, headers: response.headers, content });
    });
    request.end(sent);
  });
  return within(wait_limit_ms, answer, () => `${method} ${path} was not answered`);
}

// The same, where the answer has to be of that status, in JSON.
export async function ask(server, method, path, json, status = 200) {
  const answer = await call(server, method, path, { json });
  assert.equal(answer.status, status, `${method} ${path}: ${answer.content}`);
  return answer.content.length === 0 ? null : JSON.parse(answer.content);
}

// Gives { id, url, warm_up }. A run that still goes on where this one is to begin cold is waited for.
export async function begin_run(server, wish) {
  let answer;
  await until(async () => {
    answer = await call(server, 'POST', '/api/runs', { json: wish });
    return answer.status !== 409;
  }, 'the end of the run before');
  assert.equal(answer.status, 201, String(answer.content));
  return JSON.parse(answer.content);
}

// Ends it and gives its trace.
export async function end_run(server, id, report) {
  await ask(server, 'POST', `/api/runs/${id}/end`, report ?? {});
  return trace_of(server, id);
}
export function trace_of(server, id) {
  return ask(server, 'GET', `/api/runs/${id}`);
}

// Waits until so many exchanges of the run are whole, and gives its trace.
export function whole_trace(server, id, exchanges) {
  return until(async () => {
    const trace = await trace_of(server, id);
    const landed = trace.exchanges.filter((exchange) => exchange.last_byte_landed !== null);
    return landed.length >= exchanges && trace;
  }, `${exchanges} whole exchanges of run ${id}`);
}

// Waits until the clients have gone, so that nothing more comes, ends the run and gives its trace.
export async function closed_trace(server, id) {
  await ask(server, 'POST', `/api/runs/${id}/end`, {});
  return until(async () => {
    const trace = await trace_of(server, id);
    return trace.connections.every((connection) => connection.closed !== null) && trace;
  }, `the end of the connections of run ${id}`);
}

// A run's export as a Buffer: "har", "pcapng", "qlog", "json".
export async function export_of(server, id, form, query = '') {
  const answer = await call(server, 'GET', `/api/runs/${id}.${form}${query}`);
  assert.equal(answer.status, 200, String(answer.content));
  assert.match(answer.headers['content-disposition'], new RegExp(`filename="muxlab-${id}\\.${form}"`));
  return answer.content;
}
