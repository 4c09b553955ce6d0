"""The alphabet of SMS: GSM 7-bit with its extension table (3GPP TS 23.038, 6.2.1).

A message within it has 160 septets in one segment. One character outside turns the whole into UCS-2, where 70 fit.
"""

import unicodedata

SEGMENT_SEPTETS = 160

BASIC = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà\n"
)
EXTENSION = frozenset("^{}\\[~]|€")
"""Each is sent as an escape and another character, so it takes two septets."""

_STRAIGHT = {
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{NO-BREAK SPACE}": "a plain space",
}


def count_septets(text: str) -> int:
    """Return how much of a segment a text within the alphabet takes."""
    return sum(2 if character in EXTENSION else 1 for character in text)


def fault_of(character: str) -> str | None:
    """Say why a character can not stand in an SMS, and what to write instead; None where it can."""
    if character in BASIC or character in EXTENSION:
        return None
    if unicodedata.category(character) == "Cc":
        return "a line break is the only control character allowed"
    mend = f"write {_STRAIGHT[character]} instead" if character in _STRAIGHT else "leave it out"
    return f"it is not in the SMS alphabet (GSM-7) and would cut a segment from 160 characters to 70; {mend}"


def name_of(character: str) -> str:
    """Return a character with its name, for a fault."""
    return f"{character!r} ({unicodedata.name(character, f'U+{ord(character):04X}')})"


def spell(text: str) -> str:
    """Return a name in the alphabet: accents it lacks are dropped, and so is what has no letter in it."""
    spelled = []
    for character in text:
        straight = " " if character == "\N{NO-BREAK SPACE}" else _STRAIGHT.get(character, character)
        if any(fault_of(one) for one in straight):
            straight = "".join(
                one for one in unicodedata.normalize("NFKD", character) if one != "\n" and fault_of(one) is None
            )
        spelled.append(straight)
    return " ".join("".join(spelled).split())
