"""Who found no line: in the order they came, until a campaign invites them."""

from collections.abc import Mapping, Sequence
from typing import cast

from router.core.campaign_rules import CampaignRules
from router.core.code import Code, prefix_of
from router.store.campaign_people import Claim, Offer, decode_claim, pack_offer, pack_rules
from router.store.campaigns import MAX_ENQUEUED
from router.store.connection import translate_errors
from router.store.keys import PoolKeys
from router.store.scripts import Client, Scripts

_MINUTE_S = 60
_DAY_S = 86_400


class Waitlist:
    """Operations on the waitlist of any pool; `assign` puts people on it."""

    def __init__(self, client: Client, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def head(self, keys: PoolKeys) -> list[tuple[int, Code]]:
        """Return the first people, at most MAX_ENQUEUED: ticket and code, in order."""
        with translate_errors():
            kept = await self._client.zrange(keys.waitlist, 0, MAX_ENQUEUED - 1, withscores=True)
        return [(int(ticket), Code(code.decode())) for code, ticket in cast(list[tuple[bytes, float]], kept)]

    async def line_up(self, keys: PoolKeys, campaign: str, codes: Sequence[Code], *, now_ms: int) -> tuple[int, bool]:
        """Put the first people of the waitlist into a campaign's queue, each once.

        Returns:
            How many are new to it, and whether it may take more: one that is over takes nobody, and one that is done
            with whoever is first now leaves them, and all behind them, to the next campaign.
        """
        of = keys.campaign(campaign)
        names = [*of.all, keys.waitlist, keys.campaigns, *(of.people(prefix_of(code)) for code in codes)]
        word, added = await self._scripts.call("line_up", names, now_ms, campaign, *codes)
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
    ) -> Claim:
        """Give people a place, held for `reservation_s`, and mark them as being sent to.

        All else is as in `Campaigns.claim`, which takes people of a line.

        Raises:
            StoreUnavailable: it is not known whether they were; who was is found by `Campaigns.lost`.
        """
        of, now_s = keys.campaign(campaign), now_ms // 1000
        due_minute = (now_s + reservation_s) // _MINUTE_S + 1
        names: list[str] = [*keys.picking, keys.health, keys.campaigns, keys.pace, *of.all]
        names += (keys.arrivals, keys.traffic(now_s // _DAY_S), keys.due, keys.due_in(due_minute))
        for offer in offers:
            prefix = prefix_of(offer.code)
            names += [keys.records(prefix), of.people(prefix), keys.prompts(prefix)]
        told = pack_rules(rules, allowances)
        reply = await self._scripts.change(
            "invite", names, now_ms, campaign, backups, told, reservation_s, due_minute, *map(pack_offer, offers)
        )
        return decode_claim(reply)
