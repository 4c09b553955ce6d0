"""Ways to use lines in turn, behind one interface, for the fairness table.

Lines are slots 0, 1, 2 …; weights are whole numbers, and 0 means that a line is out.
"""

from bisect import bisect
from itertools import accumulate
from operator import add
from random import Random
from typing import Protocol

from router.core.picking.rotation import Rotation


class Picker(Protocol):
    """A rotation whose weights may change while it runs."""

    def set_weight(self, slot: int, weight: int) -> None:
        """Let a line in, change its weight from the next pick on, or take it out (0)."""

    def pick(self) -> int:
        """Choose the next line."""


class WeightedRandom:
    """Each pick is independent, with probability weight / total."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._weights: dict[int, int] = {}
        self._sums: list[int] = []

    def set_weight(self, slot: int, weight: int) -> None:
        """Change the odds."""
        self._weights[slot] = weight
        self._sums = list(accumulate(self._weights.values()))

    def pick(self) -> int:
        """Draw a line at random."""
        return list(self._weights)[bisect(self._sums, self._random.randrange(self._sums[-1]))]


class SmoothWeightedRoundRobin:
    """As nginx does: each line earns its weight, the richest pays the total; a line that is out keeps its credit."""

    def __init__(self, seed: int) -> None:
        self._slots: list[int] = []
        self._weights: list[int] = []
        self._credits: list[int] = []
        self._kept: dict[int, int] = {}

    def set_weight(self, slot: int, weight: int) -> None:
        """Change what a line earns; its credit stays."""
        if slot in self._slots:
            place = self._slots.index(slot)
            self._kept[slot] = self._credits[place]
            for column in (self._slots, self._weights, self._credits):
                del column[place]
        if weight:
            self._slots.append(slot)
            self._weights.append(weight)
            self._credits.append(self._kept.pop(slot, 0))

    def pick(self) -> int:
        """Credit every line and pick the richest."""
        self._credits = list(map(add, self._credits, self._weights))
        place = self._credits.index(max(self._credits))
        self._credits[place] -= sum(self._weights)
        return self._slots[place]


class Switchyard:
    """Our rotation; a line that comes back is owed what it was owed when it left."""

    def __init__(self, seed: int) -> None:
        self._rotation = Rotation()
        self._inside: set[int] = set()
        self._lags: dict[int, int] = {}

    def set_weight(self, slot: int, weight: int) -> None:
        """Join, re-weight or leave."""
        if weight == 0:
            self._inside.remove(slot)
            self._lags[slot] = self._rotation.leave(slot)
        elif slot in self._inside:
            self._rotation.reweight(slot, weight)
        else:
            self._inside.add(slot)
            self._rotation.join(slot, weight, self._lags.pop(slot, 0))

    def pick(self) -> int:
        """Return the line whose turn it is."""
        slot = self._rotation.pick()
        assert slot is not None
        return slot
