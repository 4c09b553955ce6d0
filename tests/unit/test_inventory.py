"""The provider's list compared with our pools: what differs, and what must not follow from half a list."""

from dataclasses import replace

import pytest

from router.core.line import Line, LineHealth, OperatorState, Reputation, Service, Status
from router.core.lines.inventory import (
    GONE_REASON,
    ChangedLine,
    Inventory,
    ListedChange,
    PoolLine,
    ProviderLine,
    count_lines,
    diff,
    listed_change_of,
    why_not_retire,
)
from router.core.phone import E164
from router.core.pool import PoolId

MAIN, EAST = PoolId("main"), PoolId("east")
ALPHA, BRAVO, CHARLIE, DELTA = (E164(f"+1202555010{last}") for last in range(1, 5))


def ours(number: E164, pool: PoolId = MAIN, *, reason: str = "", **health: object) -> PoolLine:
    """Make a line of a pool."""
    line = Line(slot=0, number=number, health=LineHealth(**health), reason=reason)  # type: ignore[arg-type]
    return PoolLine(pool=pool, line=line)


def gone_by_hand(number: E164) -> PoolLine:
    """Make a line that an operator retired."""
    return ours(number, operator_state=OperatorState.RETIRED, reason="a test")


def listed(*numbers: E164, unreadable: int = 0) -> Inventory:
    """Make a list of healthy lines."""
    lines = [ProviderLine(number=number, reputation=Reputation.HEALTHY) for number in numbers]
    return Inventory(lines=tuple(lines), unreadable=unreadable)


def test_what_both_know_is_the_same() -> None:
    """A line of any pool counts, and there is no difference."""
    found = diff(listed(ALPHA, BRAVO), [ours(ALPHA), ours(BRAVO, EAST)])
    assert (found.new, found.missing, found.changed, found.left_out, found.same) == ((), (), (), (), 2)


def test_new_and_missing_lines_are_told_apart() -> None:
    """A new line is in no pool; a missing line is in one, and not in the list."""
    found = diff(listed(ALPHA, CHARLIE), [ours(ALPHA), ours(BRAVO)])
    assert [line.number for line in found.new] == [CHARLIE]
    assert [known.line.number for known in found.missing] == [BRAVO]


def test_a_line_the_operator_retired_stays_retired() -> None:
    """It is neither new nor missing: in the list it is left out, and outside it there is nothing to report."""
    retired = [gone_by_hand(ALPHA), gone_by_hand(BRAVO)]
    found = diff(listed(ALPHA), retired)
    assert (found.new, found.missing, found.same) == ((), (), 0)
    assert [known.line.number for known in found.left_out] == [ALPHA]


def test_a_line_that_went_and_came_back_is_new() -> None:
    """The line was retired because the list did not name it, so the list may bring it back."""
    found = diff(listed(ALPHA), [ours(ALPHA, operator_state=OperatorState.RETIRED, reason=GONE_REASON)])
    assert [line.number for line in found.new] == [ALPHA]
    assert found.left_out == ()


def test_a_line_the_provider_took_is_not_missing_again() -> None:
    """The line is known to be gone; once it is in the list again, it is back."""
    gone = ours(ALPHA, status=Status.RELEASED)
    assert diff(listed(BRAVO), [gone, ours(BRAVO)]).same == 2
    assert diff(listed(ALPHA), [gone]).changed == (ChangedLine(ours=gone, is_back=True),)


@pytest.mark.parametrize(
    ("listed_as", "change"),
    [
        ({"reputation": Reputation.AT_RISK}, {"reputation": Reputation.AT_RISK}),
        ({"reputation": Reputation.UNKNOWN}, {"reputation": Reputation.UNKNOWN}),
        ({"service": Service.RCS}, {"service": Service.RCS}),
        ({"is_flagged": True}, {"is_flagged": True}),
        ({"reputation": None}, None),
        ({"reputation": Reputation.HEALTHY, "service": Service.IMESSAGE}, None),
        ({"forwards_to": "+12025550000"}, None),
    ],
)
def test_a_change_holds_only_what_is_new(listed_as: dict[str, object], change: dict[str, object] | None) -> None:
    """A line without a reputation yet is not unhealthy, and call forwarding is not our concern."""
    known = ours(ALPHA)
    found = diff(Inventory(lines=(ProviderLine(number=ALPHA, **listed_as),)), [known])  # type: ignore[arg-type]
    assert found.changed == (() if change is None else (ChangedLine(ours=known, **change),))  # type: ignore[arg-type]


def test_a_flag_we_know_is_no_news() -> None:
    """The list cannot lift a flag either: it is not documented to know."""
    known = ours(ALPHA, status=Status.FLAGGED)
    for is_flagged in (True, False):
        theirs = ProviderLine(number=ALPHA, is_flagged=is_flagged)
        assert diff(Inventory(lines=(theirs,)), [known]).same == 1


def test_only_health_is_observed() -> None:
    """A changed kind is a setting of the line; reputation, a flag and a return are its health."""
    known = ours(ALPHA)
    assert listed_change_of(ChangedLine(ours=known, service=Service.RCS), at_ms=5) is None
    changed = ChangedLine(ours=known, reputation=Reputation.CRITICAL, is_back=True)
    assert listed_change_of(changed, at_ms=5) == ListedChange(at_ms=5, reputation=Reputation.CRITICAL, is_ours=True)


def test_half_a_list_retires_nobody() -> None:
    """An empty list, or one with items that could not be read, does not show that a line is gone, forced or not."""
    missing = [ours(ALPHA)]
    counts = {MAIN: 9}
    for force in (False, True):
        assert "empty" in (why_not_retire(listed(), missing, counts, force=force) or "")
        assert "1 lines" in (why_not_retire(listed(BRAVO, unreadable=1), missing, counts, force=force) or "")


def test_more_than_half_of_a_pool_needs_force() -> None:
    """Half of a pool is still believed; each pool is counted by itself, without its retired lines."""
    lines = [ours(ALPHA), ours(BRAVO), gone_by_hand(CHARLIE), ours(DELTA, EAST)]
    counts = count_lines(lines)
    assert counts == {MAIN: 2, EAST: 1}
    assert why_not_retire(listed(BRAVO, DELTA), [lines[0]], counts) is None
    assert "2 of the 2 lines of pool 'main'" in (why_not_retire(listed(DELTA), lines[:2], counts) or "")
    assert "pool 'east'" in (why_not_retire(listed(BRAVO), [lines[0], lines[3]], counts) or "")
    assert why_not_retire(listed(DELTA), lines[:2], counts, force=True) is None


def test_a_list_is_complete_when_all_of_it_was_read() -> None:
    """A complete list also names at least one line."""
    assert listed(ALPHA).is_complete
    assert not listed().is_complete
    assert not replace(listed(ALPHA), unreadable=1).is_complete
