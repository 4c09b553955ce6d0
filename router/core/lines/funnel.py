"""The way of new people, from the signup page to a conversation, counted by line and day. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

THIRD_TEXT = 3  # from here on a person counts as one who stays
POOL_SLOT = -1  # counts of the signup page, which has no line yet


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelSteps:
    """How many people reached each step.

    Attributes:
        signup_pages: signup pages that people opened; of the whole pool only, because no line is chosen yet.
        places: people who were given a line.
        own_pages: people's own pages that they opened. One person may open theirs often.
        messages_opened: openings of the messaging app, as far as a page can tell: a redirect, a press with script, or
            the link of a QR code.
        first_texts: people whose first text came.
        third_texts: people whose third text came.
    """

    signup_pages: int = 0
    places: int = 0
    own_pages: int = 0
    messages_opened: int = 0
    first_texts: int = 0
    third_texts: int = 0

    def __add__(self, other: "FunnelSteps") -> "FunnelSteps":
        names = [field.name for field in fields(self)]
        return FunnelSteps(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class FunnelDay:
    """One day, UTC: the steps on each line by its slot, and of the signup page under POOL_SLOT."""

    day: date
    lines: Mapping[int, FunnelSteps]

    @property
    def total(self) -> FunnelSteps:
        """The steps of all lines and of the signup page."""
        return total_of(self.lines.values())


def total_of(steps: Iterable[FunnelSteps]) -> FunnelSteps:
    """Return the sum."""
    return sum(steps, FunnelSteps())


def by_line(days: Sequence[FunnelDay]) -> dict[int, FunnelSteps]:
    """Return each line's steps over all days, by slot."""
    lines: dict[int, FunnelSteps] = {}
    for day in days:
        for slot, steps in day.lines.items():
            lines[slot] = lines.get(slot, FunnelSteps()) + steps
    return lines
