"""What a pool would carry and need with other inputs: the same report on changed inputs."""

from dataclasses import replace
from typing import Any

import pytest

from router.core.capacity.capacity import limits_of
from router.core.capacity.traffic import NOTHING_MEASURED, DayOfTraffic, Measured, Traffic
from router.core.errors import InvalidInput
from router.core.line import Gate, Line, LineHealth, LineLoad, OperatorState, Reputation, Status, placement_of
from router.core.phone import E164
from router.core.pool import CapacityFrom, Pool, PoolId
from router.core.time_units import DAY_MS
from router.services.capacity.report import Basis, report_on
from router.services.capacity.what_if import Changes, WhatIf, what_if
from router.store.line_records import LineNow

POOL = Pool(id=PoolId("main"), name="Acme", capacity_from=CapacityFrom.SETTING)
TODAY = 20_000
NOW_MS = TODAY * DAY_MS


def numbered(slot: int) -> E164:
    """Return the number of a slot's line."""
    return E164(f"+120255501{slot:02d}")


def line(slot: int, people: int, *, pool: Pool = POOL, health: LineHealth | None = None, **more: Any) -> LineNow:
    """Return a warm line with so many people."""
    settings = Line(slot=slot, number=numbered(slot), health=health or LineHealth(), **more)
    limits, load = limits_of(settings, pool, NOTHING_MEASURED, now_ms=NOW_MS), LineLoad(confirmed=people)
    tier, gate = placement_of(settings.health, limits, load)
    return LineNow(line=settings, limits=limits, load=load, tier=tier, gate=gate, picks=0, lag=0, virtual_time=0)


def basis(*lines: LineNow, pool: Pool = POOL, kept: Measured = NOTHING_MEASURED) -> Basis:
    """Return a pool with a week of ten new people a day and line."""
    each = Traffic(new=10, incoming=300, outgoing=300, person_hours=2400, confirmed=10)
    days = [DayOfTraffic(TODAY - 7 + day, {one.line.slot: each for one in lines}) for day in range(8)]
    return Basis(pool=pool, kept=kept, lines=lines, days=days, now_ms=NOW_MS)


def people_after(asked: WhatIf) -> list[int]:
    """Return the people of each line, as it would be."""
    return [one.people for one in asked.after.lines]


def test_no_change_is_the_capacity_itself() -> None:
    """To the last digit: it is the same code on the same inputs."""
    odd = replace(line(2, 30), limits=replace(line(2, 30).limits, capacity=77, target=66))  # not yet refreshed
    now = basis(line(0, 100), line(1, 650), odd)
    asked = what_if(now, Changes())
    assert asked.before == asked.after == report_on(now)
    assert (asked.lost, asked.without_line) == ((), 0)


def test_people_who_come_fill_lines_by_weight_then_reserves() -> None:
    """Below the targets first, then the reserve; the rest finds no line."""
    now = basis(line(0, 0, weight=300), line(1, 0, weight=100))
    assert people_after(what_if(now, Changes(demand=400))) == [300, 100]
    assert people_after(what_if(now, Changes(demand=1000))) == [608, 392]
    assert people_after(what_if(now, Changes(demand=1300))) == [671, 629]
    too_many = what_if(now, Changes(demand=2000))
    assert people_after(too_many) == [700, 700]
    assert too_many.without_line == 600
    assert too_many.after.plan.lines_for_demand == 4


def test_lines_that_take_nobody_get_nobody() -> None:
    """A drained, a parked and a critical line keep their people; one at risk is used last."""
    now = basis(
        line(0, 5, health=LineHealth(operator_state=OperatorState.DRAIN)),
        line(1, 5, weight=0),
        line(2, 5, health=LineHealth(reputation=Reputation.CRITICAL)),
        line(3, 5, health=LineHealth(reputation=Reputation.AT_RISK)),
        line(4, 5),
    )
    assert people_after(what_if(now, Changes(demand=695))) == [5, 5, 5, 5, 700]
    assert people_after(what_if(now, Changes(demand=800))) == [5, 5, 5, 110, 700]


