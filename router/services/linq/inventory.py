"""Sync the lines of an environment's pools with the provider's list of the lines we rent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from router.core.act import Act
from router.core.errors import Conflict, InvalidField, NotFound, Refused
from router.core.line import Service
from router.core.lines.inventory import (
    GONE_REASON,
    ChangedLine,
    Inventory,
    InventoryDiff,
    ListedChange,
    PoolLine,
    ProviderLine,
    compare_line,
    count_lines,
    diff,
    listed_change_of,
    why_not_retire,
)
from router.core.lines.line_rules import LineSpec
from router.core.numbers.number_check import check_number
from router.core.phone import E164
from router.core.pool import Pool, PoolId
from router.providers.linq.api import LinqApi
from router.services.lines.admin import LineAdmin
from router.services.linq.account import lines_of, pools_of
from router.services.pools.admin import PoolAdmin
from router.services.runtime.clock import StoreClock
from router.settings.linq import LinqEnvironment
from router.telemetry.logs import get_logger

Observe = Callable[[PoolId, E164, ListedChange], Awaitable[object]]
"""Reports the health that a list shows of a line; a later webhook event stays in force."""

_log = get_logger()


class Difference(StrEnum):
    """How a line differs from the provider's list."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedLine:
    """One line that differs, and the result of its sync.

    Attributes:
        detail: what differs.
        result: empty before the sync; else "added", "retired", "changed", "kept: …" or "error: …".
    """

    number: E164
    pool: PoolId | None
    difference: Difference
    detail: str
    people: int = 0
    result: str = ""

    @property
    def is_open(self) -> bool:
        """Whether an operator still has to check it."""
        return self.result.startswith(("kept", "error"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The provider's list compared with our pools.

    Attributes:
        target: the pool that gets new lines; None if the operator must name it.
        asked_at_ms: the store's clock when the list was asked for.
    """

    environment: str
    pools: tuple[Pool, ...]
    target: Pool | None
    inventory: Inventory
    ours: tuple[PoolLine, ...]
    differences: InventoryDiff
    asked_at_ms: int

    def rows(self) -> list[SyncedLine]:
        """Return every line that differs, with no result yet."""
        found = self.differences
        return [
            *(_row_of_new(line, self.target) for line in found.new),
            *(_row(known, Difference.GONE, "the provider does not list it") for known in found.missing),
            *(_row(change.ours, Difference.CHANGED, _details_of(change)) for change in found.changed),
            *(_row(known, Difference.LEFT_OUT, "retired here, and still rented") for known in found.left_out),
        ]


class LinqInventory:
    """Compares the lists, and applies the differences.

    Args:
        observe: reports the health that the list shows of a line.
    """

    def __init__(self, pool_admin: PoolAdmin, line_admin: LineAdmin, clock: StoreClock, observe: Observe) -> None:
        self._pool_admin = pool_admin
        self._line_admin = line_admin
        self._clock = clock
        self._observe = observe

    async def compare(self, api: LinqApi, environment: LinqEnvironment, pool_id: str | None) -> Comparison:
        """Read the list, and compare it with the pools of the environment or with one of them.

        Raises:
            NotFound: the environment has no pool, or there is no pool of that id.
            InvalidField: the pool is in another environment.
            ProviderError: the list cannot be read.
        """
        pools = await pools_of(self._pool_admin, environment.id)
        _check_named(pools, environment.id, None if pool_id is None else await self._pool_admin.get(pool_id))
        asked_at_ms = self._clock.now_ms()
        inventory = await api.lines()
        if inventory.unreadable:
            _log.warning(
                "provider_lines_unreadable",
                environment=environment.id,
                count=inventory.unreadable,
                detail=", ".join(inventory.unreadable_numbers),
            )
        ours = await lines_of(self._line_admin, pools)
        # A line of another pool of the environment is not new, so compare all pools first, then choose.
        found = diff(inventory, ours)
        named = [pool for pool in pools if pool.id == (pool_id or pool.id)]
        return Comparison(
            environment=environment.id,
            pools=tuple(named),
            target=named[0] if len(named) == 1 else None,
            inventory=inventory,
            ours=tuple(ours),
            differences=found if pool_id is None else _only(found, PoolId(pool_id)),
            asked_at_ms=asked_at_ms,
        )

    async def apply(self, compared: Comparison, *, by: Act, force: bool = False) -> list[SyncedLine]:
        """Add new lines, retire gone ones and report changed ones; a line that fails does not stop the others.

        Raises:
            InvalidField: there are new lines, and several pools that could take them.
            StoreUnavailable: what was done stays; run it again.
        """
        found = compared.differences
        if found.new and compared.target is None:
            names = ", ".join(pool.id for pool in compared.pools)
            raise InvalidField("--pool", f"there are new lines and several pools, name one of {names}")
        rows = [row for row in compared.rows() if row.difference is Difference.LEFT_OUT]
        rows += [await self._add(line, compared, by) for line in found.new]
        why = why_not_retire(compared.inventory, found.missing, count_lines(compared.ours), force=force)
        rows += [await self._retire(known, why, by) for known in found.missing]
        rows += [await self._change(change, compared.asked_at_ms, by) for change in found.changed]
        _log.info(
            "lines_synced",
            environment=compared.environment,
            count=len(rows),
            failed=sum(row.is_open for row in rows),
        )
        return rows

    async def _add(self, line: ProviderLine, compared: Comparison, by: Act) -> SyncedLine:
        pool = compared.target
        assert pool is not None
        spec = LineSpec(number=line.number, service=line.service or Service.IMESSAGE, unchecked=True)
        row = _row_of_new(line, pool)
        try:
            added = await self._line_admin.add(pool.id, spec, by=by)
        except (Conflict, Refused) as error:
            return _done(row, f"error: {error}")
        change = compare_line(PoolLine(pool=pool.id, line=added.line), line)
        if change is not None:
            await self._report_change(change, compared.asked_at_ms)
        return _done(row, "added")

    async def _retire(self, known: PoolLine, why: str | None, by: Act) -> SyncedLine:
        row = _row(known, Difference.GONE, "the provider does not list it")
        if why is not None:
            return _done(row, f"kept: {why}")
        await self._line_admin.remove(known.pool, known.line.number, by=by.because(GONE_REASON), force=True)
        return _done(row, "retired")

    async def _change(self, change: ChangedLine, asked_at_ms: int, by: Act) -> SyncedLine:
        known = change.ours
        if change.service is not None:
            await self._line_admin.change(known.pool, known.line.number, {"service": change.service}, by=by)
        await self._report_change(change, asked_at_ms)
        return _done(_row(known, Difference.CHANGED, _details_of(change)), "changed")

    async def _report_change(self, change: ChangedLine, asked_at_ms: int) -> None:
        listed = listed_change_of(change, at_ms=asked_at_ms)
        if listed is not None:
            await self._observe(change.ours.pool, change.ours.line.number, listed)


def _check_named(pools: list[Pool], environment: str, named: Pool | None) -> None:
    if named is not None and named.environment != environment:
        raise InvalidField("--pool", f"pool {named.id!r} is in environment {named.environment!r}, not {environment!r}")
    if not pools:
        raise NotFound(
            f"No pool is in Linq environment {environment!r}. Make one: "
            f"switchyard pools create main --environment {environment}"
        )


def _only(found: InventoryDiff, pool: PoolId) -> InventoryDiff:
    return replace(
        found,
        missing=tuple(known for known in found.missing if known.pool == pool),
        changed=tuple(change for change in found.changed if change.ours.pool == pool),
        left_out=tuple(known for known in found.left_out if known.pool == pool),
    )


def _row_of_new(line: ProviderLine, target: Pool | None) -> SyncedLine:
    details = [
        line.service or "",
        "" if line.reputation is None else f"reputation {line.reputation}",
        "flagged" if line.is_flagged else "",
        f"calls go to {line.forwards_to}" if line.forwards_to else "",
        check_number(line.number).words,
    ]
    return SyncedLine(
        number=line.number,
        pool=None if target is None else target.id,
        difference=Difference.NEW,
        detail=", ".join(filter(None, details)),
    )


def _row(known: PoolLine, difference: Difference, detail: str) -> SyncedLine:
    return SyncedLine(
        number=known.line.number, pool=known.pool, difference=difference, detail=detail, people=known.people
    )


def _details_of(change: ChangedLine) -> str:
    line = change.ours.line
    details = [
        f"reputation {line.health.reputation} → {change.reputation}" if change.reputation else "",
        f"speaks {change.service}, not {line.service}" if change.service else "",
        "flagged" if change.is_flagged else "",
        "ours again" if change.is_back else "",
    ]
    return ", ".join(filter(None, details))


def _done(row: SyncedLine, result: str) -> SyncedLine:
    return replace(row, result=result)
