"""What a worker keeps at hand of every pool: its settings, its photo, and which number is which slot.

Nothing that decides who may go where is kept here: gates, load and turn are read in the store at each pick. A slot
belongs to its number for ever, so that pairing can not go stale; settings are at most one refresh old.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from router.core.errors import NotFound
from router.core.line import Line
from router.core.phone import E164
from router.core.pool import Pool, PoolId, is_pool_id
from router.core.traffic import Measured
from router.store.assignments import AssignPolicy
from router.store.keys import PoolKeys
from router.store.lines import Lines
from router.store.pools import Pools

_MINUTE_S = 60


@dataclass(frozen=True, slots=True, eq=False)
class PoolView:
    """One pool as this worker knows it; a changed pool is a new view.

    Attributes:
        measured: what its traffic told when that last changed by much.
        lines: by slot, for what of them never changes or only decorates: number, service, label.
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
        """The numbers of slots that this view knows."""
        return tuple(self.lines[slot].number for slot in slots if slot in self.lines)


class Directory:
    """All pools at hand, brought up to date by `refresh`."""

    def __init__(self, pools: Pools, lines: Lines) -> None:
        self._pools = pools
        self._lines = lines
        self._views: dict[str, PoolView] = {}

    def find(self, pool: str) -> PoolView | None:
        """Return a pool, or None."""
        return self._views.get(pool)

    async def seek(self, pool: str) -> PoolView:
        """Return a pool; one not at hand is looked up, for another process may have made it a moment ago.

        Raises:
            NotFound: there is none of that id.
            StoreUnavailable: it is not at hand, and nobody can be asked.
        """
        view = self._views.get(pool)
        if view is None and is_pool_id(pool):
            view = await self.reload(PoolId(pool))
        if view is None:
            raise NotFound(f"There is no pool {pool[:40]!r}.")
        return view

    def all(self) -> list[PoolView]:
        """Return all pools in order of their ids."""
        return [self._views[pool] for pool in sorted(self._views)]

    async def refresh(self) -> None:
        """Read again every pool that changed; the same small amount of work whether or not one did.

        Raises:
            StoreUnavailable: the old views go on.
        """
        ids = await self._pools.ids()
        for pool in ids:
            view = self._views.get(pool)
            if view is None or view.version != await self._pools.version(pool):
                await self.reload(pool)
        for gone in self._views.keys() - set(ids):
            del self._views[gone]

    async def reload(self, pool: PoolId) -> PoolView | None:
        """Read one pool again, after a change made here or a slot never seen."""
        version = await self._pools.version(pool)
        settings = await self._pools.get(pool)
        if settings is None:
            self._views.pop(pool, None)
            return None
        keys = PoolKeys(pool)
        overview = await self._lines.overview(keys)
        lines = {slot: now.line for slot, now in overview.lines.items()}
        view = PoolView(
            pool=settings,
            keys=keys,
            measured=await self._pools.measured(pool),
            policy=AssignPolicy(settings.reservation_minutes * _MINUTE_S, settings.backups),
            version=version,
            lines=lines,
            slots={line.number: slot for slot, line in lines.items()},
            photo=await self._pools.photo(pool) if settings.has_photo else None,
        )
        self._views[pool] = view
        return view
