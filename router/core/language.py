"""The languages of our pages, and which of them a person reads best, by what their browser says."""

import re
from enum import StrEnum

_MAX_RANGES = 20  # real browsers send fewer than ten; a longer list is somebody's trial
_RANGE = re.compile(r"([A-Za-z]{1,8})(?:[-_][A-Za-z0-9]{1,8})*")
_WEIGHT = re.compile(r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


class Language(StrEnum):
    """A language that every page is written in, by its ISO 639 code."""

    EN = "en"
    ES = "es"
    FR = "fr"
    DE = "de"
    PT = "pt"
    JA = "ja"


class LanguageRule(StrEnum):
    """What decides the language of a pool's pages: the browser of each person, or one language for everybody."""

    AUTO = "auto"
    EN = "en"
    ES = "es"
    FR = "fr"
    DE = "de"
    PT = "pt"
    JA = "ja"

    def choose(self, asked: Language | None, default: Language) -> Language:
        """Return the language of a page.

        Args:
            asked: what the browser asks for, as `read_accept_language` returns it.
            default: the pool's, for people whose browser asks for none of ours.
        """
        if self is LanguageRule.AUTO:
            return asked or default
        return Language(self.value)


def read_accept_language(header: str) -> Language | None:
    """Return the language that a browser likes best among ours; None if it names none of them.

    A region counts as its language: `pt-BR` is Portuguese. `*` is no wish. Of equal weights the first wins (RFC 9110).
    Faulty parts are skipped: a header may be anything, and a page must come.
    """
    best, best_weight = None, 0.0
    for part in header.split(",", _MAX_RANGES)[:_MAX_RANGES]:
        tag, *parameters = part.split(";")
        language, weight = _language_of(tag.strip()), _weight_of(parameters)
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best


def _language_of(tag: str) -> Language | None:
    match = _RANGE.fullmatch(tag)
    code = match[1].lower() if match else ""
    return Language(code) if code in _CODES else None


def _weight_of(parameters: list[str]) -> float:
    """Return the weight of a range: 1 without one, and 0, "not this", for one that cannot be read."""
    for parameter in parameters:
        if parameter.strip()[:1].lower() == "q":
            match = _WEIGHT.fullmatch(parameter.strip())
            return float(match[1]) if match else 0.0
    return 1.0


_CODES = frozenset(Language)
