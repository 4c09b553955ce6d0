"""Traffic from the provider's events becomes a measurement, and the measurement becomes the lines' capacity."""

from dataclasses import dataclass, field
from dataclasses import replace as changed

import pytest
from msgspec.structs import replace

from router.core.capacity.traffic import NOTHING_MEASURED, Measured, Traffic
from router.core.code import Code
from router.core.errors import NotFound
from router.core.pool import CapacityFrom, Pool, PoolId
from router.services.capacity.reports import CapacityReports
from router.services.pools.limits import refresh_limits
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.store.keys import PoolKeys
from router.store.traffic import TrafficLog
from router.worker import sampling
from tests.kit.builders import apply_event, sent, text
from tests.kit.stores import HOUR_MS, MAIN, START_MS, LivePool, assigned, person

DAY_MS = 24 * HOUR_MS
SURE = Measured(messages_per_person_per_day=5.0, person_days=1e6, days=28.0, conversion_permille=700)
PER_CALL = 30


def reports_of(pool: LivePool) -> CapacityReports:
    """Return the service, with the pool's own time."""

    async def ask_ms() -> int:
        return pool.now_ms

    store = pool.store
    clock = StoreClock(ask_ms, lambda: pool.now_ms)
    return CapacityReports(store.pools, store.lines, TrafficLog(store.client), clock)


async def pool_cache_of(pool: LivePool) -> PoolCache:
    """Return the cached pools of a worker."""
    pool_cache = PoolCache(pool.store.pools, pool.store.lines)
    await pool_cache.refresh()
    return pool_cache


@dataclass(slots=True)
class Crowd:
    """People of one line who text it and are answered, in the same way every day."""

    pool: LivePool
    slot: int
    size: int
    texts: int = 3
    answers: int = 2
    codes: dict[str, Code] = field(default_factory=dict)

    async def send_messages(self) -> None:
        """Let them send a day's messages. A new person becomes known by their first."""
        at = (self.pool.now_ms - START_MS) / 1000
        for number in range(self.size):
            handle = f"+1303555{self.slot}{number:03}"
            if handle not in self.codes:
                code = (await apply_event(self.pool, text(handle, self.slot, at))).code
                assert code is not None
                self.codes[handle] = code
        events = [
            replace(make(handle, self.slot, at), known=code)
            for handle, code in self.codes.items()
            for make in [text] * (self.texts - (at == 0)) + [sent] * self.answers
        ]
        for first in range(0, len(events), PER_CALL):
            await self.pool.apply(*events[first : first + PER_CALL])


async def pass_days(pool: LivePool, *crowds: Crowd, days: int) -> None:
    """Let days pass, hour by hour. Every person texts at eight in the morning."""
    for hour in range(days * 24):
        if hour % 24 == 0:
            for crowd in crowds:
                await crowd.send_messages()
        await pool.advance(HOUR_MS)


async def test_capacity_follows_what_people_send(pool: LivePool) -> None:
    """Five messages where ten were guessed: the line gets room for more people, once there is enough data."""
    slot = await pool.add_line()
    reports = reports_of(pool)
    crowd = Crowd(pool, slot, size=20)
    await pass_days(pool, crowd, days=2)
    pool_cache = await pool_cache_of(pool)
    assert (await sampling.tick(pool_cache, reports, now_ms=pool.now_ms)).changed_pools == 0
    await pass_days(pool, crowd, days=6)
    assert (await sampling.tick(pool_cache, reports, now_ms=pool.now_ms)).changed_pools == 1
    assert (await sampling.tick(pool_cache, reports, now_ms=pool.now_ms)).changed_pools == 0

    await pool_cache.refresh()
    view = pool_cache.cached(MAIN)
    assert view is not None
    measured = view.measured
    assert measured.messages_per_person_per_day == pytest.approx(5, rel=0.1)
    assert measured.reciprocity == pytest.approx(1.5)
    assert 7.5 < measured.blended_with(10.0) < 9
    await refresh_limits(pool.store.lines, view.pool, measured, now_ms=pool.now_ms)
    limits = (await pool.lines())[slot].limits
    assert limits.capacity == int(7000 / measured.blended_with(10.0))
    by_setting = changed(view.pool, capacity_from=CapacityFrom.SETTING)
    await refresh_limits(pool.store.lines, by_setting, measured, now_ms=pool.now_ms)
    assert (await pool.lines())[slot].limits.capacity == 700


async def test_reservations_count_by_what_became_of_others(pool: LivePool) -> None:
    """Of a hundred ended reservations, forty had a text. The next ones count for less than a person each."""
    slot = await pool.add_line()
    signups = [assigned(signup) for signup in await pool.sign_up_all([person() for _ in range(100)])]
    for signup in signups[:40]:
        await pool.confirm(signup.code)
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 60
    await sampling.tick(await pool_cache_of(pool), reports_of(pool), now_ms=pool.now_ms)
    measured = await pool.store.pools.measured(MAIN)
    assert measured.conversion_permille == pytest.approx(1000 * (1 - 0.6 * 40 / 60), abs=10)
    view = (await pool_cache_of(pool)).cached(MAIN)
    assert view is not None
    await refresh_limits(pool.store.lines, view.pool, view.measured, now_ms=pool.now_ms)
    await pool.sign_up_all([person() for _ in range(10)])
    report = await reports_of(pool).report(MAIN)
    (line,) = report.lines
    assert (line.load.reserved, line.load.confirmed) == (10, 40)
    assert line.people == 40 + 7
    assert (await pool.lines())[slot].limits.conversion_permille == measured.conversion_permille


