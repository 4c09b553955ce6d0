"""A line as planning sees it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLine:
    """A line as planning sees it.

    Attributes:
        people: how many it is expected to carry, from `expected_people`.
        capacity, target: the most people it can carry, and the number at which its reserve begins.
        takes_people: whether it takes new people, or would if it were not full.
        carries_people: whether the people who have it can still reach us.
    """

    slot: int
    people: int
    capacity: int
    target: int
    takes_people: bool = True
    carries_people: bool = True

    @property
    def reserve_in_use(self) -> int:
        """How many people it carries beyond its target."""
        return max(0, min(self.people, self.capacity) - self.target)
