#!/usr/bin/env bash
# axios over HTTP/2 fails requests at every thousandth one that a default nginx answers; over HTTP/1.1 it fails none.
#
# Packages: axios 1.21.1 (npm, httpVersion: 2), nginx 1.22.1-9+deb12u11 (Debian 12, HTTP/2 on, no limit changed)
# Date:     2026-11-29
# Guess:    nginx ends a connection after 1,000 requests (keepalive_requests) in the orderly way of each protocol:
#           "Connection: close", or GOAWAY with the last stream that it took. Requests beyond that one were not
#           processed, so the client sends them again on a new connection, as RFC 9113 section 8.7 allows for any
#           method. 2,500 GETs, 50 at a time, give 2,500 answers either way.
# Truth:    So it is over HTTP/1.1. Over HTTP/2 the 49 requests in flight behind the last stream reach the caller as
#           ERR_HTTP2_STREAM_ERROR (NGHTTP2_REFUSED_STREAM), GET or not, and that twice, at request 1,000 and 2,000. One
#           request at a time shows nothing, as there is none in flight. (curl 7.88.1 sends them again by itself.)
# Seen:     HTTP/1.1, 50 at a time: 2500 answers, 0 refused
#           HTTP/2, 1 at a time: 2500 answers, 0 refused
#           HTTP/2, 50 at a time: 2402 answers, 98 refused
#
# Exits 0 while that holds, 1 when it does not, 77 when these versions are not to be had.
set -euo pipefail

PATH=$PATH:/usr/sbin
nginx_version=1.22.1-9+deb12u11
if [[ $(dpkg-query -W -f '${Version}' nginx 2>/dev/null) != "$nginx_version" ]] || ! type nginx >/dev/null; then
  echo "skipped: nginx $nginx_version is not here" >&2
  exit 77
fi
type npm node openssl &>/dev/null || exit 77
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" || true; wait; rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" axios@1.21.1 >/dev/null || exit 77
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null

port=$(node -e '
  const server = require("net").createServer();
  server.listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); });')
cat >"$work/nginx.conf" <<EOF
daemon off;
pid $work/pid;
events {}
http {
  access_log off;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  server {
    listen 127.0.0.1:$port ssl http2;
    ssl_certificate $work/cert.pem;
    ssl_certificate_key $work/key.pem;
    location / { return 200 hello; }
  }
}
EOF
nginx -p "$work" -e stderr -c "$work/nginx.conf" 2>"$work/errors" &
server=$!
for _ in {1..50}; do
  if (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null; then break; fi
  sleep 0.1
done

cat >"$work/ask.mjs" <<'EOF'
import { readFileSync } from 'node:fs';
import https from 'node:https';
import axios from 'axios';

const url = `https://127.0.0.1:${process.argv[2]}/`;
const ca = readFileSync('cert.pem');

async function ask(name, atATime, options) {
  let left = 2500;
  let answers = 0;
  let refused = 0;
  const one = async () => {
    while (left-- > 0) {
      try {
        if ((await axios.get(url, { ...options, proxy: false })).status === 200) answers++;
      } catch (error) {
        if (!error.message.includes('REFUSED_STREAM')) throw error;
        refused++;
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
  console.log(`${name}, ${atATime} at a time: ${answers} answers, ${refused} refused`);
}

await ask('HTTP/1.1', 50, { httpsAgent: new https.Agent({ ca, keepAlive: true }) });
await ask('HTTP/2', 1, { httpVersion: 2, http2Options: { ca } });
await ask('HTTP/2', 50, { httpVersion: 2, http2Options: { ca } });
process.exit();
EOF

(cd "$work" && timeout 60 node ask.mjs "$port") | tee "$work/seen" || true
grep -qx 'HTTP/1.1, 50 at a time: 2500 answers, 0 refused' "$work/seen"
grep -qx 'HTTP/2, 1 at a time: 2500 answers, 0 refused' "$work/seen"
# The number depends on what is in flight at that moment.
grep -Eqx 'HTTP/2, 50 at a time: [0-9]+ answers, [1-9][0-9]* refused' "$work/seen"
