"""Checks for fields of many kinds. Each error names the field, the value and what would be right."""

from router.core.errors import InvalidField
from router.core.plain_text import clean_line, is_visible

_SHOWN_CHARACTERS = 40


def check_range(field: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside low..high. NaN is always outside.

    Raises:
        InvalidField: with the value and the range.
    """
    if not low <= value <= high:
        raise InvalidField(field, f"{value} must be from {low} to {high}")


def check_words(field: str, text: str, *, max_characters: int, may_be_empty: bool = True) -> None:
    """Refuse a text that is too long, or that contains characters which are not shown but change how it is read.

    Raises:
        InvalidField: with the fault and how to fix it.
    """
    if len(text) > max_characters:
        raise InvalidField(field, f"it has {len(text)} characters and {max_characters} are allowed; shorten it")
    if text != clean_line(text):
        shown = ascii(text[:_SHOWN_CHARACTERS])
        raise InvalidField(
            field,
            f"{shown} has spaces at an end or in a row, or control, line break or direction characters; leave them out",
        )
    if not text:
        if not may_be_empty:
            raise InvalidField(field, "it must not be empty")
    elif not is_visible(text):
        shown = ascii(text[:_SHOWN_CHARACTERS])
        raise InvalidField(field, f"{shown} is empty on a screen; write at least one letter, digit or sign")
