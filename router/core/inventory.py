"""Compare the lines that a provider says we rent with those in our pools, and say what may follow from it.

A list that names fewer lines than before is more often half an answer than the loss of half the lines, so nothing is
retired on a list that is empty, that could not be read in full, or that would take more than half of a pool.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from router.core.line import Line, OperatorState, Reputation, Service, Status
from router.core.phone import E164
from router.core.pool import PoolId

GONE_REASON = "not in the provider's list"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLine:
    """A line as the provider lists it.

    Attributes:
        service: None where its kind is not told.
        reputation: None for a line that has none yet, which says nothing bad of it; UNKNOWN for a word we do not know.
        is_flagged: the list says so. It is not documented to; False says nothing.
        forwards_to: where calls to it go.
    """

    number: E164
    service: Service | None = None
    reputation: Reputation | None = None
    is_flagged: bool = False
    forwards_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """One answer to "which lines do we rent?".

    Attributes:
        unreadable: how many items could not be read; their lines may be any of those that seem to be missing.
        told_at_ms: the provider's clock when it answered, if it says.
    """

    lines: tuple[ProviderLine, ...]
    unreadable: int = 0
    told_at_ms: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether a line that is not in it is gone."""
        return bool(self.lines) and not self.unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLine:
    """A line of one of our pools, and how many people have it."""

    pool: PoolId
    line: Line
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedLine:
    """A line of ours of which the provider says something new; what it says as before, or not at all, is None.

    Attributes:
        is_flagged: the list calls it flagged, which it is not documented to do.
        is_back: it is ours again, after the provider said that it was not.
    """

    ours: PoolLine
    reputation: Reputation | None = None
    service: Service | None = None
    is_flagged: bool = False
    is_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryDiff:
    """How the provider's list differs from our pools.

    Attributes:
        new: rented, and in no pool.
        missing: in a pool, and not in the list.
        left_out: rented, and retired here by an operator.
        same: lines on which both agree.
    """

    new: tuple[ProviderLine, ...]
    missing: tuple[PoolLine, ...]
    changed: tuple[ChangedLine, ...]
    left_out: tuple[PoolLine, ...]
    same: int


def diff(inventory: Inventory, ours: Iterable[PoolLine]) -> InventoryDiff:
    """Compare a list with the lines of all pools of its environment, retired ones too.

    A line that was retired because it had gone from the list, and is back, counts as new.
    """
    listed = {line.number: line for line in inventory.lines}
    used: set[E164] = set()
    missing, changed, left_out, same = list[PoolLine](), list[ChangedLine](), list[PoolLine](), 0
    for known in ours:
        told = listed.get(known.line.number)
        if known.line.health.operator_state is OperatorState.RETIRED:
            if told is not None and known.line.reason != GONE_REASON:
                left_out.append(known)
        elif told is None and known.line.health.status is Status.RELEASED:
            same += 1
        elif told is None:
            missing.append(known)
        else:
            used.add(told.number)
            change = compare_line(known, told)
            changed += [] if change is None else [change]
            same += change is None
    used |= {known.line.number for known in left_out}
    return InventoryDiff(
        new=tuple(line for number, line in listed.items() if number not in used),
        missing=tuple(missing),
        changed=tuple(changed),
        left_out=tuple(left_out),
        same=same,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a list says of one line, for those who keep the lines' health.

    Attributes:
        reputation: None where it says nothing new.
        is_ours: False for a line that is gone, True for one that is back; None where it says nothing new.
        at_ms: when we asked, by the store's clock; what a webhook told of a later moment counts more.
    """

    at_ms: int
    reputation: Reputation | None = None
    is_flagged: bool = False
    is_ours: bool | None = None


def observation_of(change: ChangedLine, *, at_ms: int) -> Observation | None:
    """Return what a difference says of a line's health; None if it says nothing of that."""
    observation = Observation(
        at_ms=at_ms,
        reputation=change.reputation,
        is_flagged=change.is_flagged,
        is_ours=True if change.is_back else None,
    )
    return None if observation == Observation(at_ms=at_ms) else observation


def count_lines(ours: Iterable[PoolLine]) -> dict[PoolId, int]:
    """Count the lines of each pool, retired ones left out."""
    counts: dict[PoolId, int] = {}
    for known in ours:
        is_live = known.line.health.operator_state is not OperatorState.RETIRED
        counts[known.pool] = counts.get(known.pool, 0) + is_live
    return counts


def why_not_retire(
    inventory: Inventory, missing: Sequence[PoolLine], line_counts: Mapping[PoolId, int], *, force: bool = False
) -> str | None:
    """Say why the missing lines should stay; None if they may be retired.

    Args:
        inventory: the list they are missing from.
        missing: lines of any pools.
        line_counts: as `count_lines` returns them.
        force: an operator says that so many are gone indeed; half a list stays half a list.
    """
    if not inventory.lines:
        return "The provider's list is empty: that is a key of another environment more often than the loss of all."
    if inventory.unreadable:
        return f"{inventory.unreadable} lines of the provider's list could not be read; these may be among them."
    for pool in dict.fromkeys(known.pool for known in missing):
        gone = sum(known.pool == pool for known in missing)
        if gone * 2 > line_counts[pool] and not force:
            return f"{gone} of the {line_counts[pool]} lines of pool {pool!r} are missing: more than half."
    return None


def compare_line(known: PoolLine, told: ProviderLine) -> ChangedLine | None:
    """Return what the provider says of a line of ours that is new; None if nothing is."""
    line = known.line
    change = ChangedLine(
        ours=known,
        reputation=None if told.reputation == line.health.reputation else told.reputation,
        service=None if told.service == line.service else told.service,
        is_flagged=told.is_flagged and line.health.status is not Status.FLAGGED,
        is_back=line.health.status is Status.RELEASED,
    )
    return None if change == ChangedLine(ours=known) else change
