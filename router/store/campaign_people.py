"""The state of a person in a campaign, as the store packs it, and what the campaign scripts take and return."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from router.core.assignment import State
from router.core.campaigns.campaign import CHANNELS, CampaignPerson, PersonState, Skip
from router.core.campaigns.campaign_rules import CampaignRules
from router.core.channel import ChannelName
from router.core.code import Code, prefix_of
from router.core.time_units import MILLISECOND
from router.store.formats import MEMBER, NO_SLOT, RECORD
from router.store.keys import CampaignKeys, Key, PoolKeys

_read_text = RECORD.reader_of("state", "slot", "heard_s")
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person at the head of the queue: their state, and their sealed identities."""

    person: CampaignPerson
    contacts: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A person to claim: over which channel (None: no channel can reach them), and from when."""

    code: Code
    channel: ChannelName | None
    may_at_ms: int = 0


class Claimed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What became of an offer; `word` is claimed, later, skipped, failed, moved, gone, paced or stuck.

    Attributes:
        channel_number: 0 for none; `channel` is its name.
        target: slot of the line they are asked to text, or -1.
        tries: how often `channel` was asked, this time included.
    """

    word: str
    code: Code
    channel_number: int
    target: int
    tries: int

    @property
    def channel(self) -> ChannelName | None:
        """The channel that carries the prompt."""
        return CHANNELS[self.channel_number - 1] if self.channel_number else None


class ClaimReply(msgspec.Struct, array_like=True, frozen=True):
    """The result of a claim.

    Attributes:
        word: running, stopped, next_hour (every line has had its new people of this hour) or no_room.
        waits_ms: until each channel has room again, in their order; 0 for a channel that has room or was not asked.
    """

    word: str
    waits_ms: list[int]
    people: list[Claimed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of a person.

    Attributes:
        word: sent, unknown, again or next, of the try that `channel` and `tries` name; or opened or moved.
        again_ms: for `again` and `next`; for `opened`, when to prompt a person who has not texted by then.
    """

    code: Code
    word: str
    channel: ChannelName | None = None
    tries: int = 0
    again_ms: int = 0


decode_claim = msgspec.msgpack.Decoder(ClaimReply).decode
_encode = msgspec.msgpack.Encoder().encode


def pack_offer(offer: Offer) -> bytes:
    """Return an offer as the claim script takes it."""
    return _encode({"code": offer.code, "channel": channel_number(offer.channel), "may_at_ms": offer.may_at_ms})


def keys_of_offers(keys: PoolKeys, of: CampaignKeys, offers: Sequence[Offer]) -> dict[str, list[Key]]:
    """Return the keys of the offered people, as the claim script takes them."""
    prefixes = [prefix_of(offer.code) for offer in offers]
    return {
        "records": [keys.records(prefix) for prefix in prefixes],
        "people": [of.people(prefix) for prefix in prefixes],
        "prompts": [keys.prompts(prefix) for prefix in prefixes],
    }


def pack_rules(rules: CampaignRules, allowances: Mapping[int, int]) -> bytes:
    """Return the pace as the claim script takes it; `allowances` is slot → new people an hour."""
    return _encode(
        (
            rules.cooldown // MILLISECOND,
            _MONTH // MILLISECOND,
            rules.max_in_month,
            rules.prompts_per_second,
            rules.burst,
            dict(allowances),
        )
    )


def channel_number(channel: ChannelName | None) -> int:
    """Return the number by which the store names a channel; 0 for none."""
    return 0 if channel is None else CHANNELS.index(channel) + 1


def read_person(code: Code, packed: bytes) -> CampaignPerson:
    """Read the state of a person."""
    state, skip, channel, failed, target, at_s, tries, _heard_s, _asked_s = MEMBER.unpack(packed)
    return CampaignPerson(
        code=code,
        state=PersonState(state),
        skip=Skip(skip),
        channel=CHANNELS[channel - 1] if channel else None,
        failed=frozenset(name for place, name in enumerate(CHANNELS) if failed >> place & 1),
        target=None if target == NO_SLOT else target,
        at_s=at_s,
        tries=tries,
    )


def people_on(slot: int, prefix: str, records: Mapping[bytes, bytes]) -> Iterable[tuple[Code, int]]:
    """Yield the people of a bucket who texted on a line: code, and when they last texted, in s."""
    for suffix, record in records.items():
        state, home, heard_s = _read_text(record)
        if home == slot and State(state).is_settled:
            yield Code(prefix + suffix.decode()), heard_s
