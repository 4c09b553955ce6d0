"""What the demo decides and proves: which line is flagged next, and who was given a line while it was closed."""

from router.demo.checks.flag_check import FlagCheck
from router.demo.output.run_events import Position
from router.demo.pace import CALM, FAST, IncidentPlan, people_per_hour

ONE, OTHER = "+12025550101", "+12025550102"


def position(line: str, people: int, gate: str = "open") -> Position:
    """Make a line in a state."""
    return Position(line=line, people=people, weight_percent=100, due=0.5, recent=0.5, gate=gate)


def lines(*people: int) -> list[Position]:
    """Make lines with the given numbers of people."""
    return [position(f"+120255501{index:02d}", count) for index, count in enumerate(people)]


def chosen(plan: IncidentPlan, positions: list[Position]) -> str:
    """Return the name of the line to flag, which must exist."""
    found = plan.choose_for_flag(positions)
    assert found is not None
    return found.line


def test_the_busiest_line_is_flagged() -> None:
    """The busiest line affects the most people."""
    assert chosen(IncidentPlan(1), lines(3, 9, 5, 1)) == "+12025550101"


def test_the_next_flag_is_another_lines() -> None:
    """Another line is flagged next, even if the same line is the busiest again."""
    plan = IncidentPlan(1)
    assert chosen(plan, lines(3, 9, 5, 1)) == "+12025550101"
    assert chosen(plan, lines(3, 9, 5, 1)) == "+12025550102"


def test_a_warning_goes_to_another_line_than_the_flag() -> None:
    """The warning goes to another line, whatever chance says."""
    plan = IncidentPlan(1)
    flagged = chosen(plan, lines(3, 9, 5, 1))
    warned = {found.line for _ in range(50) if (found := plan.choose_for_warning(lines(3, 9, 5, 1)))}
    assert len(warned) == 3
    assert flagged not in warned


def test_some_lines_always_stay_open() -> None:
    """While only two lines are open, neither is changed."""
    few = [*lines(3, 9), position("+12025550109", 20, gate="flagged")]
    plan = IncidentPlan(1)
    assert plan.choose_for_flag(few) is None
    assert plan.choose_for_warning(few) is None


def test_both_paces_wait_for_people_before_the_first_flag() -> None:
    """By then the people that the app knows have signed up and texted, which takes them 6 s at most."""
    for pace in (CALM, FAST):
        assert pace.gathering_s + 6 / pace.haste < pace.first_s


def test_a_pace_is_settings_of_the_gateway() -> None:
    """The hold-down is in minutes, and a channel has a rate; lines may send more than people come by themselves."""
    assert FAST.settings == {"HOLD_DOWN_MINUTES": "0.0167", "PROMPTS_PER_SECOND": "0.2"}
    assert people_per_hour(2) > 2 * 3600 / 6


def test_nobody_on_a_closed_line_is_proof() -> None:
    """People who asked after the line was closed count, on any line; people who asked before do not."""
    flag_check = FlagCheck()
    flag_check.record(ONE, asked_at_s=9.9)
    flag_check.close(ONE, is_promised=True, at_s=10.0, given=5)
    for asked_at_s in (10.5, 11.0):
        flag_check.record(OTHER, asked_at_s=asked_at_s)
    ended = flag_check.reopen(ONE, at_s=12.0, given=5)
    assert ended is not None
    assert (ended.newcomers, ended.to_it, ended.opened_at_s) == (2, 0, 12.0)
    assert flag_check.promised() == [ended]


def test_a_person_who_was_shown_a_closed_line_is_found() -> None:
    """A person whose page came before we learned of the closing is found as well."""
    flag_check = FlagCheck()
    flag_check.record(ONE, asked_at_s=10.1)
    flag_check.close(ONE, is_promised=True, at_s=10.0, given=5)
    flag_check.record(ONE, asked_at_s=10.5)
    ended = flag_check.reopen(ONE, at_s=12.0, given=5)
    assert ended is not None
    assert ended.to_it == 2


def test_a_person_known_to_the_gateway_alone_is_found() -> None:
    """The gateway's count of people on the line grew while it was closed."""
    flag_check = FlagCheck()
    flag_check.close(ONE, is_promised=True, at_s=10.0, given=5)
    counted = flag_check.recount(ONE, given=6)
    assert counted is not None
    assert counted.to_it == 1
    ended = flag_check.reopen(ONE, at_s=12.0, given=7)
    assert ended is not None
    assert ended.to_it == 2


def test_a_line_that_somebody_else_changes_is_not_judged() -> None:
    """A person who plays along may open the line again in the middle."""
    flag_check = FlagCheck()
    flag_check.close(ONE, is_promised=True, at_s=10.0, given=5)
    flag_check.forget(ONE)
    flag_check.record(ONE, asked_at_s=11.0)
    assert flag_check.recount(ONE, given=6) is None
    assert flag_check.reopen(ONE, at_s=12.0, given=6) is None
    assert flag_check.promised() == []


def test_only_flags_are_promises() -> None:
    """A line at risk may be given to people when no other line has room."""
    flag_check = FlagCheck()
    flag_check.close(ONE, is_promised=False, at_s=10.0, given=5)
    flag_check.reopen(ONE, at_s=12.0, given=6)
    assert flag_check.promised() == []
