"""Move the campaigns of every pool on."""

from dataclasses import dataclass

from router.services.directory import Directory
from router.services.migration.engine import MigrationEngine, MigrationReport


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """What one tick did, pool by pool."""

    pools: tuple[MigrationReport, ...]


async def tick(directory: Directory, engine: MigrationEngine) -> CampaignReport:
    """Move every pool's campaigns on by one step.

    Raises:
        StoreUnavailable: the next tick does the rest.
    """
    return CampaignReport(tuple([await engine.step(view) for view in directory.all()]))
