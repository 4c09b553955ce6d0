"""What a line may carry, from its own setting, the pool's guess and the measurements."""

from dataclasses import replace

import pytest

from router.core.capacity.capacity import capacity_of, limits_of, messages_per_person
from router.core.capacity.traffic import NOTHING_MEASURED, Measured
from router.core.line import Line
from router.core.phone import E164
from router.core.pool import CapacityFrom, Pool, PoolId

POOL = Pool(id=PoolId("main"), name="Acme")
BY_SETTING = replace(POOL, capacity_from=CapacityFrom.SETTING)
LINE = Line(slot=0, number=E164("+12025550101"))
SURE = Measured(messages_per_person_per_day=5.0, person_days=1e9, days=28.0, conversion_permille=600)


@pytest.mark.parametrize(
    ("line", "pool", "measured", "capacity"),
    [
        (LINE, POOL, NOTHING_MEASURED, 700),
        (LINE, POOL, SURE, 1400),
        (LINE, BY_SETTING, SURE, 700),
        (replace(LINE, capacity=50), POOL, SURE, 50),
        (LINE, POOL, replace(SURE, messages_per_person_per_day=1e9), 1),
        (LINE, POOL, replace(SURE, messages_per_person_per_day=0.0), 700_000),
    ],
)
def test_capacity_is_the_guideline_over_messages_per_person(
    line: Line, pool: Pool, measured: Measured, capacity: int
) -> None:
    """A line's own setting comes first; a pool may use its guess only; no measurement leads out of bounds."""
    assert capacity_of(line, pool, measured) == pytest.approx(capacity, abs=1)


def test_reservations_count_by_what_was_measured() -> None:
    """Reservations count by the measured share, unless the pool uses its settings only."""
    assert limits_of(LINE, POOL, SURE, now_ms=0).conversion_permille == 600
    assert limits_of(LINE, BY_SETTING, SURE, now_ms=0).conversion_permille == 1000
    assert limits_of(LINE, POOL, NOTHING_MEASURED, now_ms=0).conversion_permille == 1000


def test_half_believed_is_half_way() -> None:
    """Person-days decide how far the figure lies between the guess and the measurement."""
    half = replace(SURE, person_days=150.0)
    assert messages_per_person(POOL, half) == pytest.approx(7.5)
