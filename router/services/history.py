"""What happened in a pool, for operators: each row with the number of its line."""

from dataclasses import dataclass

from router.core.phone import E164
from router.services.directory import Directory
from router.store.event_log import About, EventLog, EventRow


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A row, and the line it concerned."""

    row: EventRow
    line: E164 | None


class History:
    """Reads the event logs of any pool."""

    def __init__(self, event_log: EventLog, directory: Directory) -> None:
        self._event_log = event_log
        self._directory = directory

    async def latest(self, pool: str, about: About, *, before: str | None = None, limit: int = 50) -> list[HistoryRow]:
        """Return what happened last, newest first.

        Raises:
            NotFound: there is no such pool.
            StoreUnavailable: the store does not answer.
        """
        view = await self._directory.seek(pool)
        rows = await self._event_log.latest(view.keys, about, before=before, limit=limit)
        if any(row.slot not in view.lines for row in rows if row.slot is not None):
            view = await self._directory.reload(view.pool.id) or view
        numbers = {slot: line.number for slot, line in view.lines.items()}
        return [HistoryRow(row, None if row.slot is None else numbers.get(row.slot)) for row in rows]
