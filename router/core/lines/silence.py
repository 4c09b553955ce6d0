"""Decide when the provider has been silent for so long that we may have missed something.

It repeats a delivery for about 25 minutes and never again, and we cannot ask it for a flag. So after a silence of that
length nobody can say that a line still works, until the provider reports on it again.
"""

from datetime import timedelta

SILENCE = timedelta(minutes=25)


def silent_since_ms(last_heard_ms: int | None, *, now_ms: int) -> int | None:
    """Return since when the provider has been silent; None if it is not, or if we never heard from it."""
    if last_heard_ms is None or now_ms - last_heard_ms < SILENCE // timedelta(milliseconds=1):
        return None
    return last_heard_ms
