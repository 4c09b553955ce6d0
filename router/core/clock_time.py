"""Times of day as operators write them: hours and minutes, like 09:00."""

import re
from datetime import time

from router.core.errors import InvalidInput

CLOCK_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def parse_clock_time(text: str) -> time:
    """Parse a time of day like 09:00.

    Raises:
        InvalidInput: it is not a time of day.
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise InvalidInput(f"{text[:20]!r} is not a time of day; it must be from 00:00 to 23:59, such as 09:00")
    return time(int(found[1]), int(found[2]))


def format_clock_time(moment: time) -> str:
    """Return a time of day like 09:00."""
    return f"{moment:%H:%M}"
