"""Cache every pool in memory: its settings, its photo, and the number of each slot.

Nothing that decides where a person may go is cached: the store reads gates, load and rotation at each pick. A slot
belongs to its number for ever, so that pair cannot go stale; settings are at most one refresh old.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from router.core.capacity.traffic import Measured
from router.core.errors import NotFound
from router.core.line import Line, OperatorState, Status
from router.core.phone import E164
from router.core.pool import Pool, PoolId, is_pool_id
from router.core.time_units import MINUTE_S
from router.store.assignments import AssignPolicy
from router.store.keys import PoolKeys
from router.store.lines import Lines
from router.store.pools import Pools


@dataclass(frozen=True, slots=True, eq=False)
class PoolView:
    """One pool as this worker knows it; a changed pool is a new view.

    Attributes:
        measured: what its traffic showed when that last changed by much.
        lines: by slot; read only what never changes or only decorates: number, service, label.
    """

    pool: Pool
    keys: PoolKeys
    measured: Measured
    policy: AssignPolicy
    version: int
    lines: Mapping[int, Line]
    slots: Mapping[E164, int]
    photo: bytes | None

    def numbers(self, slots: Iterable[int]) -> tuple[E164, ...]:
        """Return the numbers of those slots that this view contains."""
        return tuple(self.lines[slot].number for slot in slots if slot in self.lines)


class PoolCache:
    """All pools in memory; `refresh` keeps them current."""

    def __init__(self, pools: Pools, lines: Lines) -> None:
        self._pools = pools
        self._lines = lines
        self._views: dict[str, PoolView] = {}
        self._our_numbers: frozenset[str] = frozenset()

    def cached(self, pool: str) -> PoolView | None:
        """Return a pool if it is cached, else None."""
        return self._views.get(pool)

    async def get(self, pool: str) -> PoolView:
        """Return a pool; one that is not cached is read, because another process may have just made it.

        Raises:
            NotFound: there is no pool of that id.
            StoreUnavailable: it is not cached, and the store does not answer.
        """
        view = self._views.get(pool)
        if view is None and is_pool_id(pool):
            view = await self.reload(PoolId(pool))
        if view is None:
            raise NotFound(f"There is no pool {pool[:40]!r}.")
        return view

    def all(self) -> list[PoolView]:
        """Return all cached pools, ordered by id."""
        return [self._views[pool] for pool in sorted(self._views)]

    def is_our_line(self, number: str) -> bool:
        """Whether a number is a line of any pool in memory. A retired or released one may be anybody's by now."""
        return number in self._our_numbers

    async def refresh(self) -> None:
        """Read again every pool that changed; checking for changes costs one small read for each pool.

        Raises:
            StoreUnavailable: the cached views stay in use.
        """
        ids = await self._pools.ids()
        for pool in ids:
            view = self._views.get(pool)
            if view is None or view.version != await self._pools.version(pool):
                await self.reload(pool)
        for gone in self._views.keys() - set(ids):
            del self._views[gone]
            self._find_our_numbers()

    async def reload(self, pool: PoolId) -> PoolView | None:
        """Read one pool again, after a change made here or for a slot not seen before; None if it is gone."""
        version = await self._pools.version(pool)
        settings = await self._pools.get(pool)
        if settings is None:
            self._views.pop(pool, None)
            self._find_our_numbers()
            return None
        keys = PoolKeys(pool)
        overview = await self._lines.overview(keys)
        lines = {slot: now.line for slot, now in overview.lines.items()}
        view = PoolView(
            pool=settings,
            keys=keys,
            measured=await self._pools.measured(pool),
            policy=AssignPolicy(settings.reservation_minutes * MINUTE_S, settings.backups),
            version=version,
            lines=lines,
            slots={line.number: slot for slot, line in lines.items()},
            photo=await self._pools.photo(pool) if settings.has_photo else None,
        )
        self._views[pool] = view
        self._find_our_numbers()
        return view

    def _find_our_numbers(self) -> None:
        """Collect the numbers once for each change, so that a signup only has to ask."""
        lines = (line for view in self._views.values() for line in view.lines.values())
        self._our_numbers = frozenset(line.number for line in lines if _is_ours(line))


def _is_ours(line: Line) -> bool:
    return line.health.operator_state is not OperatorState.RETIRED and line.health.status is not Status.RELEASED
