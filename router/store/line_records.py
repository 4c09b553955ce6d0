"""How a line is stored, and how it is read back.

Three records make a line: the operator's settings (JSON), the provider's health (packed), and what the picker
uses (packed: limits, load, turn). The Lua side of the formats is in lua/shared/.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from router.core.line import (
    Gate,
    Line,
    LineHealth,
    LineLimits,
    LineLoad,
    OperatorState,
    Reputation,
    Service,
    Status,
    Tier,
)
from router.core.phone import E164
from router.core.picking.rotation import lag_of
from router.store.formats import HEALTH, LINE, NO_LIMIT

OPERATOR_STATES, STATUSES, REPUTATIONS, GATES = (
    tuple(OperatorState),
    tuple(Status),
    tuple(Reputation),
    tuple(Gate),
)

_WHY = b":why"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderWord:
    """What the provider reported about a line besides its status, and how sure that is.

    Times are milliseconds since 1970 by the store's clock, or None where it never happened; `status_at_us` and
    `reputation_at_us` are the provider's own microseconds, 0 where nothing was reported.

    Attributes:
        gone_at_us: when the provider took the line away, or gave it back, by its own clock.
        flags: how often the line went from working to flagged; the number of the present or last flag.
        heard_at_ms: when this line last had a text or a delivery.
        unverified_since_ms: the provider was silent for so long that a flag may have been missed.
        sent, failed: messages from the line, half forgotten every few minutes.
        reason: why it has its status, where one was given.
    """

    flags: int = 0
    status_at_us: int = 0
    reputation_at_us: int = 0
    gone_at_us: int = 0
    flagged_at_ms: int | None = None
    recovered_at_ms: int | None = None
    heard_at_ms: int | None = None
    unverified_since_ms: int | None = None
    sent: float = 0.0
    failed: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNow:
    """A line, its limits and its load at this moment.

    Attributes:
        picks: how many people it was ever given.
        new_this_hour: how many came in the hour that is running.
        lag: what the rotation owes it, in SCALE units of a pick.
        virtual_time: `ve` of a line inside a rotation, else 0; with it a model can take over exactly here.
    """

    line: Line
    limits: LineLimits
    load: LineLoad
    tier: Tier
    gate: Gate
    picks: int
    lag: int
    virtual_time: int
    provider: ProviderWord = ProviderWord()
    new_this_hour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """The operator's settings of a line, as its JSON stores them; the provider's health is stored apart."""

    slot: int
    number: E164
    label: str
    service: Service
    weight: int
    capacity: int | None
    new_people_per_day: int | None
    operator_state: OperatorState
    reason: str
    joined_at_ms: int
    warming_since_ms: int | None
    revision: int


def limit_numbers(limits: LineLimits) -> tuple[int, ...]:
    """Return limits as the packed line stores them."""
    allowance, started = limits.new_people_per_day, limits.started_per_day
    return (
        limits.weight,
        limits.capacity,
        limits.target,
        NO_LIMIT if allowance is None else allowance,
        limits.conversion_permille,
        NO_LIMIT if started is None else started,
        int(limits.is_warming),
    )


def settings_of(line: Line) -> LineSettings:
    """Return the part of a line that its JSON stores."""
    return LineSettings(
        slot=line.slot,
        number=line.number,
        label=line.label,
        service=line.service,
        weight=line.weight,
        capacity=line.capacity,
        new_people_per_day=line.new_people_per_day,
        operator_state=line.health.operator_state,
        reason=line.reason,
        joined_at_ms=line.joined_at_ms,
        warming_since_ms=line.warming_since_ms,
        revision=line.revision,
    )


def read_word(health_of: Mapping[bytes, bytes], slot: bytes) -> ProviderWord:
    """Read what the provider reported about a line; all defaults if it never reported anything."""
    packed = health_of.get(slot)
    if packed is None:
        return ProviderWord()
    (
        _,
        _,
        _,
        _,
        status_us,
        reputation_us,
        gone_us,
        flags,
        flagged,
        recovered,
        heard,
        unverified,
        sent,
        failed,
        _,
        _,
    ) = HEALTH.unpack(packed)
    return ProviderWord(
        flags=flags,
        status_at_us=int(status_us),
        reputation_at_us=int(reputation_us),
        gone_at_us=int(gone_us),
        flagged_at_ms=int(flagged) or None,
        recovered_at_ms=int(recovered) or None,
        heard_at_ms=int(heard) or None,
        unverified_since_ms=int(unverified) or None,
        sent=sent,
        failed=failed,
        reason=health_of.get(slot + _WHY, b"").decode(),
    )


class PackedLine(NamedTuple):
    """What the picker stores of a line, field by field; named as in formats.LINE."""

    operator_state: int
    status: int
    reputation: int
    suspected: int
    tier: int
    gate: int
    warming: int
    weight: int
    capacity: int
    target: int
    allowance: int
    conversion: int
    start_allowance: int
    reserved: int
    confirmed: int
    new_24h: int
    new_hour: int
    started_24h: int
    started_hour: int
    picks: int
    at: float


def unpack_line(packed: bytes) -> PackedLine:
    """Read what the picker stores of a line."""
    return PackedLine(*LINE.unpack(packed))


def health_in(packed: PackedLine) -> LineHealth:
    """Return the health that the picker uses, by the operator and the provider."""
    return LineHealth(
        operator_state=OPERATOR_STATES[packed.operator_state],
        status=STATUSES[packed.status],
        reputation=REPUTATIONS[packed.reputation],
        is_suspected=bool(packed.suspected),
    )


def read_line(text: bytes, packed: bytes, word: ProviderWord, rotations: Sequence[tuple[int, int]]) -> LineNow:
    """Put a line together from its JSON, its packed state, what the provider reported, and virtual time by tier."""
    kept = msgspec.json.decode(text, type=LineSettings)
    now = unpack_line(packed)
    health = health_in(now)
    in_rotation = now.tier != Tier.NONE
    return LineNow(
        line=_line_of(kept, health, word),
        limits=LineLimits(
            weight=now.weight,
            capacity=now.capacity,
            target=now.target,
            new_people_per_day=_limit(now.allowance),
            is_warming=bool(now.warming),
            conversion_permille=now.conversion,
            started_per_day=_limit(now.start_allowance),
        ),
        load=LineLoad(reserved=now.reserved, confirmed=now.confirmed, new_24h=now.new_24h, started_24h=now.started_24h),
        tier=Tier(now.tier),
        gate=GATES[now.gate],
        picks=now.picks,
        lag=lag_of(rotations[now.tier][0] - int(now.at), now.weight) if in_rotation else int(now.at),
        virtual_time=int(now.at) if in_rotation else 0,
        provider=word,
        new_this_hour=now.new_hour,
    )


def _limit(number: int) -> int | None:
    return None if number == NO_LIMIT else number


def _line_of(kept: LineSettings, health: LineHealth, word: ProviderWord) -> Line:
    """Put the line together. It warms up from the later of two times: the operator's start and its last recovery."""
    warming = [since for since in (kept.warming_since_ms, word.recovered_at_ms) if since is not None]
    is_healthy = health == LineHealth(operator_state=health.operator_state)
    return Line(
        slot=kept.slot,
        number=kept.number,
        label=kept.label,
        service=kept.service,
        weight=kept.weight,
        capacity=kept.capacity,
        new_people_per_day=kept.new_people_per_day,
        health=health,
        reason=kept.reason if is_healthy or not word.reason else word.reason,
        joined_at_ms=kept.joined_at_ms,
        warming_since_ms=max(warming, default=None),
        revision=kept.revision,
    )
