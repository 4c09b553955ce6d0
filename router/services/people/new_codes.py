"""Draw the code of a new person: the bucket of their record, and candidates for a place in it."""

from collections.abc import Mapping, Sequence
from typing import Final

from router.core.code import ALPHABET, BUCKETS, PREFIX_LENGTH, three_characters, weigh
from router.services.runtime.randomness import Randomness
from router.store.assignments import CANDIDATES

_TRIPLES: Final[tuple[str, ...]] = tuple(three_characters(number) for number in range(BUCKETS))
# A code without a letter could be taken for a one-time password, so the suffix always has one.
_LETTERED: Final[tuple[str, ...]] = tuple(triple for triple in _TRIPLES if not triple.isdigit())
_DRAW_BYTES = 4


def _joined(suffixes: Sequence[str]) -> str:
    """Join candidates that follow each other: the first is drawn, and the others only matter if it is taken."""
    return "".join((*suffixes, *suffixes[: CANDIDATES - 1]))


def _by_weight() -> Mapping[int, str]:
    """Return, for each weight of a prefix, the suffixes that make a code of weight 0 with it."""
    groups: dict[int, list[str]] = {weight: [] for weight in range(len(ALPHABET))}
    for suffix in _LETTERED:
        groups[-weigh(suffix, PREFIX_LENGTH) % len(ALPHABET)].append(suffix)
    return {weight: _joined(suffixes) for weight, suffixes in groups.items()}


_WEIGHTS: Final[Mapping[str, int]] = {triple: weigh(triple) for triple in _TRIPLES}
_SUFFIXES: Final = _by_weight()
_ANY_SUFFIXES: Final = _joined(_LETTERED)


class NewCodes:
    """Draws codes for new people; the store decides whether one is free."""

    def __init__(self, random_bytes: Randomness) -> None:
        self._random_bytes = random_bytes

    def home_of(self, fingerprint: bytes | None) -> str:
        """Return the bucket of a new code: the same for the same person, so that a retry looks in the right place."""
        drawn = fingerprint[10:14] if fingerprint else self._random_bytes(_DRAW_BYTES)
        return _TRIPLES[int.from_bytes(drawn) % BUCKETS]

    def draw_suffixes(self, prefix: str) -> str:
        """Return four candidates, joined, for codes that no error of typing turns into each other."""
        return self._draw(_SUFFIXES[_WEIGHTS[prefix]])

    def redraw_suffixes(self) -> str:
        """Return four candidates of all there are, joined, for a bucket where those were taken."""
        return self._draw(_ANY_SUFFIXES)

    def _draw(self, suffixes: str) -> str:
        count = len(suffixes) // PREFIX_LENGTH - (CANDIDATES - 1)
        first = PREFIX_LENGTH * (int.from_bytes(self._random_bytes(_DRAW_BYTES)) % count)
        return suffixes[first : first + CANDIDATES * PREFIX_LENGTH]
