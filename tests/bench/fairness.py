"""How far lines stray from their ideal shares: worst |count − ideal| over every prefix of a run, in picks.

A line's ideal grows by weight / total at each pick it takes part in, with the weights as they stand at that pick.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.bench.pickers import Picker, SmoothWeightedRoundRobin, Switchyard, WeightedRandom
from tests.bench.report import Row, Section, Target

OURS = "Switchyard"
SIZES = (20, 50, 200)
_SEEDS = (1, 2)
_PICKS_BETWEEN_CHANGES = 50
_SHARE_THAT_STARTS_OUTSIDE = 10
_STILL_LIMIT = 1.0
_MOVING_LIMIT = 2.5

PICKERS: dict[str, Callable[[int], Picker]] = {
    "weighted random": WeightedRandom,
    "smooth WRR (nginx)": SmoothWeightedRoundRobin,
    OURS: Switchyard,
}
FAMILIES: dict[str, Callable[[Random], int]] = {
    "uniform 1..100": lambda random: random.randint(1, 100),
    "log-uniform 1..1000": lambda random: round(10 ** random.uniform(0, 3)),
    "skewed": lambda random: 500 if random.random() < 0.05 else 1,
}


@dataclass(slots=True)
class _Share:
    """One line's tally. `ideal` is its value at virtual time `since`; it grows by weight × virtual time."""

    weight: int = 0
    count: int = 0
    ideal: float = 0.0
    since: float = 0.0

    def stray(self, virtual_time: float) -> float:
        return abs(self.count - self.ideal - self.weight * (virtual_time - self.since))

    def reset(self, weight: int, virtual_time: float) -> None:
        self.ideal += self.weight * (virtual_time - self.since)
        self.weight, self.since = weight, virtual_time


class Ledger:
    """Feeds a picker and finds the worst stray of any line at any prefix.

    Between its own picks a line's stray changes steadily, so its extremes are right before and right after its own
    picks, at a change of weights and at the end: measuring there is exact and saves the lines in between.
    """

    def __init__(self, picker: Picker) -> None:
        self.picker = picker
        self.shares: dict[int, _Share] = {}
        self.inside: dict[int, int] = {}
        self.virtual_time = 0.0
        self.worst = 0.0

    def pick(self) -> None:
        """Take one pick and measure the line that was picked."""
        share = self.shares[self.picker.pick()]
        before = share.stray(self.virtual_time)
        self.virtual_time += 1 / self._total
        share.count += 1
        self.worst = max(self.worst, before, share.stray(self.virtual_time))

    def set_weight(self, slot: int, weight: int) -> None:
        """Let a line in, change its weight, or take it out (0)."""
        self.measure_all()
        self.picker.set_weight(slot, weight)
        self.shares.setdefault(slot, _Share()).reset(weight, self.virtual_time)
        self.inside = {slot: share.weight for slot, share in self.shares.items() if share.weight}
        self._total = sum(self.inside.values())

    def measure_all(self) -> None:
        """Measure every line's stray as it is now."""
        self.worst = max([self.worst, *(share.stray(self.virtual_time) for share in self.shares.values())])


def worst_stray(name: str, family: str, *, lines: int, picks: int, is_moving: bool, seed: int) -> float:
    """Run one picker and return its worst |count − ideal|, in picks.

    A moving run starts with some lines outside and changes one line every 50 picks: a new weight, out, or in.
    """
    random, draw = Random(f"{family} {lines} {seed}"), FAMILIES[family]
    ledger = Ledger(PICKERS[name](seed))
    outside = lines // _SHARE_THAT_STARTS_OUTSIDE if is_moving else 0
    for slot in range(lines - outside):
        ledger.set_weight(slot, draw(random))
    for number in range(1, picks + 1):
        ledger.pick()
        if is_moving and number % _PICKS_BETWEEN_CHANGES == 0:
            _change_one_line(ledger, lines, draw(random), random)
    ledger.measure_all()
    return ledger.worst


def _change_one_line(ledger: Ledger, lines: int, weight: int, random: Random) -> None:
    slot = random.randrange(lines)
    leaves = slot in ledger.inside and len(ledger.inside) > lines // 2 and random.random() < 0.5
    ledger.set_weight(slot, 0 if leaves else weight)


def measure_fairness(*, picks: int, is_quick: bool) -> Section:
    """Compare the pickers over all sizes and weight families, weights still and moving."""
    seeds = _SEEDS[:1] if is_quick else _SEEDS
    rows = tuple(_rows(picks, seeds))
    notes = (
        "skewed: 5 % of the lines weigh 500, the others 1",
        f"picks, worst of {len(seeds)} run(s) of {picks:,}; 1 is the least a rotation of whole people can promise",
        "moving: every 50 picks one line is re-weighted, leaves, or joins",
    )
    return Section(title="Fairness: worst |count - ideal| at any prefix", rows=rows, notes=notes)


def _rows(picks: int, seeds: tuple[int, ...]) -> Iterator[Row]:
    for is_moving in (False, True):
        for lines in SIZES:
            for name in PICKERS:
                figures = {
                    family: max(
                        worst_stray(name, family, lines=lines, picks=picks, is_moving=is_moving, seed=seed)
                        for seed in seeds
                    )
                    for family in FAMILIES
                }
                limit = _MOVING_LIMIT if is_moving else _STILL_LIMIT
                figures["worst"] = max(figures.values())
                yield Row(
                    name=f"{'moving' if is_moving else 'still'}, {lines} lines, {name}",
                    figures=figures,
                    targets=(Target(figure="worst", at_most=limit),) if name == OURS else (),
                )
