"""Where a person came from, and the words they agreed to: kept in their record as a few opaque bytes.

Both stay as they were first given. A source is a short safe word from a link such as `/j/main?src=flyer`. The words are
named by their version: one that we made of what our page showed, or the customer's own name for theirs.

    byte 0      1 for no words, 2 for ours, 3 for the customer's
    4 bytes     when they were shown, in seconds; only with words
    4 bytes     the version of ours; or one byte for the length of a packed version of the customer's, and that
    the rest    the source, packed

A packed word is a number to the base of its alphabet: 32 characters take 22 or 25 bytes. The whole is then written in
seven bits a byte, as ASCII, which every reply of the store can hold; the longest takes 61 of the 64 bytes there are.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from router.core.errors import InvalidField

MAX_WORD_CHARACTERS = 32
MAX_ORIGIN_BYTES = 64
SOURCE_PATTERN = f"^[a-zA-Z0-9][a-zA-Z0-9._-]{{0,{MAX_WORD_CHARACTERS - 1}}}$"
SOURCE_RULE = (
    f"1 to {MAX_WORD_CHARACTERS} of the letters a-z, digits, full stops, underscores and dashes, "
    "and a letter or a digit first"
)
WORDS_VERSION_PATTERN = "^[0-9a-f]{8}$"

_WORD = re.compile(SOURCE_PATTERN.removesuffix("$"))
_OUR_VERSION = re.compile(WORDS_VERSION_PATTERN.removesuffix("$"))
_LOWER: Final = "abcdefghijklmnopqrstuvwxyz0123456789._-"
_ALL: Final = _LOWER + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NONE, _OURS, _THEIRS = range(1, 4)
_ASCII: Final = "".join(map(chr, range(128)))
_SHORTEST_BYTES = 2
_STAMP_BYTES = 4
_VERSION_BYTES = 4


class ConsentGiven(NamedTuple):
    """The words that a person agreed to.

    Attributes:
        version: eight hexadecimal digits for words of ours, or the customer's name for theirs.
        is_ours: whether our page showed them.
        at_s: wall clock.
    """

    version: str
    is_ours: bool
    at_s: int


class Origin(NamedTuple):
    """Where a person came from, and what they agreed to; nothing of it has to be known."""

    source: str = ""
    consent: ConsentGiven | None = None


NOWHERE: Final = Origin()


def read_source(text: str) -> str:
    """Return a word from a link in small letters; empty for anything that is no such word."""
    return text.lower() if _WORD.fullmatch(text) else ""


def is_our_version(text: str) -> bool:
    """Whether a text could be a version of words of ours."""
    return _OUR_VERSION.fullmatch(text) is not None


def check_source(text: str) -> str:
    """Return a source in small letters, or refuse it.

    Raises:
        InvalidField: with the rule.
    """
    if source := read_source(text):
        return source
    raise InvalidField("source", SOURCE_RULE)


def check_version(text: str) -> str:
    """Return the customer's name for a version of their words, or refuse it.

    Raises:
        InvalidField: with the rule.
    """
    if _WORD.fullmatch(text):
        return text
    raise InvalidField("consent_version", SOURCE_RULE)


@lru_cache(maxsize=1024)  # people of one second and one link have the same
def encode_origin(origin: Origin) -> str:
    """Return an origin as the record has it, in ASCII; empty if nothing is known."""
    packed = _pack(origin)
    return _digits_of(int.from_bytes(packed), len(_ASCII), _ASCII)


@lru_cache(maxsize=1024)
def decode_origin(text: str) -> Origin:
    """Return the origin that a record has. Text of a kind that a later release made says nothing."""
    number = _number_of(text, len(_ASCII), _ASCII)
    return _unpack(number.to_bytes((number.bit_length() + 7) // 8))


def _pack(origin: Origin) -> bytes:
    consent, source = origin.consent, _pack_word(origin.source, _LOWER)
    if consent is None:
        return bytes((_NONE,)) + source if source else b""
    stamp = consent.at_s.to_bytes(_STAMP_BYTES)
    if consent.is_ours:
        return bytes((_OURS,)) + stamp + bytes.fromhex(consent.version) + source
    version = _pack_word(consent.version, _ALL)
    return bytes((_THEIRS,)) + stamp + bytes((len(version),)) + version + source


def _unpack(packed: bytes) -> Origin:
    if len(packed) < _SHORTEST_BYTES or packed[0] not in {_NONE, _OURS, _THEIRS}:
        return NOWHERE
    kind, rest = packed[0], packed[1:]
    if kind == _NONE:
        return Origin(source=_unpack_word(rest, _LOWER))
    at_s, rest = int.from_bytes(rest[:_STAMP_BYTES]), rest[_STAMP_BYTES:]
    if kind == _OURS:
        consent = ConsentGiven(version=rest[:_VERSION_BYTES].hex(), is_ours=True, at_s=at_s)
        return Origin(source=_unpack_word(rest[_VERSION_BYTES:], _LOWER), consent=consent)
    end = 1 + rest[0]
    consent = ConsentGiven(version=_unpack_word(rest[1:end], _ALL), is_ours=False, at_s=at_s)
    return Origin(source=_unpack_word(rest[end:], _LOWER), consent=consent)


def _pack_word(word: str, alphabet: str) -> bytes:
    # The digits count from 1, so that no letter at the start is lost.
    number = _number_of(word, len(alphabet) + 1, "\0" + alphabet)
    return number.to_bytes((number.bit_length() + 7) // 8)


def _unpack_word(packed: bytes, alphabet: str) -> str:
    return _digits_of(int.from_bytes(packed), len(alphabet) + 1, "\0" + alphabet)


def _number_of(word: str, base: int, digits: str) -> int:
    number = 0
    for letter in word:
        number = number * base + digits.index(letter)
    return number


def _digits_of(number: int, base: int, digits: str) -> str:
    letters = list[str]()
    while number:
        number, place = divmod(number, base)
        letters.append(digits[place])
    return "".join(reversed(letters))
