"""Move the campaigns of every pool on."""

import asyncio
from dataclasses import dataclass

from router.services.directory import Directory, PoolView
from router.services.migration.engine import MigrationEngine, MigrationReport

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """What one tick did, pool by pool."""

    pools: tuple[MigrationReport, ...]


async def tick(directory: Directory, engine: MigrationEngine) -> CampaignReport:
    """Move every pool's campaigns on by one step; a pool that plans, or breaks, holds up no other.

    Raises:
        StoreUnavailable: the next tick does the rest.
    """
    room = asyncio.Semaphore(_AT_ONCE)

    async def step(view: PoolView) -> MigrationReport:
        async with room:
            return await engine.step(view)

    ends = await asyncio.gather(*map(step, directory.all()), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end
    return CampaignReport(tuple(end for end in ends if not isinstance(end, BaseException)))
