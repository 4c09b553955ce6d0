"""Tell open pages the moment their person's state changes.

One loop asks the store about everybody who is watched, once a second and in one call a pool: the cost follows the pages
that are open, not the messages that come in, and nothing is lost when a process restarts.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.errors import StoreUnavailable
from router.core.pool import PoolId
from router.observe.logs import get_logger
from router.services.directory import Directory
from router.services.signups import Signups

MAX_WATCHED = 1000
_PERIOD_S = 1.0

_log = get_logger()


class Watcher:
    """Follows the people whose pages are open."""

    def __init__(self, signups: Signups, directory: Directory) -> None:
        self._signups = signups
        self._directory = directory
        self._watching: dict[tuple[PoolId, Code], set[asyncio.Queue[State]]] = defaultdict(set)
        self._count = 0

    @asynccontextmanager
    async def watch(self, pool: PoolId, code: Code) -> AsyncIterator[asyncio.Queue[State]]:
        """Give a queue that receives the person's state whenever it was looked up.

        Raises:
            StoreUnavailable: too many pages are open; the page still works without this.
        """
        if self._count >= MAX_WATCHED:
            raise StoreUnavailable(f"{MAX_WATCHED} pages are open already. Reload the page to see the latest.")
        queue: asyncio.Queue[State] = asyncio.Queue(maxsize=1)
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
        """Look everybody up once a second, until cancelled."""
        while True:
            await asyncio.sleep(_PERIOD_S)
            watched = list(self._watching)
            for person, found in zip(watched, await self._look_up(watched), strict=True):
                if isinstance(found, Assignment):
                    self._tell(person, found.state)

    async def _look_up(self, watched: list[tuple[PoolId, Code]]) -> list[Assignment | BaseException | None]:
        async def one(pool: PoolId, code: Code) -> Assignment | None:
            view = self._directory.find(pool)
            return None if view is None else await self._signups.find(view, code)

        found = await asyncio.gather(*(one(pool, code) for pool, code in watched), return_exceptions=True)
        if faults := [fault for fault in found if isinstance(fault, BaseException)]:
            _log.warning("watch_failed", count=len(faults), error=type(faults[0]).__name__)
        return found

    def _tell(self, person: tuple[PoolId, Code], state: State) -> None:
        for queue in self._watching.get(person, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(state)
