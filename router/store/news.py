"""News for the customer's app, kept until somebody told it."""

from collections.abc import Sequence
from typing import Any, cast

from router.core.code import Code
from router.core.news import News, NewsKind
from router.store.connection import translate_errors
from router.store.keys import PoolKeys
from router.store.scripts import Client


class NewsLog:
    """Reads and drops news; lua/ingest/ writes them with what they tell of, in one step."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def oldest(self, keys: PoolKeys, *, limit: int) -> list[News]:
        """Return what waits longest."""
        with translate_errors():
            rows = await cast(Any, self._client.xrange(keys.news, count=limit))
        return [_read(row_id, fields) for row_id, fields in rows]

    async def drop(self, keys: PoolKeys, told: Sequence[str]) -> None:
        """Forget what was told; what is forgotten already stays so."""
        if told:
            with translate_errors():
                await self._client.xdel(keys.news, *told)


def _read(row_id: bytes, fields: dict[bytes, bytes]) -> News:
    return News(
        id=row_id.decode(),
        kind=NewsKind(fields[b"kind"].decode()),
        code=Code(fields[b"code"].decode()),
        left=int(fields[b"from"]),
        right=int(fields[b"to"]),
        at_ms=int(fields[b"at"]),
    )
