"""Campaigns, their progress, and the people in them. `campaign_queue` decides who is next."""

from collections.abc import AsyncIterator

import msgspec

from router.core.campaigns.campaign import Campaign, CampaignPerson, PersonState, Progress
from router.core.code import BUCKETS, PREFIX_LENGTH, Code, prefix_of, three_characters
from router.core.errors import Conflict, NotFound
from router.store.campaign_people import people_on, read_person
from router.store.keys import PoolKeys
from router.store.server.client import StoreClient
from router.store.server.operations import PUT_CAMPAIGN
from router.store.server.scripts import Scripts

BUCKETS_A_PAGE = 50
_TO = "to:"


class Campaigns:
    """Operations on the campaigns of any pool."""

    def __init__(self, client: StoreClient, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def put(self, keys: PoolKeys, campaign: Campaign, *, is_new: bool = False) -> bool:
        """Write a campaign decided on the revision before `campaign.revision`; False if a new one is open already.

        Raises:
            Conflict: another process changed it first.
            NotFound: no campaign has this id.
        """
        call = PUT_CAMPAIGN.call(
            {"campaigns": keys.campaigns, "news": keys.news},
            campaign=campaign.id,
            settings=msgspec.json.encode(campaign),
            revision=0 if is_new else campaign.revision - 1,
        )
        reply = await self._scripts.run(call)
        word = str(reply[0], "ascii")
        if word == "stale":
            raise Conflict(f"Campaign {campaign.id} was changed by someone else a moment ago. Read it again.")
        if word == "unknown":
            raise NotFound(f"There is no campaign {campaign.id!r}.")
        return word == "put"

    async def all(self, keys: PoolKeys) -> list[Campaign]:
        """Return every campaign of a pool, oldest first."""
        stored = await self._client.hvals(keys.campaigns)
        campaigns = [msgspec.json.decode(text, type=Campaign) for text in stored]
        return sorted(campaigns, key=lambda campaign: (campaign.created_at_ms, campaign.id))

    async def get(self, keys: PoolKeys, campaign_id: str) -> Campaign | None:
        """Return a campaign, or None."""
        text = await self._client.hget(keys.campaigns, campaign_id)
        return None if text is None else msgspec.json.decode(text, type=Campaign)

    async def progress(self, keys: PoolKeys, campaign: Campaign) -> Progress:
        """Return how many people of a campaign are in which state, and how many were asked to text which line."""
        stored = await self._client.hgetall(keys.campaign(campaign.id).counts)
        counts = {name.decode(): int(people) for name, people in stored.items()}
        targets = {int(name.removeprefix(_TO)): people for name, people in counts.items() if name.startswith(_TO)}
        return Progress(campaign, {state: counts.get(str(state.value), 0) for state in PersonState}, targets)

    async def people_of_line(self, keys: PoolKeys, slot: int) -> AsyncIterator[list[tuple[Code, int]]]:
        """Yield the people who texted on one line: code, and when they last texted, in s.

        Reads every person of the pool, a page at a time, so that neither side holds more than one page.
        """
        for first in range(0, BUCKETS, BUCKETS_A_PAGE):
            prefixes = [three_characters(number) for number in range(first, min(first + BUCKETS_A_PAGE, BUCKETS))]
            pages = await self._client.hgetall_many(keys.records(prefix) for prefix in prefixes)
            found = [
                person for prefix, page in zip(prefixes, pages, strict=True) for person in people_on(slot, prefix, page)
            ]
            if found:
                yield found

    async def people(
        self,
        keys: PoolKeys,
        campaign: str,
        *,
        state: PersonState | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[CampaignPerson]:
        """Return a page of the people of a campaign, in the order of their codes.

        Args:
            keys: the pool.
            campaign: its id.
            state: only people in this state.
            after: only people whose code comes after this one.
            limit: how many.
        """
        of, found = keys.campaign(campaign), list[CampaignPerson]()
        start = after[:PREFIX_LENGTH]
        prefixes = [prefix for number in range(BUCKETS) if (prefix := three_characters(number)) >= start]
        for first in range(0, len(prefixes), BUCKETS_A_PAGE):
            page = prefixes[first : first + BUCKETS_A_PAGE]
            buckets = await self._client.hgetall_many(of.people(prefix) for prefix in page)
            for prefix, bucket in zip(page, buckets, strict=True):
                for suffix, packed in sorted(bucket.items()):
                    person = read_person(Code(prefix + suffix.decode()), packed)
                    if person.code > after and state in {None, person.state}:
                        found.append(person)
            if len(found) >= limit:
                break
        return found[:limit]

    async def person(self, keys: PoolKeys, campaign: str, code: Code) -> CampaignPerson | None:
        """Return the state of one person in a campaign, or None."""
        packed = await self._client.hget(keys.campaign(campaign).people(prefix_of(code)), code[PREFIX_LENGTH:])
        return None if packed is None else read_person(code, packed)

    async def drop_queues(self, keys: PoolKeys, campaign: str) -> None:
        """Delete the queues of a campaign that is over, so that nobody in them is prompted."""
        of = keys.campaign(campaign)
        await self._client.unlink(of.waiting, of.later, *of.paced)

    async def delete(self, keys: PoolKeys, campaign: str) -> None:
        """Delete a campaign whose people have expired already."""
        of = keys.campaign(campaign)
        await self._client.hdel(keys.campaigns, campaign)
        await self._client.unlink(of.waiting, of.later, of.sending, *of.paced, of.counts)
