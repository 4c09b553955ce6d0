"""Read the fields of untrusted JSON: each reader returns a value of the right type, or nothing.

Bodies of three versions come here, so an absent field, null, a wrong type and an absurd length are treated the same.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from router.core.errors import InvalidNumber
from router.core.events.events import About
from router.core.phone import E164, parse_e164

Body = Mapping[str, object]
Reader = Callable[[Body, int | None], About]  # takes a body's `data`, and the time when the body was made

_NOTHING: Body = {}
_MAX_WORD_LENGTH = 200
_MAX_HANDLE_LENGTH = 320  # of an e-mail address, RFC 3696
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAX_WHOLE_NUMBER = 2**53  # the store's scripts count in doubles; as microseconds it is in the year 2255


def read_object(value: object) -> Body:
    """Return a JSON object, or an empty one if it is not an object."""
    return value if isinstance(value, dict) else _NOTHING


def read_objects(value: object) -> list[Body]:
    """Return the objects in a JSON array."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def read_word(value: object) -> str:
    """Return a short printable text such as an id, without blanks around it, or an empty one."""
    if not isinstance(value, str):
        return ""
    word = value.strip()
    return word if len(word) <= _MAX_WORD_LENGTH and word.isprintable() else ""


def read_name(value: object, key: str) -> str:
    """Return a word that some bodies give directly, and others as `key` of an object."""
    return read_word(value.get(key) if isinstance(value, dict) else value)


def read_bool(value: object) -> bool | None:
    """Return a boolean, or None for anything else."""
    return value if isinstance(value, bool) else None


def read_line(value: object) -> E164 | None:
    """Return a line's number, which must be strict E.164, or None."""
    try:
        return parse_e164(value) if isinstance(value, str) else None
    except InvalidNumber:
        return None


def read_handle(value: object) -> str | None:
    """Return a person's handle as it is written: a number, an e-mail address or a sender's name; or None."""
    if not isinstance(value, str):
        return None
    handle = value.strip()
    return handle if handle and len(handle) <= _MAX_HANDLE_LENGTH and handle.isprintable() else None


def read_whole_number(value: object) -> int | None:
    """Return an integer that is not too large for the store, or None."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) <= _MAX_WHOLE_NUMBER else None


def read_moment_us(*values: object, otherwise: int | None = None) -> int | None:
    """Return the first of `values` that is a time with an offset, in microseconds since 1970; finer digits are cut.

    Reads RFC 3339 and its variant in Linq's V2, `2025-05-21 15:30:00 -0600`.
    """
    for value in values:
        if isinstance(value, str) and (moment_us := _parse_moment_us(value)) is not None:
            return moment_us
    return otherwise


def _parse_moment_us(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    moment_us = (moment - _EPOCH) // _MICROSECOND
    return moment_us if 0 <= moment_us <= _MAX_WHOLE_NUMBER else None
