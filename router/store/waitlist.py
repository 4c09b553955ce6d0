"""People who found no line, in the order in which they came, until a campaign invites them."""

from collections.abc import Mapping, Sequence

from router.core.campaigns.campaign_rules import CampaignRules
from router.core.code import Code, prefix_of
from router.core.time_units import DAY_S, MINUTE_S
from router.store.campaign_people import ClaimReply, Offer, decode_claim, keys_of_offers, pack_offer, pack_rules
from router.store.keys import PoolKeys
from router.store.server.client import StoreClient
from router.store.server.operation import Items
from router.store.server.operations import INVITE, LINE_UP
from router.store.server.scripts import Scripts

MAX_LINED_UP = LINE_UP.most


class Waitlist:
    """Operations on the waitlist of any pool; `assign` puts people on it."""

    def __init__(self, client: StoreClient, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def head(self, keys: PoolKeys) -> list[tuple[int, Code]]:
        """Return the first people, at most MAX_LINED_UP: ticket and code, in order."""
        kept = await self._client.lowest(keys.waitlist, limit=MAX_LINED_UP)
        return [(int(ticket), Code(code.decode())) for code, ticket in kept]

    async def count(self, keys: PoolKeys) -> int:
        """Return how many people wait."""
        return (await self._client.zcard_many([keys.waitlist]))[0]

    async def line_up(self, keys: PoolKeys, campaign: str, codes: Sequence[Code], *, now_ms: int) -> tuple[int, bool]:
        """Put the first people of the waitlist into a campaign's queue, each once.

        Returns:
            How many are new to it, and whether it may take more. A campaign that is over takes nobody. A campaign that
            is done with the first person leaves them, and everyone behind them, to the next campaign.
        """
        of = keys.campaign(campaign)
        call = LINE_UP.call(
            {**of.all, "waitlist": keys.waitlist, "campaigns": keys.campaigns},
            Items({"people": [of.people(prefix_of(code)) for code in codes]}, {"code": codes}),
            now_ms=now_ms,
            campaign=campaign,
        )
        word, added = await self._scripts.run(call)
        return int(added), str(word, "ascii") == "lined_up"

    async def invite(
        self,
        keys: PoolKeys,
        campaign: str,
        offers: Sequence[Offer],
        *,
        backups: int,
        reservation_s: int,
        rules: CampaignRules,
        allowances: Mapping[int, int],
        now_ms: int,
    ) -> ClaimReply:
        """Give people a place, held for `reservation_s`, and mark them as being sent to.

        Otherwise as `CampaignQueue.claim`, which takes people of a line.

        Raises:
            StoreUnavailable: it is not known who was invited; `CampaignQueue.abandoned_sends` finds them.
        """
        of, now_s = keys.campaign(campaign), now_ms // 1000
        due_minute = (now_s + reservation_s) // MINUTE_S + 1
        fixed = {
            **keys.picking,
            "health": keys.health,
            "campaigns": keys.campaigns,
            "pace": keys.pace,
            **of.all,
            "arrivals": keys.arrivals,
            "traffic": keys.traffic(now_s // DAY_S),
            "due": keys.due,
            "due_list": keys.due_in(due_minute),
        }
        call = INVITE.call(
            fixed,
            Items(keys_of_offers(keys, of, offers), {"offer": [pack_offer(offer) for offer in offers]}),
            now_ms=now_ms,
            campaign=campaign,
            backups=backups,
            rules=pack_rules(rules, allowances),
            reservation_s=reservation_s,
            due_minute=due_minute,
        )
        return decode_claim(await self._scripts.run(call))
