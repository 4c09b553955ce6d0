"""The log of what happened to a pool's lines and people, as the script apply_events wrote it."""

from dataclasses import dataclass
from enum import StrEnum

from router.core.code import Code
from router.store.keys import PoolKeys
from router.store.server.client import StoreClient

MAX_ROWS = 500
_LAST = 2**64 - 1  # of each half of an id


class About(StrEnum):
    """Which of the two logs. They are two so that a flood of texts does not push out a flag."""

    LINES = "lines"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event and its effect.

    Attributes:
        id: its place in the log; later is greater.
        at_ms: when it was applied, by the store's clock.
        told_at_us: when it happened, by the provider's clock.
        event, type: the provider's id and its own name of the type.
        word: its effect: flagged, recovered, confirmed, moved, met, …
        slot: the line, if the event was about one.
        code: the person, if the event was about one.
    """

    id: str
    at_ms: int
    told_at_us: int
    event: str
    type: str
    word: str
    slot: int | None
    code: Code | None
    detail: str


class EventLog:
    """Reads the logs of any pool."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def latest(self, keys: PoolKeys, about: About, *, before: str | None = None, limit: int) -> list[EventRow]:
        """Return rows, newest first, at most MAX_ROWS.

        Args:
            keys: the pool.
            about: which log.
            before: the id of the last row that the caller has; None to begin with the newest.
            limit: how many.
        """
        stream = keys.line_events if about is About.LINES else keys.people_events
        newest = "+" if before is None else _id_before(before)
        if newest is None:
            return []
        rows = await self._client.xrevrange(stream, newest=newest, limit=min(limit, MAX_ROWS))
        return [_read(row_id, row) for row_id, row in rows]


def _id_before(row_id: str) -> str | None:
    """Return the greatest id below this one, which a caller may have made up; None if there is none."""
    moment, place = (min(int(part), _LAST) for part in row_id.split("-"))
    if place:
        return f"{moment}-{place - 1}"
    return f"{moment - 1}-{_LAST}" if moment else None


def _read(row_id: bytes, row: dict[bytes, bytes]) -> EventRow:
    slot, code = int(row[b"slot"]), row[b"code"].decode()
    return EventRow(
        id=row_id.decode(),
        at_ms=int(row[b"at"]),
        told_at_us=int(row[b"told_us"]),
        event=row[b"event"].decode(),
        type=row[b"type"].decode(),
        word=row[b"word"].decode(),
        slot=None if slot < 0 else slot,
        code=Code(code) if code else None,
        detail=row[b"detail"].decode(),
    )