def test_the_people_of_a_lost_line_move_to_the_others() -> None:
    """The line shows as flagged and empty. Who finds no place stays on it."""
    now = basis(line(0, 500), line(1, 300), line(2, 400))
    asked = what_if(now, Changes(lines_lost=1))
    assert asked.lost == (numbered(0),)
    assert [one.gate for one in asked.after.lines] == [Gate.FLAGGED, Gate.OPEN, Gate.TARGET]
    assert people_after(asked) == [0, 592, 608]
    two = what_if(now, Changes(lines_lost=2))
    assert two.lost == (numbered(0), numbered(2))
    assert people_after(two) == [500, 700, 0]
    assert two.without_line == 500
    assert two.after.plan.losses[0].is_bearable is False
    named = what_if(now, Changes(lost=(numbered(1), numbered(1)), lines_lost=1))
    assert named.lost == (numbered(0), numbered(1))


def test_the_hardest_line_to_lose_is_lost() -> None:
    """The one with the room, if the others have none."""
    now = basis(line(0, 650), line(1, 600, capacity=3000))
    assert what_if(now, Changes(lines_lost=1)).lost == (numbered(1),)


def test_added_lines_take_their_share() -> None:
    """They are warm and have numbers that are no phone numbers."""
    now = basis(line(0, 600))
    asked = what_if(now, Changes(lines_added=2, demand=600))
    assert [one.line.number for one in asked.after.lines] == [numbered(0), "added-1", "added-2"]
    assert people_after(asked) == [608, 296, 296]
    assert asked.after.plan.losses[0].is_bearable


@pytest.mark.parametrize(
    ("changes", "capacity", "per_person"),
    [
        (Changes(messages_per_person_per_day=20.0), 350, 20.0),
        (Changes(peak_factor=2.0), 350, 20.0),
        (Changes(peak_factor=2.0, messages_per_person_per_day=5.0), 700, 10.0),
        (Changes(messages_per_person_per_day=5.0), 1400, 5.0),
    ],
)
def test_more_messages_a_person_leave_less_room(changes: Changes, capacity: int, per_person: float) -> None:
    """Capacity follows; a line with a capacity of its own keeps it."""
    now = basis(line(0, 300), line(1, 10, capacity=123))
    asked = what_if(now, changes)
    assert [one.limits.capacity for one in asked.after.lines] == [capacity, 123]
    assert asked.after.messages_per_person_per_day == per_person
    assert asked.after.lines[0].usual.messages == pytest.approx(asked.before.lines[0].usual.messages * per_person / 10)


def test_a_measured_pool_is_asked_about_in_the_same_way() -> None:
    """The figure asked for is what capacity is counted with, however far the measurement is believed."""
    pool = replace(POOL, capacity_from=CapacityFrom.MEASURED)
    kept = Measured(messages_per_person_per_day=6.0, person_days=300.0, days=9.0, conversion_permille=800)
    asked = what_if(basis(line(0, 300), pool=pool, kept=kept), Changes(messages_per_person_per_day=20.0))
    assert asked.after.messages_per_person_per_day == 20.0
    assert asked.after.lines[0].limits.conversion_permille == 800


def test_more_spare_room_begins_the_reserve_earlier() -> None:
    """Capacity stays, the target falls, and more lines are needed."""
    now = basis(line(0, 600), line(1, 600))
    asked = what_if(now, Changes(over_provisioning=0.5))
    assert [one.limits.target for one in asked.after.lines] == [466, 466]
    assert asked.after.plan.reserve_in_use == 268
    assert (asked.before.plan.lines_needed, asked.after.plan.lines_needed) == (2, 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (Changes(demand=-1), "demand"),
        (Changes(peak_factor=0.99), "peak_factor"),
        (Changes(peak_factor=float("nan")), "peak_factor"),
        (Changes(messages_per_person_per_day=0.0), "messages_per_person_per_day"),
        (Changes(lines_added=-1), "lines_added"),
        (Changes(lines_lost=3), "lines_lost"),
        (Changes(lost=("+12025550101",), lines_lost=2), "lines_lost"),
        (Changes(lost=("+12025550177",)), "lost"),
        (Changes(lost=("nonsense",)), "phone number"),
        (Changes(over_provisioning=-0.1), "over_provisioning"),
    ],
)
def test_nonsense_is_refused_by_name(changes: Changes, field: str) -> None:
    """Two live lines can be lost; a flagged one is lost already."""
    now = basis(line(0, 1), line(1, 1), line(2, 1, health=LineHealth(status=Status.FLAGGED)))
    assert what_if(now, Changes(lines_lost=2)).without_line == 2
    with pytest.raises(InvalidInput, match=field):
        what_if(now, changes)


def test_an_empty_pool_can_be_asked_about() -> None:
    """What would two lines do?"""
    asked = what_if(basis(), Changes(lines_added=2, demand=100))
    assert people_after(asked) == [50, 50]
