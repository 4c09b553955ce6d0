"""Find the people of a campaign and put them into its queue: those of a line, or those of the waitlist."""

from router.core.campaign import Campaign, Cause
from router.services.clock import StoreClock
from router.services.directory import PoolView
from router.store.campaigns import Campaigns
from router.store.waitlist import Waitlist


class PeopleFinder:
    """Finds people; nobody is in a queue twice, so it may break off and begin again."""

    def __init__(self, campaigns: Campaigns, waitlist: Waitlist, clock: StoreClock) -> None:
        self._campaigns = campaigns
        self._waitlist = waitlist
        self._clock = clock

    async def find(self, view: PoolView, campaign: Campaign) -> int:
        """Queue whoever is not yet in the queue; return how many those were.

        Raises:
            StoreUnavailable: some of them are; the next call does the rest.
        """
        if campaign.cause is Cause.WAITLIST:
            return await self._find_waiting(view, campaign)
        added = 0
        async for people in self._campaigns.people_of_line(view.keys, campaign.slot):
            added += await self._campaigns.enqueue(view.keys, campaign.id, people, now_ms=self._clock.now_ms())
        return added

    async def _find_waiting(self, view: PoolView, campaign: Campaign) -> int:
        found, takes_more = 0, True
        while takes_more and (head := await self._waitlist.head(view.keys)):
            codes, now_ms = [code for _, code in head], self._clock.now_ms()
            added, takes_more = await self._waitlist.line_up(view.keys, campaign.id, codes, now_ms=now_ms)
            found += added
        return found
