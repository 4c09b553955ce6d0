"""The alphabet of SMS: GSM 7-bit with its extension table (3GPP TS 23.038, 6.2.1).

A segment holds 160 septets of it. One other character turns the whole message into UCS-2, with 70 characters a segment.
"""

import unicodedata

SEGMENT_SEPTETS = 160

BASIC = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà\n"
)
EXTENSION = frozenset("^{}\\[~]|€")
"""Each is sent as an escape and another character, so it costs two septets."""

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
    """Return the septets that a text in the alphabet needs."""
    return sum(2 if character in EXTENSION else 1 for character in text)


def fault_of(character: str) -> str | None:
    """Return why an SMS should not have this character, and what to write instead; None if it may."""
    if character in BASIC or character in EXTENSION:
        return None
    if unicodedata.category(character) == "Cc":
        return "a line break is the only control character allowed"
    fix = f"write {_STRAIGHT[character]} instead" if character in _STRAIGHT else "leave it out"
    return f"it is not in the SMS alphabet (GSM-7) and would cut a segment from 160 characters to 70; {fix}"


def name_of(character: str) -> str:
    """Return a character with its name, for an error message."""
    return f"{character!r} ({unicodedata.name(character, f'U+{ord(character):04X}')})"


def to_gsm7(text: str) -> str:
    """Return a name in the alphabet. Accents it lacks are dropped, and so are characters without a counterpart."""
    written = []
    for character in text:
        straight = " " if character == "\N{NO-BREAK SPACE}" else _STRAIGHT.get(character, character)
        if any(fault_of(one) for one in straight):
            straight = "".join(
                one for one in unicodedata.normalize("NFKD", character) if one != "\n" and fault_of(one) is None
            )
        written.append(straight)
    return " ".join("".join(written).split())
