#!/usr/bin/env python3
"""Opens listening sockets, says where on standard error, and becomes a program that they are passed to, as systemd's
socket activation does (sd_listen_fds(3)). PASSED says which: "site@127.0.0.1 plain@127.0.0.1@8080", any free port where none is said;
PASSED_TO to whom."""
import os
import socket
import sys

passed = [(each + "@0").split("@")[:3] for each in os.environ["PASSED"].split()]
numbers = {}
sockets = []
for name, address, number in passed:
    one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((address, numbers.get(name, int(number))))
    one.listen()
    numbers[name] = one.getsockname()[1]
    sockets.append(one)
    print(f"passed {name} {address} {numbers[name]}", file=sys.stderr, flush=True)
# Out of the way first: 3 and on may be theirs.
away = [os.dup2(one.fileno(), 100 + i) for i, one in enumerate(sockets)]
for i, number in enumerate(away):
    os.dup2(number, 3 + i)
    os.close(number)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(len(sockets))
os.environ["LISTEN_FDNAMES"] = ":".join(name for name, *_ in passed)
program = os.environ["PASSED_TO"]
os.execv(program, [program, *sys.argv[1:]])
