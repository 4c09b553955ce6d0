"""A rented line: what the operator set, what the provider says, and which gate holds it back.

Two axes are kept apart: the operator's state and the provider's status and reputation. The stricter wins.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from router.core.phone import E164

MAX_WEIGHT = 1000
MAX_LINES_PER_POOL = 1000
WHOLE_PERMILLE = 1000


class OperatorState(StrEnum):
    """What the operator wants a line to do."""

    READY = "ready"
    DRAIN = "drain"
    MAINT = "maint"
    RETIRED = "retired"


class Status(StrEnum):
    """Whether the provider can use the line at all, mildest first. Of two reports with one time, the more severe wins.

    UNKNOWN stands for a word we do not know; the line is then closed to new people. RELEASED: the line is no longer
    ours.
    """

    ACTIVE = "ACTIVE"
    UNKNOWN = "UNKNOWN"
    FLAGGED = "FLAGGED"
    RELEASED = "RELEASED"


class Reputation(StrEnum):
    """The provider's forecast of a line's health. UNKNOWN means the same as in Status."""

    HEALTHY = "HEALTHY"
    AT_RISK = "AT_RISK"
    CRITICAL = "CRITICAL"
    UNKNOWN = "UNKNOWN"


class Service(StrEnum):
    """The service a line offers. Every line can receive SMS."""

    IMESSAGE = "iMessage"
    RCS = "RCS"


class Tier(IntEnum):
    """How willingly a line takes a new person: lower tiers go first, NONE takes nobody."""

    HEALTHY = 0
    RESERVE = 1
    AT_RISK = 2
    NONE = 3


class Gate(StrEnum):
    """Why a line takes no new person, or only after others. In the order of GATE_ in store/lua/shared/formats.lua."""

    OPEN = "open"
    DRAIN = "drain"
    MAINT = "maint"
    RETIRED = "retired"
    RELEASED = "released"
    FLAGGED = "flagged"
    CRITICAL = "critical"
    UNKNOWN = "unknown"
    SUSPECTED = "suspected"
    PARKED = "parked"
    FULL = "full"
    AT_RISK = "at_risk"
    TARGET = "target"
    GUIDELINE = "guideline"
    WARM_UP = "warm_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLimits:
    """What the picker needs to know about a line, derived from its settings and its age.

    Attributes:
        weight: effective weight = operator's weight (0..1000) × warm-up percent (10..100), so 0..100 000.
        capacity: the most people the line can carry.
        target: the number of people at which its reserve begins; never above capacity.
        new_people_per_day: allowance of new people in a rolling 24 h, or None for no limit.
        is_warming: whether warm-up has cut `new_people_per_day`; it decides which gate is named.
        conversion_permille: what a reservation counts, in thousandths of a person: the share that texts in the end.
        started_per_day: allowance of conversations the line begins in a rolling 24 h, or None for no limit.
    """

    weight: int
    capacity: int
    target: int
    new_people_per_day: int | None = None
    is_warming: bool = False
    conversion_permille: int = 1000
    started_per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHealth:
    """What operator and provider say about a line. `is_suspected`: its messages fail, and nobody has said why."""

    operator_state: OperatorState = OperatorState.READY
    status: Status = Status.ACTIVE
    reputation: Reputation = Reputation.HEALTHY
    is_suspected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLoad:
    """The people on a line now, reserved (not yet texted) and confirmed, and counts of the last 24 h by whole hours.

    Attributes:
        new_24h: people who came to the line.
        started_24h: conversations that the line began.
    """

    reserved: int = 0
    confirmed: int = 0
    new_24h: int = 0
    started_24h: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as an operator sees it.

    Attributes:
        slot: the line's permanent small number inside its pool; records name lines by it.
        weight: the operator's share, 0..1000; 0 parks the line.
        capacity: how many people it may carry, or None to derive that from the pool's message guideline.
        new_people_per_day: rolling 24 h guideline for new people, or None to use the pool's.
        joined_at_ms, warming_since_ms: wall clock; warming_since_ms is None for a line that is warm.
        revision: grows with every change. A write names the revision it was decided on.
    """

    slot: int
    number: E164
    label: str = ""
    service: Service = Service.IMESSAGE
    weight: int = 100
    capacity: int | None = None
    new_people_per_day: int | None = None
    health: LineHealth = LineHealth()
    reason: str = ""
    joined_at_ms: int = 0
    warming_since_ms: int | None = None
    revision: int = 0


def placement_of(health: LineHealth, limits: LineLimits, load: LineLoad) -> tuple[Tier, Gate]:
    """Return a line's tier and the gate that put it there.

    Hard gates (tier NONE) are never relaxed. Soft gates move a line behind the others.
    """
    hard = _hard_gate(health, limits, load)
    if hard is not None:
        return Tier.NONE, hard
    if health.reputation is Reputation.AT_RISK:
        return Tier.AT_RISK, Gate.AT_RISK
    if expected_people(load, limits) >= limits.target:
        return Tier.RESERVE, Gate.TARGET
    if limits.new_people_per_day is not None and load.new_24h >= limits.new_people_per_day:
        return Tier.RESERVE, Gate.WARM_UP if limits.is_warming else Gate.GUIDELINE
    if limits.started_per_day is not None and load.started_24h >= limits.started_per_day:
        return Tier.RESERVE, Gate.GUIDELINE
    return Tier.HEALTHY, Gate.OPEN


def expected_people(load: LineLoad, limits: LineLimits) -> int:
    """Return how many people the line is expected to carry. Of the reservations, only the share that texts counts."""
    return load.confirmed - (-load.reserved * limits.conversion_permille // WHOLE_PERMILLE)


def can_carry(health: LineHealth) -> bool:
    """Whether people on this line can still reach us. Load and weight do not matter."""
    return health.status is Status.ACTIVE and health.operator_state is not OperatorState.RETIRED


def is_ours(health: LineHealth) -> bool:
    """Whether the number is still rented; one that is not may be a stranger's."""
    return health.status is not Status.RELEASED and health.operator_state is not OperatorState.RETIRED


def _hard_gate(health: LineHealth, limits: LineLimits, load: LineLoad) -> Gate | None:
    if health.operator_state is not OperatorState.READY:
        return Gate(health.operator_state.value)
    if (stated := _stated_gate(health)) is not None:
        return stated
    if limits.weight == 0:
        return Gate.PARKED
    if expected_people(load, limits) >= limits.capacity:
        return Gate.FULL
    return None


def _stated_gate(health: LineHealth) -> Gate | None:
    if health.status is not Status.ACTIVE:
        return Gate(health.status.value.lower())
    if health.reputation in {Reputation.CRITICAL, Reputation.UNKNOWN}:
        return Gate.CRITICAL if health.reputation is Reputation.CRITICAL else Gate.UNKNOWN
    if health.is_suspected:
        return Gate.SUSPECTED
    return None
