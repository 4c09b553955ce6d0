"""Read the writes of the embedded store from its append-only file, in the order in which it made them.

The store appends each write to the file before it answers. The file holds effects, not calls: a script's writes are
separate entries, and the writes of one call stay together.
"""

from collections.abc import Iterator
from pathlib import Path

Command = list[bytes]


def commits(data_dir: Path) -> Iterator[Command]:
    """Yield every write since the store's first start, oldest first; a write that is still being appended is left out.

    The file must not have been compacted; the store begins to compact at 64 MB.
    """
    for file in sorted((data_dir / "store" / "appendonlydir").glob("*.incr.aof")):
        yield from _read(file.read_bytes())


def pairs(command: Command) -> Iterator[tuple[bytes, bytes]]:
    """The fields and values of an HSET, an HSETNX or, after its options, an XADD."""
    given = command[command.index(b"at") :] if command[0] == b"XADD" else command[2:]
    return zip(given[::2], given[1::2], strict=True)


def _read(octets: bytes) -> Iterator[Command]:
    """Read commands of the Redis protocol until the bytes end."""
    at = 0
    while (line_end := octets.find(b"\r\n", at)) >= 0:
        assert octets[at : at + 1] == b"*", octets[at : at + 40]
        command, at_word = [], line_end + 2
        for _ in range(int(octets[at + 1 : line_end])):
            length_end = octets.find(b"\r\n", at_word)
            word = length_end + 2
            word_end = word + int(octets[at_word + 1 : length_end]) if length_end >= 0 else len(octets)
            if word_end + 2 > len(octets):
                return
            command.append(octets[word:word_end])
            at_word = word_end + 2
        yield command
        at = at_word
