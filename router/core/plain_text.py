"""Make text that people typed safe to print on a card, in a picture's title or on one line.

Cleaning removes characters that are not shown but change how a text is read: control characters, bidirectional
overrides (they let "moc.elgoog" read as its reverse), lone surrogates (UTF-8 cannot encode them) and what XML 1.0
forbids. Nothing is escaped here: each format escapes in its own way, and escaping twice shows.
"""

import re

import regex

_LINE_BREAK = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
# A run of spaces may fill a whole folded line, and readers treat a blank line as the end of the property.
_BLANKS = re.compile(r"[^\S\n]{2,}|\t")
_ELLIPSIS = "…"
# What a reader counts as one character: an extended grapheme cluster, Unicode annex 29.
_CHARACTER = regex.compile(r"\X")
# One character that leaves ink by itself. Unicode marks most of the others; three are blank although it calls them
# symbols: the braille cell without a dot, the null note head, and the place of an embedded object.
_DRAWN = regex.compile(
    r"[^\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\p{Z}\p{M}\u2800\U0001d159\ufffc]"
)


def clean_text(text: str) -> str:
    """Return `text` without invisible characters; each line break is one newline, each run of blanks one space."""
    broken = _LINE_BREAK.sub("\n", text)
    return _BLANKS.sub(" ", _UNSEEN.sub("", broken)).strip()


def clean_line(text: str) -> str:
    """Return `text` cleaned like `clean_text`, on a single line."""
    return " ".join(line.strip() for line in clean_text(text).split("\n") if line.strip())


def shorten(text: str, max_octets: int) -> str:
    """Return `text` cut to at most `max_octets` octets of UTF-8, with an ellipsis where it was cut.

    The cut is at the end of a word if that uses more than half of the room. Otherwise it is between two visible
    characters: an accent stays with its letter, a family emoji stays whole.
    """
    octets = text.encode()
    if len(octets) <= max_octets:
        return text
    head = octets[: max_octets - len(_ELLIPSIS.encode())].decode(errors="ignore")
    if text[len(head)] != " ":
        end = head.rfind(" ")
        head = head[:end] if end * 2 > len(head) else _drop_torn_character(text, len(head))
    return head.rstrip(" ,;:-&") + _ELLIPSIS


def is_visible(text: str) -> bool:
    """Whether a screen shows anything of `text`: a character that is more than a space, a joiner or an accent."""
    return _DRAWN.search(text) is not None


def first_letter(text: str) -> str:
    """Return the first visible character of `text` for a round logo, in capitals if that is one character too.

    A character is what a reader counts as one (a grapheme cluster): a flag, a family, a letter with its accents. A
    capital of "ß" would be two letters, so it stays as it is.
    """
    letter = next(filter(is_visible, _CHARACTER.findall(text)), "")
    capital = letter.upper()
    return capital if _CHARACTER.fullmatch(capital) else letter


def _drop_torn_character(text: str, length: int) -> str:
    end = 0
    for character in _CHARACTER.finditer(text):
        if character.end() > length:
            break
        end = character.end()
    return text[: end or length]
