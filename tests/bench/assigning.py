"""The seam between growth.py and the store: how a pool is made and people are assigned, many at a time."""

from typing import Protocol

from redis.asyncio import Redis


class NotBuilt(Exception):
    """The store can not do this yet."""


class Assigning(Protocol):
    """Assign as the gateway does, with the same scripts and records, but without HTTP."""

    async def open_pool(self, pool: str, *, lines: int) -> None:
        """Make a pool with that many ready lines, each with room for every person of the bench."""

    async def assign(self, pool: str, users: list[str]) -> None:
        """Assign each of these new people, in as few calls as the gateway would use for so many at once."""


async def connect_assigning(client: Redis) -> Assigning:
    """Return the store's own assigning.

    Raises:
        NotBuilt: there is none yet.
    """
    raise NotBuilt("router.store does not assign yet")
