"""Pools: their settings, their photo, and what was measured of their traffic."""

import msgspec

from router.core.capacity.traffic import NOTHING_MEASURED, Measured
from router.core.errors import Conflict, NotFound, Refused
from router.core.pool import Pool, PoolId
from router.store.keys import POOLS, PoolKeys
from router.store.server.client import StoreClient
from router.store.server.operations import DELETE_POOL, PUT_MEASURED, PUT_POOL
from router.store.server.scripts import Scripts


class Pools:
    """Operations on pools."""

    def __init__(self, client: StoreClient, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def put(self, pool: Pool, *, is_new: bool) -> None:
        """Write a pool, decided on the revision before `pool.revision`; its photo stays.

        The id is registered first: a crash in between leaves an id without settings, which is never listed.

        Raises:
            Conflict: it exists already, or another process changed it first.
            NotFound: no pool has this id.
        """
        await self._client.sadd(POOLS, pool.id)
        await self._put(pool, 0 if is_new else pool.revision - 1, "keep", b"")

    async def put_photo(self, pool: Pool, photo: bytes | None) -> None:
        """Write a pool together with its square JPEG; None removes the photo. Raises as `put`."""
        await self._put(pool, pool.revision - 1, "remove" if photo is None else "set", photo or b"")

    async def ids(self) -> list[PoolId]:
        """Return all registered ids in order; an id without settings is not a pool yet."""
        return sorted(PoolId(pool.decode()) for pool in await self._client.smembers(POOLS))

    async def get(self, pool: PoolId) -> Pool | None:
        """Return a pool's settings, or None."""
        text = await self._client.get(PoolKeys(pool).config)
        return None if text is None else msgspec.json.decode(text, type=Pool)

    async def version(self, pool: PoolId) -> int:
        """Return a number that grows whenever the pool or one of its lines changes."""
        return int(await self._client.get(PoolKeys(pool).version) or 0)

    async def photo(self, pool: PoolId) -> bytes | None:
        """Return the pool's square JPEG, or None."""
        return await self._client.get(PoolKeys(pool).photo)

    async def measured(self, pool: PoolId) -> Measured:
        """Return the last figures measured of the pool's traffic."""
        text = await self._client.get(PoolKeys(pool).measured)
        return NOTHING_MEASURED if text is None else msgspec.json.decode(text, type=Measured)

    async def put_measured(self, pool: PoolId, measured: Measured) -> None:
        """Store measured figures and make every process read the pool again. A deleted pool stores nothing."""
        keys = PoolKeys(pool)
        fixed = {"config": keys.config, "version": keys.version, "measured": keys.measured}
        await self._scripts.run(PUT_MEASURED.call(fixed, figures=msgspec.json.encode(measured)))

    async def delete(self, pool: PoolId) -> None:
        """Delete a pool that never gave a person a line.

        The id is unregistered last: a crash in between leaves an id without settings, which is never listed.

        Raises:
            NotFound: no pool has this id.
            Refused: people hold pages, codes and cards that lead to its lines.
        """
        keys = PoolKeys(pool)
        fixed = {
            **keys.picking,
            "config": keys.config,
            "version": keys.version,
            "photo": keys.photo,
            "line": keys.line_settings,
            "numbers": keys.numbers,
            "health": keys.health,
            "arrivals": keys.arrivals,
            "measured": keys.measured,
            "words": keys.words,
            "tickets": keys.tickets,
        }
        word, *people = await self._scripts.run(DELETE_POOL.call(fixed))
        if word == b"unknown":
            raise NotFound(f"There is no pool {pool!r}.")
        if word == b"used":
            raise Refused(
                f"Pool {pool!r} has given {people[0]} people a line; their pages and cards must go on leading there. "
                "Drain its lines instead."
            )
        if word == b"waited":
            raise Refused(f"People signed up in pool {pool!r} and wait for a line; their pages must go on. Add lines.")
        await self._client.srem(POOLS, pool)

    async def _put(self, pool: Pool, decided_on: int, photo_action: str, photo: bytes) -> None:
        keys = PoolKeys(pool.id)
        call = PUT_POOL.call(
            {"config": keys.config, "version": keys.version, "photo": keys.photo},
            settings=msgspec.json.encode(pool),
            revision=decided_on,
            photo_action=photo_action,
            jpeg=photo,
        )
        reply = await self._scripts.run(call)
        word = str(reply[0], "ascii")
        if word == "exists":
            raise Conflict(f"There is a pool {pool.id!r} already. Choose another id, or change that one.")
        if word == "stale":
            raise Conflict(f"Pool {pool.id!r} was changed by someone else a moment ago. Read it again, then change it.")
        if word == "unknown":
            raise NotFound(f"There is no pool {pool.id!r}.")
