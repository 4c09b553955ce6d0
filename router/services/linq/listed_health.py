"""Report the health that a list of lines shows, the way the provider's own events go."""

from router.core.act import BY_PROVIDER
from router.core.line import Status
from router.core.lines.inventory import ListedChange
from router.core.phone import E164
from router.core.pool import PoolId
from router.services.lines.reports import LineReports


class ListedHealth:
    """Reports listed changes; a later webhook event stays in force."""

    def __init__(self, reports: LineReports) -> None:
        self._reports = reports

    async def observe(self, pool: PoolId, number: E164, change: ListedChange) -> None:
        """Report one change.

        Raises:
            NotFound: there is no such pool or line.
            StoreUnavailable: we do not know whether it was applied.
        """
        if change.is_ours is not None:
            await self._reports.report_ownership(pool, number, is_ours=change.is_ours, asked_at_ms=change.at_ms)
        if change.reputation is not None:
            await self._reports.report_reputation(pool, number, change.reputation, asked_at_ms=change.at_ms)
        if change.is_flagged:
            await self._reports.set_status(
                pool, number, Status.FLAGGED, by=BY_PROVIDER.because("the provider's list says so")
            )
