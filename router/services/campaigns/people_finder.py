"""Find the people of a campaign, those of a line or of the waitlist, and put them into its queue."""

from router.core.campaigns.campaign import Campaign
from router.core.campaigns.cause import Cause
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.store.campaign_queue import CampaignQueue
from router.store.campaigns import Campaigns
from router.store.waitlist import Waitlist


class PeopleFinder:
    """Finds people. Nobody gets into a queue twice, so a search may stop halfway and begin again."""

    def __init__(self, campaigns: Campaigns, queue: CampaignQueue, waitlist: Waitlist, clock: StoreClock) -> None:
        self._campaigns = campaigns
        self._queue = queue
        self._waitlist = waitlist
        self._clock = clock

    async def find(self, view: PoolView, campaign: Campaign) -> int:
        """Put everyone into the queue who is not in it yet; return how many were added.

        Raises:
            StoreUnavailable: some of them were added; the next call adds the rest.
        """
        if campaign.cause is Cause.WAITLIST:
            return await self._find_waiting(view, campaign)
        added = 0
        async for people in self._campaigns.people_of_line(view.keys, campaign.slot):
            added += await self._queue.enqueue(view.keys, campaign.id, people, now_ms=self._clock.now_ms())
        return added

    async def _find_waiting(self, view: PoolView, campaign: Campaign) -> int:
        found, takes_more = 0, True
        while takes_more and (head := await self._waitlist.head(view.keys)):
            codes, now_ms = [code for _, code in head], self._clock.now_ms()
            added, takes_more = await self._waitlist.line_up(view.keys, campaign.id, codes, now_ms=now_ms)
            found += added
        return found
