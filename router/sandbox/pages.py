"""Split lists into pages. A cursor is the number of rows before the page."""

from collections.abc import Sequence
from typing import TypeVar

from router.sandbox import faults

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
Row = TypeVar("Row")


def page_of(rows: Sequence[Row], cursor: str | None, limit: str | None) -> tuple[Sequence[Row], str | None]:
    """Return one page, and the cursor of the next or None.

    Raises:
        LinqFault: 1005, cursor or limit is not a number in its range.
    """
    start = _read("cursor", cursor, default=0, low=0, high=10**9)
    size = _read("limit", limit, default=DEFAULT_LIMIT, low=1, high=MAX_LIMIT)
    end = start + size
    return rows[start:end], str(end) if end < len(rows) else None


def _read(name: str, text: str | None, *, default: int, low: int, high: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise faults.invalid_value(f"{name} must be a whole number from {low} to {high}")
    return int(text)
