"""Bring the lines of an environment's pools in line with what the provider says we rent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from router.core.errors import Conflict, InvalidField, NotFound, Refused
from router.core.inventory import (
    GONE_REASON,
    ChangedLine,
    Inventory,
    InventoryDiff,
    Observation,
    PoolLine,
    ProviderLine,
    compare_line,
    count_lines,
    diff,
    observation_of,
    why_not_retire,
)
from router.core.line import Service
from router.core.line_rules import LineSpec
from router.core.phone import E164
from router.core.pool import Pool, PoolId
from router.linq_settings import LinqEnvironment
from router.observe.logs import get_logger
from router.providers.linq.api import LinqApi
from router.services.clock import StoreClock
from router.services.lines import LineAdmin
from router.services.linq.account import lines_of, pools_of
from router.services.pools import PoolAdmin

Observe = Callable[[PoolId, E164, Observation], Awaitable[object]]
"""Takes in what a list says of a line's health; a later word of a webhook stays."""

_log = get_logger()


class Difference(StrEnum):
    """How a line differs from the provider's list."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedLine:
    """One line that differs, and what became of it.

    Attributes:
        detail: what is new about it.
        result: empty before it was applied; else "added", "retired", "changed", "kept: …" or "error: …".
    """

    number: E164
    pool: PoolId | None
    difference: Difference
    detail: str
    people: int = 0
    result: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody must look at it yet."""
        return self.result.startswith(("kept", "error"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A list beside our pools.

    Attributes:
        target: the pool that new lines go into; None where it must be named.
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
        """Return every line that differs, as it would be applied."""
        found = self.differences
        return [
            *(_row_of_new(line, self.target) for line in found.new),
            *(_row(known, Difference.GONE, "the provider does not list it") for known in found.missing),
            *(_row(change.ours, Difference.CHANGED, _words(change)) for change in found.changed),
            *(_row(known, Difference.LEFT_OUT, "retired here, and still rented") for known in found.left_out),
        ]


class LinqInventory:
    """Compares and applies.

    Args:
        observe: takes in what is said of a line's health.
    """

    def __init__(self, pool_admin: PoolAdmin, line_admin: LineAdmin, clock: StoreClock, observe: Observe) -> None:
        self._pool_admin = pool_admin
        self._line_admin = line_admin
        self._clock = clock
        self._observe = observe

    async def compare(self, api: LinqApi, environment: LinqEnvironment, pool_id: str | None) -> Comparison:
        """Ask for the list and lay it beside the pools of the environment, or beside one of them.

        Raises:
            NotFound: the environment has no pool, or none of that id.
            InvalidField: the pool is of another environment.
            ProviderError: the list can not be had.
        """
        pools = await pools_of(self._pool_admin, environment.id)
        _check_named(pools, environment.id, None if pool_id is None else await self._pool_admin.get(pool_id))
        asked_at_ms = self._clock.now_ms()
        inventory = await api.lines()
        ours = await lines_of(self._line_admin, pools)
        # A line of another pool of the environment is not new to this one, so all are compared, and then chosen from.
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

    async def apply(self, compared: Comparison, *, force: bool = False) -> list[SyncedLine]:
        """Add what is new, retire what is gone, take in what changed; a line that fails does not stop the others.

        Raises:
            InvalidField: there are new lines, and several pools that could take them.
            StoreUnavailable: what was done stays; do it again.
        """
        found = compared.differences
        if found.new and compared.target is None:
            names = ", ".join(pool.id for pool in compared.pools)
            raise InvalidField("--pool", f"there are new lines and several pools, name one of {names}")
        rows = [row for row in compared.rows() if row.difference is Difference.LEFT_OUT]
        rows += [await self._add(line, compared) for line in found.new]
        why = why_not_retire(compared.inventory, found.missing, count_lines(compared.ours), force=force)
        rows += [await self._retire(known, why) for known in found.missing]
        rows += [await self._change(change, compared.asked_at_ms) for change in found.changed]
        _log.info(
            "lines_synced",
            environment=compared.environment,
            count=len(rows),
            failed=sum(row.is_open for row in rows),
        )
        return rows

    async def _add(self, line: ProviderLine, compared: Comparison) -> SyncedLine:
        pool = compared.target
        assert pool is not None
        spec = LineSpec(number=line.number, service=line.service or Service.IMESSAGE)
        row = _row_of_new(line, pool)
        try:
            added = await self._line_admin.add(pool.id, spec)
        except (Conflict, Refused) as error:
            return _done(row, f"error: {error}")
        change = compare_line(PoolLine(pool=pool.id, line=added.line), line)
        if change is not None:
            await self._tell(change, compared.asked_at_ms)
        return _done(row, "added")

    async def _retire(self, known: PoolLine, why: str | None) -> SyncedLine:
        row = _row(known, Difference.GONE, "the provider does not list it")
        if why is not None:
            return _done(row, f"kept: {why}")
        await self._line_admin.remove(known.pool, known.line.number, reason=GONE_REASON, force=True)
        return _done(row, "retired")

    async def _change(self, change: ChangedLine, asked_at_ms: int) -> SyncedLine:
        known = change.ours
        if change.service is not None:
            await self._line_admin.change(known.pool, known.line.number, {"service": change.service})
        await self._tell(change, asked_at_ms)
        return _done(_row(known, Difference.CHANGED, _words(change)), "changed")

    async def _tell(self, change: ChangedLine, asked_at_ms: int) -> None:
        observation = observation_of(change, at_ms=asked_at_ms)
        if observation is not None:
            await self._observe(change.ours.pool, change.ours.line.number, observation)


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
    told = [
        line.service or "",
        "" if line.reputation is None else f"reputation {line.reputation}",
        "flagged" if line.is_flagged else "",
        f"calls go to {line.forwards_to}" if line.forwards_to else "",
    ]
    return SyncedLine(
        number=line.number,
        pool=None if target is None else target.id,
        difference=Difference.NEW,
        detail=", ".join(filter(None, told)),
    )


def _row(known: PoolLine, difference: Difference, detail: str) -> SyncedLine:
    return SyncedLine(
        number=known.line.number, pool=known.pool, difference=difference, detail=detail, people=known.people
    )


def _words(change: ChangedLine) -> str:
    line = change.ours.line
    told = [
        f"reputation {line.health.reputation} → {change.reputation}" if change.reputation else "",
        f"speaks {change.service}, not {line.service}" if change.service else "",
        "flagged" if change.is_flagged else "",
        "ours again" if change.is_back else "",
    ]
    return ", ".join(filter(None, told))


def _done(row: SyncedLine, result: str) -> SyncedLine:
    return replace(row, result=result)
