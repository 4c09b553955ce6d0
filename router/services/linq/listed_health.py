"""Take in what a list says of a line's health, the way the provider's own events go."""

from router.core.inventory import Observation
from router.core.line import Status
from router.core.phone import E164
from router.core.pool import PoolId
from router.services.line_reports import LineReports


class ListedHealth:
    """Passes observations on; what a webhook told of a later moment stays."""

    def __init__(self, reports: LineReports) -> None:
        self._reports = reports

    async def observe(self, pool: PoolId, number: E164, observation: Observation) -> None:
        """Take in one observation.

        Raises:
            NotFound: there is no such pool or line.
            StoreUnavailable: it is not known whether it was applied.
        """
        if observation.is_ours is not None:
            await self._reports.observe_ownership(
                pool, number, is_ours=observation.is_ours, asked_at_ms=observation.at_ms
            )
        if observation.reputation is not None:
            await self._reports.observe_reputation(pool, number, observation.reputation, asked_at_ms=observation.at_ms)
        if observation.is_flagged:
            await self._reports.set_status(pool, number, Status.FLAGGED, reason="the provider's list says so")
