"""Campaigns and the people in them: who waits, who is being sent to, and what became of each."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from router.core.campaign import CHANNELS, Campaign, CampaignPerson, PersonState, Progress
from router.core.campaign_rules import CampaignRules
from router.core.code import BUCKETS, PREFIX_LENGTH, Code, prefix_of, three_characters
from router.core.errors import Conflict, NotFound
from router.core.prompt import ChannelName
from router.store.campaign_people import (
    Candidate,
    Claim,
    Offer,
    Settlement,
    channel_number,
    decode_claim,
    pack_offer,
    pack_rules,
    people_on,
    read_person,
)
from router.store.connection import translate_errors
from router.store.keys import CampaignKeys, PoolKeys
from router.store.scripts import Argument, Client, Scripts

MAX_CLAIMED = 100
MAX_ENQUEUED = 200  # more in one call would keep the other clients of the store waiting for over a millisecond
BUCKETS_A_PAGE = 50
MAX_DRAINED = 500
_TO = "to:"


class Campaigns:
    """Operations on the campaigns of any pool."""

    def __init__(self, client: Client, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def put(self, keys: PoolKeys, campaign: Campaign, *, is_new: bool = False) -> bool:
        """Write a campaign decided on the revision before `campaign.revision`; False if a new one is open already.

        Raises:
            Conflict: somebody changed it first.
            NotFound: there is none of that id.
        """
        reply = await self._scripts.call(
            "put_campaign",
            [keys.campaigns],
            campaign.id,
            msgspec.json.encode(campaign),
            0 if is_new else campaign.revision - 1,
        )
        word = str(reply[0], "ascii")
        if word == "stale":
            raise Conflict(f"Campaign {campaign.id} was changed by someone else a moment ago. Read it again.")
        if word == "unknown":
            raise NotFound(f"There is no campaign {campaign.id!r}.")
        return word == "put"

    async def all(self, keys: PoolKeys) -> list[Campaign]:
        """Return every campaign of a pool, the oldest first."""
        with translate_errors():
            kept = await self._client.hvals(keys.campaigns)
        campaigns = [msgspec.json.decode(text, type=Campaign) for text in cast(list[bytes], kept)]
        return sorted(campaigns, key=lambda campaign: (campaign.created_at_ms, campaign.id))

    async def get(self, keys: PoolKeys, campaign_id: str) -> Campaign | None:
        """Return a campaign, or None."""
        with translate_errors():
            text = await self._client.hget(keys.campaigns, campaign_id)
        return None if text is None else msgspec.json.decode(text, type=Campaign)

    async def progress(self, keys: PoolKeys, campaign: Campaign) -> Progress:
        """Return how many people of a campaign stand where, and how many were asked to text which line."""
        with translate_errors():
            kept = await self._client.hgetall(keys.campaign(campaign.id).counts)
        told = {name.decode(): int(people) for name, people in cast(dict[bytes, bytes], kept).items()}
        targets = {int(name.removeprefix(_TO)): people for name, people in told.items() if name.startswith(_TO)}
        return Progress(campaign, {state: told.get(str(state.value), 0) for state in PersonState}, targets)

    async def people_of_line(self, keys: PoolKeys, slot: int) -> AsyncIterator[list[tuple[Code, int]]]:
        """Walk over all people of a pool and give those who texted on one line: code and when they last did, in s.

        In pages, so that neither side holds more than one; the only place where all people are looked at.
        """
        for first in range(0, BUCKETS, BUCKETS_A_PAGE):
            prefixes = [three_characters(number) for number in range(first, min(first + BUCKETS_A_PAGE, BUCKETS))]
            with translate_errors():
                pipeline = self._client.pipeline(transaction=False)
                for prefix in prefixes:
                    pipeline.hgetall(keys.records(prefix))
                pages = await pipeline.execute()
            found = [
                person for prefix, page in zip(prefixes, pages, strict=True) for person in people_on(slot, prefix, page)
            ]
            if found:
                yield found

    async def enqueue(self, keys: PoolKeys, campaign: str, people: Sequence[tuple[Code, int]], *, now_ms: int) -> int:
        """Put people into the queue, each once whatever is repeated; return how many are new to it."""
        of, added = keys.campaign(campaign), 0
        for first in range(0, len(people), MAX_ENQUEUED):
            batch = people[first : first + MAX_ENQUEUED]
            names = [*of.all, *(of.people(prefix_of(code)) for code, _ in batch)]
            arguments: list[Argument] = [now_ms]
            for code, heard_s in batch:
                arguments += [code, heard_s]
            added += int((await self._scripts.call("enqueue", names, *arguments))[1])
        return added

    async def candidates(
        self, keys: PoolKeys, campaign: str, channels: Collection[ChannelName], *, limit: int = MAX_CLAIMED
    ) -> list[Candidate]:
        """Return who is next, the most recently engaged first: those nobody looked at yet, and those of `channels`."""
        of, queued = keys.campaign(campaign), list[tuple[bytes, float]]()
        queues = [of.waiting, *(of.paced[CHANNELS.index(channel)] for channel in channels)]
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for queue in queues:
                pipeline.zrange(queue, 0, limit - 1, desc=True, withscores=True)
            for head in await pipeline.execute():
                queued += head
        queued.sort(key=lambda scored: -scored[1])
        codes = [Code(raw.decode()) for raw, _ in queued[:limit]]
        if not codes:
            return []
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for code in codes:
                pipeline.hget(of.people(prefix_of(code)), code[PREFIX_LENGTH:])
                pipeline.hget(keys.contacts(prefix_of(code)), code[PREFIX_LENGTH:])
            kept = await pipeline.execute()
        forgotten = [code for code, person in zip(codes, kept[::2], strict=True) if person is None]
        if forgotten:  # where they stood has passed after its time: they must not stand before all others for ever
            with translate_errors():
                pipeline = self._client.pipeline(transaction=False)
                for queue in queues:
                    pipeline.zrem(queue, *forgotten)
                await pipeline.execute()
        return [
            Candidate(person=read_person(code, person), contacts=contacts or b"")
            for code, person, contacts in zip(codes, kept[::2], kept[1::2], strict=True)
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
    ) -> Claim:
        """Mark people as being sent to, as far as campaign, opt-out, cooldown, pace and the target lines allow.

        Args:
            keys: the pool.
            campaign: its id.
            offers: at most MAX_CLAIMED, as they were read from the queue.
            backups: numbers on a person's card.
            rules: pace and cooldown.
            allowances: slot → new people that the line may get in an hour; lines left out may get none.
            now_ms: the store's clock.

        Raises:
            StoreUnavailable: it is not known whether they were claimed; who was is found by `lost`.
        """
        of = keys.campaign(campaign)
        names: list[str] = [*keys.picking, keys.health, keys.campaigns, keys.pace, *of.all]
        for offer in offers:
            prefix = prefix_of(offer.code)
            names += [keys.records(prefix), of.people(prefix), keys.prompts(prefix)]
        told = pack_rules(rules, allowances)
        reply = await self._scripts.change(
            "claim", names, now_ms, campaign, backups, told, *(pack_offer(offer) for offer in offers)
        )
        return decode_claim(reply)

    async def close_channel(self, keys: PoolKeys, channel: ChannelName, *, until_ms: int) -> None:
        """Let nobody be claimed over a channel until it takes messages again."""
        with translate_errors():
            await cast(Any, self._client.hset(keys.pace, f"closed:{channel_number(channel)}", str(until_ms)))

    async def settle(self, keys: PoolKeys, campaign: str, people: Sequence[Settlement], *, now_ms: int) -> int:
        """Write what became of people; what was settled before stays. Returns how many changed."""
        of, changed = keys.campaign(campaign), 0
        for first in range(0, len(people), MAX_DRAINED):
            batch = people[first : first + MAX_DRAINED]
            names = [*of.all, *(of.people(prefix_of(one.code)) for one in batch)]
            arguments: list[Argument] = [now_ms]
            for one in batch:
                arguments += [one.code, one.word, channel_number(one.channel), one.tries, one.again_ms]
            changed += int((await self._scripts.call("settle", names, *arguments))[1])
        return changed

    async def lost(
        self, keys: PoolKeys, campaigns: Iterable[str], *, before_ms: int
    ) -> dict[str, list[CampaignPerson]]:
        """Return by campaign whose prompt was begun before `before_ms` and never settled: its sender is gone."""
        asked, found = [keys.campaign(campaign) for campaign in campaigns], dict[str, list[CampaignPerson]]()
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for of in asked:
                pipeline.zrange(of.sending, "-inf", before_ms, byscore=True, offset=0, num=MAX_DRAINED)
            kept = await pipeline.execute() if asked else []
        for campaign, of, codes in zip(campaigns, asked, kept, strict=True):
            if codes:
                found[campaign] = await self._read_people(of, [Code(raw.decode()) for raw in codes])
        return found

    async def wake(self, keys: PoolKeys, campaign: str, *, now_ms: int) -> int:
        """Put those whose time has come back into the queue, at most MAX_ENQUEUED; return how many."""
        of = keys.campaign(campaign)
        with translate_errors():
            due = await self._client.zrange(of.later, "-inf", now_ms, byscore=True, offset=0, num=MAX_ENQUEUED)
        codes = [Code(raw.decode()) for raw in cast(list[bytes], due)]
        if not codes:
            return 0
        names = [*of.all, *(of.people(prefix_of(code)) for code in codes)]
        return int((await self._scripts.call("wake", names, now_ms, *codes))[1])

    async def has_queue(self, keys: PoolKeys, campaign: str) -> bool:
        """Whether anybody is yet to be prompted, or is being sent to."""
        of = keys.campaign(campaign)
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for queue in (of.waiting, of.later, of.sending, *of.paced):
                pipeline.zcard(queue)
            return any(await pipeline.execute())

    async def sweep(self, keys: PoolKeys, campaign: str) -> None:
        """Drop the queues of a campaign that is over: nobody of them will be prompted."""
        of = keys.campaign(campaign)
        with translate_errors():
            await self._client.unlink(of.waiting, of.later, *of.paced)

    async def drop(self, keys: PoolKeys, campaign: str) -> None:
        """Forget a campaign whose people were forgotten already."""
        of = keys.campaign(campaign)
        with translate_errors():
            await cast(Any, self._client.hdel(keys.campaigns, campaign))
            await self._client.unlink(of.waiting, of.later, of.sending, *of.paced, of.counts)

    async def people(
        self,
        keys: PoolKeys,
        campaign: str,
        *,
        state: PersonState | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[CampaignPerson]:
        """Return a page of the people of a campaign in order of their codes, those after the code `after`.

        With a `state`, only those who stand there.
        """
        of, found = keys.campaign(campaign), list[CampaignPerson]()
        start = after[:PREFIX_LENGTH]
        prefixes = [prefix for number in range(BUCKETS) if (prefix := three_characters(number)) >= start]
        for first in range(0, len(prefixes), BUCKETS_A_PAGE):
            page = prefixes[first : first + BUCKETS_A_PAGE]
            with translate_errors():
                pipeline = self._client.pipeline(transaction=False)
                for prefix in page:
                    pipeline.hgetall(of.people(prefix))
                kept = await pipeline.execute()
            for prefix, bucket in zip(page, kept, strict=True):
                for suffix, packed in sorted(cast(dict[bytes, bytes], bucket).items()):
                    person = read_person(Code(prefix + suffix.decode()), packed)
                    if person.code > after and state in {None, person.state}:
                        found.append(person)
            if len(found) >= limit:
                break
        return found[:limit]

    async def person(self, keys: PoolKeys, campaign: str, code: Code) -> CampaignPerson | None:
        """Return where one person stands, or None."""
        found = await self._read_people(keys.campaign(campaign), [code])
        return found[0] if found else None

    async def note_openings(self, keys: PoolKeys, codes: Sequence[Code]) -> list[None]:
        """Take down that people saw the page with their new number."""
        with translate_errors():
            await cast(Any, self._client.rpush(keys.openings, *codes))
        return [None] * len(codes)

    async def moves(self, keys: PoolKeys) -> list[Code]:
        """Return the first people who moved and whose campaigns do not know it yet."""
        return await self._head(keys.moves)

    async def openings(self, keys: PoolKeys) -> list[Code]:
        """Return the first people who saw their new number and whose campaigns do not know it yet."""
        return await self._head(keys.openings)

    async def forget_moves(self, keys: PoolKeys, codes: Sequence[Code]) -> None:
        """Drop moves, once they are settled."""
        await self._drop(keys.moves, codes)

    async def forget_openings(self, keys: PoolKeys, codes: Sequence[Code]) -> None:
        """Drop openings, once they are settled."""
        await self._drop(keys.openings, codes)

    async def _drop(self, key: str, codes: Sequence[Code]) -> None:
        # By name, not by number: another worker may have read the same ones.
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for code in codes:
                pipeline.lrem(key, 1, code)
            await pipeline.execute()

    async def _head(self, key: str) -> list[Code]:
        with translate_errors():
            codes = await cast(Any, self._client.lrange(key, 0, MAX_DRAINED - 1))
        return [Code(code.decode()) for code in codes]

    async def _read_people(self, of: CampaignKeys, codes: Sequence[Code]) -> list[CampaignPerson]:
        if not codes:
            return []
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for code in codes:
                pipeline.hget(of.people(prefix_of(code)), code[PREFIX_LENGTH:])
            kept = await pipeline.execute()
        return [read_person(code, packed) for code, packed in zip(codes, kept, strict=True) if packed is not None]
