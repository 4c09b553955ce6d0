"""Attribution codes: six characters that name an assignment inside its pool.

The alphabet has no look-alikes (of 0 O, 1 I, 2 Z, 5 S, 6 G, 8 B at most one stays) and no vowels, so no code is a word.
A code is the assignment's id for life; it *binds* a sender only while the reservation
lives. The first three characters name the bucket the record is kept in, so a collision is settled inside one bucket.
"""

import re
from itertools import islice
from typing import Final, NewType

Code = NewType("Code", str)

ALPHABET = "23456789CDFHJKLMNPQRTVWXY"
PREFIX_LENGTH = 3
CODE_LENGTH = 6
BUCKETS: Final[int] = len(ALPHABET) ** PREFIX_LENGTH

_CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
# Letters of other scripts may touch a code: Chinese and Thai put no blanks around it. Accented Latin ones may not, or
# the Czech for Thursdays, "čtvrtky", would hold one.
_IN_WORD = "0-9A-Za-zÀ-ɏ"
_CODE_IN_TEXT = re.compile(f"(?<![{_IN_WORD}])[{ALPHABET}{ALPHABET.lower()}]{{{CODE_LENGTH}}}(?![{_IN_WORD}])")


def parse_code(text: str) -> Code | None:
    """Return `text` as a code, reading lower case as upper; None if it is none."""
    upper = text.upper()
    return Code(upper) if _CODE.fullmatch(upper) else None


def codes_in(text: str, limit: int = 3) -> tuple[Code, ...]:
    """Return what may be codes in a text that a person sent, in their order, each once, at most `limit`.

    A code stands as a word of its own, in either case, whatever punctuation is around it.
    """
    found = dict.fromkeys(Code(match[0].upper()) for match in _CODE_IN_TEXT.finditer(text))
    return tuple(islice(found, limit))


def three_characters(number: int) -> str:
    """Spell any non-negative number, modulo the bucket count, as three characters of the alphabet."""
    base = len(ALPHABET)
    return ALPHABET[number // (base * base) % base] + ALPHABET[number // base % base] + ALPHABET[number % base]


def prefix_of(code: Code) -> str:
    """The part of a code that names its bucket."""
    return code[:PREFIX_LENGTH]
