"""Sends content that nobody wants, all of it, and only then reads. Prints what came of each time, as JSON.

usage: refusal_client.py URL CONTENT_BYTES TIMES [CA_FILE]
"""
import collections
import http.client
import json
import ssl
import sys
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
content = b"x" * int(sys.argv[2])
outcomes = collections.Counter()
for _ in range(int(sys.argv[3])):
    if url.scheme == "https":
        trust = ssl.create_default_context(cafile=sys.argv[4])
        connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=60, context=trust)
    else:
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    try:
        connection.request("POST", url.path, content)
        answer = connection.getresponse()
        outcomes[f"{answer.status} {len(answer.read()) > 0}"] += 1
    except OSError as error:
        outcomes[type(error).__name__] += 1
    connection.close()
print(json.dumps(outcomes))
