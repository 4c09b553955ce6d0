"""Random bytes in small pieces: asking the kernel for each piece costs as much as making a code from it."""

from collections.abc import Callable

Randomness = Callable[[int], bytes]

_DRAWN_AT_ONCE = 4096


class BufferedRandomness:
    """Returns bytes from a larger draw, each byte once. Not for keys, and never shared with a forked process."""

    def __init__(self, draw: Randomness) -> None:
        self._draw = draw
        self._drawn = b""
        self._next = 0

    def __call__(self, count: int) -> bytes:
        """Return `count` unused bytes, at most 4096."""
        end = self._next + count
        if end > len(self._drawn):
            self._drawn, self._next, end = self._draw(_DRAWN_AT_ONCE), 0, count
        piece = self._drawn[self._next : end]
        self._next = end
        return piece
