"""Assigning without HTTP: the gateway's own services over the store, as a back end's signups use them."""

import asyncio
import os
import time

from router.core.act import BY_SHELL
from router.core.capacity.capacity import limits_of
from router.core.capacity.traffic import NOTHING_MEASURED
from router.core.lines.line_rules import LineSpec, new_line
from router.core.people.personal_data import Identity, PersonalData
from router.core.phone import E164
from router.core.pool import PoolId
from router.services.people.signups import SignupRequest, Signups
from router.services.pools.admin import PoolAdmin
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.store.assignments import Assignments
from router.store.keys import PoolKeys
from router.store.lines import Lines
from router.store.pools import Pools
from router.store.server.client import StoreClient
from router.store.server.scripts import Scripts

_PEOPLE_PER_LINE = 1_000_000
_FIRST_NUMBER = 12_025_550_000
_FIRST_PHONE = 447_700_000_000


class Assigning:
    """Opens pools and signs people up, each with their own id, phone number and idempotency key."""

    def __init__(self, client: StoreClient, scripts: Scripts) -> None:
        clock = StoreClock(client.time_ms, lambda: time.monotonic() * 1000)
        pools, lines = Pools(client, scripts), Lines(scripts)
        self._clock = clock
        self._pool_cache = PoolCache(pools, lines)
        self._pools = PoolAdmin(pools, lines, self._pool_cache, clock)
        self._lines = lines
        self._signups = Signups(
            Assignments(client, scripts), self._pool_cache, clock, PersonalData(os.urandom(64)), os.urandom
        )

    async def open_pool(self, pool: str, *, lines: int) -> None:
        """Make a pool with `lines` ready lines, each with room for every person of the bench."""
        await self._clock.synchronise()
        opened = await self._pools.create(pool, {"name": "Bench", "warm_up_days": 0.0}, by=BY_SHELL)
        for place in range(lines):
            number = E164(f"+{_FIRST_NUMBER + place}")
            now_ms = self._clock.now_ms()
            line = new_line(LineSpec(number=number, capacity=_PEOPLE_PER_LINE, weight=50 + place % 50), now_ms=now_ms)
            await self._lines.put(
                PoolKeys(opened.id), line, limits_of(line, opened, NOTHING_MEASURED, now_ms=now_ms), is_new=True
            )
        await self._pool_cache.reload(PoolId(pool))

    async def assign(self, pool: str, users: list[str]) -> None:
        """Assign each of these new people; concurrent requests go to the store together, as in the gateway."""
        view = await self._pool_cache.get(pool)
        signups = await asyncio.gather(*(self._signups.sign_up(view, _request(user)) for user in users))
        assert all(signup.is_new for signup in signups)


async def connect_assigning(client: StoreClient) -> Assigning:
    """Load the gateway's scripts, and return an `Assigning` that uses them."""
    scripts = Scripts(client, os.urandom)
    await scripts.load()
    return Assigning(client, scripts)


def _request(user: str) -> SignupRequest:
    phone = f"+{_FIRST_PHONE + int(user.rpartition('-')[2])}"
    return SignupRequest(identity=Identity(user=user, phone=phone), idempotency_key=f"key-{user}")
