"""What people write or say for the characters of a code: look-alikes in other alphabets, and words of dictation."""

import re
from collections.abc import Mapping
from typing import Final

from router.core.code import ALPHABET

# Of 0 O, 1 I, 2 Z, 5 S, 6 G, 8 B at most one is in the alphabet, so each other one means it. O and 0 are not: they look
# like Q or D.
_LATIN: Final = {"S": "5", "B": "8", "Z": "2", "G": "6", "I": "L", "1": "L", "O": "QD", "0": "QD", "U": "V"}
_CYRILLIC: Final = dict(zip("КМНРСТХУВЗЅЈԚԜҮІ", "KMHPCTXY835JQWYL", strict=True)) | {"О": "QD"}
_GREEK: Final = dict(zip("ΚΜΝΡΤΥΧΗΖΒΙ", "KMNPTYXH28L", strict=True)) | {"Ο": "QD"}

LOOK_ALIKES: Final[Mapping[str, str]] = {
    **{lower: upper for upper in ALPHABET for lower in (upper, upper.lower())},
    **{case: meant for letter, meant in (_LATIN | _CYRILLIC | _GREEK).items() for case in (letter, letter.lower())},
}
"""For each character that people type, the characters of the alphabet that it may mean."""

_RADIO: Final = (
    "charlie delta foxtrot hotel juliett juliet kilo lima mike november papa quebec romeo tango victor whiskey whisky "
    "xray yankee"
)
_DIGITS: Final = {
    "en": "two three four five six seven eight nine",
    "es": "dos tres cuatro cinco seis siete ocho nueve",
    "fr": "deux trois quatre cinq six sept huit neuf",
    "de": "zwei drei vier fünf sechs sieben acht neun",
    "pt": "dois três quatro cinco seis sete oito nove",
    "it": "due tre quattro cinque sei sette otto nove",
    "nl": "twee drie vier vijf zes zeven acht negen",
}

DICTATED: Final[Mapping[str, str]] = {
    **{word: word[0] for word in _RADIO.split()},
    **{word: str(digit) for words in _DIGITS.values() for digit, word in enumerate(words.split(), start=2)},
    "niner": "9",
    "fife": "5",
    "doubleu": "w",
}
"""The character that a spoken word means."""

_SPOKEN_IN_PARTS: Final = re.compile(r"\b(x|double)[\s-]+(ray|u|you)\b")
_WORD: Final = re.compile(r"[^\W_]+")


def dictated_words(plain: str) -> list[str]:
    """Return the words of a text in lower case, each spoken character as one word."""
    said = plain.casefold()
    if "ray" in said or "double" in said:
        said = _SPOKEN_IN_PARTS.sub(lambda found: "xray" if found[2] == "ray" else "doubleu", said)
    return _WORD.findall(said)
