"""Measure how many texts lead to their own person, to nobody and to somebody else, in a pool with many live codes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from router.core.code import ALPHABET, CODE_LENGTH, PREFIX_LENGTH, Code, weigh
from router.core.people.typed_codes import find_claimed, read_codes
from router.services.people.new_codes import NewCodes
from tests.codes.disturbances import DISTURBANCES, ERRORS, POOL_TEXT
from tests.codes.ordinary import ORDINARY

LIVE: Final = 20_000
LINES: Final = 20
_NEW_CODES: Final = len(ALPHABET) ** (CODE_LENGTH - 1)  # those of weight 0


@dataclass(slots=True)
class Rates:
    """What texts of one kind led to.

    Attributes:
        expected: how many would lead to somebody else, on average over all pools with as many live codes.
    """

    kind: str
    texts: int = 0
    right: int = 0
    none: int = 0
    wrong: int = 0
    expected: float = 0.0


def make_pool(random: Random, live: int = LIVE, lines: int = LINES) -> dict[Code, int]:
    """Return the line of each live reservation, under codes as the gateway draws them."""
    new_codes = NewCodes(random.randbytes)
    codes: dict[Code, int] = {}
    while len(codes) < live:
        prefix, suffixes = new_codes.draw(None)
        codes[Code(prefix + suffixes[:PREFIX_LENGTH])] = random.randrange(lines)
    return codes


def measure_disturbed(count: int, seed: int) -> list[Rates]:
    """Send texts with a code in every form, each to the line where the code is reserved."""
    random = Random(seed)  # repeatable, and nothing depends on it
    pool = make_pool(random)
    codes = list(pool)
    kinds = {**DISTURBANCES, **ERRORS}
    rates = {kind: Rates(kind) for kind in kinds}
    for number in range(count):
        kind = list(kinds)[number % len(kinds)]
        code = random.choice(codes)
        _count(rates[kind], kinds[kind](code, random), pool, code, pool[code])
    return list(rates.values())


def measure_ordinary(count: int, seed: int) -> list[Rates]:
    """Send texts without a code, each to some line."""
    random = Random(seed)  # repeatable, and nothing depends on it
    pool = make_pool(random)
    rates = {kind: Rates(kind) for kind in ORDINARY}
    writers: Mapping[str, Callable[[Random], str]] = ORDINARY
    for number in range(count):
        kind = list(writers)[number % len(writers)]
        _count(rates[kind], writers[kind](random), pool, None, random.randrange(LINES))
    return list(rates.values())


def _count(rates: Rates, text: str, pool: dict[Code, int], code: Code | None, line: int) -> None:
    read = read_codes(text, POOL_TEXT)
    claimed = find_claimed(read.certain, read.guesses, pool, line)
    rates.texts += 1
    rates.none += claimed is None
    rates.right += claimed is not None and claimed == code
    rates.wrong += claimed is not None and claimed != code
    if code not in read.certain:
        certain = sum(one != code and weigh(one) == 0 for one in read.certain)
        guessed = sum(one != code and weigh(one) == 0 for one in read.guesses)
        rates.expected += len(pool) / _NEW_CODES * (certain + guessed / LINES)
