"""What a pool's traffic tells of its capacity: measured by the worker, reported to operators."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from router.core.capacity import messages_per_person, people_per_line
from router.core.capacity_advice import BusyLine, advise
from router.core.line import WHOLE_PERMILLE, Gate, Line, LineLimits, LineLoad, Tier, can_carry, load_of
from router.core.pilot import PersonTraffic, Pilot, report_pilot
from router.core.planner import Plan, PlannedLine, plan
from router.core.pool import Pool
from router.core.traffic import WINDOW_DAYS, DayOfTraffic, Measured, Traffic, measure, per_day
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.pools import find_pool
from router.store.keys import PoolKeys
from router.store.line_records import LineNow
from router.store.lines import Lines
from router.store.pools import Pools
from router.store.traffic import Progress, TrafficLog

_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000

_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """A line's load.

    Attributes:
        people: that it is taken to have, reservations counted by what becomes of them.
        takes_people: whether nothing but its being full keeps new people from it.
        headroom: people it could still take, its reserve included.
        today: what happened since midnight, UTC.
        usual: what happens on a usual day.
    """

    line: Line
    gate: Gate
    limits: LineLimits
    load: LineLoad
    people: int
    takes_people: bool
    headroom: int
    today: Traffic
    usual: Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityReport:
    """What a pool carries, what it could carry, and what it needs.

    Attributes:
        measured: what its traffic tells at this moment.
        messages_per_person_per_day: what capacity is counted with: guess and measurement as they were last blended.
        new_24h, started_24h: people who came in the last 24 hours, and conversations that lines began.
        new_per_day: people who come on a usual day.
        advice: what to do, the most urgent first.
    """

    pool: Pool
    measured: Measured
    messages_per_person_per_day: float
    lines: tuple[LineReport, ...]
    new_24h: int
    started_24h: int
    new_per_day: float
    plan: Plan
    advice: tuple[str, ...]


class CapacityReports:
    """Measures pools and reports on them."""

    def __init__(self, pools: Pools, lines: Lines, traffic: TrafficLog, clock: StoreClock) -> None:
        self._pools = pools
        self._lines = lines
        self._traffic = traffic
        self._clock = clock

    async def sample(self, pool: Pool, *, now_ms: int) -> bool:
        """Measure a pool anew, and keep it if planning with it would differ from planning with what is kept.

        Returns:
            Whether it is kept; every process then reads the pool again, and its lines get new limits.

        Raises:
            StoreUnavailable: what was kept goes on.
        """
        now = (await self._lines.overview(PoolKeys(pool.id))).lines
        days = await self._days(pool, now, now_ms)
        measured = await asyncio.to_thread(measure, days, now_day=now_ms / _DAY_MS)
        if not measured.differs_from(await self._pools.measured(pool.id), pool.messages_per_person_per_day):
            return False
        await self._pools.put_measured(pool.id, measured)
        _log.info(
            "load_measured",
            pool=pool.id,
            messages_per_person=round(measured.blended_with(pool.messages_per_person_per_day), 3),
            conversion_permille=measured.conversion_permille,
        )
        return True

    async def report(self, pool_id: str, *, more_people: int = 0) -> CapacityReport:
        """Say what a pool carries and needs, for so many people more.

        Raises:
            NotFound: there is no such pool.
        """
        now_ms, pool = self._clock.now_ms(), await find_pool(self._pools, pool_id)
        now = (await self._lines.overview(PoolKeys(pool.id))).lines
        days, kept = await self._days(pool, now, now_ms), await self._pools.measured(pool.id)
        return await asyncio.to_thread(_report, pool, kept, now.values(), days, now_ms=now_ms, more_people=more_people)

    async def pilot(self, pool: Pool, line: Line, on_progress: Progress) -> Pilot:
        """Say what the people of one line tell; reads everybody of the pool, so never while a person waits.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        people: list[PersonTraffic] = []
        async for page in self._traffic.people(PoolKeys(pool.id), on_progress):
            people += [person for person in page if person.slot == line.slot]
        return report_pilot(
            people,
            now_s=self._clock.now_ms() // 1000,
            messages_per_line_per_day=pool.messages_per_line_per_day,
        )

    async def _days(self, pool: Pool, now: dict[int, LineNow], now_ms: int) -> list[DayOfTraffic]:
        """Read the window, and add to today what the running hour has been so far."""
        today = now_ms // _DAY_MS
        *earlier, latest = await self._traffic.days(PoolKeys(pool.id), first=today - WINDOW_DAYS, last=today)
        part_of_hour = now_ms % _HOUR_MS / _HOUR_MS
        lines = dict(latest.lines)
        for slot, line in now.items():
            counted = lines.get(slot, Traffic())
            person_hours = counted.person_hours + line.load.confirmed * part_of_hour
            lines[slot] = replace(counted, person_hours=person_hours)
        return [*earlier, DayOfTraffic(today, lines)]


def _report(
    pool: Pool, kept: Measured, now: Iterable[LineNow], days: Sequence[DayOfTraffic], *, now_ms: int, more_people: int
) -> CapacityReport:
    measured = measure(days, now_day=now_ms / _DAY_MS)
    lines = tuple(_report_line(line, days, now_ms) for line in now if _is_shown(line))
    per_person = messages_per_person(pool, kept)
    new_per_day = sum(line.usual.new for line in lines)
    needed = plan(
        [_planned(line) for line in lines],
        over_provisioning=pool.over_provisioning,
        capacity_per_line=people_per_line(pool, per_person),
        growth_per_day=new_per_day * kept.conversion_permille / WHOLE_PERMILLE,
        more_people=more_people,
        warm_up_days=pool.warm_up_days,
    )
    return CapacityReport(
        pool=pool,
        measured=measured,
        messages_per_person_per_day=per_person,
        lines=lines,
        new_24h=sum(line.load.new_24h for line in lines),
        started_24h=sum(line.load.started_24h for line in lines),
        new_per_day=new_per_day,
        plan=needed,
        advice=advise(pool, needed, measured, [_busy(line) for line in lines]),
    )


def _report_line(now: LineNow, days: Sequence[DayOfTraffic], now_ms: int) -> LineReport:
    people, slot = load_of(now.load, now.limits), now.line.slot
    takes_people = now.tier is not Tier.NONE or now.gate is Gate.FULL
    return LineReport(
        line=now.line,
        gate=now.gate,
        limits=now.limits,
        load=now.load,
        people=people,
        takes_people=takes_people,
        headroom=max(0, now.limits.capacity - people) if takes_people else 0,
        today=days[-1].lines.get(slot, Traffic()),
        usual=per_day(days, slot, now_day=now_ms / _DAY_MS, since_day=now.line.joined_at_ms / _DAY_MS),
    )


def _is_shown(now: LineNow) -> bool:
    """Whether it is in use, or people are left on it."""
    return now.gate is not Gate.RETIRED or now.load.confirmed > 0


def _planned(line: LineReport) -> PlannedLine:
    return PlannedLine(
        slot=line.line.slot,
        people=line.people,
        capacity=line.limits.capacity,
        target=line.limits.target,
        takes_people=line.takes_people,
        carries_people=can_carry(line.line.health),
    )


def _busy(line: LineReport) -> BusyLine:
    return BusyLine(line.line.slot, line.line.number, int(line.today.messages), line.usual.messages)
