"""How many lines are needed, whether a line may be lost, and when a pool is full."""

from typing import Any

import pytest

from router.core.capacity.growth import Growth, days_until_full
from router.core.capacity.planned_line import PlannedLine
from router.core.capacity.planner import (
    ORDER_DAYS,
    Loss,
    Plan,
    lines_needed,
    loss_of_the_busiest,
    plan,
)


def line(slot: int, people: int, capacity: int = 700, **more: Any) -> PlannedLine:
    """Return a line with over-provisioning of 15 %."""
    return PlannedLine(slot=slot, people=people, capacity=capacity, target=int(capacity / 1.15), **more)


def planned(*lines: PlannedLine, **more: Any) -> Plan:
    """Plan with a pool's defaults."""
    return plan(lines, over_provisioning=0.15, capacity_per_line=700, **more)


@pytest.mark.parametrize(
    ("people", "capacity", "over_provisioning", "lines"),
    [
        (0, 700, 0.15, 0),
        (1, 700, 0.15, 1),
        (608, 700, 0.15, 1),
        (609, 700, 0.15, 2),
        (1500, 700, 0.15, 3),
        (2000, 1150, 0.15, 2),  # exactly two: a rounded product would need a third
        (700, 700, 0.0, 1),
        (700, 700, 1.0, 2),
    ],
)
def test_lines_are_people_with_their_reserve_over_capacity(
    people: int, capacity: int, over_provisioning: float, lines: int
) -> None:
    """The formula is rounded up, exactly."""
    assert lines_needed(people, capacity, over_provisioning) == lines


@pytest.mark.parametrize(
    ("lines", "loss", "is_bearable"),
    [
        ([], Loss(slot=None, people=0, room=0, others=0), False),
        ([line(0, 0)], Loss(slot=None, people=0, room=0, others=0), False),
        ([line(0, 0), line(1, 0)], Loss(slot=None, people=0, room=0, others=1), True),
        ([line(0, 10)], Loss(slot=0, people=10, room=0, others=0), False),
        ([line(0, 300), line(1, 400)], Loss(slot=1, people=400, room=400, others=1), True),
        ([line(0, 301), line(1, 400)], Loss(slot=1, people=400, room=399, others=1), False),
        # A drained line has people, and gets none from another line.
        ([line(0, 500, takes_people=False), line(1, 100)], Loss(slot=0, people=500, room=600, others=1), True),
        ([line(0, 50, takes_people=False), line(1, 100)], Loss(slot=1, people=100, room=0, others=0), False),
        # The people of a lost line already need a place first.
        (
            [line(0, 500, takes_people=False, carries_people=False), line(1, 100), line(2, 90)],
            Loss(slot=1, people=100, room=110, others=1),
            True,
        ),
    ],
)
def test_the_busiest_line_may_be_lost_if_the_others_have_room(
    lines: list[PlannedLine], loss: Loss, *, is_bearable: bool
) -> None:
    """There must be room, up to capacity, on lines that accept people, and a new person must find a line as well."""
    assert loss_of_the_busiest(lines) == loss
    assert loss.is_bearable is is_bearable


def test_a_plan_adds_up_what_there_is() -> None:
    """A plan adds the people of all lines, and the places of those that accept people."""
    now = planned(line(0, 300), line(1, 650), line(2, 120, takes_people=False))
    assert (now.lines, now.people, now.capacity, now.target, now.room) == (2, 1070, 1400, 1216, 450)
    assert (now.lines_needed, now.lines_for_demand, now.lines_to_order) == (2, 2, 0)
    assert (now.days_to_target, now.days_to_full, now.must_order_now) == (None, None, False)


def test_demand_is_planned_with_the_people_there_are() -> None:
    """A hundred people and five hundred more need the same as six hundred."""
    more = planned(line(0, 100), more_people=600)
    assert (more.lines_needed, more.lines_for_demand, more.lines_to_order) == (1, 2, 1)


def test_an_order_looks_ahead_to_its_arrival() -> None:
    """At forty people a day, the line ordered now arrives after another 560 people."""
    now = planned(line(0, 400), growth_per_day=40.0, warm_up_days=7.0)
    assert now.lead_days == ORDER_DAYS + 7
    assert (now.days_to_target, now.days_to_full) == (5.2, 7.5)
    assert now.must_order_now
    assert now.lines_to_order == 1
    assert now.lines_needed == 1


def test_there_is_time_where_the_reserves_begin_after_an_order_comes() -> None:
    """Nothing needs to be ordered yet."""
    now = planned(line(0, 100), growth_per_day=10.0)
    assert now.days_to_target == pytest.approx(50.8)
    assert (now.must_order_now, now.lines_to_order) == (False, 0)


def test_enough_lines_are_named_to_bear_a_loss() -> None:
    """The plan names as many lines as the people left over fill, and at least one if there is no other line."""
    assert planned(line(0, 10)).lines_to_survive == 1
    assert planned(line(0, 1500, capacity=1500), line(1, 0, capacity=50)).lines_to_survive == 3
    assert planned(line(0, 100), line(1, 100)).lines_to_survive == 0


@pytest.mark.parametrize(
    ("room", "growth", "days"), [(0, 5.0, 0.0), (-3, 0.0, 0.0), (10, 0.0, None), (10, -1.0, None), (10, 4.0, 2.5)]
)
def test_days_until_room_is_used_up(room: int, growth: float, days: float | None) -> None:
    """There is no day at no growth, and no days are left where there is no room."""
    assert days_until_full(room, Growth(per_day=growth)).expected == days


def test_a_longer_order_is_placed_earlier() -> None:
    """The alert looks as far ahead as the order and the warm-up take together, and more people come until then."""
    quick, slow = (
        planned(line(0, 400), growth_per_day=10.0, warm_up_days=7.0, order_days=days) for days in (7.0, 21.0)
    )
    assert (quick.lead_days, slow.lead_days) == (14.0, 28.0)
    assert quick.days_to_target == slow.days_to_target == 20.8
    assert (quick.must_order_now, slow.must_order_now) == (False, True)
    assert (quick.lines_to_order, slow.lines_to_order) == (0, 1)


def test_the_reserve_in_use_counts_people_beyond_the_targets() -> None:
    """Not those of lines that take nobody, and not more than fit."""
    now = planned(line(0, 650), line(1, 100), line(2, 900), line(3, 650, takes_people=False))
    assert now.reserve_in_use == (650 - 608) + (700 - 608)
