"""refresh: lines warm up, and arrivals older than a day leave the count."""

import asyncio
from dataclasses import replace

import pytest
from redis.exceptions import ResponseError

from router.core.assignment import Reason
from router.core.line import Gate, LineLimits, LineLoad, Status
from tests.kit.builders import apply_event, report
from tests.kit.operation_calls import WRITER, RawCall, send
from tests.kit.stores import FLAGGED, HOUR_MS, ROOMY, LivePool, assigned, person

TWO_A_DAY = replace(ROOMY, new_people_per_day=2)
YOUNG = replace(ROOMY, weight=1, is_warming=True)


async def test_a_guideline_holds_a_line_back_for_a_day(pool: LivePool) -> None:
    """Once it has its new people for the day, a line is a reserve. It opens again when they are a day old."""
    await pool.add_line(TWO_A_DAY)
    signups = [await pool.sign_up(person()) for _ in range(3)]
    assert [signup.reason for signup in signups] == [Reason.ROTATION, Reason.ROTATION, Reason.RESERVE]
    assert signups[-1].held_back == {Gate.GUIDELINE: 1}
    await pool.advance(23 * HOUR_MS)
    assert (await pool.lines())[0].gate is Gate.GUIDELINE
    await pool.advance(HOUR_MS)
    now = (await pool.lines())[0]
    assert (now.gate, now.load) == (Gate.OPEN, LineLoad(reserved=3))
    assert await pool.loads() == await pool.recount()


async def test_arrivals_leave_the_count_hour_by_hour(pool: LivePool) -> None:
    """Of people who came in different hours, only those of the last day count."""
    await pool.add_line()
    for people in (3, 2, 1):
        await pool.sign_up_all([person() for _ in range(people)])
        await pool.advance(6 * HOUR_MS)
    counted = []
    for _ in range(4):
        counted.append((await pool.loads())[0].new_24h)
        assert await pool.loads() == await pool.recount()
        await pool.advance(6 * HOUR_MS)
    assert counted == [6, 3, 1, 0]


async def test_a_worker_that_slept_for_days_corrects_the_count(pool: LivePool) -> None:
    """One call after any time is as good as one an hour."""
    await pool.add_line(TWO_A_DAY)
    await pool.sign_up_all([person() for _ in range(5)])
    await pool.advance(100 * HOUR_MS)
    assert (await pool.loads())[0].new_24h == 0
    assert (await pool.sign_up(person())).reason is Reason.ROTATION


async def test_a_warming_line_is_held_to_a_smaller_allowance(pool: LivePool) -> None:
    """Its gate shows the warm-up. With new limits it gets its larger share, from where its turn was."""
    await pool.add_line(LineLimits(weight=10, capacity=9, target=8, new_people_per_day=1, is_warming=True))
    await pool.add_line(replace(ROOMY, weight=30))
    await pool.sign_up_all([person() for _ in range(4)])
    line = (await pool.lines())[0]
    assert (line.gate, line.load.new_24h) == (Gate.WARM_UP, 1)
    warm = LineLimits(weight=30, capacity=90, target=80, new_people_per_day=50)
    assert await pool.store.lines.refresh(pool.keys, {0: (1, warm)}, now_ms=pool.now_ms) == 1
    line = (await pool.lines())[0]
    assert (line.gate, line.limits) == (Gate.OPEN, warm)
    homes = [assigned(signup).home_slot for signup in await pool.sign_up_all([person() for _ in range(20)])]
    assert abs(homes.count(0) - 10) <= 1


async def test_a_line_that_changed_meanwhile_is_left_alone(pool: LivePool) -> None:
    """Limits decided on an older revision, or for an unknown slot, are not written."""
    await pool.add_line()
    await pool.change_line(0, limits=replace(ROOMY, weight=5))
    await pool.advance(0)
    before = pool.store.keyspace()
    changes = {0: (1, ROOMY), 7: (1, ROOMY)}
    await pool.store.lines.refresh(pool.keys, {}, now_ms=pool.now_ms)
    assert await pool.store.lines.refresh(pool.keys, changes, now_ms=pool.now_ms) == 0
    assert (await pool.lines())[0].limits.weight == 5
    assert before.keys() == pool.store.keyspace().keys()


async def test_a_line_that_came_back_meanwhile_keeps_its_warm_up(pool: LivePool) -> None:
    """Limits computed before its recovery would end the warm-up that began with it."""
    await pool.add_line(health=FLAGGED)
    looked_ms, pool.now_ms = pool.now_ms, pool.now_ms + 1
    await apply_event(pool, report(0, 1, Status.ACTIVE, limits=YOUNG))
    changed = await pool.store.lines.refresh(pool.keys, {0: (1, ROOMY)}, now_ms=looked_ms)
    assert (changed, (await pool.lines())[0].limits) == (0, YOUNG)
    assert await pool.store.lines.refresh(pool.keys, {0: (1, ROOMY)}, now_ms=pool.now_ms) == 1


async def test_workers_that_refresh_at_once_agree(pool: LivePool) -> None:
    """Signups in between are counted, and no change is lost."""
    for _ in range(3):
        await pool.add_line(TWO_A_DAY)
    await pool.sign_up_all([person() for _ in range(12)])
    pool.now_ms += 24 * HOUR_MS
    await asyncio.gather(
        *(pool.store.lines.refresh(pool.keys, {}, now_ms=pool.now_ms) for _ in range(5)),
        *(pool.sign_up(person()) for _ in range(9)),
    )
    await pool.advance(0)
    assert await pool.loads() == await pool.recount()


async def test_a_call_with_one_bad_line_changes_nothing(pool: LivePool) -> None:
    """A limit that is no number is refused, with all lines before it. The pool goes on exactly as it was."""
    for _ in range(2):
        await pool.add_line()
    await pool.sign_up_all([person() for _ in range(3)])
    names = _names(pool)
    limits = (100, 1000, 1000, "", 1000, "", 0)
    sound = RawCall("refresh", names, [WRITER, pool.now_ms, 9, "", 0, 1, *limits, 1, 1, *limits])
    assert await send(pool.store, sound) == [b"refreshed", 2]
    before = pool.store.keyspace()
    good, bad = (0, 1, 100, 1000, 1000, "", 1000, "", 0), (1, 1, "many", 9, 9, "", 1000, "", 0)
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await send(pool.store, RawCall("refresh", names, [WRITER, pool.now_ms, 9, "", *good, *bad]))
    assert pool.store.keyspace() == before
    await pool.sign_up_all([person() for _ in range(3)])
    assert await pool.loads() == await pool.recount()
    assert [load.reserved for load in (await pool.loads()).values()] == [3, 3]


def _names(pool: LivePool) -> list[str]:
    keys = pool.keys
    return [*keys.picking.values(), keys.line_settings, keys.health, keys.arrivals, keys.traffic(0)]
