"""Let operators read, add, change and retire the lines of a pool."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypedDict

from router.core.act import Act
from router.core.capacity.capacity import limits_of
from router.core.errors import Conflict, NotFound, Refused
from router.core.line import Line, LineLimits, LineLoad, OperatorState, Service, Tier
from router.core.lines.line_rules import (
    LineAction,
    LineSpec,
    after_action,
    check_line,
    check_reason,
    new_line,
    people_on,
    revived,
    spare_places,
)
from router.core.numbers.number_check import check_number
from router.core.numbers.typed_number import read_strict
from router.core.phone import E164, mask
from router.core.pool import Pool, parse_pool_id
from router.services.lines.explain import ExplainedLine, explain_lines
from router.services.lines.reports import LineReports
from router.services.pools.admin import again_if_stale, find_pool
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.store.keys import PoolKeys
from router.store.line_records import LineNow
from router.store.lines import Lines, Overview
from router.store.pools import Pools
from router.telemetry.logs import get_logger

_log = get_logger()
_Decision = Callable[[LineNow, Overview], Line]


class LineFields(TypedDict, total=False):
    """The settings a caller may change; settings left out stay as they are. Meanings as in `Line`."""

    label: str
    service: Service
    weight: int
    capacity: int | None
    new_people_per_day: int | None


class LineAdmin:
    """Reads and changes the lines of any pool."""

    def __init__(
        self, lines: Lines, pools: Pools, pool_cache: PoolCache, clock: StoreClock, reports: LineReports
    ) -> None:
        self._lines = lines
        self._reports = reports
        self._pools = pools
        self._pool_cache = pool_cache
        self._clock = clock

    async def overview(self, pool_id: str) -> Overview:
        """Return all lines, retired ones too, and the state of each.

        Raises:
            NotFound: there is no such pool.
        """
        pool = await find_pool(self._pools, pool_id)
        return await self._lines.overview(PoolKeys(pool.id))

    async def all(self, pool_id: str, *, with_retired: bool = False) -> list[LineNow]:
        """Return the lines of a pool in the order they joined.

        Raises:
            NotFound: there is no such pool.
        """
        overview = await self.overview(pool_id)
        return [now for now in overview.lines.values() if with_retired or not _is_retired(now.line)]

    async def get(self, pool_id: str, number: str) -> LineNow:
        """Return a line, even a retired one.

        Raises:
            NotFound: there is no such pool, or it has no such line.
            InvalidNumber: not strict E.164.
        """
        return _find_line(await self.overview(pool_id), read_strict(number))

    async def explain(self, pool_id: str) -> list[ExplainedLine]:
        """Return for each line why it gets its share of new people.

        Raises:
            NotFound: there is no such pool.
        """
        return explain_lines(await self.overview(pool_id))

    async def add(self, pool_id: str, spec: LineSpec, *, by: Act) -> LineNow:
        """Add a line, or bring back a retired one with these settings.

        Raises:
            NotFound: there is no such pool.
            InvalidNumber, InvalidField: as `new_line`.
            Conflict: the pool has the line already.
            Refused: the pool has as many lines as it may.
        """
        pool = await find_pool(self._pools, pool_id)
        await self.enrol(pool, spec, by=by)
        return await self._refreshed(pool_id, spec.number)

    async def enrol(self, pool: Pool, spec: LineSpec, *, by: Act) -> None:
        """Write a line as `add` does, without reading it back or refreshing the pool cache, for adding many."""
        now_ms, measured = self._clock.now_ms(), await self._pools.measured(pool.id)
        line = new_line(spec, now_ms=now_ms)
        try:
            limits = limits_of(line, pool, measured, now_ms=now_ms)
            await self._lines.put(PoolKeys(pool.id), line, limits, is_new=True)
        except Conflict as exists:
            await self._write_once(pool.id, line.number, _revival(spec, exists, now_ms=now_ms), None, by)
        else:
            _log_line("line_added", pool, line, by)
        if doubt := check_number(line.number).words:
            _log.info("line_number_doubtful", pool=pool.id, line=mask(line.number), detail=doubt)

    async def change(
        self, pool_id: str, number: str, fields: LineFields, *, by: Act, revision: int | None = None
    ) -> LineNow:
        """Change some settings of a line.

        `revision` is the one the caller read; None if the change is right whatever changed since.

        Raises:
            NotFound: there is no such pool or line.
            InvalidNumber, InvalidField: as `check_line`.
            Conflict: it was changed since that revision, or keeps changing.
        """
        return await self._write(pool_id, number, lambda now, _: replace(now.line, **fields), revision, by)

    async def set_state(
        self, pool_id: str, number: str, action: LineAction, *, by: Act, force: bool = False
    ) -> LineNow:
        """Drain, resume, maintain, flag or unflag a line; a state it has already changes nothing.

        With `force` it is drained even if the other lines cannot carry its people.

        Raises:
            NotFound: there is no such pool or line.
            InvalidField: the reason is missing or cannot be shown on one line.
            Refused: the line is retired, or the others could not carry its people.
        """
        now_ms = self._clock.now_ms()

        def decide(now: LineNow, overview: Overview) -> Line:
            changed = after_action(now.line, action, by.reason, now_ms=now_ms)
            if action is LineAction.DRAIN and changed != now.line and not force:
                _check_others_can_carry(now, overview)
            return changed

        return await self._write(pool_id, number, decide, None, by)

    async def remove(self, pool_id: str, number: str, *, by: Act, force: bool = False) -> LineNow:
        """Retire a line. It stays stored, because people's records name it; adding its number again brings it back.

        With `force` it is retired even if people text on it; they then get their backup lines.

        Raises:
            NotFound: there is no such pool or line.
            InvalidField: the reason is missing or cannot be shown on one line.
            Refused: it carries people who texted.
        """
        check_reason(by.reason)

        def decide(now: LineNow, _overview: Overview) -> Line:
            if _is_retired(now.line):
                return now.line
            if now.load.confirmed and not force:
                raise Refused(
                    f"Line {mask(now.line.number)} carries people who texted ({now.load.confirmed}). Drain it, or "
                    "force this: they are then answered with their backup lines."
                )
            health = replace(now.line.health, operator_state=OperatorState.RETIRED)
            return replace(now.line, health=health, reason=by.reason)

        return await self._write(pool_id, number, decide, None, by)

    async def _write(self, pool_id: str, number: str, decide: _Decision, revision: int | None, by: Act) -> LineNow:
        write = partial(self._write_once, pool_id, read_strict(number), decide, revision, by)
        await (write() if revision is not None else again_if_stale(write))
        return await self._refreshed(pool_id, number)

    async def _refreshed(self, pool_id: str, number: str) -> LineNow:
        """Refresh this worker's pool cache at once, and return the line as it is now."""
        await self._pool_cache.reload(parse_pool_id(pool_id))
        return await self.get(pool_id, number)

    async def _write_once(self, pool_id: str, number: E164, decide: _Decision, revision: int | None, by: Act) -> None:
        pool = await find_pool(self._pools, pool_id)
        keys = PoolKeys(pool.id)
        overview = await self._lines.overview(keys)
        now = _find_line(overview, number)
        if revision is not None and revision != now.line.revision:
            raise Conflict(
                f"Line {mask(number)} is at revision {now.line.revision}, not {revision}. "
                "Read it again, then change it."
            )
        changed = decide(now, overview)
        if changed == now.line:
            return
        check_line(changed)
        status = changed.health.status
        is_reported = status is not now.line.health.status
        if not is_reported or changed.health.operator_state is not now.line.health.operator_state:
            changed = replace(changed, revision=now.line.revision + 1)
            measured = await self._pools.measured(pool.id)
            limits = limits_of(changed, pool, measured, now_ms=self._clock.now_ms())
            await self._lines.put(keys, changed, limits, is_new=False)
        if is_reported:
            await self._reports.set_status(pool_id, number, status, by=by.because(changed.reason))
        _log_line("line_changed", pool, changed, by)


