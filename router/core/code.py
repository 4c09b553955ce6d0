"""Attribution codes: six characters that name an assignment inside its pool.

The alphabet has no look-alikes (of 0 O, 1 I, 2 Z, 5 S, 6 G, 8 B at most one stays) and no vowels, so no code is a word.
New codes are chosen so that one wrong character, or two swapped, never make another new code: `weigh` is 0 for them.
A code is the assignment's id for life. It *binds* a sender only while the reservation
lives. The first three characters name the bucket that holds the record, so collisions are settled inside one bucket.
"""

import re
from itertools import islice
from typing import Final, NewType

Code = NewType("Code", str)

ALPHABET = "23456789CDFHJKLMNPQRTVWXY"
PREFIX_LENGTH = 3
CODE_LENGTH = 6
BUCKETS: Final[int] = len(ALPHABET) ** PREFIX_LENGTH

# Each weight is prime to 25, and so is the difference of each to the next: a wrong character or a swap changes the sum.
_WEIGHTS: Final = (1, 2, 3, 4, 6, 7)

_CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
# Letters of other scripts may touch a code: Chinese and Thai put no spaces around it. Accented Latin letters may not,
# or the Czech word for Thursdays, "čtvrtky", would contain a code.
_IN_WORD = "0-9A-Za-zÀ-ɏ"
_CODE_IN_TEXT = re.compile(f"(?<![{_IN_WORD}])[{ALPHABET}{ALPHABET.lower()}]{{{CODE_LENGTH}}}(?![{_IN_WORD}])")


def parse_code(text: str) -> Code | None:
    """Return `text` as a code, or None if it is not one. Lower case counts as upper case."""
    upper = text.upper()
    return Code(upper) if _CODE.fullmatch(upper) else None


def codes_in(text: str, limit: int = 3) -> tuple[Code, ...]:
    """Return the first `limit` possible codes in a person's text, in order, without repeats.

    A code is a word of its own, in upper or lower case, with any punctuation around it.
    """
    found = dict.fromkeys(Code(match[0].upper()) for match in _CODE_IN_TEXT.finditer(text))
    return tuple(islice(found, limit))


def three_characters(number: int) -> str:
    """Encode a non-negative number, modulo the bucket count, as three characters of the alphabet."""
    base = len(ALPHABET)
    return ALPHABET[number // (base * base) % base] + ALPHABET[number // base % base] + ALPHABET[number % base]


def weigh(characters: str, at: int = 0) -> int:
    """Return the weight of the characters of a code from one position on; the parts of a code add up, modulo 25."""
    values = map(ALPHABET.index, characters)
    return sum(weight * value for weight, value in zip(_WEIGHTS[at:], values, strict=False)) % len(ALPHABET)


def prefix_of(code: Code) -> str:
    """Return the part of a code that names its bucket."""
    return code[:PREFIX_LENGTH]
