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


def _choices(suffixes: Sequence[str]) -> tuple[str, ...]:
    """Return each choice of candidates that follow each other, joined: the others only matter if the first is taken."""
    joined = "".join((*suffixes, *suffixes[: CANDIDATES - 1]))
    starts = range(0, len(suffixes) * PREFIX_LENGTH, PREFIX_LENGTH)
    return tuple(joined[start : start + CANDIDATES * PREFIX_LENGTH] for start in starts)


def _by_prefix() -> Mapping[str, tuple[str, ...]]:
    """Return, for each prefix, the choices of suffixes that make a code of weight 0 with it."""
    groups: dict[int, list[str]] = {weight: [] for weight in range(len(ALPHABET))}
    for suffix in _LETTERED:
        groups[-weigh(suffix, PREFIX_LENGTH) % len(ALPHABET)].append(suffix)
    choices = {weight: _choices(suffixes) for weight, suffixes in groups.items()}
    return {triple: choices[weigh(triple)] for triple in _TRIPLES}


_SUFFIXES: Final = _by_prefix()
_ANY_SUFFIXES: Final = _choices(_LETTERED)


class NewCodes:
    """Draws codes for new people; the store decides whether one is free."""

    def __init__(self, random_bytes: Randomness) -> None:
        self._random_bytes = random_bytes

    def draw(self, fingerprint: bytes | None) -> tuple[str, str]:
        """Return the bucket of a new code, and four candidates for a place in it, joined.

        The bucket is the same for the same person, so that a retry looks in the right place. The candidates make codes
        that no error of typing turns into each other.
        """
        if fingerprint is None:
            drawn = self._random_bytes(2 * _DRAW_BYTES)
            home = drawn[_DRAW_BYTES:]
        else:
            drawn, home = self._random_bytes(_DRAW_BYTES), fingerprint[10:14]
        prefix = _TRIPLES[int.from_bytes(home) % BUCKETS]
        return prefix, _drawn(_SUFFIXES[prefix], drawn[:_DRAW_BYTES])

    def draw_suffixes(self, prefix: str) -> str:
        """Return four candidates in a bucket, joined."""
        return _drawn(_SUFFIXES[prefix], self._random_bytes(_DRAW_BYTES))

    def redraw_suffixes(self) -> str:
        """Return four candidates of all there are, joined, for a bucket where those were taken."""
        return _drawn(_ANY_SUFFIXES, self._random_bytes(_DRAW_BYTES))


def _drawn(choices: Sequence[str], drawn: bytes) -> str:
    return choices[int.from_bytes(drawn) % len(choices)]