def _log_line(event: str, pool: Pool, line: Line, by: Act) -> None:
    health = line.health
    _log.info(
        event,
        pool=pool.id,
        line=mask(line.number),
        weight=line.weight,
        state=health.operator_state,
        status=health.status,
        reputation=health.reputation,
        reason=line.reason,
        actor=by.actor,
    )


def _is_retired(line: Line) -> bool:
    return line.health.operator_state is OperatorState.RETIRED


def _find_line(overview: Overview, number: E164) -> LineNow:
    for now in overview.lines.values():
        if now.line.number == number:
            return now
    raise NotFound(f"The pool has no line {mask(number)}.")


def _revival(spec: LineSpec, exists: Conflict, *, now_ms: int) -> _Decision:
    def decide(now: LineNow, _overview: Overview) -> Line:
        if not _is_retired(now.line):
            raise exists
        return revived(now.line, spec, now_ms=now_ms)

    return decide


def _check_others_can_carry(leaving: LineNow, overview: Overview) -> None:
    open_lines: list[tuple[LineLimits, LineLoad]] = [
        (now.limits, now.load)
        for slot, now in overview.lines.items()
        if slot != leaving.line.slot and now.tier is not Tier.NONE
    ]
    people, room = people_on(leaving.load), spare_places(open_lines)
    if people > room:
        raise Refused(
            f"Line {mask(leaving.line.number)} has {people} people, and the other lines that take new ones "
            f"({len(open_lines)}) have room for {room}. Add lines or raise a capacity first, or force it."
        )
