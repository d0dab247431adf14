#!/usr/bin/env python3
"""A service manager's ears (sd_notify(3)): prints a line of JSON for each datagram that comes to the socket named by
its argument, a path or "@name"; the first line, "listening", says that it is there."""
import json
import socket
import sys

address = sys.argv[1]
ears = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ears.bind("\0" + address[1:] if address.startswith("@") else address)
print('"listening"', flush=True)
while True:
    print(json.dumps(ears.recv(4096).decode()), flush=True)
