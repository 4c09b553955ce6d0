"""Read the event log of a pool for operators, each row with the number of its line."""

from collections.abc import Collection
from dataclasses import dataclass

from router.core.code import Code
from router.core.people.origin import decode_origin
from router.core.phone import E164
from router.services.pools.pool_cache import PoolCache, PoolView
from router.store.assignments import Assignments
from router.store.event_log import About, EventLog, EventRow


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A row of the log, the line it is about, and where its person came from; empty if that is not known."""

    row: EventRow
    line: E164 | None
    source: str = ""


class History:
    """Reads the event logs of any pool."""

    def __init__(self, event_log: EventLog, assignments: Assignments, pool_cache: PoolCache) -> None:
        self._event_log = event_log
        self._assignments = assignments
        self._pool_cache = pool_cache

    async def latest(self, pool: str, about: About, *, before: str | None = None, limit: int = 50) -> list[HistoryRow]:
        """Return the latest rows, newest first.

        Raises:
            NotFound: there is no such pool.
            StoreUnavailable: the store does not answer.
        """
        view = await self._pool_cache.get(pool)
        rows = await self._event_log.latest(view.keys, about, before=before, limit=limit)
        if any(row.slot not in view.lines for row in rows if row.slot is not None):
            view = await self._pool_cache.reload(view.pool.id) or view
        numbers = {slot: line.number for slot, line in view.lines.items()}
        sources = await self._sources_of(view, {row.code for row in rows if row.code is not None})
        return [
            HistoryRow(
                row,
                None if row.slot is None else numbers.get(row.slot),
                "" if row.code is None else sources.get(row.code, ""),
            )
            for row in rows
        ]

    async def _sources_of(self, view: PoolView, codes: Collection[Code]) -> dict[Code, str]:
        if not codes:
            return {}
        people = await self._assignments.read(view.keys, list(codes))
        return {person.code: decode_origin(person.origin).source for person in people if person is not None}
