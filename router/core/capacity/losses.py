"""What the loss of any one line, or of any two at once, would mean: the verdicts N−1 and N−2.

`loss_of_the_busiest` in `planner.py` asks about one certain line. These verdicts ask about the lines that are
hardest to lose: a line with few people may still be the only one with room for the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil

from router.core.capacity.planned_line import PlannedLine

MOST_LOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LossOfAny:
    """The worst that can happen if some number of lines is lost at once.

    Attributes:
        count: how many lines are lost.
        slots: the ones that are hardest to lose; fewer if the pool has fewer lines that carry people.
        people: the people on them.
        room: the others' room, after the people of lines already lost have found a place.
        others: how many lines would take those people.
    """

    count: int
    slots: tuple[int, ...]
    people: int
    room: int
    others: int

    @property
    def is_bearable(self) -> bool:
        """Whether all of their people find a place, and new people still get a line."""
        return self.others > 0 and self.people <= self.room

    @property
    def short_by(self) -> int:
        """How many people would find no place."""
        return max(0, self.people - self.room)

    def lines_to_survive(self, capacity_per_line: int) -> int:
        """Return how many further lines of this capacity make it bearable."""
        return 0 if self.is_bearable else max(1, ceil(self.short_by / capacity_per_line))


def losses(lines: Sequence[PlannedLine]) -> tuple[LossOfAny, ...]:
    """Return the worst loss of one line and of two."""
    return tuple(worst_loss(lines, count) for count in range(1, MOST_LOST + 1))


def worst_loss(lines: Sequence[PlannedLine], count: int) -> LossOfAny:
    """Return the loss of `count` lines that leaves the most people without a place.

    It tries every choice among the lines that can be the worst ones, which are few.
    """
    takers = sum(line.takes_people for line in lines)
    live = [line for line in lines if line.carries_people]
    chosen = {line.slot: line for line in _hardest(live, count)}
    if takers <= count:  # without them nobody new gets a line
        chosen |= {line.slot: line for line in live if line.takes_people}
    size = min(count, len(chosen))
    room = sum(map(_room, lines)) - sum(line.people for line in lines if not line.carries_people)
    costs = [(line.people, _room(line), line.takes_people, line.slot) for line in chosen.values()]

    def how_hard(gone: tuple[tuple[int, int, bool, int], ...]) -> tuple[bool, int, int]:
        people, lost_room, lost_takers = (sum(each) for each in tuple(zip(*gone, strict=True))[:3])
        short_by = people - max(0, room - lost_room)
        return short_by > 0 or takers <= lost_takers, max(0, short_by), people

    worst = max(combinations(costs, size), key=how_hard) if size else ()
    return LossOfAny(
        count=count,
        slots=tuple(slot for _, _, _, slot in worst),
        people=sum(people for people, _, _, _ in worst),
        room=max(0, room - sum(lost_room for _, lost_room, _, _ in worst)),
        others=takers - sum(takes for _, _, takes, _ in worst),
    )


def _hardest(lines: Sequence[PlannedLine], count: int) -> list[PlannedLine]:
    """Return the lines that are among the worst `count`, whatever the rest of the pool is like.

    A line is not if `count` others have as many people or more, and cost the pool as many places or more: any of them
    can take its part.
    """
    kept: list[PlannedLine] = []
    most: list[int] = []  # places that the lines before cost, the `count` highest of them
    for line in sorted(lines, key=lambda line: (-line.people, -_room(line), line.slot)):
        places = line.people + _room(line)
        if len(most) < count or most[-1] < places:
            kept.append(line)
            most = sorted((*most, places), reverse=True)[:count]
    return kept


def _room(line: PlannedLine) -> int:
    return max(0, line.capacity - line.people) if line.takes_people else 0
