"""Advance the campaigns of every pool."""

import asyncio
from dataclasses import dataclass

from router.services.campaigns.engine import CampaignEngine, CampaignStepReport
from router.services.pools.pool_cache import PoolCache, PoolView

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """What one tick did, pool by pool."""

    pools: tuple[CampaignStepReport, ...]


async def tick(pool_cache: PoolCache, engine: CampaignEngine) -> CampaignReport:
    """Advance every pool's campaigns by one step; a pool that is slow or fails does not hold up the others.

    Raises:
        StoreUnavailable: the next tick does the rest.
    """
    room = asyncio.Semaphore(_AT_ONCE)

    async def step(view: PoolView) -> CampaignStepReport:
        async with room:
            return await engine.step(view)

    ends = await asyncio.gather(*map(step, pool_cache.all()), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end
    return CampaignReport(tuple(end for end in ends if not isinstance(end, BaseException)))
