"""The store's commands as the gateway uses them: replies have types, and an outage raises StoreUnavailable.

The same on a single server, through Sentinels and in a cluster. The operations of `scripts.py`, which nearly all
requests use, go to the connection directly.

Each method is the command of its name. A method that ends in `_many` sends several commands in one round trip,
outside a transaction, and returns their replies in order. Methods with other names say in plain words what they do.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from router.store.server.connection import StoreConnection
from router.store.server.outages import translate_errors

Value = bytes | str | int | float
Row = tuple[bytes, dict[bytes, bytes]]
Scored = tuple[bytes, float]


class StoreClient:
    """Sends commands over one connection, which must not decode replies.

    Every method raises StoreUnavailable when the store does not answer or cannot do its work now.
    """

    def __init__(self, connection: StoreConnection) -> None:
        self.connection = connection
        # redis-py types its replies as bytes or str, awaited or not; ours are bytes, and awaited.
        self._commands: Any = connection

    async def time_ms(self) -> int:
        """Read the store's wall clock, the one clock of the whole gateway, in milliseconds since 1970."""
        seconds, microseconds = await _reply(self._commands.time())
        return int(seconds) * 1000 + int(microseconds) // 1000

    async def get(self, key: str) -> bytes | None:
        """Read a string."""
        value: bytes | None = await _reply(self._commands.get(key))
        return value

    async def set_if_absent(self, key: str, value: Value, *, lifetime_ms: int) -> bool:
        """Write a string that expires, unless the key exists; return whether it was written."""
        return bool(await _reply(self._commands.set(key, value, nx=True, px=lifetime_ms)))

    async def unlink(self, *keys: str) -> None:
        """Delete keys; the server frees their memory in the background."""
        await _reply(self._commands.unlink(*keys))

    async def sadd(self, key: str, member: Value) -> None:
        """Add a member to a set."""
        await _reply(self._commands.sadd(key, member))

    async def srem(self, key: str, member: Value) -> None:
        """Remove a member from a set."""
        await _reply(self._commands.srem(key, member))

    async def smembers(self, key: str) -> set[bytes]:
        """Read a whole set."""
        members: set[bytes] = await _reply(self._commands.smembers(key))
        return members

    async def hget(self, key: str, field: Value) -> bytes | None:
        """Read one field of a hash."""
        value: bytes | None = await _reply(self._commands.hget(key, field))
        return value

    async def hget_many(self, fields: Iterable[tuple[str, Value]]) -> list[bytes | None]:
        """Read several fields, each given as its key and its name."""
        return await self._send_together(lambda batch: [batch.hget(key, field) for key, field in fields])

    async def hgetall(self, key: str) -> dict[bytes, bytes]:
        """Read a whole hash."""
        fields: dict[bytes, bytes] = await _reply(self._commands.hgetall(key))
        return fields

    async def hgetall_many(self, keys: Iterable[str]) -> list[dict[bytes, bytes]]:
        """Read several whole hashes."""
        return await self._send_together(lambda batch: [batch.hgetall(key) for key in keys])

    async def hvals(self, key: str) -> list[bytes]:
        """Read the values of a hash."""
        values: list[bytes] = await _reply(self._commands.hvals(key))
        return values

    async def hvals_many(self, keys: Iterable[str]) -> list[list[bytes]]:
        """Read the values of several hashes."""
        return await self._send_together(lambda batch: [batch.hvals(key) for key in keys])

    async def hset(self, key: str, field: Value, value: Value) -> None:
        """Write one field of a hash."""
        await _reply(self._commands.hset(key, field, value))

    async def hsetnx(self, key: str, field: Value, value: Value) -> bool:
        """Write one field of a hash unless it exists; return whether it was written."""
        return bool(await _reply(self._commands.hsetnx(key, field, value)))

    async def hdel(self, key: str, field: Value) -> bool:
        """Delete one field of a hash; return whether it was there."""
        return bool(await _reply(self._commands.hdel(key, field)))

    async def count_in_hash(
        self, key: str, added: Mapping[str, int], written: Mapping[str, int], *, lifetime_ms: int | None = None
    ) -> None:
        """Add numbers to fields of a hash and write other fields, in one round trip.

        With `lifetime_ms` the hash is deleted that long after the last call.
        """

        def fill(batch: Any) -> None:
            for field, number in added.items():
                batch.hincrby(key, field, number)
            if written:
                batch.hset(key, mapping=written)
            if lifetime_ms is not None:
                batch.pexpire(key, lifetime_ms)

        await self._send_together(fill)

    async def lrange(self, key: str, first: int, last: int) -> list[bytes]:
        """Read a part of a list, `last` included."""
        elements: list[bytes] = await _reply(self._commands.lrange(key, first, last))
        return elements

    async def rpush(self, key: str, *elements: Value) -> None:
        """Append to a list."""
        await _reply(self._commands.rpush(key, *elements))

    async def remove_from_list(self, key: str, elements: Iterable[Value]) -> None:
        """Remove the first occurrence of each element from a list, in one round trip.

        By value, not by place: another process may have read and removed the same elements.
        """
        await self._send_together(lambda batch: [batch.lrem(key, 1, element) for element in elements])

    async def xadd(self, key: str, row: Mapping[str, Value], *, about_rows: int) -> None:
        """Append a row to a stream and trim the stream to about as many rows."""
        await _reply(self._commands.xadd(key, row, maxlen=about_rows, approximate=True))

    async def xdel(self, key: str, *ids: str) -> None:
        """Delete rows of a stream."""
        await _reply(self._commands.xdel(key, *ids))

    async def xrange(self, key: str, *, oldest: str = "-", limit: int | None = None) -> list[Row]:
        """Read rows of a stream, oldest first, from the id `oldest` on; after it, if it begins with a bracket."""
        rows: list[Row] = await _reply(self._commands.xrange(key, min=oldest, count=limit))
        return rows

    async def settle_row(
        self, stream: str, row_id: str, tries: str, log: str, row: Mapping[str, Value], *, about_rows: int
    ) -> None:
        """Move a row of a stream to a log, in one step, and forget the tries that were counted under its id."""
        with translate_errors():
            batch = self._commands.pipeline(transaction=True)
            batch.xadd(log, row, maxlen=about_rows, approximate=True)
            batch.xdel(stream, row_id)
            batch.hdel(tries, row_id)
            await batch.execute()

    async def xrevrange(self, key: str, *, newest: str = "+", limit: int) -> list[Row]:
        """Read rows of a stream, newest first, from the id `newest` on."""
        rows: list[Row] = await _reply(self._commands.xrevrange(key, max=newest, count=limit))
        return rows

    async def lowest(self, key: str, *, limit: int) -> list[Scored]:
        """Read the members of a sorted set with the lowest scores, lowest first, with their scores."""
        scored: list[Scored] = await _reply(self._commands.zrange(key, 0, limit - 1, withscores=True))
        return scored

    async def highest_many(self, keys: Iterable[str], *, limit: int) -> list[list[Scored]]:
        """Read the members of each sorted set with the highest scores, highest first, with their scores."""
        return await self._send_together(
            lambda batch: [batch.zrange(key, 0, limit - 1, desc=True, withscores=True) for key in keys]
        )

    async def up_to(self, key: str, score: float, *, limit: int) -> list[bytes]:
        """Read the members of a sorted set with a score up to and including `score`, lowest first."""
        members: list[bytes] = await _reply(
            self._commands.zrange(key, "-inf", score, byscore=True, offset=0, num=limit)
        )
        return members

    async def up_to_many(self, keys: Iterable[str], score: float, *, limit: int) -> list[list[bytes]]:
        """Read as `up_to` from several sorted sets."""
        return await self._send_together(
            lambda batch: [batch.zrange(key, "-inf", score, byscore=True, offset=0, num=limit) for key in keys]
        )

    async def zcard_many(self, keys: Iterable[str]) -> list[int]:
        """Count the members of several sorted sets."""
        return await self._send_together(lambda batch: [batch.zcard(key) for key in keys])

    async def zrem_many(self, keys: Iterable[str], members: Iterable[Value]) -> None:
        """Remove members from each of several sorted sets."""
        removed = tuple(members)
        await self._send_together(lambda batch: [batch.zrem(key, *removed) for key in keys])

    async def aclose(self) -> None:
        """Close every connection."""
        await _reply(self._commands.aclose())

    async def _send_together(self, fill: Callable[[Any], object]) -> list[Any]:
        with translate_errors():
            batch = self._commands.pipeline(transaction=False)
            fill(batch)
            replies: list[Any] = await batch.execute()
        return replies


async def _reply(reply: Awaitable[Any]) -> Any:
    with translate_errors():
        return await reply
