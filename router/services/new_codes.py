"""Where a new person's record may go: a bucket, and candidates for a place in it."""

from typing import Final

from router.core.code import BUCKETS, PREFIX_LENGTH, three_characters
from router.services.randomness import Randomness
from router.store.assignments import CANDIDATES

_TRIPLES: Final[tuple[str, ...]] = tuple(three_characters(number) for number in range(BUCKETS))
# Candidate suffixes follow each other: the first is drawn, and the others only matter where it is taken.
_SUFFIXES: Final = "".join(_TRIPLES + _TRIPLES[: CANDIDATES - 1])
_DRAW_BYTES = 4


class NewCodes:
    """Draws codes for people nobody knows yet; whether one is free is settled in the store."""

    def __init__(self, random_bytes: Randomness) -> None:
        self._random_bytes = random_bytes

    def home_of(self, fingerprint: bytes | None) -> str:
        """The bucket of a new code: always the same for the same person, so that a retry looks in the right place."""
        drawn = fingerprint[10:14] if fingerprint else self._random_bytes(_DRAW_BYTES)
        return _TRIPLES[int.from_bytes(drawn) % BUCKETS]

    def draw_suffixes(self) -> str:
        """Four candidates, joined."""
        first = PREFIX_LENGTH * (int.from_bytes(self._random_bytes(_DRAW_BYTES)) % BUCKETS)
        return _SUFFIXES[first : first + CANDIDATES * PREFIX_LENGTH]
