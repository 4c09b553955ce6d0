"""Format times, line numbers and counts of people for the demo's sentences."""

import re

_NUMBER = re.compile(r"(\+\d)\d+(\d{4})")


def format_time(seconds: float) -> str:
    """Return minutes and seconds, like 1:05."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def short(number: str) -> str:
    """Return a line's number shortened, like +1…0103."""
    return _NUMBER.sub(r"\1…\2", number)


def count_people(count: int, kind: str = "") -> str:
    """Return a count of people, like "1 new person"."""
    words = (str(count), kind, "person" if count == 1 else "people")
    return " ".join(word for word in words if word)
