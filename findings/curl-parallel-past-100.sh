#!/usr/bin/env bash
# curl -Z puts 100 transfers on one HTTP/2 connection; from the 101st on, each transfer gets a connection of its own.
#
# Packages: curl and libcurl4 7.88.1-10+deb12u14 (Debian 12), against node:http2 of Node 18 or later
# Date:     2026-11-29
# Guess:    The server allows 1000 streams, so 250 transfers share one connection; or, knowing that curl stops at
#           100 streams, three connections with 100, 100 and 50 of them.
# Truth:    151 connections: one with 100 streams and 150 with a single stream. The first connection is waited for
#           and shared, but while it is full, every further transfer opens one more and does not look at those that
#           are only just opening. "curl -Z --parallel-max 300" is then a test of TLS handshakes.
# Seen:     100 transfers: 1 connection, streams on them: 100 x 1
#           101 transfers: 2 connections, streams on them: 100 x 1, 1 x 1
#           250 transfers: 151 connections, streams on them: 100 x 1, 1 x 150
#
# Exits 0 while that holds, 1 when it does not, 77 when these versions are not here.
set -euo pipefail

for package in curl libcurl4; do
  if [[ $(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) != 7.88.1-10+deb12u14 ]]; then
    echo "skipped: $package is not 7.88.1-10+deb12u14" >&2
    exit 77
  fi
done
type node openssl &>/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null

cat >"$work/count.mjs" <<'EOF'
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { promisify } from 'node:util';

const folder = process.argv[2];
const files = { key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/cert.pem`) };

// Answers only when all transfers have arrived, so that none can take a place that another one has left.
async function transfers(count) {
  const streams = new Map();
  const waiting = [];
  const server = http2.createSecureServer({ ...files, settings: { maxConcurrentStreams: 1000 } });
  server.on('stream', (stream) => {
    streams.set(stream.session, (streams.get(stream.session) ?? 0) + 1);
    waiting.push(stream);
    if (waiting.length === count) for (const one of waiting) { one.respond({ ':status': 200 }); one.end('x'); }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const url = `https://127.0.0.1:${server.address().port}/[1-${count}]`;
  await promisify(execFile)('curl', ['-q', '--silent', '--parallel', '--parallel-max', '300', '--max-time', '60',
    '--noproxy', '*', '--cacert', `${folder}/cert.pem`, '--output', '/dev/null', url]);
  server.close();
  const kinds = new Map();
  for (const each of streams.values()) kinds.set(each, (kinds.get(each) ?? 0) + 1);
  const list = [...kinds].map(([each, times]) => `${each} x ${times}`).join(', ');
  return `${count} transfers: ${streams.size} connection${streams.size > 1 ? 's' : ''}, streams on them: ${list}`;
}

for (const count of [100, 101, 250]) console.log(await transfers(count));
EOF

timeout 200 node "$work/count.mjs" "$work" | tee "$work/seen" || true
diff - "$work/seen" <<'EOF'
100 transfers: 1 connection, streams on them: 100 x 1
101 transfers: 2 connections, streams on them: 100 x 1, 1 x 1
250 transfers: 151 connections, streams on them: 100 x 1, 1 x 150
EOF
