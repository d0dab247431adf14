"""Sends content that nobody wants, all of it, and only then reads. Prints what came of each time, as JSON.

usage: refusal_client.py METHOD URL CONTENT_BYTES TIMES [CA_FILE]
"""
import collections
import http.client
import json
import ssl
import sys
import urllib.parse

method = sys.argv[1]
url = urllib.parse.urlsplit(sys.argv[2])
target = url._replace(scheme="", netloc="").geturl()
content = b"x" * int(sys.argv[3])
outcomes = collections.Counter()
for _ in range(int(sys.argv[4])):
    if url.scheme == "https":
        trust = ssl.create_default_context(cafile=sys.argv[5])
        connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=60, context=trust)
    else:
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    try:
        connection.request(method, target, content)
        answer = connection.getresponse()
        answer.read()
        outcomes[answer.status] += 1
    except OSError as error:
        outcomes[type(error).__name__] += 1
    connection.close()
print(json.dumps(outcomes))
