"""A trial: the model starts at the pool's state, and shows who would get the next people."""

import pytest

from router.core.errors import InvalidField
from router.core.line import Line, LineHealth, LineLimits, LineLoad, OperatorState, Tier, placement_of
from router.core.phone import E164
from router.core.picking.rotation import SCALE
from router.services.lines.trial import MAX_COUNT, try_signups
from router.store.line_records import LineNow
from router.store.lines import Overview

MANY = 10**6


def pool_of(*weights: int, capacity: int = MANY, health: LineHealth | None = None) -> Overview:
    """Make a pool of new lines."""
    lines = {}
    for slot, weight in enumerate(weights):
        limits = LineLimits(weight=weight, capacity=capacity, target=capacity)
        line = Line(slot=slot, number=E164(f"+1202555{slot:04d}"), health=health or LineHealth())
        tier, gate = placement_of(line.health, limits, LineLoad())
        lines[slot] = LineNow(
            line=line, limits=limits, load=LineLoad(), tier=tier, gate=gate, picks=0, lag=0, virtual_time=0
        )
    return Overview(lines, ((0, 0), (0, 0), (0, 0)))


def test_shares_follow_the_weights() -> None:
    """Of 1000 people, lines with weights 1, 2 and 5 get their shares to within one, at every step."""
    trial = try_signups(pool_of(100, 200, 500), 1000, 0)
    assert [line.given for line in trial.lines] == [125, 250, 625]
    assert [line.weight_share for line in trial.lines] == [0.125, 0.25, 0.625]
    assert trial.waitlisted == 0
    assert trial.widest_gap < 1


def test_a_pool_that_fills_up_puts_the_rest_on_the_waitlist() -> None:
    """Used places are gone; people who come too late are counted."""
    trial = try_signups(pool_of(100, 300, capacity=10), 25, 1)
    assert [line.given for line in trial.lines] == [10, 10]
    assert trial.waitlisted == 5


def test_closed_lines_get_nobody_and_retired_ones_are_not_shown() -> None:
    """A drained pool puts every person on the waitlist."""
    drained = try_signups(pool_of(100, health=LineHealth(operator_state=OperatorState.DRAIN)), 3, 2)
    assert [(line.given, line.tier, line.weight_share) for line in drained.lines] == [(0, Tier.NONE, 0.0)]
    assert drained.waitlisted == 3
    assert try_signups(pool_of(100, health=LineHealth(operator_state=OperatorState.RETIRED)), 1, 0).lines == ()


def test_backups_spread_over_the_other_lines() -> None:
    """The backups of one line's people spread over all other lines, so that each carries its part of a failover."""
    trial = try_signups(pool_of(100, 100, 100, 100), 1200, 1)
    assert [line.as_backup for line in trial.lines] == [300, 300, 300, 300]


def test_a_line_that_is_owed_a_person_comes_first() -> None:
    """The model continues the rotation exactly where it stands."""
    overview = pool_of(100, 100)
    stride = SCALE // 100
    owed, ahead = overview.lines[0], overview.lines[1]
    lines = {
        0: LineNow(line=owed.line, limits=owed.limits, load=owed.load, tier=owed.tier, gate=owed.gate, picks=0,
                   lag=SCALE // 2, virtual_time=0),
        1: LineNow(line=ahead.line, limits=ahead.limits, load=ahead.load, tier=ahead.tier, gate=ahead.gate, picks=1,
                   lag=-SCALE // 2, virtual_time=stride),
    }  # fmt: skip
    trial = try_signups(Overview(lines, ((stride // 2, 0), (0, 0), (0, 0))), 1, 0)
    assert [(line.given, line.ideal) for line in trial.lines] == [(1, 1.0), (0, 0.0)]


@pytest.mark.parametrize("count", [0, -1, MAX_COUNT + 1])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    """A trial is limited, because it runs in the gateway."""
    with pytest.raises(InvalidField, match="count"):
        try_signups(pool_of(100), count, 0)
