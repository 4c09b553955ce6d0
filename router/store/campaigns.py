"""Campaigns and the people in them: who waits, who is being sent to, and what became of each."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from struct import Struct
from typing import Any, cast

import msgspec

from router.core.assignment import State
from router.core.campaign import CHANNELS, Campaign, CampaignPerson, PersonState, Progress, Skip
from router.core.campaign_rules import CampaignRules
from router.core.code import BUCKETS, PREFIX_LENGTH, Code, prefix_of, three_characters
from router.core.errors import Conflict, NotFound
from router.core.prompt import ChannelName
from router.store.connection import translate_errors
from router.store.keys import CampaignKeys, PoolKeys
from router.store.scripts import Argument, Client, Scripts

MAX_CLAIMED = 100
MAX_ENQUEUED = 500
BUCKETS_A_PAGE = 250
MAX_DRAINED = 500

_PERSON = Struct(">BBBBHIB")
_RECORD_HEAD = Struct(">BBH")
_HEARD = Struct(">I")
_HEARD_AT = 22  # in the record, after what was kept of a person before they texted
_NO_SLOT = 0xFFFF
_MS = timedelta(milliseconds=1)
_MONTH = timedelta(days=30)
_SETTLED = frozenset({State.CONFIRMED, State.MOVING, State.OPTED_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody at the head of the queue: where they stand, and their sealed identities."""

    person: CampaignPerson
    contacts: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Somebody who may be claimed: over which channel (None: none can reach them), and not before when."""

    code: Code
    channel: ChannelName | None
    may_at_ms: int = 0


class Claimed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What became of an offer: claimed, later, skipped, failed, moved or gone."""

    word: str
    code: Code
    channel_number: int
    target: int
    tries: int

    @property
    def channel(self) -> ChannelName | None:
        """What is to carry the prompt."""
        return CHANNELS[self.channel_number - 1] if self.channel_number else None


