"""What the demo decides and what it proves: which line is next, and who was given a line while it was closed."""

from router.cli.demo.frame import Position
from router.cli.demo.proof import Proof
from router.cli.demo.story import CALM, FAST, Story, people_per_hour

ONE, OTHER = "+12025550101", "+12025550102"


def position(line: str, people: int, gate: str = "open") -> Position:
    """Make a line that stands somewhere."""
    return Position(line=line, people=people, weight_percent=100, due=0.5, recent=0.5, gate=gate)


def lines(*people: int) -> list[Position]:
    """Make lines with so many people each."""
    return [position(f"+120255501{index:02d}", count) for index, count in enumerate(people)]


def chosen(story: Story, positions: list[Position]) -> str:
    """Name the line to be flagged, which there must be."""
    found = story.choose_for_flag(positions)
    assert found is not None
    return found.line


def test_the_busiest_line_is_flagged() -> None:
    """It is where the most people would notice."""
    assert chosen(Story(1), lines(3, 9, 5, 1)) == "+12025550101"


def test_the_next_flag_is_another_lines() -> None:
    """Even if the same is the busiest again."""
    story = Story(1)
    assert chosen(story, lines(3, 9, 5, 1)) == "+12025550101"
    assert chosen(story, lines(3, 9, 5, 1)) == "+12025550102"


def test_a_warning_goes_to_another_line_than_the_flag() -> None:
    """Whatever chance says."""
    story = Story(1)
    flagged = chosen(story, lines(3, 9, 5, 1))
    warned = {found.line for _ in range(50) if (found := story.choose_for_warning(lines(3, 9, 5, 1)))}
    assert len(warned) == 3
    assert flagged not in warned


def test_some_lines_always_stay_open() -> None:
    """With two open lines left, nothing happens to either."""
    few = [*lines(3, 9), position("+12025550109", 20, gate="flagged")]
    story = Story(1)
    assert story.choose_for_flag(few) is None
    assert story.choose_for_warning(few) is None


def test_both_paces_wait_for_people_before_the_first_flag() -> None:
    """The people whom the app knows have signed up and texted: that takes them 6 s at most."""
    for pace in (CALM, FAST):
        assert pace.gathering_s + 6 / pace.haste < pace.first_s


def test_a_pace_is_settings_of_the_gateway() -> None:
    """The hold-down in minutes, and how fast a channel sends; lines may be sent more than come by themselves."""
    assert FAST.settings == {"HOLD_DOWN_MINUTES": "0.0167", "PROMPTS_PER_SECOND": "0.3"}
    assert people_per_hour(2) > 2 * 3600 / 6


def test_nobody_on_a_closed_line_is_proof() -> None:
    """Those who asked after it was closed count, those before do not, wherever they went."""
    proof = Proof()
    proof.note(ONE, asked_at_s=9.9)
    proof.close(ONE, is_promised=True, at_s=10.0, given=5)
    for asked_at_s in (10.5, 11.0):
        proof.note(OTHER, asked_at_s=asked_at_s)
    ended = proof.reopen(ONE, at_s=12.0, given=5)
    assert ended is not None
    assert (ended.newcomers, ended.to_it, ended.opened_at_s) == (2, 0, 12.0)
    assert proof.promised() == [ended]


def test_somebody_who_was_shown_a_closed_line_is_found() -> None:
    """Also one whose page came before we learned when the line was closed."""
    proof = Proof()
    proof.note(ONE, asked_at_s=10.1)
    proof.close(ONE, is_promised=True, at_s=10.0, given=5)
    proof.note(ONE, asked_at_s=10.5)
    ended = proof.reopen(ONE, at_s=12.0, given=5)
    assert ended is not None
    assert ended.to_it == 2


def test_somebody_only_the_gateway_knows_of_is_found() -> None:
    """Its count of people given the line grew while it was closed."""
    proof = Proof()
    proof.close(ONE, is_promised=True, at_s=10.0, given=5)
    counted = proof.recount(ONE, given=6)
    assert counted is not None
    assert counted.to_it == 1
    ended = proof.reopen(ONE, at_s=12.0, given=7)
    assert ended is not None
    assert ended.to_it == 2


def test_a_line_that_somebody_else_changes_is_not_judged() -> None:
    """Whoever plays along may open it again in the middle."""
    proof = Proof()
    proof.close(ONE, is_promised=True, at_s=10.0, given=5)
    proof.forget(ONE)
    proof.note(ONE, asked_at_s=11.0)
    assert proof.recount(ONE, given=6) is None
    assert proof.reopen(ONE, at_s=12.0, given=6) is None
    assert proof.promised() == []


def test_only_flags_are_promises() -> None:
    """A line at risk may be given to people when nothing else has room."""
    proof = Proof()
    proof.close(ONE, is_promised=False, at_s=10.0, given=5)
    proof.reopen(ONE, at_s=12.0, given=6)
    assert proof.promised() == []
