"""Measure a pool's traffic for the worker, and report its capacity to operators."""

import asyncio
from dataclasses import replace

from router.core.capacity.pilot import PersonTraffic, Pilot, report_pilot
from router.core.capacity.traffic import WINDOW_DAYS, DayOfTraffic, Traffic, measure
from router.core.line import Line
from router.core.pool import Pool
from router.core.simulation.scenario import Scenario
from router.core.time_units import DAY_MS, HOUR_MS
from router.services.capacity.history import scenario_from
from router.services.capacity.report import Basis, CapacityReport, report_on
from router.services.capacity.what_if import Changes, WhatIf, what_if
from router.services.pools.admin import find_pool
from router.services.runtime.clock import StoreClock
from router.store.keys import PoolKeys
from router.store.line_records import LineNow
from router.store.lines import Lines
from router.store.pools import Pools
from router.store.traffic import Progress, TrafficLog
from router.telemetry.logs import get_logger

_log = get_logger()


class CapacityReports:
    """Measures pools and reports on them."""

    def __init__(self, pools: Pools, lines: Lines, traffic: TrafficLog, clock: StoreClock) -> None:
        self._pools = pools
        self._lines = lines
        self._traffic = traffic
        self._clock = clock

    async def sample(self, pool: Pool, *, now_ms: int) -> bool:
        """Measure a pool, and store the result if it would change the plan.

        Returns:
            Whether it was stored; every process then reads the pool again, and its lines get new limits.

        Raises:
            StoreUnavailable: the stored measurement stays in use.
        """
        now = (await self._lines.overview(PoolKeys(pool.id))).lines
        days = await self._days(pool, now, now_ms)
        measured = await asyncio.to_thread(measure, days, now_day=now_ms / DAY_MS)
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
        """Return what a pool carries, and what it needs for `more_people`.

        Raises:
            NotFound: there is no such pool.
        """
        basis = await self._basis(pool_id)
        return await asyncio.to_thread(report_on, basis, more_people=more_people)

    async def what_if(self, pool_id: str, changes: Changes) -> WhatIf:
        """Return what a pool carries and needs now, and what it would with other inputs. Nothing is stored.

        Raises:
            NotFound: there is no such pool.
            InvalidField: it has no such line, or not so many.
        """
        basis = await self._basis(pool_id)
        return await asyncio.to_thread(what_if, basis, changes)

    async def history(self, pool_id: str, usual: Scenario) -> Scenario:
        """Return a scenario to simulate that begins with the pool as it is now.

        Raises:
            NotFound: there is no such pool.
            Refused: it has no line.
        """
        basis = await self._basis(pool_id)
        return await asyncio.to_thread(scenario_from, basis, usual)

    async def pilot(self, pool: Pool, line: Line, on_progress: Progress) -> Pilot:
        """Return what one line's traffic shows. It reads everybody of the pool, so never while a person waits.

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

    async def _basis(self, pool_id: str) -> Basis:
        now_ms, pool = self._clock.now_ms(), await find_pool(self._pools, pool_id)
        now = (await self._lines.overview(PoolKeys(pool.id))).lines
        days, kept = await self._days(pool, now, now_ms), await self._pools.measured(pool.id)
        return Basis(pool=pool, kept=kept, lines=tuple(now.values()), days=days, now_ms=now_ms)

    async def _days(self, pool: Pool, now: dict[int, LineNow], now_ms: int) -> list[DayOfTraffic]:
        """Read the days of the window, and add the current hour so far to today."""
        today = now_ms // DAY_MS
        *earlier, latest = await self._traffic.days(PoolKeys(pool.id), first=today - WINDOW_DAYS, last=today)
        part_of_hour = now_ms % HOUR_MS / HOUR_MS
        lines = dict(latest.lines)
        for slot, line in now.items():
            counted = lines.get(slot, Traffic())
            person_hours = counted.person_hours + line.load.confirmed * part_of_hour
            lines[slot] = replace(counted, person_hours=person_hours)
        return [*earlier, DayOfTraffic(today, lines)]
