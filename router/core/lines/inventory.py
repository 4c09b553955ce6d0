"""Compare the provider's list of our lines with our pools, and decide what may follow.

A list with fewer lines than before is more often half an answer than the loss of half the lines. So nothing is retired
if the list is empty, if part of it could not be read, or if more than half of a pool would go.
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
        service: None where the list does not give it.
        reputation: None for a line that has none yet, which is no bad sign; UNKNOWN for a word we do not know.
        is_flagged: the list says so. It is not documented to do that, and False means nothing.
        forwards_to: where calls to it go.
    """

    number: E164
    service: Service | None = None
    reputation: Reputation | None = None
    is_flagged: bool = False
    forwards_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The provider's answer to "which lines do we rent?".

    Attributes:
        unreadable: how many items could not be read. Their lines may be among those that seem to be missing.
        unreadable_numbers: what those items have for a number, masked.
        provider_time_ms: the provider's clock when it answered; None where it does not say.
    """

    lines: tuple[ProviderLine, ...]
    unreadable: int = 0
    unreadable_numbers: tuple[str, ...] = ()
    provider_time_ms: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether a line that is not in the list is gone."""
        return bool(self.lines) and not self.unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLine:
    """A line of one of our pools, and how many people have it."""

    pool: PoolId
    line: Line
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedLine:
    """A line of ours about which the provider says something new. A field that is not new is None.

    Attributes:
        is_flagged: the list calls it flagged, which the list is not documented to do.
        is_back: it is ours again, after the provider had said that it was not.
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
        new: rented, but in no pool.
        missing: in a pool, but not in the list.
        left_out: rented, but retired here by an operator.
        same: how many lines are the same in both.
    """

    new: tuple[ProviderLine, ...]
    missing: tuple[PoolLine, ...]
    changed: tuple[ChangedLine, ...]
    left_out: tuple[PoolLine, ...]
    same: int


def diff(inventory: Inventory, ours: Iterable[PoolLine]) -> InventoryDiff:
    """Compare a list with the lines of all pools of its environment, including retired ones.

    A line that was retired because it was missing from the list, and is back in it, counts as new.
    """
    by_number = {line.number: line for line in inventory.lines}
    used: set[E164] = set()
    missing, changed, left_out, same = list[PoolLine](), list[ChangedLine](), list[PoolLine](), 0
    for known in ours:
        listed = by_number.get(known.line.number)
        if known.line.health.operator_state is OperatorState.RETIRED:
            if listed is not None and known.line.reason != GONE_REASON:
                left_out.append(known)
        elif listed is None and known.line.health.status is Status.RELEASED:
            same += 1
        elif listed is None:
            missing.append(known)
        else:
            used.add(listed.number)
            change = compare_line(known, listed)
            changed += [] if change is None else [change]
            same += change is None
    used |= {known.line.number for known in left_out}
    return InventoryDiff(
        new=tuple(line for number, line in by_number.items() if number not in used),
        missing=tuple(missing),
        changed=tuple(changed),
        left_out=tuple(left_out),
        same=same,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChange:
    """What the provider's list says about one line's health.

    Attributes:
        reputation: None where it is not new.
        is_ours: False for a line that is gone, True for one that is back, None where nothing is new.
        at_ms: when we asked, by the store's clock. A webhook with a later time counts more.
    """

    at_ms: int
    reputation: Reputation | None = None
    is_flagged: bool = False
    is_ours: bool | None = None


def listed_change_of(change: ChangedLine, *, at_ms: int) -> ListedChange | None:
    """Return what a difference says about the line's health; None if it says nothing about it."""
    listed = ListedChange(
        at_ms=at_ms,
        reputation=change.reputation,
        is_flagged=change.is_flagged,
        is_ours=True if change.is_back else None,
    )
    return None if listed == ListedChange(at_ms=at_ms) else listed


def count_lines(ours: Iterable[PoolLine]) -> dict[PoolId, int]:
    """Count the lines of each pool, without retired ones."""
    counts: dict[PoolId, int] = {}
    for known in ours:
        is_live = known.line.health.operator_state is not OperatorState.RETIRED
        counts[known.pool] = counts.get(known.pool, 0) + is_live
    return counts


def why_not_retire(
    inventory: Inventory, missing: Sequence[PoolLine], line_counts: Mapping[PoolId, int], *, force: bool = False
) -> str | None:
    """Return why the missing lines should stay; None if they may be retired.

    Args:
        inventory: the list in which they are missing.
        missing: lines of any pools.
        line_counts: from `count_lines`.
        force: an operator confirms that this many are gone. An incomplete list still retires nothing.
    """
    if not inventory.lines:
        return "The provider's list is empty: more often the key of another environment than the loss of all lines."
    if inventory.unreadable:
        named = f" ({', '.join(inventory.unreadable_numbers)})" if inventory.unreadable_numbers else ""
        return f"{inventory.unreadable} lines of the provider's list could not be read{named}; these may be among them."
    for pool in dict.fromkeys(known.pool for known in missing):
        gone = sum(known.pool == pool for known in missing)
        if gone * 2 > line_counts[pool] and not force:
            return f"{gone} of the {line_counts[pool]} lines of pool {pool!r} are missing: more than half."
    return None


def compare_line(known: PoolLine, listed: ProviderLine) -> ChangedLine | None:
    """Return what is new in the provider's data about a line of ours; None if nothing is."""
    line = known.line
    change = ChangedLine(
        ours=known,
        reputation=None if listed.reputation == line.health.reputation else listed.reputation,
        service=None if listed.service == line.service else listed.service,
        is_flagged=listed.is_flagged and line.health.status is not Status.FLAGGED,
        is_back=line.health.status is Status.RELEASED,
    )
    return None if change == ChangedLine(ours=known) else change
