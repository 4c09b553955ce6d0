"""Write one vCard 3.0 property as readers in the field want it, out of a vobject content line.

vobject escapes well, but writes names in capitals and folds by counting characters where RFC 2426 section 2.6 counts
octets. Both are corrected here, on the finished line.
"""

from vobject.base import ContentLine

MAX_LINE_OCTETS = 75

_UNFOLDED = 1 << 30
_FOLD = b"\r\n "
_INSIDE_CHARACTER = range(0x80, 0xC0)  # octets that continue a UTF-8 character, RFC 3629 section 3
# The spelling Apple writes and documents; readers that compare letter by letter know no other.
_SPELLING = {"X-ABLABEL": "X-ABLabel", "X-ABSHOWAS": "X-ABShowAs"}


def write_line(line: ContentLine) -> bytes:
    """Return a property escaped, spelled and folded, with its line end."""
    text = str(line.serialize(lineLength=_UNFOLDED)).removesuffix("\r\n")
    name = str(line.name)
    return fold(text.replace(name, _SPELLING.get(name, name), 1).encode())


def fold(line: bytes) -> bytes:
    """Return a line of UTF-8 cut into physical lines of at most 75 octets, never inside a character."""
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
