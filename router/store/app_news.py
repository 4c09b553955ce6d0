"""News for the customer's app: what waits to be sent, the tries so far, and the log of what was settled."""

from collections.abc import Mapping, Sequence

import msgspec

from router.core.campaigns.app_delivery import AppDelivery, DeliveryState, Tries
from router.core.campaigns.app_news import NO_SLOT, News, NewsKind
from router.core.code import Code
from router.store.keys import PoolKeys
from router.store.server.client import StoreClient, Value

LOG_ROWS = 10_000
_NEWS_ROWS = 100_000  # as NEWS_KEPT in lua/shared/formats.lua

_GREATEST = 2**64 - 1  # of each half of an id
_FIRST_ID, _LAST_ID = "0-0", f"{_GREATEST}-{_GREATEST}"


def read_row_id(text: str) -> str:
    """Return a row's id that a caller may have made up as one that the store can read."""
    return "-".join(str(min(int(half), _GREATEST)) for half in text.split("-"))


class NewsLog:
    """Reads and deletes news; the scripts write most of it in one step with the change that it reports."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def oldest(self, keys: PoolKeys, *, limit: int, after: str = "") -> list[News]:
        """Return the oldest news, after the row `after`."""
        if after == _LAST_ID:
            return []
        rows = await self._client.xrange(keys.news, oldest=f"({after}" if after else "-", limit=limit)
        return [_read(row_id.decode(), fields) for row_id, fields in rows]

    async def tries(self, keys: PoolKeys, ids: Sequence[str]) -> dict[str, Tries]:
        """Return the tries of news that was tried."""
        found = await self._client.hget_many((keys.news_tries, row_id) for row_id in ids)
        return {
            row_id: msgspec.json.decode(text, type=Tries)
            for row_id, text in zip(ids, found, strict=True)
            if text is not None
        }

    async def record_try(self, keys: PoolKeys, row_id: str, tries: Tries) -> None:
        """Store that news was tried and must be tried again."""
        await self._client.hset(keys.news_tries, row_id, msgspec.json.encode(tries))

    async def settle(self, keys: PoolKeys, delivery: AppDelivery) -> None:
        """Move news to the log, in one step."""
        row = _fields(delivery.news) | {
            "event": delivery.event,
            "type": delivery.type,
            "state": delivery.state.value,
            "tries": delivery.tries.count,
            "reason": delivery.tries.reason,
            "tried": delivery.tried_ms,
        }
        await self._client.settle_row(
            keys.news, delivery.news.id, keys.news_tries, keys.news_log, row, about_rows=LOG_ROWS
        )

    async def drop(self, keys: PoolKeys, settled: Sequence[str]) -> None:
        """Delete news that nobody wants to know of; deleting it again does nothing."""
        if settled:
            await self._client.xdel(keys.news, *settled)

    async def add(self, keys: PoolKeys, news: News) -> None:
        """Queue news that no script writes. Its `id` is the store's to give."""
        row = _fields(news) | {"event": news.event, "again": news.again_ms}
        await self._client.xadd(keys.news, row, about_rows=_NEWS_ROWS)

    async def log(self, keys: PoolKeys, *, before: str = "", limit: int) -> list[AppDelivery]:
        """Return the log, newest first, before the row `before`."""
        if before == _FIRST_ID:
            return []
        rows = await self._client.xrevrange(keys.news_log, newest=f"({before}" if before else "+", limit=limit)
        return [_read_delivery(row_id.decode(), fields) for row_id, fields in rows]


def _fields(news: News) -> dict[str, Value]:
    fields: Mapping[str, Value] = {
        "kind": news.kind.value,
        "code": news.code,
        "from": news.old_slot,
        "to": news.new_slot,
        "at": news.at_ms,
        "word": news.word,
        "campaign": news.campaign,
        "cause": news.cause,
        "why": news.why,
        "data": news.data,
    }
    return {name: value for name, value in fields.items() if value not in {"", NO_SLOT}}


def _read(row_id: str, fields: Mapping[bytes, bytes]) -> News:
    return News(
        id=row_id,
        kind=NewsKind(fields[b"kind"].decode()),
        code=Code(_text(fields, b"code")),
        old_slot=int(fields.get(b"from", NO_SLOT)),
        new_slot=int(fields.get(b"to", NO_SLOT)),
        at_ms=int(fields.get(b"at") or row_id.partition("-")[0]),
        word=_text(fields, b"word"),
        campaign=_text(fields, b"campaign"),
        cause=_text(fields, b"cause"),
        why=_text(fields, b"why"),
        data=_text(fields, b"data"),
        event=_text(fields, b"event"),
        again_ms=int(fields.get(b"again", 0)),
    )


def _read_delivery(row_id: str, fields: Mapping[bytes, bytes]) -> AppDelivery:
    return AppDelivery(
        id=row_id,
        event=_text(fields, b"event"),
        type=_text(fields, b"type"),
        news=_read(row_id, fields),
        state=DeliveryState(_text(fields, b"state")),
        tries=Tries(count=int(fields[b"tries"]), reason=_text(fields, b"reason")),
        tried_ms=int(fields[b"tried"]),
    )


def _text(fields: Mapping[bytes, bytes], name: bytes) -> str:
    return fields.get(name, b"").decode()
