"""Lists from an unattended sync: what they may change, how fast, and what is left to a human."""

from router.core.line import Line, LineHealth, OperatorState
from router.core.lines.inventory import Inventory, PoolLine, ProviderLine
from router.core.lines.reconcile import ALLOWANCE_MS, MIN_ABSENCE_MS, Decision, Memory, allowance, decide
from router.core.phone import E164
from router.core.pool import PoolId

MAIN = PoolId("main")
NUMBERS = [E164(f"+1202555{last:04d}") for last in range(20)]
START_MS = 1_800_000_000_000


def ours(*numbers: E164, retired: tuple[E164, ...] = ()) -> list[PoolLine]:
    """Make the lines of one pool."""
    state = {number: OperatorState.RETIRED if number in retired else OperatorState.READY for number in numbers}
    return [
        PoolLine(pool=MAIN, line=Line(slot=slot, number=number, health=LineHealth(operator_state=state[number])))
        for slot, number in enumerate(numbers)
    ]


def listed(*numbers: E164, unreadable: int = 0) -> Inventory:
    """Make a list."""
    return Inventory(lines=tuple(ProviderLine(number=number) for number in numbers), unreadable=unreadable)


def retired_by(decision: Decision) -> list[E164]:
    """Return the lines that a decision retires."""
    return [known.line.number for known in decision.retire]


def held_back_by(decision: Decision) -> list[E164]:
    """Return the lines that a decision leaves to a human."""
    return [known.line.number for known in decision.held_back]


def test_a_line_goes_when_two_lists_miss_it() -> None:
    """The first list without it only records it, and so does one soon after; one some minutes later retires it."""
    lines = ours(*NUMBERS[:5])
    memory = decide(Memory(), listed(*NUMBERS[:5]), lines, now_ms=START_MS).memory
    for after_ms, gone in ((0, []), (MIN_ABSENCE_MS - 1, []), (MIN_ABSENCE_MS, [NUMBERS[0]])):
        decision = decide(memory, listed(*NUMBERS[1:5]), lines, now_ms=START_MS + after_ms)
        assert retired_by(decision) == gone
        memory = decision.memory
    assert decision.held_back == ()


def test_a_line_that_is_back_begins_anew() -> None:
    """A single list that names it again ends its absence."""
    lines = ours(*NUMBERS[:5])
    memory = decide(Memory(), listed(*NUMBERS[:5]), lines, now_ms=START_MS).memory
    memory = decide(memory, listed(*NUMBERS[1:5]), lines, now_ms=START_MS).memory
    memory = decide(memory, listed(*NUMBERS[:5]), lines, now_ms=START_MS + MIN_ABSENCE_MS).memory
    assert memory.missing_since_ms == {}
    decision = decide(memory, listed(*NUMBERS[1:5]), lines, now_ms=START_MS + 2 * MIN_ABSENCE_MS)
    assert decision.retire == ()


def test_a_list_that_is_not_complete_changes_no_memory() -> None:
    """An incomplete list is not the second that misses a line, and it does not make us forget the first."""
    lines = ours(*NUMBERS[:5])
    memory = decide(Memory(), listed(*NUMBERS[:5]), lines, now_ms=START_MS).memory
    memory = decide(memory, listed(*NUMBERS[1:5]), lines, now_ms=START_MS).memory
    for half in (listed(), listed(NUMBERS[1], unreadable=4)):
        decision = decide(memory, half, lines, now_ms=START_MS + MIN_ABSENCE_MS)
        assert (decision.retire, decision.held_back, decision.memory) == ((), (), memory)
        assert decision.why


def test_a_line_that_was_never_listed_is_left_to_a_human() -> None:
    """The line may belong to another account; a human is alerted once."""
    lines = ours(*NUMBERS[:3])
    memory = Memory()
    reported = []
    for turn in range(3):
        decision = decide(memory, listed(*NUMBERS[:2]), lines, now_ms=START_MS + turn * MIN_ABSENCE_MS)
        assert decision.retire == ()
        reported.append(set(decision.to_report))
        memory = decision.memory
    assert held_back_by(decision) == [NUMBERS[2]]
    assert "never named" in decision.why
    assert reported == [set(), {NUMBERS[2]}, set()]


def test_no_more_than_a_fifth_of_a_pool_goes_in_an_hour() -> None:
    """Of ten lines two go at once; the third waits for the next hour, and a human is alerted meanwhile."""
    lines = ours(*NUMBERS[:10])
    memory = decide(Memory(), listed(*NUMBERS[:10]), lines, now_ms=START_MS).memory
    memory = decide(memory, listed(*NUMBERS[3:10]), lines, now_ms=START_MS).memory
    now_ms = START_MS + MIN_ABSENCE_MS
    decision = decide(memory, listed(*NUMBERS[3:10]), lines, now_ms=now_ms)
    assert retired_by(decision) == NUMBERS[:2]
    assert held_back_by(decision) == [NUMBERS[2]]
    assert decision.to_report == {NUMBERS[2]}
    lines = ours(*NUMBERS[:10], retired=tuple(NUMBERS[:2]))
    decision = decide(decision.memory, listed(*NUMBERS[3:10]), lines, now_ms=now_ms + ALLOWANCE_MS - 1)
    assert (retired_by(decision), held_back_by(decision)) == ([], [NUMBERS[2]])
    decision = decide(decision.memory, listed(*NUMBERS[3:10]), lines, now_ms=now_ms + ALLOWANCE_MS)
    assert retired_by(decision) == [NUMBERS[2]]


def test_more_than_half_of_a_pool_never_goes_by_itself() -> None:
    """The list is more likely the wrong one."""
    lines = ours(*NUMBERS[:3])
    memory = decide(Memory(), listed(*NUMBERS[:3]), lines, now_ms=START_MS).memory
    memory = decide(memory, listed(NUMBERS[0]), lines, now_ms=START_MS).memory
    decision = decide(memory, listed(NUMBERS[0]), lines, now_ms=START_MS + MIN_ABSENCE_MS)
    assert (decision.retire, held_back_by(decision)) == ((), NUMBERS[1:3])
    assert "more than half" in decision.why


def test_a_new_line_is_reported_once() -> None:
    """A new line joins no pool by itself."""
    lines = ours(NUMBERS[0])
    first = decide(Memory(), listed(*NUMBERS[:2]), lines, now_ms=START_MS)
    assert first.to_report == {NUMBERS[1]}
    assert decide(first.memory, listed(*NUMBERS[:2]), lines, now_ms=START_MS + 1).to_report == set()


def test_one_line_or_a_fifth_may_be_taken_away() -> None:
    """One line may go whatever the pool's size; the allowance that was used counts."""
    assert [allowance(lines, 0) for lines in (1, 5, 9, 10, 100)] == [1, 1, 1, 2, 20]
    assert [allowance(10, spent) for spent in (1, 2, 3)] == [1, 0, 0]
