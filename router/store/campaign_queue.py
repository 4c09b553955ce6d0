"""The queues of a campaign: who is next, who is being sent to, and what became of each."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from router.core.campaigns.campaign import CHANNELS, CampaignPerson
from router.core.campaigns.campaign_rules import CampaignRules
from router.core.channel import ChannelName
from router.core.code import PREFIX_LENGTH, Code, prefix_of
from router.store.campaign_people import (
    Candidate,
    ClaimReply,
    Offer,
    Settlement,
    channel_number,
    decode_claim,
    keys_of_offers,
    pack_offer,
    pack_rules,
    read_person,
)
from router.store.keys import Key, PoolKeys
from router.store.server.client import StoreClient
from router.store.server.operation import Items
from router.store.server.operations import CLAIM, ENQUEUE, SETTLE, WAKE
from router.store.server.scripts import Scripts

MAX_CLAIMED = CLAIM.most
MAX_ENQUEUED = ENQUEUE.most
MAX_SETTLED = SETTLE.most


class CampaignQueue:
    """Operations on the people whom a campaign of any pool prompts."""

    def __init__(self, client: StoreClient, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def enqueue(self, keys: PoolKeys, campaign: str, people: Sequence[tuple[Code, int]], *, now_ms: int) -> int:
        """Add people to the queue and return how many are new to it; a person who is in it already stays once.

        Args:
            keys: the pool.
            campaign: its id.
            people: code, and when they last texted, in s.
            now_ms: the store's clock.
        """
        of, added = keys.campaign(campaign), 0
        for first in range(0, len(people), MAX_ENQUEUED):
            batch = people[first : first + MAX_ENQUEUED]
            call = ENQUEUE.call(
                of.all,
                Items(
                    {"people": [of.people(prefix_of(code)) for code, _ in batch]},
                    {"code": [code for code, _ in batch], "heard_s": [heard_s for _, heard_s in batch]},
                ),
                now_ms=now_ms,
            )
            added += int((await self._scripts.run(call))[1])
        return added

    async def candidates(
        self, keys: PoolKeys, campaign: str, channels: Collection[ChannelName], *, limit: int = MAX_CLAIMED
    ) -> list[Candidate]:
        """Return the people who are next, those who texted last first.

        They come from two kinds of queue: people not tried yet, and people who wait for room in one of `channels`.
        """
        of = keys.campaign(campaign)
        queues = [of.waiting, *(of.paced[CHANNELS.index(channel)] for channel in channels)]
        heads = await self._client.highest_many(queues, limit=limit)
        queued = sorted(chain.from_iterable(heads), key=lambda scored: -scored[1])
        codes = [Code(raw.decode()) for raw, _ in queued[:limit]]
        if not codes:
            return []
        values = await self._client.hget_many(
            (key, code[PREFIX_LENGTH:])
            for code in codes
            for key in (of.people(prefix_of(code)), keys.contacts(prefix_of(code)))
        )
        expired = [code for code, person in zip(codes, values[::2], strict=True) if person is None]
        if expired:  # their state has outlived its time: they must not stand before all others for ever
            await self._client.zrem_many(queues, expired)
        return [
            Candidate(person=read_person(code, person), contacts=contacts or b"")
            for code, person, contacts in zip(codes, values[::2], values[1::2], strict=True)
            if person is not None
        ]

    async def claim(
        self,
        keys: PoolKeys,
        campaign: str,
        offers: Sequence[Offer],
        *,
        backups: int,
        rules: CampaignRules,
        allowances: Mapping[int, int],
        now_ms: int,
    ) -> ClaimReply:
        """Mark people as being sent to, as far as campaign, opt-out, cooldown, pace and the target lines allow.

        Args:
            keys: the pool.
            campaign: its id.
            offers: at most MAX_CLAIMED, as they were read from the queue.
            backups: numbers on a person's card.
            rules: pace and cooldown.
            allowances: slot → new people that the line may get in an hour; a line that is left out gets none.
            now_ms: the store's clock.

        Raises:
            StoreUnavailable: it is not known whether they were claimed; `abandoned_sends` finds those who were.
        """
        of = keys.campaign(campaign)
        call = CLAIM.call(
            {**keys.picking, "health": keys.health, "campaigns": keys.campaigns, "pace": keys.pace, **of.all},
            Items(keys_of_offers(keys, of, offers), {"offer": [pack_offer(offer) for offer in offers]}),
            now_ms=now_ms,
            campaign=campaign,
            backups=backups,
            rules=pack_rules(rules, allowances),
        )
        return decode_claim(await self._scripts.run(call))

    async def close_channel(self, keys: PoolKeys, channel: ChannelName, *, until_ms: int) -> None:
        """Claim nobody over a channel until it accepts messages again."""
        await self._client.hset(keys.pace, f"closed:{channel_number(channel)}", until_ms)

    async def settle(self, keys: PoolKeys, campaign: str, people: Sequence[Settlement], *, now_ms: int) -> int:
        """Write what became of people and return how many changed; a final state stays."""
        of, changed = keys.campaign(campaign), 0
        for first in range(0, len(people), MAX_SETTLED):
            batch = people[first : first + MAX_SETTLED]
            call = SETTLE.call(
                of.all,
                Items(
                    {"people": [of.people(prefix_of(one.code)) for one in batch]},
                    {
                        "code": [one.code for one in batch],
                        "word": [one.word for one in batch],
                        "channel": [channel_number(one.channel) for one in batch],
                        "tries": [one.tries for one in batch],
                        "again_ms": [one.again_ms for one in batch],
                    },
                ),
                now_ms=now_ms,
            )
            changed += int((await self._scripts.run(call))[1])
        return changed

    async def abandoned_sends(
        self, keys: PoolKeys, campaigns: Collection[str], *, before_ms: int
    ) -> dict[str, list[CampaignPerson]]:
        """Return, per campaign, the people whose send began before `before_ms` and never finished.

        The process that sent to them is gone.
        """
        found: dict[str, list[CampaignPerson]] = {}
        sending = (keys.campaign(campaign).sending for campaign in campaigns)
        started = await self._client.up_to_many(sending, before_ms, limit=MAX_SETTLED)
        for campaign, raw_codes in zip(campaigns, started, strict=True):
            if raw_codes:
                of, codes = keys.campaign(campaign), [Code(raw.decode()) for raw in raw_codes]
                packed = await self._client.hget_many((of.people(prefix_of(one)), one[PREFIX_LENGTH:]) for one in codes)
                found[campaign] = [
                    read_person(code, person) for code, person in zip(codes, packed, strict=True) if person is not None
                ]
        return found

    async def wake(self, keys: PoolKeys, campaign: str, *, now_ms: int) -> int:
        """Move people whose time has come back into the queue, at most MAX_ENQUEUED; return how many."""
        of = keys.campaign(campaign)
        codes = [Code(raw.decode()) for raw in await self._client.up_to(of.later, now_ms, limit=MAX_ENQUEUED)]
        if not codes:
            return 0
        people = [of.people(prefix_of(code)) for code in codes]
        call = WAKE.call(of.all, Items({"people": people}, {"code": codes}), now_ms=now_ms)
        return int((await self._scripts.run(call))[1])

    async def has_queue(self, keys: PoolKeys, campaign: str) -> bool:
        """Tell whether a person is still to be prompted, or is being sent to."""
        of = keys.campaign(campaign)
        return any(await self._client.zcard_many((of.waiting, of.later, of.sending, *of.paced)))

    async def record_openings(self, keys: PoolKeys, codes: Sequence[Code]) -> list[None]:
        """Record that people saw the page with their new number."""
        await self._client.rpush(keys.openings, *codes)
        return [None] * len(codes)

    async def moves(self, keys: PoolKeys) -> list[Code]:
        """Return the first people who moved and whose campaigns do not know it yet."""
        return await self._head(keys.moves)

    async def openings(self, keys: PoolKeys) -> list[Code]:
        """Return the first people who saw their new number and whose campaigns do not know it yet."""
        return await self._head(keys.openings)

    async def forget_moves(self, keys: PoolKeys, codes: Sequence[Code]) -> None:
        """Delete moves that are settled."""
        await self._client.remove_from_list(keys.moves, codes)

    async def forget_openings(self, keys: PoolKeys, codes: Sequence[Code]) -> None:
        """Delete openings that are settled."""
        await self._client.remove_from_list(keys.openings, codes)

    async def _head(self, key: Key) -> list[Code]:
        return [Code(code.decode()) for code in await self._client.lrange(key, 0, MAX_SETTLED - 1)]
