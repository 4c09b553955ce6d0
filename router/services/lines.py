"""What operators do with lines."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypedDict

from router.core.capacity import limits_of
from router.core.errors import Conflict, NotFound, Refused
from router.core.line import Line, LineLimits, LineLoad, OperatorState, Service, Tier
from router.core.line_rules import (
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
from router.core.phone import E164, mask, parse_e164
from router.core.pool import Pool, parse_pool_id
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.directory import Directory
from router.services.explain import ExplainedLine, explain_lines
from router.services.line_reports import LineReports
from router.services.pools import again_if_stale, find_pool
from router.store.keys import PoolKeys
from router.store.line_records import LineNow
from router.store.lines import Lines, Overview
from router.store.pools import Pools

_log = get_logger()
_Decision = Callable[[LineNow, Overview], Line]


class LineFields(TypedDict, total=False):
    """The settings a caller may name; what they leave out stays as it is. Meanings as in `Line`."""

    label: str
    service: Service
    weight: int
    capacity: int | None
    new_people_per_day: int | None


class LineAdmin:
    """Reads and changes the lines of any pool."""

    def __init__(
        self, lines: Lines, pools: Pools, directory: Directory, clock: StoreClock, reports: LineReports
    ) -> None:
        self._lines = lines
        self._reports = reports
        self._pools = pools
        self._directory = directory
        self._clock = clock

    async def overview(self, pool_id: str) -> Overview:
        """Return all lines, retired ones too, and where each stands.

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
        return _find_line(await self.overview(pool_id), parse_e164(number))

    async def explain(self, pool_id: str) -> list[ExplainedLine]:
        """Return, line by line, why each gets the share it gets.

        Raises:
            NotFound: there is no such pool.
        """
        return explain_lines(await self.overview(pool_id))

    async def add(self, pool_id: str, spec: LineSpec) -> LineNow:
        """Add a line, or bring back a retired one with these settings.

        Raises:
            NotFound: there is no such pool.
            InvalidNumber, InvalidField: as `check_line`.
            Conflict: the pool has the line.
            Refused: the pool has as many lines as it may.
        """
        pool = await find_pool(self._pools, pool_id)
        await self.enrol(pool, spec)
        return await self._tell(pool_id, spec.number)

    async def enrol(self, pool: Pool, spec: LineSpec) -> None:
        """Write a line as `add` does, for callers that add many: it neither reads it back nor tells the directory."""
        now_ms, measured = self._clock.now_ms(), await self._pools.measured(pool.id)
        line = new_line(spec, now_ms=now_ms)
        try:
            limits = limits_of(line, pool, measured, now_ms=now_ms)
            await self._lines.put(PoolKeys(pool.id), line, limits, is_new=True)
        except Conflict as exists:
            await self._write_once(pool.id, line.number, _revival(spec, exists, now_ms=now_ms), None)
        else:
            _note("line_added", pool, line)

    async def change(self, pool_id: str, number: str, fields: LineFields, *, revision: int | None = None) -> LineNow:
        """Change some settings of a line.

        `revision` is the one the caller decided on; None where the change is right whatever came between.

        Raises:
            NotFound: there is no such pool or line.
            InvalidNumber, InvalidField: as `check_line`.
            Conflict: somebody changed it since that revision, or keeps changing it.
        """
        return await self._write(pool_id, number, lambda now, _: replace(now.line, **fields), revision)

    async def set_state(
        self, pool_id: str, number: str, action: LineAction, *, reason: str, force: bool = False
    ) -> LineNow:
        """Drain, resume, maintain, flag or unflag a line; what it is already changes nothing.

        With `force` it is drained even if the other lines can not carry its people.

        Raises:
            NotFound: there is no such pool or line.
            InvalidField: the reason is missing or can not be shown on one line.
            Refused: the line is retired, or the others could not carry its people.
        """
        now_ms = self._clock.now_ms()

        def decide(now: LineNow, overview: Overview) -> Line:
            changed = after_action(now.line, action, reason, now_ms=now_ms)
            if action is LineAction.DRAIN and changed != now.line and not force:
                _check_others_can_carry(now, overview)
            return changed

        return await self._write(pool_id, number, decide, None)

    async def remove(self, pool_id: str, number: str, *, reason: str, force: bool = False) -> LineNow:
        """Retire a line. It is kept, for people's records name it; adding its number again brings it back.

        With `force` it is retired even if people text on it; they are then answered with their backups.

        Raises:
            NotFound: there is no such pool or line.
            InvalidField: the reason is missing or can not be shown on one line.
            Refused: it carries people who texted.
        """
        check_reason(reason)

        def decide(now: LineNow, _overview: Overview) -> Line:
            if _is_retired(now.line):
                return now.line
            if now.load.confirmed and not force:
                raise Refused(
                    f"Line {mask(now.line.number)} carries people who texted ({now.load.confirmed}). Drain it, or "
                    "force this: they are then answered with their backup lines."
                )
            health = replace(now.line.health, operator_state=OperatorState.RETIRED)
            return replace(now.line, health=health, reason=reason)

        return await self._write(pool_id, number, decide, None)

    async def _write(self, pool_id: str, number: str, decide: _Decision, revision: int | None) -> LineNow:
        write = partial(self._write_once, pool_id, parse_e164(number), decide, revision)
        await (write() if revision is not None else again_if_stale(write))
        return await self._tell(pool_id, number)

    async def _tell(self, pool_id: str, number: str) -> LineNow:
        """Let this worker know the change at once, and return where the line stands now."""
        await self._directory.reload(parse_pool_id(pool_id))
        return await self.get(pool_id, number)

    async def _write_once(self, pool_id: str, number: E164, decide: _Decision, revision: int | None) -> None:
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
            await self._reports.set_status(pool_id, number, status, reason=changed.reason)
        _note("line_changed", pool, changed)


def _note(event: str, pool: Pool, line: Line) -> None:
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
