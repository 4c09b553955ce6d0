"""Pools: their settings, their photo, what was measured of them, and which there are."""

from typing import cast

import msgspec

from router.core.errors import Conflict, NotFound, Refused
from router.core.pool import Pool, PoolId
from router.core.traffic import NOTHING_MEASURED, Measured
from router.store.connection import translate_errors
from router.store.keys import POOLS, PoolKeys
from router.store.scripts import Client, Scripts


class Pools:
    """Operations on pools."""

    def __init__(self, client: Client, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def put(self, pool: Pool, *, is_new: bool) -> None:
        """Write a pool decided on the revision before `pool.revision`; its photo stays.

        The registry learns of the pool first: a crash in between leaves an id without settings, which nobody lists.

        Raises:
            Conflict: it exists already, or someone changed it first.
            NotFound: no pool of that id.
        """
        with translate_errors():
            await self._client.sadd(POOLS, pool.id)
        await self._put(pool, 0 if is_new else pool.revision - 1, "keep", b"")

    async def put_photo(self, pool: Pool, photo: bytes | None) -> None:
        """Write a pool together with its square JPEG; None removes the photo. Raises as `put`."""
        await self._put(pool, pool.revision - 1, "remove" if photo is None else "set", photo or b"")

    async def ids(self) -> list[PoolId]:
        """Return the ids of all pools ever begun, in order; one without settings is not a pool yet."""
        with translate_errors():
            return sorted(PoolId(pool.decode()) for pool in cast(set[bytes], await self._client.smembers(POOLS)))

    async def get(self, pool: PoolId) -> Pool | None:
        """Return a pool's settings, or None."""
        with translate_errors():
            text = await self._client.get(PoolKeys(pool).config)
        return None if text is None else msgspec.json.decode(text, type=Pool)

    async def version(self, pool: PoolId) -> int:
        """Return a number that grows whenever the pool or one of its lines changes."""
        with translate_errors():
            return int(await self._client.get(PoolKeys(pool).version) or 0)

    async def photo(self, pool: PoolId) -> bytes | None:
        """Return the pool's square JPEG, or None."""
        with translate_errors():
            photo = await self._client.get(PoolKeys(pool).photo)
        return cast(bytes | None, photo)

    async def measured(self, pool: PoolId) -> Measured:
        """Return what was last measured of the pool's traffic."""
        with translate_errors():
            text = await self._client.get(PoolKeys(pool).measured)
        return NOTHING_MEASURED if text is None else msgspec.json.decode(text, type=Measured)

    async def put_measured(self, pool: PoolId, measured: Measured) -> None:
        """Keep what was measured, and have every view of the pool read again. A pool that is gone keeps nothing."""
        keys = PoolKeys(pool)
        await self._scripts.call(
            "put_measured", [keys.config, keys.version, keys.measured], msgspec.json.encode(measured)
        )

    async def delete(self, pool: PoolId) -> None:
        """Undo a pool that nobody was ever given a line of.

        The registry forgets it last: a crash in between leaves an id without settings, which nobody lists.

        Raises:
            NotFound: no pool of that id.
            Refused: people hold pages, codes and cards that lead to its lines.
        """
        keys = PoolKeys(pool)
        names = [*keys.picking, keys.config, keys.version, keys.photo, keys.line, keys.numbers]
        names += [keys.health, keys.arrivals, keys.measured, keys.tickets]
        word, *people = await self._scripts.call("delete_pool", names)
        if word == b"unknown":
            raise NotFound(f"There is no pool {pool!r}.")
        if word == b"used":
            raise Refused(
                f"Pool {pool!r} has given {people[0]} people a line; their pages and cards must go on leading there. "
                "Drain its lines instead."
            )
        if word == b"waited":
            raise Refused(f"People signed up in pool {pool!r} and wait for a line; their pages must go on. Add lines.")
        with translate_errors():
            await self._client.srem(POOLS, pool)

    async def _put(self, pool: Pool, decided_on: int, photo_action: str, photo: bytes) -> None:
        keys = PoolKeys(pool.id)
        reply = await self._scripts.call(
            "put_pool",
            [keys.config, keys.version, keys.photo],
            msgspec.json.encode(pool),
            decided_on,
            photo_action,
            photo,
        )
        word = str(reply[0], "ascii")
        if word == "exists":
            raise Conflict(f"There is a pool {pool.id!r} already. Choose another id, or change that one.")
        if word == "stale":
            raise Conflict(f"Pool {pool.id!r} was changed by someone else a moment ago. Read it again, then change it.")
        if word == "unknown":
            raise NotFound(f"There is no pool {pool.id!r}.")
