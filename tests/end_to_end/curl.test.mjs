// muxlab, asked by curl: both protocols, the same bytes, connection reuse, and the answers to odd requests.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { need, run } from './support/command.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';

need('curl');

const server_timing = /^conn;desc="c\d+", stream;desc="\d+"$/;

describe('curl', () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.stop());

  // Gives the exit code, and of the final response version, status, headers and body.
  async function curl(url, ...options) {
    // -q first: the user's own ~/.curlrc is not part of the test.
    const args = ['-q', '-sS', '-i', '--max-time', '60', '--cacert', server.authority, ...options, url];
    const { code, stdout, stderr } = await run('curl', args, { binary: true });
    let rest = stdout;
    let head;
    do {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return { code, stderr, headers: new Map(), body: rest };
      head = rest.subarray(0, end).toString('latin1');
      rest = rest.subarray(end + 4);
    } while (/^HTTP\/\S+ 1\d\d/.test(head)); // an interim response: the final one follows
    const [status_line, ...lines] = head.split('\r\n');
    const [version, status] = status_line.split(' ');
    const headers = new Map();
    for (const line of lines) {
      const [name, value] = [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ];
      headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value); // RFC 9110 section 5.3
    }
    return { code, stderr, version, status: Number(status), headers, body: rest };
  }

  // How many connections each of the URLs had to open: "1 0" is reuse.
  async function connections_opened(urls, ...options) {
    const args = ['-q', '-sS', '--max-time', '60', '--cacert', server.authority, ...options];
    for (const url of urls) args.push('-o', '/dev/null', '-w', '%{num_connects} ', url);
    const ended = await run('curl', args);
    assert.equal(ended.code, 0, ended.stderr);
    return ended.stdout.trim();
  }

  for (const protocol of ['--http1.1', '--http2']) {
    const url = (path) => `https://localhost:${server.port('site')}${path}`;

    test(`ranges: one, several, none that fits (${protocol})`, async () => {
      const whole = await curl(url('/look.css'), protocol);
      const one = await curl(url('/look.css'), protocol, '-r', '0-9');
      assert.equal(one.status, 206);
      assert.equal(one.headers.get('content-range'), `bytes 0-9/${whole.body.length}`);
      assert.deepEqual(one.body, whole.body.subarray(0, 10));

      const several = await curl(url('/look.css'), protocol, '-r', '0-1,20-25');
      assert.equal(several.status, 206);
      assert.match(several.headers.get('content-type'), /^multipart\/byteranges; boundary=/);
      assert.equal(several.body.length, Number(several.headers.get('content-length')));
      assert.ok(several.body.includes(whole.body.subarray(20, 26)));

      const beyond = await curl(url('/look.css'), protocol, '-r', '99999999-');
      assert.equal(beyond.status, 416);
    });

    test(`conditions: by tag and by date, and a range only if nothing changed (${protocol})`, async () => {
      const whole = await curl(url('/look.css'), protocol);
      const tag = whole.headers.get('etag');
      const unchanged = await curl(url('/look.css'), protocol, '-H', `If-None-Match: ${tag}`);
      assert.equal(unchanged.status, 304);
      assert.equal(unchanged.body.length, 0);
      const since = whole.headers.get('last-modified');
      assert.equal((await curl(url('/look.css'), protocol, '-z', since)).status, 304);
      const changed = await curl(url('/look.css'), protocol, '-H', 'If-Match: "another"');
      assert.equal(changed.status, 412);
      const resumed = await curl(url('/look.css'), protocol, '-r', '5-', '-H', `If-Range: ${tag}`);
      assert.equal(resumed.status, 206);
      const anew = await curl(url('/look.css'), protocol, '-r', '5-', '-H', 'If-Range: "another"');
      assert.equal(anew.status, 200);
    });

    test(`compression: what curl asks for, and the same bytes behind it (${protocol})`, async () => {
      const plain = await curl(url('/look.css'), protocol);
      assert.equal(plain.headers.get('vary'), 'accept-encoding');
      for (const coding of ['gzip', 'br']) {
        const packed = await curl(url('/look.css'), protocol, '-H', `Accept-Encoding: ${coding}`);
        assert.equal(packed.headers.get('content-encoding'), coding);
        assert.ok(packed.body.length < plain.body.length);
        assert.notEqual(packed.headers.get('etag'), plain.headers.get('etag'));
      }
      const unpacked = await curl(url('/look.css'), protocol, '--compressed');
      assert.deepEqual(unpacked.body, plain.body);
    });

    test(`uploads: by length, in chunks, too large (${protocol})`, async () => {
      const file = join(temporary_folder(), 'upload');
      writeFileSync(file, Buffer.alloc(3_000_000, 'u'));
      const sent = await curl(url('/upload'), protocol, '--data-binary', `@${file}`);
      assert.equal(JSON.parse(sent.body).bytes, 3_000_000);
      const chunked = await curl(url('/upload'), protocol, '-T', file, '-H', 'Transfer-Encoding: chunked');
      assert.equal(JSON.parse(chunked.body).bytes, 3_000_000);
      writeFileSync(file, Buffer.alloc((64 << 20) + 1));
      const refused = await curl(url('/upload'), protocol, '-T', file);
      assert.equal(refused.status, 413);
    });
  }

  for (const [what, endpoint, options, version] of [
    ['HTTP/2 over TLS', 'site', ['--http2'], 'HTTP/2'],
    ['HTTP/1.1 over TLS', 'site', ['--http1.1'], 'HTTP/1.1'],
    ['HTTP/1.1 in cleartext', 'plain', ['--http1.1'], 'HTTP/1.1'],
    ['HTTP/2 in cleartext', 'plain', ['--http2-prior-knowledge'], 'HTTP/2'],
    [
      'HTTP/1.1 to a client that offers Upgrade: h2c (RFC 9113 has dropped it)',
      'plain',
      ['--http2'],
      'HTTP/1.1',
    ],
    ['HTTP/1.1 on its lane', 'h1', ['--http2'], 'HTTP/1.1'],
    ['HTTP/2 on its lane', 'h2', ['--http2'], 'HTTP/2'],
    ['HTTP/1.1 without keep-alive on its lane', 'h1-close', ['--http2'], 'HTTP/1.1'],
  ]) {
    test(`${what} answers the page`, async () => {
      const answer = await curl(server.url(endpoint, '/mosaic/'), ...options);
      assert.equal(answer.code, 0, answer.stderr);
      assert.equal(answer.version, version);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type'), /^text\/html/);
      assert.equal(Number(answer.headers.get('content-length')), answer.body.length);
      assert.match(answer.headers.get('date'), /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
      assert.match(answer.headers.get('server-timing'), server_timing);
    });
  }

  test('every protocol and lane carries the same bytes', async () => {
    for (const path of [
      '/mosaic/?tiles=64',
      '/mosaic/page.json?tiles=64',
      '/mosaic/tile/0.png?tiles=64',
      '/mosaic/tile/63.png?tiles=64',
    ]) {
      const h2 = await curl(server.url('site', path), '--http2');
      assert.equal(h2.status, 200, path);
      assert.ok(h2.body.length > 0, path);
      const ways = [
        ['site', '--http1.1'],
        ['plain', '--http1.1'],
        ['plain', '--http2-prior-knowledge'],
        ['h1-close', '--http1.1'],
        ['h1', '--http1.1'],
        ['h2', '--http2'],
      ];
      for (const [endpoint, option] of ways) {
        const other = await curl(server.url(endpoint, path), option);
        assert.ok(other.body.equals(h2.body), `${path} on ${endpoint} ${option} differs`);
        assert.equal(other.headers.get('content-type'), h2.headers.get('content-type'));
      }
    }
  });

  test('page.json lists as many tiles as were asked for', async () => {
    const answer = await curl(server.url('site', '/mosaic/page.json?tiles=64'));
    const page = JSON.parse(answer.body.toString());
    assert.equal(page.page, 'mosaic');
    assert.equal(page.resources.filter((resource) => /tile\/\d+\.png/.test(resource.path)).length, 64);
  });

  test('HTTP/1.0 is answered, and the connection ends with the answer', async () => {
    const answer = await curl(server.url('plain', '/mosaic/'), '--http1.0');
    assert.equal(answer.code, 0, answer.stderr);
    assert.equal(answer.status, 200);
    assert.ok(answer.body.length > 0);
    assert.notEqual(answer.headers.get('connection')?.toLowerCase(), 'keep-alive');
    const url = server.url('plain', '/mosaic/');
    assert.equal(await connections_opened([url, url], '--http1.0'), '1 1');
  });

  for (const [protocol, option] of [
    ['HTTP/1.1', '--http1.1'],
    ['HTTP/2', '--http2'],
  ]) {
    const ask = (path, ...options) => curl(server.url('site', path), option, ...options);

    test(`HEAD gives GET's head alone over ${protocol}`, async () => {
      const get = await ask('/mosaic/tile/0.png');
      const head = await ask('/mosaic/tile/0.png', '--head');
      assert.equal(head.code, 0, head.stderr);
      assert.equal(head.status, 200);
      assert.equal(head.body.length, 0);
      assert.equal(head.headers.get('content-length'), get.headers.get('content-length'));
      assert.equal(head.headers.get('content-type'), get.headers.get('content-type'));
    });

    test(`OPTIONS names the methods over ${protocol}`, async () => {
      for (const options of [
        ['-X', 'OPTIONS'],
        ['-X', 'OPTIONS', '--request-target', '*'],
      ]) {
        const answer = await ask('/mosaic/', ...options);
        assert.equal(answer.code, 0, answer.stderr);
        assert.ok([200, 204].includes(answer.status), `status ${answer.status}`);
        for (const method of ['GET', 'HEAD', 'OPTIONS'])
          assert.match(answer.headers.get('allow'), new RegExp(`\\b${method}\\b`));
      }
    });

    test(`405, 501, 404 and 400 over ${protocol}`, async () => {
      const not_allowed = await ask('/mosaic/', '-X', 'POST');
      assert.equal(not_allowed.status, 405);
      assert.match(not_allowed.headers.get('allow'), /\bGET\b/);
      assert.equal((await ask('/mosaic/', '-X', 'BREW')).status, 501);
      assert.equal((await ask('/no/such/page')).status, 404);
      assert.equal(
        (await ask('/mosaic/../../../../etc/passwd', '--path-as-is')).body.includes('root:'),
        false,
      );
      for (const tiles of ['0', '15', '1025', '-1', 'many', '99999999999999999999']) {
        assert.equal((await ask(`/mosaic/?tiles=${tiles}`)).status, 400, `tiles=${tiles}`);
      }
      assert.equal((await ask('/mosaic/tile/100.png?tiles=100')).status, 404);
    });

    test(`a connection is used again over ${protocol}`, async () => {
      const urls = ['/mosaic/', '/mosaic/tile/0.png', '/no/such/page', '/mosaic/tile/1.png'].map((path) =>
        server.url('site', path),
      );
      assert.equal(await connections_opened(urls, option), '1 0 0 0');
    });
  }

  test('a small upload that nobody wants is refused and leaves the connection usable', async () => {
    const url = server.url('site', '/mosaic/');
    for (const option of ['--http1.1', '--http2']) {
      // Often, because what may go wrong is a race between the answer and the body.
      for (let count = 0; count < 20; count += 1) {
        const answer = await curl(url, option, '-d', 'x'.repeat(4000));
        assert.deepEqual([answer.code, answer.status], [0, 405], `${option}: ${answer.stderr}`);
      }
      assert.equal(await connections_opened([url, url], option, '-d', 'x'.repeat(4000)), '1 0');
    }
  });

  test('an upload with Expect: 100-continue is answered without waiting for its body', async () => {
    const answer = await curl(
      server.url('site', '/mosaic/'),
      '--http1.1',
      '-H',
      'Expect: 100-continue',
      '--expect100-timeout',
      '50',
      '--data-binary',
      'x'.repeat(100_000),
    );
    assert.equal(answer.status, 405);
  });

  test('Keep-Alive says what the server holds to: 60 s on the site, 15 s and a count on lane h1', async () => {
    const site = await curl(server.url('site', '/mosaic/'), '--http1.1');
    assert.equal(site.headers.get('keep-alive'), 'timeout=60');
    const lane = await curl(server.url('h1', '/mosaic/'), '--http1.1');
    assert.match(lane.headers.get('keep-alive'), /^timeout=15, max=(999|1000)$/);
    const h2 = await curl(server.url('site', '/mosaic/'), '--http2');
    for (const name of ['keep-alive', 'connection'])
      assert.equal(h2.headers.has(name), false, `${name} over HTTP/2`);
  });

  test('Connection: close from the client is honoured', async () => {
    const url = server.url('site', '/mosaic/');
    assert.equal(await connections_opened([url, url], '--http1.1', '-H', 'Connection: close'), '1 1');
    const answer = await curl(url, '--http1.1', '-H', 'Connection: close');
    assert.equal(answer.headers.get('connection'), 'close');
    assert.equal(answer.headers.has('keep-alive'), false);
  });

  test('lane h1-close ends every connection after one answer', async () => {
    const url = server.url('h1-close', '/mosaic/');
    assert.equal(await connections_opened([url, url, url], '--http1.1'), '1 1 1');
    assert.equal((await curl(url, '--http1.1')).headers.get('connection'), 'close');
  });

  test('100 tiles at once over one HTTP/2 connection', async () => {
    const url = `${server.url('site')}mosaic/tile/[0-99].png?tiles=100`;
    const ended = await run('curl', [
      '-q',
      '-sS',
      '--max-time',
      '60',
      '--cacert',
      server.authority,
      '--http2',
      '--parallel',
      '--parallel-max',
      '100',
      '-o',
      '/dev/null',
      '-w',
      '%{http_version} %{http_code}\n',
      url,
    ]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.stdout.match(/^2 200$/gm)?.length, 100);
  });

  test('the console lists the lanes and knows how the visitor came', async () => {
    const lanes = JSON.parse((await curl(server.url('console', '/api/lanes'))).body.toString());
    const by_name = new Map((lanes.lanes ?? lanes).map((lane) => [lane.name, lane]));
    for (const name of ['h1-close', 'h1', 'h2'])
      assert.equal(by_name.get(name)?.port, server.port(name), name);
    const h2 = await curl(server.url('console', '/api/visitor'), '--http2');
    assert.equal(JSON.parse(h2.body.toString()).protocol, 'h2');
    const h1 = await curl(server.url('console', '/api/visitor'), '--http1.1');
    assert.equal(JSON.parse(h1.body.toString()).protocol, 'http/1.1');
  });
});
