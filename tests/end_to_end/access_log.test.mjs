// The access log: a line an exchange, to a file or to standard output, complete when the program ends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server, muxlab, free_ports, temporary_folder } from './support/muxlab.mjs';
import { Http1Socket } from './support/http1_socket.mjs';
import { ask, connect } from './support/http2_client.mjs';

async function ask_in_both_protocols(server) {
  const h1 = await Http1Socket.open(server, 'plain');
  await h1
    .send(
      'GET /mosaic/page.json HTTP/1.1\r\nHost: localhost\r\n\r\nGET /none HTTP/1.1\r\nHost: localhost\r\n\r\n',
    )
    .responses(2);
  h1.close();
  const h2 = await connect(server, 'site');
  await ask(h2, '/mosaic/tile/3.png?tiles=16');
  h2.close();
}

function assert_lines(text) {
  const lines = text.split('\n').filter((line) => line !== '');
  assert.equal(lines.length, 3, text);
  for (const words of [
    ['GET', '/mosaic/page.json', '200', '1.1'],
    ['GET', '/none', '404', '1.1'],
    ['GET', '/mosaic/tile/3.png?tiles=16', '200', '2'],
  ]) {
    assert.ok(
      lines.some((line) => words.every((word) => line.includes(word))),
      `${words.join(' ')} in\n${text}`,
    );
  }
}

test('to a file', async (t) => {
  const file = join(temporary_folder(), 'access.log');
  const server = await Server.start({ test: t, options: ['--access-log', file] });
  await ask_in_both_protocols(server);
  await server.stop();
  assert_lines(readFileSync(file, 'utf8'));
});

test('to standard output, after the ready line', async (t) => {
  const server = await Server.start({ test: t, options: ['--access-log', '-'] });
  await ask_in_both_protocols(server);
  await server.stop();
  assert_lines(server.stdout.slice(server.stdout.indexOf('\n') + 1));
});

test('a request cannot forge a line', async (t) => {
  const server = await Server.start({ test: t, options: ['--access-log', '-'] });
  const h2 = await connect(server, 'site');
  await ask(h2, '/a%0Ab"c?d=%1b[31m').catch(() => {});
  h2.close();
  await server.stop();
  const log = server.stdout.slice(server.stdout.indexOf('\n') + 1);
  assert.equal(log.trimEnd().split('\n').length, 1, log);
  assert.doesNotMatch(log, /\x1b/);
});

test('a file that cannot be written ends the start', async () => {
  const ended = await muxlab(
    'serve',
    ...free_ports,
    '--cert-dir',
    temporary_folder(),
    '--access-log',
    '/proc/none/access.log',
  );
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^[^\n]*\/proc\/none\/access\.log[^\n]*\n$/);
});
