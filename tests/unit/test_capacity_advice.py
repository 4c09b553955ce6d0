"""The advice to operators: none where all is well, and the most urgent first where it is not."""

from dataclasses import replace
from typing import Any

import pytest

from router.core.capacity.capacity_advice import BusyLine, advise
from router.core.capacity.planned_line import PlannedLine
from router.core.capacity.planner import Plan, plan
from router.core.capacity.traffic import NOTHING_MEASURED, Measured
from router.core.phone import E164
from router.core.pool import CapacityFrom, Pool, PoolId

POOL = Pool(id=PoolId("main"), name="Acme")
MEASURED = Measured(messages_per_person_per_day=10.0, person_days=1e6, days=28.0, reciprocity=0.8)
NUMBERS = [E164("+12025550101"), E164("+12025550102"), E164("+12025550103")]


def planned(*people: int, growth: float = 0.0, takes_people: bool = True) -> Plan:
    """Plan with lines that carry the given numbers of people, of 700 each."""
    lines = [
        PlannedLine(slot=slot, people=count, capacity=700, target=608, takes_people=takes_people)
        for slot, count in enumerate(people)
    ]
    return plan(lines, over_provisioning=0.15, capacity_per_line=700, growth_per_day=growth, warm_up_days=7)


def advice(
    now: Plan, *, pool: Pool = POOL, measured: Measured = MEASURED, messages: tuple[int, float] = (10, 10.0)
) -> tuple[str, ...]:
    """Return the advice on a plan."""
    return advise(pool, now, measured, [BusyLine(slot, number, *messages) for slot, number in enumerate(NUMBERS)])


def test_where_all_is_well_nothing_is_advised() -> None:
    """A pool of three lines, few people and months of room needs no advice."""
    assert advice(planned(100, 100, 100, growth=1.0)) == ()


@pytest.mark.parametrize(
    ("now", "beginning"),
    [
        (planned(), "No line takes people. Add one"),
        (planned(10, takes_people=False), "No line takes people. Add one"),
        (planned(200, 200, growth=40.0), "The reserve begins in 21 days, and the pool is full in 25 days"),
        (planned(600, 610, growth=40.0), "The reserve begins in a day, and the pool is full in 5 days"),
        (planned(650, 650, growth=10.0), "The reserve is in use, and the pool is full in 10 days"),
        (planned(650, 650), "The reserve is in use. Order 1 line now"),
        (planned(700, 700, growth=10.0), "The pool is full, at 10.0 people a day who come and stay. Order 1 line now"),
        (planned(0), "There is only one line"),
        (
            planned(500, 500, 500),
            "If line ••••••••0101 were lost, the others would have room for 400 of its 500 people.",
        ),
    ],
)
def test_the_most_urgent_advice_comes_first(now: Plan, beginning: str) -> None:
    """No line comes first, then a pool that fills, then a loss that it could not bear."""
    assert advice(now)[0].startswith(beginning)


def test_an_order_is_named_with_its_lead_time() -> None:
    """The order is due now if the reserves begin before it arrives; otherwise the advice names the days."""
    assert "Order 2 lines now: an order takes about 7 days, the warm-up 7 days." in advice(planned(500, growth=80.0))[0]
    assert "Order 1 line within 7 days:" in advice(planned(200, 200, growth=40.0))[0]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"messages": (7001, 10.0)}, "Line ••••••••0101 carried 7001 messages today, 10 on a usual day; the guideline"),
        ({"messages": (10, 8000.0)}, "8000 on a usual day"),
        ({"measured": replace(MEASURED, reciprocity=0.2)}, "only 0.20 come in; at least 0.5"),
        ({"measured": NOTHING_MEASURED}, "counted with a guess, 10 messages per person and day, until 50"),
        ({"pool": replace(POOL, capacity_from=CapacityFrom.SETTING)}, "counted with the setting, 10 messages"),
    ],
)
def test_what_else_an_operator_should_know(more: dict[str, Any], words: str) -> None:
    """The advice also names too many messages, too few answers, and the capacity that it counts with."""
    assert any(words in sentence for sentence in advice(planned(100, 100, 100), **more))
