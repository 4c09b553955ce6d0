"""What the rotation promises, over generated weights and histories.

The unit is one pick: `ideal` is the sum of a line's share of the weight, taken at each pick as the weights stood then.
"""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from router.core.picking.rotation import SCALE, Rotation

# Rounding strides down moves a line's count by less than its picks × weight × 2⁻⁴⁴; no test here comes near this.
ROUNDING = Fraction(1, 10_000)

weights = st.one_of(
    st.lists(st.integers(1, 100_000), min_size=2, max_size=200),
    st.integers(2, 200).map(lambda count: [100] * count),
    st.lists(st.sampled_from([1, 1, 1, 500]), min_size=2, max_size=200),
    st.lists(st.integers(0, 16).map(lambda power: 2**power), min_size=2, max_size=60),
)


class Tally:
    """Counts picks, and each line's ideal share."""

    def __init__(self, rotation: Rotation) -> None:
        self.rotation = rotation
        self.ideal: dict[int, Fraction] = {}
        self.given: dict[int, int] = {}

    def pick(self) -> int:
        """Make one pick and record it."""
        for line, turn in self.rotation.turns.items():
            share = Fraction(turn.weight, self.rotation.total_weight)
            self.ideal[line] = self.ideal.get(line, Fraction(0)) + share
        slot = self.rotation.pick()
        assert slot is not None
        self.given[slot] = self.given.get(slot, 0) + 1
        return slot

    def gap(self, slot: int) -> Fraction:
        """Return how far a line is from its ideal share."""
        return abs(self.given.get(slot, 0) - self.ideal.get(slot, Fraction(0)))


def rotation_of(weights: list[int]) -> Rotation:
    """Return a rotation of fresh lines."""
    rotation = Rotation()
    for slot, weight in enumerate(weights):
        rotation.join(slot, weight)
    return rotation


@given(weights, st.integers(1, 400))
def test_counts_stay_within_one_pick_of_ideal_while_weights_stand_still(weights: list[int], picks: int) -> None:
    """At every prefix each line's count is within one pick of its ideal share, for 2 to 200 lines."""
    tally = Tally(rotation_of(weights))
    for _ in range(picks):
        slot = tally.pick()
        assert tally.gap(slot) <= 1 + ROUNDING
    assert all(tally.gap(slot) <= 1 + ROUNDING for slot in range(len(weights)))


changes = st.lists(
    st.tuples(st.sampled_from(["reweight", "leave", "return", "join"]), st.integers(0, 10_000), st.integers(1, 1000)),
    max_size=25,
)


@given(st.lists(st.integers(1, 1000), min_size=3, max_size=40), changes, st.data())
def test_counts_stay_within_two_and_a_half_picks_while_lines_come_and_go(
    weights: list[int], changes: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    """New weights, leaving, returning and joining never move a line further than 2.5 picks from its ideal share."""
    rotation = rotation_of(weights)
    tally, away, next_slot = Tally(rotation), dict[int, tuple[int, int]](), len(weights)
    for change, choice, weight in changes:
        inside = sorted(rotation.turns)
        if change == "reweight":
            rotation.reweight(inside[choice % len(inside)], weight)
        elif change == "leave" and len(inside) > 1:
            slot = inside[choice % len(inside)]
            away[slot] = (rotation.turns[slot].weight, rotation.leave(slot))
        elif change == "return" and away:
            slot = sorted(away)[choice % len(away)]
            rotation.join(slot, *away.pop(slot))
        elif change == "join":
            rotation.join(next_slot, weight)
            next_slot += 1
        for _ in range(data.draw(st.integers(0, 20))):
            assert tally.gap(tally.pick()) <= Fraction(5, 2)


@given(
    st.lists(st.integers(1, 1000), min_size=2, max_size=60),
    st.integers(0, 300),
    st.integers(-SCALE, SCALE),
    st.integers(1, 1000),
    st.integers(1, 200),
)
def test_a_line_that_joins_or_returns_never_bursts(
    weights: list[int], before: int, lag: int, weight: int, window: int
) -> None:
    """After it joins, a line's picks in a window of k never exceed its share of k by more than 1 + what it is owed."""
    rotation = rotation_of(weights)
    for _ in range(before):
        rotation.pick()
    slot = len(weights)
    rotation.join(slot, weight, lag)
    share = Fraction(weight, rotation.total_weight)
    given = 0
    for picks in range(1, window + 1):
        given += rotation.pick() == slot
        assert given <= share * picks + 1 + max(Fraction(lag, SCALE), Fraction(0)) + ROUNDING


@given(weights, st.integers(0, 300), st.integers(0, 10_000), st.integers(1, 100_000), st.integers(1, 100))
def test_a_heavier_weight_never_bursts(weights: list[int], before: int, choice: int, weight: int, window: int) -> None:
    """After its weight changes, a line's picks in a window of k exceed its new share of k by at most two."""
    rotation = rotation_of(weights)
    for _ in range(before):
        rotation.pick()
    slot = choice % len(weights)
    rotation.reweight(slot, weight)
    share = Fraction(weight, rotation.total_weight)
    given = 0
    for picks in range(1, window + 1):
        given += rotation.pick() == slot
        assert given <= share * picks + 2 + ROUNDING


@given(st.lists(st.integers(1, 1000), min_size=3, max_size=30), st.lists(st.sets(st.integers(0, 29), max_size=5)))
def test_an_excluded_line_keeps_what_it_is_owed(weights: list[int], exclusions: list[set[int]]) -> None:
    """Passing over a line for one person changes nothing that it is owed, so it cannot burst afterwards."""
    rotation = rotation_of(weights)
    for excluded in exclusions:
        owed = {slot: rotation.lag(slot) for slot in excluded if slot in rotation.turns}
        chosen = rotation.pick(excluded)
        assert chosen not in excluded
        assert chosen is not None or excluded >= set(rotation.turns)
        for slot, lag in owed.items():
            assert abs(rotation.lag(slot) - lag) <= rotation.turns[slot].weight


def test_virtual_time_is_rebased_without_a_trace() -> None:
    """Picks continue in the same order when virtual time starts over, long before doubles run out of integers."""
    rotation = rotation_of([1, 2])
    first = [rotation.pick() for _ in range(300)]
    assert [rotation.pick() for _ in range(300)] == first
    assert rotation.virtual_time < 2**53
