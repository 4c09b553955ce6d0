"""Optional flags: tell "not given" from the word `none`, which clears a setting."""

from router.core.errors import InvalidField

NONE = "none"


def given(**options: object) -> dict[str, object]:
    """Return the options that were given, by the name of the field they set."""
    return {field: value for field, value in options.items() if value is not None}


def given_or_none(**options: str | None) -> dict[str, int | None]:
    """Return the numbers that were given, where the word "none" clears a setting.

    Raises:
        InvalidField: neither a whole number nor "none".
    """
    return {field: _read(field, text) for field, text in options.items() if text is not None}


def _read(field: str, text: str) -> int | None:
    if text == NONE:
        return None
    if not (text.isascii() and text.isdigit()):
        raise InvalidField(field, f"{text[:20]!r} must be a whole number, or {NONE}")
    return int(text)
