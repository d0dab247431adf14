#!/usr/bin/env bash
# Switching Early Hints on doubles the rate that wrk reports: it takes each 103 for an answer. So does autocannon.
#
# Packages: wrk 4.1.0-3+b2 (Debian 12), autocannon 9.0.0 (npm), against node:http of Node 18.11 or later
# Date:     2026-11-29
# Guess:    103 is an interim response: a request is done when its 200 is there. Hints cost a little rate, if anything.
# Truth:    wrk counts two requests for each that the server got, raises no error (103 is below 400), and sends the next
#           request before the 200 of the last one, so that its latencies belong to no request. autocannon asked
#           for 100 requests stops after 50 answers 103 and 50 answers 200 and says 100. "Early Hints make the server
#           nearly twice as fast" is then a measuring fault. (h2load --h1 and hey wait for the 200.)
# Seen:     wrk, without hints: 1.0 requests reported for each that the server got
#           wrk, with hints: 2.0 requests reported for each that the server got
#           autocannon, without hints: 100 requests: 0 x 1xx, 100 x 2xx
#           autocannon, with hints: 100 requests: 50 x 1xx, 50 x 2xx
#
# Exits 0 while that holds, 1 when it does not, 77 when these versions are not to be had.
set -euo pipefail

type npm node apt-get dpkg-deb &>/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" autocannon@9.0.0 >/dev/null || exit 77
# Unpacked beside, not installed.
(
  cd "$work"
  apt-get download wrk=4.1.0-3+b2 libluajit-5.1-2 && for package in ./*.deb; do dpkg-deb -x "$package" debian; done
) >/dev/null 2>&1 || exit 77
libraries=("$work"/debian/usr/lib/*-linux-gnu*)
export LD_LIBRARY_PATH=${libraries[0]}

cat >"$work/count.mjs" <<'EOF'
import { execFile } from 'node:child_process';
import http from 'node:http';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

const folder = process.argv[2];
const autocannon = createRequire(`${folder}/`)('autocannon');

async function serve(hints, measure) {
  let got = 0;
  const server = http.createServer((request, response) => {
    got++;
    if (hints) response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    response.end('hello');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const seen = await measure(`http://127.0.0.1:${server.address().port}/`, () => got);
  console.log(`${measure.name}, ${hints ? 'with' : 'without'} hints: ${seen}`);
  server.closeAllConnections();
  server.close();
}

async function wrk(url, got) {
  const { stdout } = await promisify(execFile)(`${folder}/debian/usr/bin/wrk`, ['-t1', '-c1', '-d1', url]);
  const reported = Number(stdout.match(/(\d+) requests in/)[1]);
  return `${(reported / got()).toFixed(1)} requests reported for each that the server got`;
}

async function cannon(url) {
  const result = await autocannon({ url, connections: 1, amount: 100 });
  return `${result.requests.total} requests: ${result['1xx']} x 1xx, ${result['2xx']} x 2xx`;
}
Object.defineProperty(cannon, 'name', { value: 'autocannon' });

for (const measure of [wrk, cannon]) for (const hints of [false, true]) await serve(hints, measure);
EOF

timeout 60 node "$work/count.mjs" "$work" | tee "$work/seen" || true
diff - "$work/seen" <<'EOF'
wrk, without hints: 1.0 requests reported for each that the server got
wrk, with hints: 2.0 requests reported for each that the server got
autocannon, without hints: 100 requests: 0 x 1xx, 100 x 2xx
autocannon, with hints: 100 requests: 50 x 1xx, 50 x 2xx
EOF
