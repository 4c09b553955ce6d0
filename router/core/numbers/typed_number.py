"""Read what people and operators type for a phone number.

A line is rented, and thousands of people may be sent to it: an operator writes strict E.164, and gets the likely right
spelling where that is not what they wrote. A person's number is read however it is written, as long as it can mean only
one number; without a country code it could mean many.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from router.core.errors import InvalidNumber
from router.core.numbers.number_check import Likelihood, check_number
from router.core.numbers.spellings import canonical_spelling, country_code_of
from router.core.phone import E164, fault_of, is_e164, mask

MAX_TYPED_CHARACTERS: Final = 64

_SCHEME: Final = re.compile(r"\s*(?:tel|sms|phone|mobile)\s*:\s*", re.IGNORECASE)
_PARAMETERS: Final = re.compile(r";(?!ext=)[a-z-]+=[^;]*", re.IGNORECASE)  # of a tel: URI, RFC 3966
_EXTENSION: Final = re.compile(r"(?:;ext=|\bext(?:ension)?\b\.?|[x#,])\s*\d", re.IGNORECASE)
_SEPARATORS: Final = frozenset("()[]./-_·•'\"")
_SEPARATOR_KINDS: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})
_MINUS: Final = "\N{MINUS SIGN}"
_WRITE_IT: Final = "Write it like +12025550101."
_SHORT_CODE_DIGITS: Final = range(3, 7)
_NANP_LENGTHS: Final = (10,)


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number that can be used, and in words what is doubtful about it."""

    number: E164
    warning: str = ""


def read_strict(text: str) -> E164:
    """Return strict E.164 as it is.

    Raises:
        InvalidNumber: it is written in another way; with the likely right spelling.
    """
    if is_e164(text):
        return E164(text)
    raise _refusal(text, _why_unreadable(text))


def read_line_number(text: str, *, unchecked: bool = False) -> ReadNumber:
    """Return the number of a line, which must be strict E.164 and able to exist.

    With `unchecked` every number in strict E.164 is accepted, and what would refuse it becomes the warning.

    Raises:
        InvalidNumber: with what is wrong, and the likely right spelling.
    """
    number = read_strict(text)
    check = check_number(number)
    if check.likelihood is Likelihood.IMPOSSIBLE and not unchecked:
        raise _refusal(text, check.words, field="number")
    return ReadNumber(number, check.words)


def read_person_number(text: str) -> E164:
    """Return a person's number in its canonical spelling, however it is written.

    Raises:
        InvalidNumber: it cannot be a person's number, or could mean several.
    """
    number = canonical_spelling(text) if is_e164(text) else _read_loosely(text)
    if number is None:
        raise _refusal(text, _why_unreadable(text))
    check = check_number(number)
    if check.likelihood is Likelihood.IMPOSSIBLE:
        raise _refusal(text, check.words)
    return E164(number)


def read_provider_number(text: str) -> E164 | None:
    """Return a number as a provider writes it: any strict E.164, or a known one written in another way."""
    if is_e164(text):
        return E164(text)
    number = _read_loosely(text) or _read_loosely(f"+{text.strip()}")
    return E164(number) if number is not None and check_number(number).likelihood is Likelihood.KNOWN else None


def read_handle_number(handle: str) -> str | None:
    """Return the number that a person writes from, in its canonical spelling; None for an address or a name."""
    if handle.startswith("+"):
        return canonical_spelling(handle)
    number = None if "@" in handle else read_provider_number(handle)
    return None if number is None else canonical_spelling(number)


def likely_misspelling(number: E164) -> str | None:
    """Return what is wrong with a number that cannot exist, and how to fix it; None for one that can."""
    check = check_number(number)
    return str(_refusal(number, check.words)) if check.likelihood is Likelihood.IMPOSSIBLE else None


def likely_spelling(text: str) -> E164 | None:
    """Return the number that was most likely meant, or None."""
    for guess in _guesses(text):
        if is_e164(guess) and check_number(guess).likelihood is Likelihood.KNOWN:
            return E164(guess)
    return None


def _read_loosely(text: str) -> str | None:
    """Return the number without what people put around and between its digits; None if it could mean several."""
    plain = _plain(text)
    if plain is None or _EXTENSION.search(plain):
        return None
    number = _digits(plain)
    if number.startswith("00"):  # how most countries dial abroad; no number at home begins so
        number = "+" + number[2:]
    return canonical_spelling(number) if is_e164(number) else None


def _plain(text: str) -> str | None:
    """Return the text with ASCII digits, without a scheme; None if it is far too long."""
    if len(text) > MAX_TYPED_CHARACTERS:
        return None
    folded = "".join(_ascii_digit(character) for character in unicodedata.normalize("NFKC", text))
    return _PARAMETERS.sub("", _SCHEME.sub("", folded, count=1)).strip()


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _digits(plain: str) -> str:
    """Return the text without separators."""
    return "".join(character for character in plain if not _is_separator(character))


def _is_separator(character: str) -> bool:
    return character in _SEPARATORS or character == _MINUS or unicodedata.category(character) in _SEPARATOR_KINDS


def _guesses(text: str) -> Iterator[str]:
    """Yield numbers that were perhaps meant, the likeliest first."""
    plain = _plain(text)
    if plain is None:
        return
    number = _digits(_EXTENSION.split(plain)[0])
    digits = number.lstrip("+")
    if not (digits.isascii() and digits.isdigit()):
        return
    digits = digits.removeprefix("00") if not number.startswith("+") else digits
    yield canonical_spelling(f"+{digits}")
    country_code = country_code_of(f"+{digits}") if is_e164(f"+{digits}") else None
    if country_code is not None:
        national = digits[len(country_code) :]
        if national.startswith(country_code):
            yield canonical_spelling("+" + national)
        yield canonical_spelling(f"+{country_code}{national.lstrip('0')}")
    if digits.startswith("011"):  # how North America dials abroad
        yield canonical_spelling("+" + digits.removeprefix("011"))
    if not number.startswith("+") and len(digits) in _NANP_LENGTHS:
        yield f"+1{digits}"


def _why_unreadable(text: str) -> str:
    """Say what is wrong with a text that is not written as strict E.164."""
    plain = _plain(text)
    if plain is None:
        return f"it has {len(text)} characters, and a number has at most 16"
    digits = _digits(plain).lstrip("+")
    if _EXTENSION.search(plain):
        return "it has an extension, and nobody can text an extension"
    if any(character.isalpha() for character in digits):
        more = "" if text.startswith("+") else ", and it must start with + and the country code"
        return f"it has letters{more}"
    if digits.isdigit() and len(digits) in _SHORT_CODE_DIGITS and "+" not in plain:
        return "it is a short code, or lacks its beginning; it must start with + and the country code"
    return fault_of(text)


def _refusal(text: str, why: str, *, field: str | None = None) -> InvalidNumber:
    likely = likely_spelling(text)
    fix = _WRITE_IT if likely is None or likely == text else f"Did you mean {likely}?"
    return InvalidNumber(f"{mask(text)!r} is not a phone number: {why}. {fix}", field=field)
