// A served folder that holds anything, and clients that send anything: the real program lives, serves the rest, and
// says once what it leaves out.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { need, run } from './support/command.mjs';
import { until } from './support/lines.mjs';
import { Server, temporary_folder } from './support/muxlab.mjs';
import { ask, call } from './support/runs.mjs';

need('curl', 'mkfifo');

const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);
const gigabytes = 1024 ** 3;
const large_bytes = 5 * gigabytes;

// A folder of the test's own that is served, and ways to fill it.
function served_folder() {
  const folder = temporary_folder();
  const path = (name) => join(folder, name);
  const write = (name, text) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  write('index.html', 'home');
  return { folder, path, write };
}

const start = (t, folder, ...options) => Server.start({ test: t, options: ['--root', folder, ...options] });

async function curl(server, path, ...options) {
  const address = server.endpoint('site').url.replace(/\/$/, '') + path;
  const args = ['--silent', '--path-as-is', '--cacert', server.authority, '--write-out', '\n%{http_code}'];
  const { stdout } = await run('curl', [...args, ...options, address]);
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

const times_said = (server, text) => server.stderr.split(text).length - 1;

describe('page.json', () => {
  const broken = {
    'a number': '{"page": 1}',
    'another name': '{"page": "x"}',
    'no object': '[]',
    nothing: '',
    'no JSON': '{"page": "no_JSON",}',
    'equal names': '{"page": "equal_names", "page": "equal_names"}',
    depth: `{"page": "depth", "resources": ${nested(100_000)}}`,
    'a huge number': '{"page": "a_huge_number", "parameters": {"n": {"default": 1e400}}}',
    'a wrong parameter': '{"page": "a_wrong_parameter", "parameters": {"n": []}}',
    'a wrong resource': '{"page": "a_wrong_resource", "resources": [null]}',
    'no UTF-8': Buffer.from('{"page": "\xff"}', 'latin1'),
    '10 MB': ' '.repeat(10_000_000),
  };

  test('a broken one is named once and left out, and no call ends the server', async (t) => {
    const { folder, write } = served_folder();
    write('good/page.json', '{"page": "good"}');
    for (const [name, text] of Object.entries(broken)) write(`${name.replaceAll(' ', '_')}/page.json`, text);
    const server = await start(t, folder);
    for (let turn = 0; turn < 2; turn += 1) {
      const pages = await ask(server, 'GET', '/api/pages');
      assert.deepEqual(pages, [{ page: 'good', title: 'good', parameters: {}, resources: [] }]);
      await ask(server, 'POST', '/api/runs', { page: 'good', lane: 'h2' }, 201);
      await ask(server, 'POST', '/api/runs', { page: 'a_number', lane: 'h2' }, 400);
    }
    for (const name of Object.keys(broken)) {
      assert.equal(times_said(server, `/${name.replaceAll(' ', '_')}/page.json: `), 1, name);
    }
    assert.equal((await curl(server, '/a_number/page.json')).body, broken['a number'], 'it is a file all the same');

    write('late/page.json', '{"page": null}');
    await until(() => times_said(server, '/late/page.json: page must be "late"') === 1, 'a word about the new one');
    assert.equal(times_said(server, '/a_number/page.json: '), 1, 'what was said is not said again');
    await server.stop();
  });
});

describe('content of calls', () => {
  let server;
  before(async () => (server = await Server.start()));
  after(() => server.stop());

  const bodies = {
    empty: '',
    'no JSON': '{',
    'no UTF-8': Buffer.from('"\xff"', 'latin1'),
    'equal names': '{"page": "mosaic", "page": "mosaic"}',
    depth: nested(8000),
    'a huge number': '{"page": 1e999}',
    'a list': '[]',
    'a number': '1',
    'wrong types': '{"page": {}, "lane": [], "parameters": 1, "line": [], "warm": "x"}',
  };
  const calls = [
    ['POST', '/api/runs'],
    ['PUT', '/api/lines/me/h2'],
    ['POST', '/api/connections/c1/drop'],
    ['POST', '/api/runs/ID/end'],
  ];
  for (const [method, path] of calls) {
    test(`${method} ${path}: each is answered with a problem`, async () => {
      const { id } = await ask(server, 'POST', '/api/runs', { page: 'mosaic', lane: 'h2' }, 201);
      for (const [name, text] of Object.entries(bodies)) {
        const answer = await call(server, method, path.replace('ID', id), { text });
        const problem = JSON.parse(answer.content);
        const fine = path.endsWith('/end') && name === 'wrong types'; // a report of nothing known
        assert.equal(answer.status, fine ? 200 : 400, `${name}: ${answer.content}`);
        if (!fine) assert.match(problem.detail, /\S{3}/, name);
      }
    });
  }

  test('a report of 100,000 names holds nobody up', async () => {
    const { id } = await ask(server, 'POST', '/api/runs', { page: 'mosaic', lane: 'h2' }, 201);
    const names = Array.from({ length: 100_000 }, (_, i) => `"${i.toString(16)}":1`);
    const began = performance.now();
    const answer = await call(server, 'POST', `/api/runs/${id}/end`, { text: `{${names.join(',')}}` });
    assert.equal(answer.status, 200, String(answer.content));
    assert.ok(performance.now() - began < 5000, `${performance.now() - began} ms`);
  });

  test('10 MB are refused before they are read', async () => {
    const answer = await run('curl', [
      ...['--silent', '--cacert', server.authority, '--write-out', '%{http_code}', '--output', '/dev/null'],
      ...['-H', 'content-type: application/json', '--data-binary', '@-', server.url('console', '/api/runs')],
    ], { input: ' '.repeat(10_000_000) });
    assert.equal(answer.stdout, '413');
  });
});

describe('a folder of nonsense', () => {
  test('is served as far as it can be', async (t) => {
    const { folder, path, write } = served_folder();
    const names = ['100%.txt', '%2e%2e', 'a b.txt', 'new\nline.txt', '\u001b[2J.txt', '\u00e4.txt', '?q=1', '#x', 'a"b', '-rf'];
    for (const name of names) write(name, name);
    write(`${'d/'.repeat(32)}deepest.txt`, 'deepest');
    write(`${'d/'.repeat(40)}too_deep.txt`, 'too deep');
    for (let i = 0; i < 9000; i += 1) write(`many/${i}.txt`, `${i}`);
    write('large.bin', '');
    truncateSync(path('large.bin'), large_bytes);
    symlinkSync('nowhere', path('dangling'));
    symlinkSync('circle', path('circle'));
    symlinkSync('/etc/passwd', path('outside'));
    await run('mkfifo', [path('fifo')]);
    const socket = createServer().listen(path('socket'));
    t.after(() => socket.close());
    mkdirSync(path('lost+found'));
    write('lost+found/x', 'x');
    chmodSync(path('lost+found'), 0);

    const server = await start(t, folder);
    for (const name of names) {
      const answer = await curl(server, `/${encodeURIComponent(name)}`);
      assert.deepEqual(answer, { status: 200, body: name }, JSON.stringify(name));
    }
    assert.equal((await curl(server, `/${'d/'.repeat(32)}deepest.txt`)).body, 'deepest');
    assert.equal((await curl(server, `/${'d/'.repeat(40)}too_deep.txt`)).status, 404);
    assert.equal((await curl(server, '/many/8999.txt')).body, '8999');
    for (const name of ['dangling', 'circle', 'outside', 'fifo', 'socket']) {
      assert.equal((await curl(server, `/${name}`)).status, 404, name);
    }
    const end = await curl(server, '/large.bin', '--range', `${large_bytes - 3}-`);
    assert.deepEqual(end, { status: 206, body: '\0\0\0' });
    const said = server.stderr;
    for (const sentence of [
      '/dangling: is a link to nowhere; it is not served',
      '/circle: is a link in a circle',
      '/outside: is a link that leads outside',
      '/fifo: is neither a file nor a folder',
      '/socket: is neither a file nor a folder',
      'lies more than 32 folders deep',
    ]) {
      assert.equal(times_said(server, sentence), 1, `${sentence}\n${said}`);
    }
    if (process.getuid() !== 0) assert.equal(times_said(server, '/lost+found: Permission denied'), 1);

    // An edit is seen though all that can't be served is still there; and nothing of it is said again.
    write('index.html', 'edited');
    await until(async () => (await curl(server, '/')).body === 'edited', 'the edit');
    assert.equal(server.stderr, said);
    chmodSync(path('lost+found'), 0o700);
    await server.stop();
  });

  test('that is wrong all over does not fill the screen', async (t) => {
    const { folder, path, write } = served_folder();
    for (let i = 0; i < 100; i += 1) symlinkSync('nowhere', path(`${i}`));
    write('!\u001b[2J\n/page.json', '1'); // comes first
    const server = await start(t, folder, '--no-lab');
    const lines = server.stderr.trimEnd().split('\n');
    assert.equal(lines.length, 21);
    assert.match(server.stderr, /\/!\\x1b\[2J\\x0a\/page\.json: /);
    assert.equal(lines[20], 'muxlab: and 81 more like these');
    await server.stop();
  });

  test("another program's site.json is a file like any other", async (t) => {
    const { folder, path, write } = served_folder();
    write('site.json', '{"title": "mine"}');
    const server = await start(t, folder);
    assert.equal((await curl(server, '/site.json')).body, '{"title": "mine"}');
    assert.match(server.stderr, /site\.json: "title" is unknown here: there is only paths; it is ignored/);
    write('site.json', '{"paths": {"/": {"headers": {"x-demo": "1"}}}}');
    await until(async () => (await curl(server, '/site.json')).status === 404, 'that it is taken');
    assert.match((await curl(server, '/', '--include')).body, /x-demo: 1/);
    rmSync(path('site.json'));
    await server.stop();
  });
});

test('a folder r/ and what is well-known are served, with and without the lab', async (t) => {
  const { folder, write } = served_folder();
  write('r/docs/index.html', 'docs');
  write('.well-known/security.txt', 'Contact: mailto:x@example.org');
  for (const options of [[], ['--no-lab']]) {
    const server = await start(t, folder, ...options);
    assert.equal((await curl(server, '/r/docs/')).body, 'docs');
    assert.equal((await curl(server, '/r/k3/')).body, 'home');
    assert.equal((await curl(server, '/.well-known/security.txt?utm_source=x')).status, 200);
    await server.stop();
  }
});
