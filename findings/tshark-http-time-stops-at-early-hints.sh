#!/usr/bin/env bash
# With Early Hints, tshark's http.time ends at the 103; the 200 that follows has no time and no request.
#
# Packages: tshark and wireshark-common (text2pcap) 4.0.17-0+deb12u3 (Debian 12)
# Date:     2026-11-29
# Guess:    The field of a final response says how long after its request it came, 103 or not; "-Y http.response
#           -T fields -e http.time" lists the server's think times.
# Truth:    The interim response takes the request for itself. Its http.time is the time to the 103, and the 200, here
#           a second later, has neither http.time nor http.request_in. So the pages that send hints show as the fast
#           ones, however slow they are, and a table of the 200s leaves them out. The next request of the
#           connection is right again.
# Seen:     (time of the packet, status, http.request_in, http.time)
#           0.001000000,103,1,0.001000000
#           1.000000000,200,,
#           2.001000000,200,4,0.001000000
#
# Exits 0 while that holds, 1 when it does not, 77 when these versions are not to be had.
set -euo pipefail

for package in tshark wireshark-common; do
  if [[ $(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) != 4.0.17-0+deb12u3 ]]; then
    echo "skipped: $package is not 4.0.17-0+deb12u3" >&2
    exit 77
  fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One keep-alive connection to port 80. Each line: direction, second, and what is sent.
packet() {
  printf '%s %s\n' "$1" "$2"
  printf '%b' "$3" | od -A x -t x1 -v
}
{
  packet O 0.000 'GET /page HTTP/1.1\r\nHost: www.example\r\n\r\n'
  packet I 0.001 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n'
  packet I 1.000 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
  packet O 2.000 'GET /style.css HTTP/1.1\r\nHost: www.example\r\n\r\n'
  packet I 2.001 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
} >"$work/packets"
text2pcap -q -D -t %s.%f -T 80,50000 "$work/packets" "$work/packets.pcapng" 2>/dev/null

tshark -r "$work/packets.pcapng" -Y http.response -T fields -E separator=, \
  -e frame.time_relative -e http.response.code -e http.request_in -e http.time 2>/dev/null | tee "$work/seen" || true
diff - "$work/seen" <<'EOF'
0.001000000,103,1,0.001000000
1.000000000,200,,
2.001000000,200,4,0.001000000
EOF
