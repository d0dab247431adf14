# An independent HPACK decoder (python-hyper's hpack) over one direction of an HTTP/2 connection. Reads its bytes in
# hexadecimal from standard input and prints, as JSON, the header blocks in their order: the fields, and the dynamic
# table after the block, newest entry first.
import json
import sys

from hpack import Decoder

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, PUSH_PROMISE, CONTINUATION = 1, 5, 9
END_HEADERS, PADDED, PRIORITY = 0x4, 0x8, 0x20


def fragment(kind, flags, payload):
    """The part of a frame's payload that is a header block's (RFC 9113 sections 6.2, 6.6, 6.10)."""
    padding = 0
    if kind != CONTINUATION and flags & PADDED:
        padding, payload = payload[0], payload[1:]
    if kind == HEADERS and flags & PRIORITY:
        payload = payload[5:]
    if kind == PUSH_PROMISE:
        payload = payload[4:]
    return payload[: len(payload) - padding]


def text(name_or_value):
    return name_or_value if isinstance(name_or_value, str) else bytes(name_or_value).decode("utf-8")


def main():
    table_limit = int(sys.argv[1])
    stream = bytes.fromhex(sys.stdin.read())
    if stream.startswith(PREFACE):
        stream = stream[len(PREFACE):]
    decoder = Decoder(max_header_list_size=1 << 20)
    decoder.max_allowed_table_size = table_limit
    blocks, block = [], b""
    while len(stream) >= 9:
        length, kind, flags = int.from_bytes(stream[:3], "big"), stream[3], stream[4]
        payload, stream = stream[9 : 9 + length], stream[9 + length :]
        if kind not in (HEADERS, PUSH_PROMISE, CONTINUATION):
            continue
        block += fragment(kind, flags, payload)
        if flags & END_HEADERS:
            fields = [[text(name), text(value)] for name, value in decoder.decode(block)]
            table = [[text(name), text(value)] for name, value in decoder.header_table.dynamic_entries]
            blocks.append({"fields": fields, "table": table, "bytes": decoder.header_table._current_size})
            block = b""
    json.dump(blocks, sys.stdout)


main()
