"""Moments in answers: UTC, from the milliseconds in the store."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(milliseconds: int) -> datetime:
    """Return a moment exactly; division as a float would lose the last digit."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
