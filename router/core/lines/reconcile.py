"""Decide what an unattended sync may do, slowly enough that one wrong list does little harm.

A line is retired if an earlier list had it and two complete lists, some minutes apart, do not. In an hour a pool may
lose one line, or a fifth of its lines; more than that is for a human to decide. Kubernetes' node controller and Envoy's
outlier ejection limit mass reactions in the same way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from router.core.lines.inventory import Inventory, InventoryDiff, PoolLine, count_lines, diff, why_not_retire
from router.core.phone import E164
from router.core.pool import PoolId

MIN_ABSENCE_MS = 120_000
ALLOWANCE_SHARE = 0.2
ALLOWANCE_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered from one list to the next.

    Attributes:
        seen: lines of ours that a complete list named.
        missing_since_ms: lines of ours that are missing in the last list, and since when.
        retired_at_ms: by pool, when lines were retired in the last hour.
        reported: lines that operators already know to be new or held back.
    """

    seen: frozenset[E164] = frozenset()
    missing_since_ms: Mapping[E164, int] = field(default_factory=dict)
    retired_at_ms: Mapping[PoolId, tuple[int, ...]] = field(default_factory=dict)
    reported: frozenset[E164] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from one list.

    Attributes:
        retire: lines to retire now.
        held_back: missing lines that stay until a human decides; `why` gives the reason.
        to_report: new lines and held-back lines that have not been reported yet.
        memory: what to remember for the next list.
    """

    differences: InventoryDiff
    retire: tuple[PoolLine, ...]
    held_back: tuple[PoolLine, ...]
    why: str
    to_report: frozenset[E164]
    memory: Memory


def allowance(lines: int, spent: int) -> int:
    """Return how many more lines a pool may lose by inference: one, or a fifth of them, minus those already lost."""
    return max(0, max(1, int(lines * ALLOWANCE_SHARE)) - spent)


def decide(memory: Memory, inventory: Inventory, ours: Iterable[PoolLine], *, now_ms: int) -> Decision:
    """Decide what follows from one list.

    Args:
        memory: what was remembered from the list before.
        inventory: the provider's answer.
        ours: the lines of all pools of its environment, including retired ones.
        now_ms: the store's clock.
    """
    ours = tuple(ours)
    counts = count_lines(ours)
    differences = diff(inventory, ours)
    recent = _recent(memory, now_ms)
    if not inventory.is_complete:
        why = why_not_retire(inventory, differences.missing, counts) or ""
        kept = replace(memory, retired_at_ms=recent)
        return Decision(differences=differences, retire=(), held_back=(), why=why, to_report=frozenset(), memory=kept)

    since = {known.line.number: memory.missing_since_ms.get(known.line.number, now_ms) for known in differences.missing}
    overdue = [known for known in differences.missing if now_ms - since[known.line.number] >= MIN_ABSENCE_MS]
    strangers = [known for known in overdue if known.line.number not in memory.seen]
    due = [known for known in overdue if known.line.number in memory.seen]
    if why := why_not_retire(inventory, differences.missing, counts) or "":
        retire, held_back = list[PoolLine](), overdue
    else:
        retire, held_back = _within_allowance(due, counts, recent)
        why = "More lines are missing than may be retired automatically in an hour." if held_back else why
        if strangers:
            held_back += strangers
            why = why or "The provider's list never named them: they may belong to another account."
    unexplained = frozenset({line.number for line in differences.new} | {known.line.number for known in held_back})
    return Decision(
        differences=differences,
        retire=tuple(retire),
        held_back=tuple(held_back),
        why=why,
        to_report=unexplained - memory.reported,
        memory=Memory(
            seen=_seen(memory, inventory, ours),
            missing_since_ms=since,
            retired_at_ms=_with_retired(recent, retire, now_ms),
            reported=unexplained,
        ),
    )


def _within_allowance(
    due: list[PoolLine], counts: Mapping[PoolId, int], recent: Mapping[PoolId, tuple[int, ...]]
) -> tuple[list[PoolLine], list[PoolLine]]:
    retire: list[PoolLine] = []
    held_back: list[PoolLine] = []
    for known in due:
        spent = len(recent.get(known.pool, ()))
        taken = sum(other.pool == known.pool for other in retire)
        # Lines retired in the last hour are no longer counted, but they were in the pool when the hour began.
        may = allowance(counts[known.pool] + spent, spent) > taken
        (retire if may else held_back).append(known)
    return retire, held_back


def _seen(memory: Memory, inventory: Inventory, ours: Iterable[PoolLine]) -> frozenset[E164]:
    mine = {known.line.number for known in ours}
    return frozenset(mine & (memory.seen | {line.number for line in inventory.lines}))


def _recent(memory: Memory, now_ms: int) -> dict[PoolId, tuple[int, ...]]:
    kept = {
        pool: tuple(at for at in times if now_ms - at < ALLOWANCE_MS) for pool, times in memory.retired_at_ms.items()
    }
    return {pool: times for pool, times in kept.items() if times}


def _with_retired(
    recent: Mapping[PoolId, tuple[int, ...]], retire: Iterable[PoolLine], now_ms: int
) -> Mapping[PoolId, tuple[int, ...]]:
    spent = dict(recent)
    for known in retire:
        spent[known.pool] = (*spent.get(known.pool, ()), now_ms)
    return spent
