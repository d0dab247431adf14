#!/usr/bin/env bash
# lighttpd takes eight streams at a time: on a page that waits for the server, its HTTP/2 is little wider than HTTP/1.1.
#
# Packages: lighttpd 1.4.69-1, nghttp2-client (h2load) 1.52.0-1+deb12u3 (both Debian 12), against node:http
# Date:     2026-11-29
# Guess:    One HTTP/2 connection carries 100 requests at once, as RFC 9113 section 6.5.2 recommends, and nginx and h2o
#           do it; six HTTP/1.1 connections carry six. 192 requests that each wait 100 ms at the server behind take
#           some 0.2 s and 3.2 s.
# Truth:    Its SETTINGS_MAX_CONCURRENT_STREAMS is 8. "h2load -m 100" obeys in silence and has 8 in flight, so that
#           both take seconds, 2.4 and 3.3; what is measured is 8 against 6. The limit belongs to a connection, not to
#           the server: 96 HTTP/1.1 connections do have 96 in flight.
# Seen:     HTTP/1.1, 6 connections: at most 6 at a time
#           HTTP/2, 1 connection, -m 8: at most 8 at a time
#           HTTP/2, 1 connection, -m 100: at most 8 at a time
#           HTTP/1.1, 96 connections: at most 96 at a time
#
# Exits 0 while that holds, 1 when it does not, 77 when these versions are not to be had.
set -euo pipefail

type node apt-get dpkg-deb timeout &>/dev/null || exit 77
if [[ $(dpkg-query -W -f '${Version}' nghttp2-client 2>/dev/null) != 1.52.0-1+deb12u3 ]]; then
  echo "skipped: nghttp2-client is not 1.52.0-1+deb12u3" >&2
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Unpacked beside, not installed.
(cd "$work" && apt-get download lighttpd=1.4.69-1 && dpkg-deb -x lighttpd_*.deb debian) &>/dev/null || exit 77

cat >"$work/count.mjs" <<'EOF'
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

let now = 0;
let most = 0;
const origin = http.createServer(async (request, response) => {
  most = Math.max(most, ++now);
  await sleep(100);
  now--;
  response.end('x');
});
await once(origin.listen(0, '127.0.0.1'), 'listening');

const free = net.createServer().listen(0, '127.0.0.1');
await once(free, 'listening');
const { port } = free.address();
free.close();
await once(free, 'close');

writeFileSync('lighttpd.conf', `
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${process.cwd()}"
server.feature-flags = ("server.h2proto" => "enable", "server.h2c" => "enable")
server.modules = ("mod_proxy")
proxy.server = ("/" => (("host" => "127.0.0.1", "port" => ${origin.address().port})))
`);
const lighttpd = spawn('timeout', ['60', 'debian/usr/sbin/lighttpd', '-D', '-f', 'lighttpd.conf',
  '-m', `${process.cwd()}/debian/usr/lib/lighttpd`], { stdio: 'ignore' });
for (let wait = 0; wait < 50; wait++) {
  const probe = net.connect(port, '127.0.0.1');
  const up = await once(probe, 'connect').then(() => true, () => false);
  probe.destroy();
  if (up) break;
  await sleep(100);
}

async function load(name, parameters) {
  most = 0;
  const { stdout } = await promisify(execFile)('h2load', ['-n', '192', ...parameters, `http://127.0.0.1:${port}/`]);
  if (!stdout.includes(' 192 succeeded,')) throw new Error(stdout);
  console.log(`${name}: at most ${most} at a time`);
  console.error(`  ${stdout.match(/finished in [^,]+/)[0]}`);
}

await load('HTTP/1.1, 6 connections', ['--h1', '-c', '6']);
await load('HTTP/2, 1 connection, -m 8', ['-c', '1', '-m', '8']);
await load('HTTP/2, 1 connection, -m 100', ['-c', '1', '-m', '100']);
await load('HTTP/1.1, 96 connections', ['--h1', '-c', '96']);
lighttpd.kill();
await once(lighttpd, 'exit');
process.exit();
EOF

(cd "$work" && timeout 60 node count.mjs) | tee "$work/seen" || true
diff - "$work/seen" <<'EOF'
HTTP/1.1, 6 connections: at most 6 at a time
HTTP/2, 1 connection, -m 8: at most 8 at a time
HTTP/2, 1 connection, -m 100: at most 8 at a time
HTTP/1.1, 96 connections: at most 96 at a time
EOF
