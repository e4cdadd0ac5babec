"""A PDF written compactly: small objects are compressed together, as PDF allows since version 1.5.

A browser writes each element of a tagged document, and it has a hundred thousand of them, as plain text. Packed, the
book takes a third of the room. The objects themselves stay as they are.
"""

import re
import struct
import zlib

TOGETHER = 200  # objects compressed in one stream


def packed(data: bytes) -> bytes:
    """Return a PDF, whose objects are listed in one plain table as pypdf writes it, in compact form."""
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    head = re.match(rb"xref\s+0 (\d+)\s*", data[start:])
    trailer = re.search(rb"trailer\s*<<(.*)>>\s*startxref", data[start:], re.DOTALL)
    if head is None or trailer is None:
        raise ValueError("this PDF has no plain table of objects")
    lines = data[start + head.end() :].splitlines()[: int(head[1])]
    offsets = {number: int(line[:10]) for number, line in enumerate(lines) if line[17:18] == b"n"}
    ends = dict(zip(sorted(offsets.values()), [*sorted(offsets.values())[1:], start], strict=True))

    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    table = {0: (0, 0, 65535)}  # of each object: kind, then where it is
    small: list[tuple[int, bytes]] = []
    for number, offset in offsets.items():
        whole = data[offset : ends[offset]].strip()
        content = re.sub(rb"^\d+ \d+ obj\s*|\s*endobj$", b"", whole)
        if b"stream" in content:
            table[number] = (1, len(out), 0)
            out += whole + b"\n"
        else:
            small.append((number, content))
    following = max(offsets) + 1
    for first in range(0, len(small), TOGETHER):
        some = small[first : first + TOGETHER]
        for index, (number, _) in enumerate(some):
            table[number] = (2, following, index)
        places, place = [], 0
        for number, content in some:
            places.append(b"%d %d" % (number, place))
            place += len(content) + 1
        index_text = b" ".join(places) + b"\n"
        body = index_text + b"\n".join(content for _, content in some)
        table[following] = (1, len(out), 0)
        out += stream(following, b"/Type /ObjStm /N %d /First %d" % (len(some), len(index_text)), body)
        following += 1
    where = len(out)
    table[following] = (1, where, 0)
    rows = b"".join(struct.pack(">BIH", *table.get(number, (0, 0, 65535))) for number in range(following + 1))
    entries = re.sub(rb"/Size \d+", b"", trailer[1]).strip()
    out += stream(following, b"/Type /XRef /W [1 4 2] /Size %d " % (following + 1) + entries, rows)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % where)


def stream(number: int, entries: bytes, body: bytes) -> bytes:
    """Return one compressed stream as object `number`."""
    small = zlib.compress(body, 9)
    begin = b"%d 0 obj\n<< %s /Filter /FlateDecode /Length %d >>\n" % (number, entries, len(small))
    return begin + b"stream\n" + small + b"\nendstream\nendobj\n"
