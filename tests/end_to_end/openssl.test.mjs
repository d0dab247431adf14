// muxlab's TLS, held against openssl s_client: ALPN, versions, tickets, the chain.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { need, run } from './support/command.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';

need('openssl');

describe('openssl s_client', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  // Shakes hands, sends `input`, reads until the server closes if there was any. Gives all that was said.
  async function s_client(options, { endpoint = 'site', input = '', keep_input_open = false } = {}) {
    const address = [
      '-connect',
      `127.0.0.1:${server.port(endpoint)}`,
      '-servername',
      'localhost',
      '-CAfile',
      server.authority,
    ];
    const wait = input && !keep_input_open ? ['-ign_eof'] : [];
    const ended = await run('openssl', ['s_client', ...address, ...wait, ...options], {
      input,
      keep_input_open,
    });
    return { code: ended.code, said: ended.stdout + ended.stderr };
  }
  const one_request = 'GET /mosaic/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

  test('ALPN: h2 is preferred, http/1.1 is taken, none is HTTP/1.1', async () => {
    assert.match((await s_client(['-alpn', 'h2'])).said, /ALPN protocol: h2\n/);
    assert.match((await s_client(['-alpn', 'http/1.1,h2'])).said, /ALPN protocol: h2\n/);
    assert.match((await s_client(['-alpn', 'http/1.1'])).said, /ALPN protocol: http\/1\.1\n/);
    const none = await s_client([], { input: one_request });
    assert.match(none.said, /No ALPN negotiated/);
    assert.match(none.said, /HTTP\/1\.1 200 OK/);
  });

  test('ALPN: no overlap is the alert no_application_protocol', async () => {
    const { code, said } = await s_client(['-alpn', 'spdy/3']);
    assert.notEqual(code, 0);
    assert.match(said, /alert no application protocol/);
  });

  test('ALPN: a lane speaks one protocol', async () => {
    assert.match(
      (await s_client(['-alpn', 'h2,http/1.1'], { endpoint: 'h1' })).said,
      /ALPN protocol: http\/1\.1\n/,
    );
    assert.match(
      (await s_client(['-alpn', 'h2,http/1.1'], { endpoint: 'h1-close' })).said,
      /ALPN protocol: http\/1\.1\n/,
    );
    assert.match((await s_client(['-alpn', 'h2,http/1.1'], { endpoint: 'h2' })).said, /ALPN protocol: h2\n/);
    assert.match(
      (await s_client(['-alpn', 'http/1.1'], { endpoint: 'h2' })).said,
      /alert no application protocol/,
    );
  });

  test('TLS 1.2 and 1.3 are spoken, 1.1 is refused by the server', async () => {
    assert.match((await s_client(['-tls1_3'])).said, /New, TLSv1\.3, Cipher is TLS_/);
    assert.match((await s_client(['-tls1_2'])).said, /New, TLSv1\.2, Cipher is ECDHE-ECDSA-/);
    // Without SECLEVEL=0 the client itself would refuse to offer 1.1.
    const { code, said } = await s_client(['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0']);
    assert.notEqual(code, 0);
    assert.match(said, /alert protocol version/);
  });

  test('renegotiation is refused', async () => {
    // A line "R" asks s_client to renegotiate (TLS 1.2 only).
    const { said } = await s_client(['-tls1_2'], { input: 'R\n', keep_input_open: true });
    assert.match(said, /RENEGOTIATING[^]*no renegotiation/);
  });

  for (const version of ['-tls1_2', '-tls1_3']) {
    test(`a session is resumed by its ticket (${version})`, async () => {
      const session = join(temporary_folder(), 'session.pem');
      const first = await s_client([version, '-sess_out', session], { input: one_request });
      assert.match(first.said, /^New, TLS/m);
      const second = await s_client([version, '-sess_in', session], { input: one_request });
      assert.match(second.said, /^Reused, TLS/m);
      assert.match(second.said, /HTTP\/1\.1 200 OK/);
    });
  }

  test('the chain verifies with the authority, for every name and not without it', async () => {
    for (const name of ['localhost', 'h1.localhost', 'h2.localhost']) {
      const { code, said } = await s_client(['-verify_return_error', '-verify_hostname', name]);
      assert.equal(code, 0, said);
      assert.match(said, /Verify return code: 0 \(ok\)/);
    }
    for (const address of ['127.0.0.1', '::1']) {
      const { code, said } = await s_client(['-verify_return_error', '-verify_ip', address]);
      assert.equal(code, 0, said);
    }
    assert.notEqual((await s_client(['-verify_return_error', '-verify_hostname', 'example.org'])).code, 0);
    const stranger = await run('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${server.port('site')}`,
      '-verify_return_error',
      '-no-CAfile',
      '-no-CApath',
      '-no-CAstore',
    ]);
    assert.notEqual(stranger.code, 0);
  });

  test('the ready line names the key that is served', async () => {
    const { said } = await s_client([]);
    const [certificate] = /-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----/.exec(said);
    const key = await run('openssl', ['x509', '-noout', '-pubkey'], { input: certificate });
    const der = await run('openssl', ['pkey', '-pubin', '-outform', 'der'], {
      input: key.stdout,
      binary: true,
    });
    const digest = await run('openssl', ['dgst', '-sha256', '-binary'], { input: der.stdout, binary: true });
    assert.equal(server.spki, digest.stdout.toString('base64'));
  });

  test('keys can be read by their owner alone', () => {
    for (const name of ['ca-key.pem', 'server-key.pem']) {
      assert.equal(statSync(join(dirname(server.authority), name)).mode & 0o777, 0o600, name);
    }
  });
});
