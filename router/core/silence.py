"""When the provider has told nothing for so long that something may have been missed.

It repeats a delivery for about 25 minutes and never again, and a flag can not be asked for. So after a silence of that
length nobody can say that a line still works, until it is heard of.
"""

from datetime import timedelta

SILENCE = timedelta(minutes=25)


def silent_since_ms(last_heard_ms: int | None, *, now_ms: int) -> int | None:
    """Return since when the provider is silent; None while it is not, or where it never told us anything."""
    if last_heard_ms is None or now_ms - last_heard_ms < SILENCE // timedelta(milliseconds=1):
        return None
    return last_heard_ms
