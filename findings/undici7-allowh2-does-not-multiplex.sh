#!/usr/bin/env bash
# undici 7 told to speak HTTP/2 multiplexes nothing: twenty connections, or one stream at a time.
#
# Package: undici 7.30.2 (npm; also what Node 24.22.3 carries), against node:http2, on Node 20.18.1 or later
# Date:    2026-11-29
# Guess:   With allowH2: true, twenty fetches at once to one origin are twenty streams of one connection.
# Truth:   An Agent, as fetch() uses it, opens twenty HTTP/2 connections with one stream each. Held to one connection
#          (connections: 1, or a Client), it sends one request after the other: the option "pipelining", documented for
#          HTTP/1.1 and 1 by default, also limits the streams of HTTP/2. Only both options together multiplex, so that
#          "undici, h1 against h2" compares twenty connections with twenty dearer ones. (undici 8 uses one connection.)
# Seen:    allowH2: 20 connections, at most 1 stream at a time on each
#          allowH2, connections 1: 1 connection, at most 1 stream at a time on each
#          allowH2, connections 1, pipelining 20: 1 connection, at most 20 streams at a time on each
#
# Exits 0 while that holds, 1 when it does not, 77 when this version is not to be had.
set -euo pipefail

type npm node openssl &>/dev/null || exit 77
node -e 'const [a, b, c] = process.versions.node.split(".").map(Number);
  process.exit(a > 20 || (a === 20 && (b > 18 || (b === 18 && c >= 1))) ? 0 : 77)' || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" undici@7.30.2 >/dev/null || exit 77
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null

cat >"$work/count.mjs" <<'EOF'
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { Agent, fetch } from 'undici';

const key = readFileSync('key.pem');
const cert = readFileSync('cert.pem');

async function twentyFetches(name, options) {
  let connections = 0;
  let most = 0;
  const server = http2.createSecureServer({ key, cert });
  server.on('session', (session) => { connections++; session.open = 0; });
  server.on('stream', (stream) => {
    const { session } = stream;
    most = Math.max(most, ++session.open);
    setTimeout(() => { session.open--; stream.respond({ ':status': 200 }); stream.end('x'); }, 100);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const url = `https://127.0.0.1:${server.address().port}/`;
  const agent = new Agent({ allowH2: true, connect: { ca: cert }, ...options });
  await Promise.all(Array.from({ length: 20 }, async () => (await fetch(url, { dispatcher: agent })).text()));
  await agent.close();
  server.close();
  const count = (number, what) => `${number} ${what}${number > 1 ? 's' : ''}`;
  console.log(`${name}: ${count(connections, 'connection')}, at most ${count(most, 'stream')} at a time on each`);
}

await twentyFetches('allowH2', {});
await twentyFetches('allowH2, connections 1', { connections: 1 });
await twentyFetches('allowH2, connections 1, pipelining 20', { connections: 1, pipelining: 20 });
EOF

(cd "$work" && timeout 60 node count.mjs) | tee "$work/seen" || true
diff - "$work/seen" <<'EOF'
allowH2: 20 connections, at most 1 stream at a time on each
allowH2, connections 1: 1 connection, at most 1 stream at a time on each
allowH2, connections 1, pipelining 20: 1 connection, at most 20 streams at a time on each
EOF
