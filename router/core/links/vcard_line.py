"""Write a vobject content line as a vCard 3.0 property that real readers understand.

vobject escapes well, but it writes names in capitals, and it folds by characters where RFC 2426 section 2.6 counts
octets. Both are corrected here, on the finished line.
"""

from vobject.base import ContentLine

MAX_LINE_OCTETS = 75

_UNFOLDED = 1 << 30
_FOLD = b"\r\n "
_INSIDE_CHARACTER = range(0x80, 0xC0)  # octets that continue a UTF-8 character, RFC 3629 section 3
# The spelling that Apple writes and documents. Readers that compare letter by letter accept no other.
_SPELLING = {"X-ABLABEL": "X-ABLabel", "X-ABSHOWAS": "X-ABShowAs"}


def write_line(line: ContentLine) -> bytes:
    """Return a property escaped, correctly spelled and folded, with its line end."""
    text = str(line.serialize(lineLength=_UNFOLDED)).removesuffix("\r\n")
    name = str(line.name)
    return fold(text.replace(name, _SPELLING.get(name, name), 1).encode())


def fold(line: bytes) -> bytes:
    """Return a line of UTF-8 folded into physical lines of at most 75 octets, never inside a character."""
    pieces = []
    start, room = 0, MAX_LINE_OCTETS
    while len(line) - start > room:
        end = start + room
        while line[end] in _INSIDE_CHARACTER:
            end -= 1
        pieces.append(line[start:end])
        start, room = end, MAX_LINE_OCTETS - 1  # the continuation's leading space counts
    pieces.append(line[start:])
    return _FOLD.join(pieces) + b"\r\n"
