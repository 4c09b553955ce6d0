"""Update open pages within a second or two when what they show changes.

One loop reads everybody who is watched, once a second and in one call for each pool. So the cost grows with the open
pages, not with the incoming messages, and nothing is lost when a process restarts.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.core.assignment import Assignment
from router.core.code import Code
from router.core.errors import StoreUnavailable
from router.core.pool import PoolId
from router.services.people.signups import Signups
from router.services.pools.pool_cache import PoolCache
from router.telemetry.logs import get_logger

Sightings = asyncio.Queue[Assignment | None]

MAX_WATCHED = 1000
_PERIOD_S = 1.0

_log = get_logger()


class PageWatcher:
    """Watches the people whose pages are open."""

    def __init__(self, signups: Signups, pool_cache: PoolCache) -> None:
        self._signups = signups
        self._pool_cache = pool_cache
        self._watching: dict[tuple[PoolId, Code], set[Sightings]] = defaultdict(set)
        self._count = 0

    @asynccontextmanager
    async def watch(self, pool: PoolId, code: Code) -> AsyncIterator[Sightings]:
        """Yield a queue that receives the person's assignment each time it is read; None once they were erased.

        Raises:
            StoreUnavailable: too many pages are open; the page still works without this.
        """
        if self._count >= MAX_WATCHED:
            raise StoreUnavailable(f"{MAX_WATCHED} pages are open already. Reload the page to see the latest.")
        queue: Sightings = asyncio.Queue(maxsize=1)
        watchers = self._watching[pool, code]
        watchers.add(queue)
        self._count += 1
        try:
            yield queue
        finally:
            self._count -= 1
            watchers.discard(queue)
            if not watchers:
                self._watching.pop((pool, code), None)

    async def run(self) -> None:
        """Read everybody who is watched once a second, until cancelled."""
        while True:
            await asyncio.sleep(_PERIOD_S)
            watched = list(self._watching)
            for person, found in zip(watched, await self._read_all(watched), strict=True):
                if not isinstance(found, BaseException):
                    self._publish(person, found)

    async def _read_all(self, watched: list[tuple[PoolId, Code]]) -> list[Assignment | BaseException | None]:
        async def one(pool: PoolId, code: Code) -> Assignment | None:
            return await self._signups.find(await self._pool_cache.get(pool), code)

        found = await asyncio.gather(*(one(pool, code) for pool, code in watched), return_exceptions=True)
        if faults := [fault for fault in found if isinstance(fault, BaseException)]:
            _log.warning("watch_failed", count=len(faults), error=type(faults[0]).__name__)
        return found

    def _publish(self, person: tuple[PoolId, Code], found: Assignment | None) -> None:
        for queue in self._watching.get(person, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(found)
