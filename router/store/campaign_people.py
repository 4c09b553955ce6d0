"""How a person stands in a campaign: as the store packs it, and as scripts are asked and answer about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from struct import Struct

import msgspec

from router.core.assignment import State
from router.core.campaign import CHANNELS, CampaignPerson, PersonState, Skip
from router.core.campaign_rules import CampaignRules
from router.core.code import Code
from router.core.prompt import ChannelName

_PERSON = Struct(">BBBBHIBII")
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
        """What is to carry the prompt."""
        return CHANNELS[self.channel_number - 1] if self.channel_number else None


class Claim(msgspec.Struct, array_like=True, frozen=True):
    """What a claim brought.

    Attributes:
        word: running, stopped, next_hour (all lines have had their new people of this hour) or no_room.
        waits_ms: until each channel has room again, in their order; 0 for one that has, or was not asked.
    """

    word: str
    waits_ms: list[int]
    people: list[Claimed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What is to be written of a person.

    Attributes:
        word: sent, unknown, again or next, of the try that `channel` and `tries` name; opened or moved, of a person.
        again_ms: for `again` and `next`.
    """

    code: Code
    word: str
    channel: ChannelName | None = None
    tries: int = 0
    again_ms: int = 0


decode_claim = msgspec.msgpack.Decoder(Claim).decode
_encode = msgspec.msgpack.Encoder().encode


def pack_offer(offer: Offer) -> bytes:
    """An offer as the claim script takes it."""
    return _encode({"code": offer.code, "channel": channel_number(offer.channel), "may_at_ms": offer.may_at_ms})


def pack_rules(rules: CampaignRules, allowances: Mapping[int, int]) -> bytes:
    """What the claim script must know of the pace; `allowances` is slot → new people an hour."""
    return _encode(
        (
            rules.cooldown // _MS,
            _MONTH // _MS,
            rules.max_in_month,
            rules.prompts_per_second,
            rules.burst,
            dict(allowances),
        )
    )


def channel_number(channel: ChannelName | None) -> int:
    """A channel as the store spells it; 0 for none."""
    return 0 if channel is None else CHANNELS.index(channel) + 1


def read_person(code: Code, packed: bytes) -> CampaignPerson:
    """Read where somebody stands."""
    state, skip, channel, failed, target, at_s, tries, _heard_s, _asked_s = _PERSON.unpack(packed)
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


def people_on(slot: int, prefix: str, records: Mapping[bytes, bytes]) -> Iterable[tuple[Code, int]]:
    """Of a bucket of records, give those who texted on a line: code, and when they last did, in s."""
    for suffix, record in records.items():
        state, _tier, home = _RECORD_HEAD.unpack_from(record)
        if home == slot and state in _SETTLED:
            yield Code(prefix + suffix.decode()), _HEARD.unpack_from(record, _HEARD_AT)[0]