async def test_a_report_says_what_each_line_carries(pool: LivePool) -> None:
    """Messages in and out today and on a usual day, new people, and free room. People of the running hour count."""
    alpha, bravo = await pool.add_line(), await pool.add_line()
    await pass_days(pool, Crowd(pool, alpha, size=6), Crowd(pool, bravo, size=2), days=3)
    await Crowd(pool, alpha, size=1).send_messages()
    pool.now_ms += HOUR_MS // 2
    report = await reports_of(pool).report(MAIN, more_people=2000)
    first, second = report.lines
    assert (first.today.incoming, first.today.outgoing, second.today.messages) == (4, 2, 0)
    assert first.usual.incoming == pytest.approx(3 * second.usual.incoming, rel=0.1)
    assert second.usual.outgoing == pytest.approx(second.usual.incoming * 2 / 3)
    assert (first.people, second.people, first.headroom) == (6, 2, 994)
    assert first.today.person_hours == 9 * 6 + 3  # an hour counts on the day it ends, the one at midnight too
    assert (report.new_24h, report.plan.people, report.plan.capacity) == (0, 8, 2000)
    assert (report.plan.lines_for_demand, report.plan.loss.is_bearable) == (4, True)
    assert 0 < report.new_per_day < 8


async def test_conversations_that_lines_begin_are_counted_apart(pool: LivePool) -> None:
    """New people of the last 24 hours: all of them, and those in conversations that the line itself began."""
    slot = await pool.add_line()
    await apply_event(pool, text("+12025550191", slot, 1))
    await apply_event(pool, sent("+12025550192", slot, 2))
    report = await reports_of(pool).report(MAIN)
    assert (report.new_24h, report.started_24h) == (1, 1)
    assert report.lines[0].today.started == 1


async def test_a_pilot_line_is_measured_by_its_own_people(pool: LivePool) -> None:
    """Only people who texted it and are on it now count. The progress is shown to the end."""
    pilot, other = await pool.add_line(), await pool.add_line()
    await pass_days(pool, Crowd(pool, pilot, size=5), Crowd(pool, other, size=3, texts=9), days=4)
    await pool.sign_up(person(wished=pilot))
    settings = await pool.store.pools.get(MAIN)
    assert settings is not None
    seen: list[tuple[int, int]] = []
    line = (await pool.lines())[pilot].line
    report = await reports_of(pool).pilot(settings, line, lambda done, total: seen.append((done, total)))
    assert report.people == 5
    assert report.messages is not None
    assert report.messages.mean == pytest.approx(5)
    assert (report.replies_per_person, report.reciprocity, report.people_per_line) == (12, 1.5, 1400)
    assert seen[-1] == (15_625, 15_625)
    assert seen == sorted(seen)


async def test_days_are_read_by_line(pool: LivePool) -> None:
    """Each day has its counts. A day without any is empty, and an unknown word of another release is skipped."""
    today = START_MS // DAY_MS
    with pool.store.raw_client() as client:
        client.hset(pool.keys.traffic(today), mapping={"0:in": 3, "0:out": 1, "12:person_hours": 48, "0:waves": 9})
        client.expire(pool.keys.traffic(today), 60)
    before, day = await TrafficLog(pool.store.client).days(pool.keys, first=today - 1, last=today)
    assert (before.day, before.lines) == (today - 1, {})
    assert day.lines == {0: Traffic(incoming=3, outgoing=1), 12: Traffic(person_hours=48)}


async def test_a_measurement_is_stored_and_refreshes_every_view(pool: LivePool) -> None:
    """Every process reads the pool again, because its version grew."""
    assert await pool.store.pools.measured(MAIN) == NOTHING_MEASURED
    pool_cache = await pool_cache_of(pool)
    version = await pool.store.pools.version(MAIN)
    await pool.store.pools.put_measured(MAIN, SURE)
    assert await pool.store.pools.measured(MAIN) == SURE
    assert await pool.store.pools.version(MAIN) == version + 1
    await pool_cache.refresh()
    view = pool_cache.cached(MAIN)
    assert view is not None
    assert view.measured == SURE


async def test_nothing_of_a_deleted_pool_is_stored(pool: LivePool) -> None:
    """A measurement that comes too late leaves no key. A stored one goes with its pool."""
    await pool.store.pools.put_measured(MAIN, SURE)
    await pool.store.pools.delete(MAIN)
    await pool.store.pools.put_measured(MAIN, SURE)
    await pool.store.pools.put(Pool(id=MAIN, name="Again", revision=1), is_new=True)
    assert await pool.store.pools.measured(MAIN) == NOTHING_MEASURED


async def test_an_unknown_pool_has_no_capacity(pool: LivePool) -> None:
    """It is not found, and it has no people."""
    with pytest.raises(NotFound):
        await reports_of(pool).report("ghost")
    no_one = [
        page
        async for page in TrafficLog(pool.store.client).people(PoolKeys(PoolId("ghost")), lambda _done, _total: None)
    ]
    assert not any(no_one)
