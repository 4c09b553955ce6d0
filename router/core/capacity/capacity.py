"""Calculate how many people a line can carry, and how it warms up.

capacity = messages per line and day that the provider advises / messages per person and day.
target = capacity / (1 + over-provisioning). The room between target and capacity is the reserve for peaks and failover.
"""

from datetime import timedelta
from math import ceil, floor

from router.core.capacity.traffic import NOTHING_MEASURED, Measured
from router.core.line import Line, LineLimits
from router.core.pool import MIN_MESSAGES_PER_PERSON, CapacityFrom, Pool

MIN_WARM_UP_PERCENT = 10
FULL_PERCENT = 100


def believed(pool: Pool, measured: Measured) -> Measured:
    """Return the measurement to plan with: none if the pool counts by its setting alone."""
    return measured if pool.capacity_from is CapacityFrom.MEASURED else NOTHING_MEASURED


def messages_per_person(pool: Pool, measured: Measured) -> float:
    """Return the messages per person and day to plan with; never so few that capacity would be unlimited."""
    blended = believed(pool, measured).blended_with(pool.messages_per_person_per_day)
    return max(MIN_MESSAGES_PER_PERSON, blended)


def people_per_line(pool: Pool, messages_per_person_per_day: float) -> int:
    """Return how many people the pool's message guideline allows on a line, at least 1."""
    return max(1, floor(pool.messages_per_line_per_day / messages_per_person_per_day))


def capacity_of(line: Line, pool: Pool, measured: Measured) -> int:
    """Return how many people the line can carry: its own setting, else what the pool's guideline allows."""
    if line.capacity is not None:
        return line.capacity
    return people_per_line(pool, messages_per_person(pool, measured))


def target_of(capacity: int, over_provisioning: float) -> int:
    """Return the number of people at which a line's reserve begins."""
    return floor(capacity / (1 + over_provisioning))


def warm_up_percent(age: timedelta | None, window: timedelta) -> int:
    """Return the percentage of its weight a line has after warming for `age`: 10 % at first, then linear to 100 %.

    An `age` of None means the line is warm. Source: Envoy's slow start with aggression 1 and a minimum of 10 %.
    """
    if age is None or max(age, timedelta(0)) >= window:
        return FULL_PERCENT
    return max(MIN_WARM_UP_PERCENT, floor(FULL_PERCENT * age / window))


def limits_of(line: Line, pool: Pool, measured: Measured, *, now_ms: int) -> LineLimits:
    """Derive what the picker needs from a line's settings, its age and the pool's measured traffic."""
    age = None if line.warming_since_ms is None else timedelta(milliseconds=now_ms - line.warming_since_ms)
    percent = warm_up_percent(age, timedelta(days=pool.warm_up_days))
    capacity = capacity_of(line, pool, measured)
    allowance = pool.new_people_per_day if line.new_people_per_day is None else line.new_people_per_day
    return LineLimits(
        weight=line.weight * percent,
        capacity=capacity,
        target=target_of(capacity, pool.over_provisioning),
        new_people_per_day=None if allowance is None else ceil(allowance * percent / FULL_PERCENT),
        is_warming=percent < FULL_PERCENT,
        started_per_day=pool.conversations_started_per_day,
        conversion_permille=believed(pool, measured).conversion_permille,
    )
