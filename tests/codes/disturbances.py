"""Ways in which a code arrives: as we wrote it, as people type, paste and dictate it, and with errors of typing.

A disturbance takes a code and a random source, and returns the whole text.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final
from urllib.parse import quote

from router.core.code import ALPHABET

GREETING: Final = "Hi Acme!"
POOL_TEXT: Final = f"{GREETING} {{code}}"

Disturb = Callable[[str, Random], str]

_FULL_WIDTH: Final = {ord(character): ord(character) + 0xFEE0 for character in ALPHABET}
_ARABIC: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_DEVANAGARI: Final = str.maketrans("0123456789", "०१२३४५६७८९")
_LOOK_ALIKES: Final = str.maketrans("5826", "SBZG")
_CYRILLIC: Final = str.maketrans("KMHPCTXY", "КМНРСТХУ")
_INVISIBLE: Final = "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{SOFT HYPHEN}\N{WORD JOINER}"
_DASHES: Final = "-‐‑–—._"
_RADIO_WORDS: Final = """
charlie delta foxtrot hotel juliett kilo lima mike november papa quebec romeo tango victor whiskey x-ray yankee
"""
_RADIO: Final = {word[0].upper(): word for word in _RADIO_WORDS.split()}
_DIGITS: Final = dict(zip("23456789", ["two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True))
_AFTER: Final = ("thanks", "please", "hello", "ok", "Thanks", "bye", "cheers")


def _around(code: str, random: Random) -> str:
    before = random.choice((f"{GREETING} ", f"{GREETING} ", "", "hi, my code is ", "Code: ", "hola! ", "this is "))
    return before + code + random.choice(("", "", ".", "!", " thanks", "\n", " 😀"))


def _invisible(code: str, random: Random) -> str:
    at = random.randrange(1, len(code))
    return _around(code[:at] + random.choice(_INVISIBLE) + code[at:], random)


def _dashed(code: str, random: Random) -> str:
    at = random.randrange(1, len(code))
    return _around(code[:at] + random.choice(_DASHES) + code[at:], random)


def _spoken(code: str, random: Random, *, words: Mapping[str, str]) -> str:
    return random.choice(("", "my code is ")) + random.choice((" ", ", ")).join(words.get(one, one) for one in code)


def _glued_before(code: str, random: Random) -> str:
    return random.choice(("code", "HiAcme", "Acme", "itis")) + random.choice((code, code.lower()))


def _one_wrong(code: str, random: Random) -> str:
    at = random.randrange(len(code))
    return f"{GREETING} {code[:at]}{random.choice(ALPHABET.replace(code[at], ''))}{code[at + 1 :]}"


def _swapped(code: str, random: Random) -> str:
    at = random.randrange(len(code) - 1)
    return f"{GREETING} {code[:at]}{code[at + 1]}{code[at]}{code[at + 2 :]}"


def _one_missing(code: str, random: Random) -> str:
    at = random.randrange(len(code))
    return f"{GREETING} {code[:at]}{code[at + 1 :]}"


def _one_more(code: str, random: Random) -> str:
    at = random.randrange(len(code) + 1)
    return f"{GREETING} {code[:at]}{random.choice(ALPHABET)}{code[at:]}"


DISTURBANCES: Final[Mapping[str, Disturb]] = {
    "as we wrote it": lambda code, _: f"{GREETING} {code}",
    "with other words": _around,
    "in lower case": lambda code, random: _around(code.lower(), random),
    "full-width": lambda code, random: _around(code.translate(_FULL_WIDTH), random),
    "Arabic-Indic digits": lambda code, random: _around(code.translate(_ARABIC), random),
    "Devanagari digits": lambda code, random: _around(code.translate(_DEVANAGARI), random),
    "something invisible inside": _invisible,
    "percent-encoded": lambda code, _: quote(f"{GREETING} {code}"),
    "a dash or dot inside": _dashed,
    "two groups": lambda code, random: _around(f"{code[:3]} {code[3:]}", random),
    "blanks between all": lambda code, random: _around(" ".join(code), random),
    "glued to a word after it": lambda code, random: code + random.choice(_AFTER),
    "glued to a word before it": _glued_before,
    "S B Z G for 5 8 2 6": lambda code, _: f"{GREETING} {code.translate(_LOOK_ALIKES)}",
    "S B Z G, other words": lambda code, random: _around(code.translate(_LOOK_ALIKES), random),
    "O for Q, I for L": lambda code, _: f"{GREETING} {code.replace('Q', 'O').replace('L', 'I')}",
    "Cyrillic letters": lambda code, _: f"{GREETING} {code.translate(_CYRILLIC)}",
    "dictated": lambda code, random: _spoken(code, random, words=_RADIO | _DIGITS),
    "dictated, letters as such": lambda code, random: _spoken(code, random, words=_DIGITS),
}
"""What can be read. A text that is read as nobody's leaves a reservation open; read as another's, it is wrong."""

ERRORS: Final[Mapping[str, Disturb]] = {
    "one character wrong": _one_wrong,
    "two swapped": _swapped,
    "one missing": _one_missing,
    "one too many": _one_more,
}
"""What cannot be read. The text is nobody's, or for one too many perhaps its person's."""
