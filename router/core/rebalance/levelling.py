"""Find the lowest level to which lines can be filled, exactly.

A line at level U has ⌊U × capacity⌋ people, between the least and the most it may have. The level is one number, so it
is found by bisection; only fractions k / capacity can be the answer, and the last of them are compared exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

# Two different fractions with denominators up to 2²⁰ (`MAX_CAPACITY` is less) are further apart than 2⁻⁴⁰.
_FINE = 2**40


@dataclass(frozen=True, slots=True, kw_only=True)
class Vessel:
    """A line as levelling sees it: how many people it has, and the least and the most it may have."""

    people: int
    capacity: int
    least: int
    most: int

    def at(self, level: Fraction) -> int:
        """Return how many people it has at a level."""
        return min(self.most, max(self.least, level.numerator * self.capacity // level.denominator))


def least_level(
    vessels: Sequence[Vessel], people: int, *, budget: int | None = None, from_level: Fraction = Fraction(0)
) -> Fraction:
    """Return the lowest level, `from_level` or higher, at which all people have a place.

    Args:
        vessels: the lines. Together they may have all of the people.
        people: how many there are.
        budget: how many people may leave their line; None for all of them.
        from_level: the lowest answer.
    """

    def is_enough(level: Fraction) -> bool:
        places = leaving = 0
        for vessel in vessels:
            has = vessel.at(level)
            places += has
            leaving += max(0, vessel.people - has)
        return places >= people and (budget is None or leaving <= budget)

    if is_enough(from_level):
        return from_level
    low = int(from_level * _FINE)
    high = max((ceil(Fraction(max(each.most, each.people) * _FINE, each.capacity)) for each in vessels), default=0)
    high = max(high, low + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if is_enough(Fraction(middle, _FINE)):
            high = middle
        else:
            low = middle
    below, above = max(from_level, Fraction(low, _FINE)), Fraction(high, _FINE)
    nearest = {Fraction(below.numerator * each.capacity // below.denominator + 1, each.capacity) for each in vessels}
    return next((level for level in sorted(nearest) if level <= above and is_enough(level)), above)


def fill(vessels: Sequence[Vessel], people: int) -> list[int]:
    """Return how many people each line has if all of them are filled to one level, the first lines first.

    At the level itself there may be places to spare: the last lines leave theirs empty.
    """
    level = least_level(vessels, people)
    filled = [vessel.at(level) for vessel in vessels]
    spare = sum(filled) - people
    for index in range(len(vessels) - 1, -1, -1):
        if spare <= 0:
            break
        vessel = vessels[index]
        if filled[index] > vessel.least and Fraction(filled[index], vessel.capacity) == level:
            filled[index] -= 1
            spare -= 1
    return filled
