"""Where a new person's record may go: a bucket, and candidates for a place in it."""

from typing import Final

from router.core.code import BUCKETS, three_characters
from router.services.randomness import Randomness

_TRIPLES: Final[tuple[str, ...]] = tuple(three_characters(number) for number in range(BUCKETS))
_DRAW_BYTES = 8  # four numbers below 25**3 take 56 bits


class NewCodes:
    """Draws codes for people nobody knows yet; whether one is free is settled in the store."""

    def __init__(self, random_bytes: Randomness) -> None:
        self._random_bytes = random_bytes

    def home_of(self, fingerprint: bytes | None) -> str:
        """The bucket of a new code: always the same for the same person, so that a retry looks in the right place."""
        drawn = fingerprint[10:14] if fingerprint else self._random_bytes(4)
        return _TRIPLES[int.from_bytes(drawn) % BUCKETS]

    def draw_suffixes(self) -> str:
        """Four candidates, joined."""
        drawn = int.from_bytes(self._random_bytes(_DRAW_BYTES))
        second, third, fourth = drawn // BUCKETS, drawn // BUCKETS**2, drawn // BUCKETS**3
        return (
            _TRIPLES[drawn % BUCKETS]
            + _TRIPLES[second % BUCKETS]
            + _TRIPLES[third % BUCKETS]
            + _TRIPLES[fourth % BUCKETS]
        )
