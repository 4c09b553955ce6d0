"""Text that people typed, made safe to print on a card, in a picture's title or on one line.

Cleaning takes away what no reader shows but some reader obeys: control characters, bidirectional overrides (they let
"moc.elgoog" read as its reverse), lone surrogates (no UTF-8 exists for them) and what XML 1.0 forbids. What remains is
the text as it was meant; nothing is escaped here, because each format escapes its own way and escaping twice shows.
"""

import re
import unicodedata

_LINE_BREAK = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
# A run of blanks may fill a whole folded line, and readers take a blank line for the end of the property.
_BLANKS = re.compile(r"[^\S\n]{2,}|\t")
_ELLIPSIS = "…"
_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def clean_text(text: str) -> str:
    """Return `text` without unseen characters, every line break as one newline, every run of blanks as one space."""
    broken = _LINE_BREAK.sub("\n", text)
    return _BLANKS.sub(" ", _UNSEEN.sub("", broken)).strip()


def clean_line(text: str) -> str:
    """Return `text` cleaned as `clean_text` does, on a single line."""
    return " ".join(line.strip() for line in clean_text(text).split("\n") if line.strip())


def shorten(text: str, max_octets: int) -> str:
    """Return `text` in at most `max_octets` octets of UTF-8, a cut marked by an ellipsis.

    The cut falls at the end of a word where that keeps half of the room, and else between what a reader sees as two
    characters: an accent stays with its letter, a family emoji stays together.
    """
    octets = text.encode()
    if len(octets) <= max_octets:
        return text
    head = octets[: max_octets - len(_ELLIPSIS.encode())].decode(errors="ignore")
    if text[len(head)] != " ":
        end = head.rfind(" ")
        head = head[:end] if end * 2 > len(head) else _drop_torn_character(text, len(head))
    return head.rstrip(" ,;:-&") + _ELLIPSIS


def _drop_torn_character(text: str, length: int) -> str:
    end = length
    while end and _belong_together(text[end - 1], text[end]):
        end -= 1
    return text[: end or length]


def _belong_together(before: str, after: str) -> bool:
    if _ZERO_WIDTH_JOINER in {before, after}:
        return True
    return unicodedata.category(after).startswith("M") or ord(after) in _SKIN_TONES