class Claim(msgspec.Struct, array_like=True, frozen=True):
    """What a claim brought: running, stopped, no_room or paced, and in that case when to come again."""

    word: str
    wait_ms: int
    people: list[Claimed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What is to be written of a person; `again_ms` for the words `again` and `next`."""

    code: Code
    word: str
    again_ms: int = 0


_decode_claim = msgspec.msgpack.Decoder(Claim).decode
_encode = msgspec.msgpack.Encoder().encode


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
        """Return how many people of a campaign stand where."""
        with translate_errors():
            kept = await self._client.hgetall(keys.campaign(campaign.id).counts)
        counts = {PersonState(int(state)): int(people) for state, people in cast(dict[bytes, bytes], kept).items()}
        return Progress(campaign, {state: counts.get(state, 0) for state in PersonState})

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
            found = [person for prefix, page in zip(prefixes, pages, strict=True) for person in _on(slot, prefix, page)]
            if found:
                yield found

    async def enqueue(self, keys: PoolKeys, campaign: str, people: Sequence[tuple[Code, int]], *, now_ms: int) -> int:
        """Put people into the queue, each once whatever is repeated; return how many are new to it."""
        of, added = keys.campaign(campaign), 0
        for first in range(0, len(people), MAX_ENQUEUED):
            batch = people[first : first + MAX_ENQUEUED]
            names = [of.waiting, of.counts, *(of.people(prefix_of(code)) for code, _ in batch)]
            arguments: list[Argument] = [now_ms]
            for code, heard_s in batch:
                arguments += [code, heard_s]
            added += int((await self._scripts.call("enqueue", names, *arguments))[1])
        return added

    async def candidates(self, keys: PoolKeys, campaign: str, *, limit: int = MAX_CLAIMED) -> list[Candidate]:
        """Return the head of the queue, the most recently engaged first."""
        of = keys.campaign(campaign)
        with translate_errors():
            codes = await self._client.zrange(of.waiting, 0, limit - 1, desc=True)
            pipeline = self._client.pipeline(transaction=False)
            for code in (Code(raw.decode()) for raw in cast(list[bytes], codes)):
                pipeline.hget(of.people(prefix_of(code)), code[PREFIX_LENGTH:])
                pipeline.hget(keys.contacts(prefix_of(code)), code[PREFIX_LENGTH:])
            kept = await pipeline.execute() if codes else []
        return [
            Candidate(person=_read_person(Code(raw.decode()), person), contacts=contacts or b"")
            for raw, person, contacts in zip(cast(list[bytes], codes), kept[::2], kept[1::2], strict=True)
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
        names: list[str] = [
            *keys.picking,
            keys.health,
            keys.campaigns,
            of.waiting,
            of.later,
            of.sending,
            of.counts,
            keys.pace,
        ]
        packed = []
        for offer in offers:
            prefix = prefix_of(offer.code)
            names += [keys.records(prefix), of.people(prefix), keys.prompts(prefix)]
            number = 0 if offer.channel is None else CHANNELS.index(offer.channel) + 1
            packed.append(_encode({"code": offer.code, "channel": number, "may_at_ms": offer.may_at_ms}))
        told = (
            rules.cooldown // _MS,
            _MONTH // _MS,
            rules.max_in_month,
            rules.prompts_per_second,
            rules.burst,
            dict(allowances),
        )
        reply = await self._scripts.change("claim", names, now_ms, campaign, backups, _encode(told), *packed)
        return _decode_claim(reply)

    async def settle(self, keys: PoolKeys, campaign: str, people: Sequence[Settlement], *, now_ms: int) -> int:
        """Write what became of people; what was settled before stays. Returns how many changed."""
        of, changed = keys.campaign(campaign), 0
        for first in range(0, len(people), MAX_DRAINED):
            batch = people[first : first + MAX_DRAINED]
            names = [of.waiting, of.later, of.sending, of.counts, *(of.people(prefix_of(one.code)) for one in batch)]
            arguments: list[Argument] = [now_ms]
            for one in batch:
                arguments += [one.code, one.word, one.again_ms]
            changed += int((await self._scripts.call("settle", names, *arguments))[1])
        return changed

    async def lost(self, keys: PoolKeys, campaign: str, *, before_ms: int) -> list[CampaignPerson]:
        """Return people whose prompt was begun before `before_ms` and never settled: its sender is gone."""
        of = keys.campaign(campaign)
        with translate_errors():
            codes = await self._client.zrange(of.sending, "-inf", before_ms, byscore=True, offset=0, num=MAX_DRAINED)
        return await self._read_people(of, [Code(raw.decode()) for raw in cast(list[bytes], codes)])

    async def wake(self, keys: PoolKeys, campaign: str, *, now_ms: int) -> int:
        """Put those whose time has come back into the queue."""
        of = keys.campaign(campaign)
        return int((await self._scripts.call("wake", [of.waiting, of.later], now_ms, MAX_ENQUEUED))[1])

    async def queued(self, keys: PoolKeys, campaign: str) -> tuple[int, int, int]:
        """Return how many wait, wait for later, and are being sent to."""
        of: CampaignKeys = keys.campaign(campaign)
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for queue in (of.waiting, of.later, of.sending):
                pipeline.zcard(queue)
            waiting, later, sending = await pipeline.execute()
        return int(waiting), int(later), int(sending)

    async def people(self, keys: PoolKeys, campaign: str, *, after: str = "", limit: int = 100) -> list[CampaignPerson]:
        """Return a page of the people of a campaign in order of their codes, those after the code `after`."""
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
                    if (code := Code(prefix + suffix.decode())) > after:
                        found.append(_read_person(code, packed))
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

    async def forget_moves(self, keys: PoolKeys, count: int) -> None:
        """Drop the first moves, once they are settled."""
        with translate_errors():
            await cast(Any, self._client.ltrim(keys.moves, count, -1))

    async def forget_openings(self, keys: PoolKeys, count: int) -> None:
        """Drop the first openings, once they are settled."""
        with translate_errors():
            await cast(Any, self._client.ltrim(keys.openings, count, -1))

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
        return [_read_person(code, packed) for code, packed in zip(codes, kept, strict=True) if packed is not None]


def _on(slot: int, prefix: str, page: Mapping[bytes, bytes]) -> Iterable[tuple[Code, int]]:
    for suffix, record in page.items():
        state, _tier, home = _RECORD_HEAD.unpack_from(record)
        if home == slot and state in _SETTLED:
            yield Code(prefix + suffix.decode()), _HEARD.unpack_from(record, _HEARD_AT)[0]


def _read_person(code: Code, packed: bytes) -> CampaignPerson:
    state, skip, channel, failed, target, at_s, tries = _PERSON.unpack(packed)
    return CampaignPerson(
        code=code,
        state=PersonState(state),
        skip=Skip(skip),
        channel=CHANNELS[channel - 1] if channel else None,
        failed=frozenset(name for place, name in enumerate(CHANNELS) if failed >> place & 1),
        target=None if target == _NO_SLOT else target,
        at_s=at_s,
        tries=tries,
    )
