"""How many lines are needed, whether one may be lost, and when a pool is full."""

from typing import Any

import pytest

from router.core.planner import ORDER_DAYS, Loss, Plan, PlannedLine, days_until, lines_needed, loss_of_the_busiest, plan


def line(slot: int, people: int, capacity: int = 700, **more: Any) -> PlannedLine:
    """Make a line whose reserve begins at 15 %."""
    return PlannedLine(slot=slot, people=people, capacity=capacity, target=int(capacity / 1.15), **more)


def planned(*lines: PlannedLine, **more: Any) -> Plan:
    """Plan with the defaults of a pool."""
    return plan(lines, over_provisioning=0.15, capacity_per_line=700, **more)


@pytest.mark.parametrize(
    ("people", "capacity", "over_provisioning", "lines"),
    [
        (0, 700, 0.15, 0),
        (1, 700, 0.15, 1),
        (608, 700, 0.15, 1),
        (609, 700, 0.15, 2),
        (1500, 700, 0.15, 3),
        (2000, 1150, 0.15, 2),  # exactly two: a rounded product would ask for a third
        (700, 700, 0.0, 1),
        (700, 700, 1.0, 2),
    ],
)
def test_lines_are_people_with_their_reserve_over_capacity(
    people: int, capacity: int, over_provisioning: float, lines: int
) -> None:
    """The formula, rounded up, exactly."""
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
        # A drained line carries people, and takes none of another.
        ([line(0, 500, takes_people=False), line(1, 100)], Loss(slot=0, people=500, room=600, others=1), True),
        ([line(0, 50, takes_people=False), line(1, 100)], Loss(slot=1, people=100, room=0, others=0), False),
        # The people of a line lost already need a place first.
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
    """Room up to capacity, on lines that take people; and somebody new must find a line as well."""
    assert loss_of_the_busiest(lines) == loss
    assert loss.is_bearable is is_bearable


def test_a_plan_adds_up_what_there_is() -> None:
    """People of all lines, places of those that take people."""
    now = planned(line(0, 300), line(1, 650), line(2, 120, takes_people=False))
    assert (now.lines, now.people, now.capacity, now.target, now.room) == (2, 1070, 1400, 1216, 450)
    assert (now.lines_needed, now.lines_for_demand, now.lines_to_order) == (2, 2, 0)
    assert (now.days_to_target, now.days_to_full, now.must_order_now) == (None, None, False)


def test_demand_is_planned_with_the_people_there_are() -> None:
    """A hundred people and five hundred more need what six hundred need."""
    more = planned(line(0, 100), more_people=600)
    assert (more.lines_needed, more.lines_for_demand, more.lines_to_order) == (1, 2, 1)


def test_an_order_looks_ahead_to_its_arrival() -> None:
    """At forty people a day, the line ordered now comes after another 560 people."""
    now = planned(line(0, 400), growth_per_day=40.0, warm_up_days=7.0)
    assert now.lead_days == ORDER_DAYS + 7
    assert (now.days_to_target, now.days_to_full) == (5.2, 7.5)
    assert now.must_order_now
    assert now.lines_to_order == 1
    assert now.lines_needed == 1


def test_there_is_time_where_the_reserves_begin_after_an_order_comes() -> None:
    """Nothing has to be ordered yet."""
    now = planned(line(0, 100), growth_per_day=10.0)
    assert now.days_to_target == pytest.approx(50.8)
    assert (now.must_order_now, now.lines_to_order) == (False, 0)


def test_enough_lines_are_named_to_bear_a_loss() -> None:
    """As many as the people left over fill; one at least where there is no other line."""
    assert planned(line(0, 10)).lines_to_survive == 1
    assert planned(line(0, 1500, capacity=1500), line(1, 0, capacity=50)).lines_to_survive == 3
    assert planned(line(0, 100), line(1, 100)).lines_to_survive == 0


@pytest.mark.parametrize(
    ("room", "growth", "days"), [(0, 5.0, 0.0), (-3, 0.0, 0.0), (10, 0.0, None), (10, -1.0, None), (10, 4.0, 2.5)]
)
def test_days_until_room_is_used_up(room: int, growth: float, days: float | None) -> None:
    """None at no growth, and none left where there is no room."""
    assert days_until(room, growth) == days
