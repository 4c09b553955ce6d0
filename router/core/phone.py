"""Phone numbers in strict E.164: a plus and 8 to 15 digits, the first not zero.

This is how numbers are stored and compared. `numbers/` reads what people and operators type, and says whether a number
can exist.
"""

import re
from functools import lru_cache
from typing import NewType

import phonenumbers

from router.core.errors import InvalidNumber

E164 = NewType("E164", str)

_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_SHOWN_DIGITS = 4


def parse_e164(text: str) -> E164:
    """Return `text` as a phone number, or refuse it.

    Raises:
        InvalidNumber: with what is wrong and how to write it.
    """
    if is_e164(text):
        return E164(text)
    raise InvalidNumber(f"{mask(text)!r} is not a phone number: {fault_of(text)}. Write it like +12025550101.")


def is_e164(text: str) -> bool:
    """Whether a text is strict E.164."""
    return _E164.fullmatch(text) is not None


def mask(number: str) -> str:
    """Return the number with all but its last four characters hidden, for logs and messages."""
    return (
        "•" * min(len(number) - _SHOWN_DIGITS, 12) + number[-_SHOWN_DIGITS:] if len(number) > _SHOWN_DIGITS else number
    )


@lru_cache(maxsize=4096)
def display(number: E164) -> str:
    """Return the number as people read it, like +1 202-555-0101. An unknown country's number stays as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def fault_of(text: str) -> str:
    """Say in words why a text is not strict E.164."""
    if not text:
        return "it is empty"
    if not text.startswith("+"):
        return "it must start with + and the country code"
    digits = text[1:]
    if not digits.isascii() or not digits.isdigit():
        return "after the + only the digits 0-9 are allowed, no spaces, dashes or brackets"
    if digits.startswith("0"):
        return "no country code starts with 0"
    return f"it has {len(digits)} digits, and 8 to 15 are allowed"
