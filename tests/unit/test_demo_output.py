"""What the demo prints: JSON for programs; sentences and a table of 80 columns for people."""

import json
from dataclasses import fields, replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from router.demo.output import campaign_events, line_events, people_events, run_events
from router.demo.output.campaign_events import CampaignOpened, CampaignOver, Prompted
from router.demo.output.event import DemoEvent, Trouble
from router.demo.output.formats import count_people, format_time, short
from router.demo.output.line_events import LineCalm, LineFlagged, StillClosed
from router.demo.output.narrator import JsonNarrator, StoryClock, TextNarrator
from router.demo.output.people_events import CameBack, Confirmed
from router.demo.output.prompt_totals import PromptTotals
from router.demo.output.run_events import Board, CampaignNow, Ended, Opened, Position, Totals

LINE = "+12025550103"
FLAGGED = LineFlagged(line=LINE, people=41, answered_after_ms=12)
BOARD = Board(
    lines=tuple(
        Position(
            line=f"+120255501{index:02d}",
            people=1234 * index,
            weight_percent=100,
            due=1,
            recent=1,
            gate=gate,
            texts_in=98765,
            texts_out=98765,
        )
        for index, gate in enumerate(("open", "flagged", "at_risk", "suspected", "guideline"))
    ),
    totals=Totals(signed_up=9999, confirmed=9999, met=999, moved=999, opted_out=999),
    campaigns=(
        CampaignNow(
            id="demo.2.flagged1",
            line=LINE,
            state="running",
            people=40,
            moved=12,
            asked=5,
            waiting=20,
            skipped=3,
        ),
    ),
)
PROMPTING = PromptTotals(
    campaigns=2,
    by_channel={"sms": 12, "app": 6, "email": 9},
    people=27,
    opted_out=2,
    spared=8,
    moved=21,
    allowance=1800,
    most_to_a_line=9,
)
ENDED = Ended(
    ran_s=130.4,
    totals=Totals(signed_up=232, confirmed=176, met=10, moved=5, opted_out=8, came_back=20),
    counted=232,
    came_back_elsewhere=0,
    flags=2,
    closed_s=60.1,
    newcomers=118,
    to_flagged=0,
    prompting=PROMPTING,
)
OPENED = Opened(
    signup_url="http://127.0.0.1:8000/j/demo",
    sandbox_url="http://127.0.0.1:8010/",
    api_url="http://127.0.0.1:8000/schema",
    admin_key="demo-I3Zz7dB2m_MksdBAGZJkjMFR",
    data_dir=None,
    moved_ports={8000: 43211},
    seed=7,
)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


def printed(*events: DemoEvent, clock: Clock | None = None, width: int = 80) -> str:
    """Return what a pipe reads; a second passes after each event."""
    turned, out = clock or Clock(), StringIO()
    narrator = TextNarrator(Console(file=out, width=width, highlight=False), StoryClock(turned), board_s=10)
    narrator.start_clock()
    for event in events:
        narrator.report(event)
        turned.now_s += 1
    narrator.close()
    return out.getvalue()


def printed_kinds() -> list[type[DemoEvent]]:
    """Return every kind of event that is printed as a sentence."""
    found = [
        kind
        for module in (people_events, line_events, campaign_events)
        for kind in vars(module).values()
        if isinstance(kind, type)
    ]
    return [kind for kind in found if issubclass(kind, DemoEvent) and kind is not DemoEvent]


def example(kind: type[DemoEvent]) -> DemoEvent:
    """Make an example of a kind."""
    values = {"str": LINE, "int": 3, "float": 3.0, "bool": True}
    return kind(**{field.name: values[str(getattr(field.type, "__name__", field.type))] for field in fields(kind)})


@pytest.mark.parametrize("kind", printed_kinds(), ids=lambda kind: kind.__name__)
def test_every_printed_kind_is_a_sentence(kind: type[DemoEvent]) -> None:
    """The sentence ends with a full stop, and shows a number in full only in a link."""
    event = example(kind)
    assert event.sentence[0].isupper()
    assert event.sentence.rpartition(": ")[0] or event.sentence.endswith(".")
    assert event.name.islower()


def test_names_in_json_are_words() -> None:
    """Names in JSON are words joined by underscores, as in `line_flagged`."""
    assert (FLAGGED.name, BOARD.name) == ("line_flagged", "board")


def test_a_common_event_is_printed_once() -> None:
    """The second confirmed text is counted and not printed; the second flag is printed."""
    first, second = Confirmed(line=LINE), Confirmed(line=LINE)
    assert printed(first, second).count("first text") == 1
    assert printed(FLAGGED, FLAGGED).count("FLAGGED") == 2


def test_an_explanation_is_printed_once() -> None:
    """The first line that is healthy again is printed with the reason why it needs no warm-up."""
    calm = LineCalm(line=LINE, newcomers=33, to_it=0)
    text = printed(calm, calm)
    assert (text.count("HEALTHY"), text.count("no warm-up")) == (2, 1)


def test_the_same_trouble_is_printed_once() -> None:
    """Other trouble is printed as well."""
    text = printed(Trouble(what="this"), Trouble(what="this"), Trouble(what="that"))
    assert (text.count("this"), text.count("that")) == (1, 1)


def test_each_sentence_bears_its_time() -> None:
    """A sentence begins with minutes and seconds since the first person could come; its next lines are indented."""
    lines = printed(Confirmed(line=LINE), FLAGGED).splitlines()
    assert [line[:8] for line in lines if ":" in line[:8]] == ["  0:00  ", "  0:01  "]
    assert all(line.startswith(("  0:0", " " * 8)) for line in lines)


def test_nothing_is_wider_than_80_columns() -> None:
    """Neither the greeting, a full board, a sentence nor the summary is wider, and no line ends in blanks."""
    everything = printed(
        OPENED, *(example(kind) for kind in printed_kinds()), *(BOARD for _ in range(12)), FLAGGED, ENDED
    )
    assert max(len(line) for line in everything.splitlines()) <= 80
    assert [line for line in everything.splitlines() if line != line.rstrip()] == []
    assert "98765" in everything


def test_a_narrow_terminal_is_enough() -> None:
    """In 50 columns sentences are folded and boards cut."""
    lines = printed(*(example(kind) for kind in printed_kinds()), *(BOARD for _ in range(12)), FLAGGED, ENDED, width=50)
    assert max(len(line) for line in lines.splitlines()) <= 50
    assert "campaign demo.2.flagged1  running" in lines


def test_a_campaign_stands_below_the_lines() -> None:
    """It shows the campaign's state, and how many people are in each state; a hold-down counts no people yet."""
    (campaign,) = BOARD.campaigns
    held = replace(campaign, id="demo.3.flagged1", state="holding", people=0)
    clock = Clock()
    output = printed(*(replace(BOARD, campaigns=(campaign, held)) for _ in range(12)), clock=clock)
    assert "  campaign demo.2.flagged1  running  off +1…0103\n" in output
    assert "    12 of 40 moved · 5 asked · 20 waiting · 3 skipped\n" in output
    assert "  campaign demo.3.flagged1  holding  off +1…0103\n" in output


def test_the_first_prompt_of_each_channel_is_printed() -> None:
    """Each channel has its own words; its second prompt is not printed."""
    by_sms = Prompted(channel="sms", address="+13105550101", text="Acme: text us\nat +1 202-555-0102")
    text = " ".join(printed(by_sms, by_sms, replace(by_sms, channel="email")).split())
    assert (text.count("“Acme: text us at +1 202-555-0102”"), text.count("mail:")) == (2, 1)


def test_a_campaign_says_what_came_of_it() -> None:
    """It says how many people were asked, moved and are left alone now; after a short flag it says none of that."""
    over = CampaignOver(
        campaign="demo.2.flagged1",
        line=LINE,
        state="cancelled",
        why="the line works again",
        people=24,
        moved=7,
        asked=9,
        waiting=8,
    )
    assert "because the line works again. 9 of 24 people were asked, 7 have moved" in over.sentence
    assert "8 people who waited for a prompt will get none" in over.sentence
    assert "nobody was asked" in replace(over, moved=0, asked=0).sentence
    opened = CampaignOpened(campaign="demo.2.flagged1", line=LINE, hold_down_s=5)
    assert "waits 5 s" in opened.sentence
    assert "waits before" in replace(opened, hold_down_s=0).sentence


def test_a_pipe_gets_a_board_now_and_then() -> None:
    """A pipe gets a board every ten seconds, though there is a new one each second."""
    assert printed(*(BOARD for _ in range(25))).count("9999 signed up") == 2


def test_a_terminal_has_the_board_below_the_story() -> None:
    """The board is drawn again in its place after each sentence."""
    out = StringIO()
    console = Console(file=out, width=80, height=40, force_terminal=True, color_system=None, highlight=False)
    narrator = TextNarrator(console, StoryClock(Clock()), board_s=10)
    narrator.start_clock()
    for event in (BOARD, FLAGGED, BOARD):
        narrator.report(event)
    narrator.close()
    written = out.getvalue()
    assert written.index("FLAGGED") < written.rindex("9999 signed up")
    assert "\x1b[1A" in written


def test_json_has_everything() -> None:
    """Each line is one object with the time, the kind and the fields; boards come now and then."""
    clock, out = Clock(), StringIO()
    narrator = JsonNarrator(out, StoryClock(clock), board_s=3)
    narrator.report(OPENED)
    narrator.start_clock()
    for event in (Confirmed(line=LINE), Confirmed(line=LINE), BOARD, FLAGGED, BOARD):
        narrator.report(event)
        clock.now_s += 1
    read = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["what"] for one in read] == ["opened", "confirmed", "confirmed", "line_flagged", "board"]
    assert read[3] == {"at_s": 3.0, "what": "line_flagged", "line": LINE, "people": 41, "answered_after_ms": 12}
    assert read[4]["lines"][1]["gate"] == "flagged"
    assert read[4]["totals"]["met"] == 999


def test_the_first_words_say_what_moved() -> None:
    """The greeting names the pages, the key, the changed port, and says that nothing reaches a phone."""
    text = printed(OPENED)
    for words in (OPENED.signup_url, OPENED.sandbox_url, OPENED.admin_key, "nothing reaches a real phone"):
        assert words in text
    assert "port 8000 is taken, so it is 43211" in text


def test_a_good_end() -> None:
    """The summary says what happened, and that the promise was kept."""
    words = " ".join(printed(ENDED).split())
    assert "Ended after 2:10. 232 people signed up" in words
    assert "Lines were flagged 2 times, for 60 s in all. 118 people signed up meanwhile, and none of them" in words
    assert "2 campaigns prompted 27 people: 6 by app, 9 by email, 12 by sms." in words
    assert "ok none of 2 people who had sent STOP" in words
    assert "NO " not in words
    assert ENDED.is_good


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("twice", "NO 1 of 27 people got a second prompt"),
        ("opted_out_prompted", "NO 1 of 2 people who had sent STOP"),
        ("spared_prompted", "NO 1 of 8 people who waited"),
        ("moved_elsewhere", "NO 1 of 21 people who moved"),
        ("lines_over", "NO 9 people at most were sent to one line"),
    ],
)
def test_a_broken_promise_of_a_campaign_is_said(field: str, words: str) -> None:
    """Each broken promise has its own line, and the demo fails."""
    changes: dict[str, Any] = {field: 1}
    broken = replace(ENDED, prompting=replace(PROMPTING, **changes))
    assert words in " ".join(printed(broken).split())
    assert not broken.is_good


@pytest.mark.parametrize(("field", "words"), [("to_flagged", "1 WERE GIVEN"), ("came_back_elsewhere", "19 of them")])
def test_a_broken_promise_is_said(field: str, words: str) -> None:
    """A broken promise is printed prominently, and the demo fails."""
    broken = Ended(**{one.name: getattr(ENDED, one.name) for one in fields(Ended)} | {field: 1})
    assert words in " ".join(printed(broken).split())
    assert not broken.is_good


def test_an_end_without_a_flag_claims_nothing() -> None:
    """Without a flagged line there is nothing to prove; other people's signups are named as such."""
    values = {one.name: getattr(ENDED, one.name) for one in fields(Ended)}
    early = Ended(**values | {"flags": 0, "closed_s": 0.0, "newcomers": 0, "counted": 233})
    words = " ".join(printed(early).split())
    assert "No line was flagged" in words
    assert "none of them was given" not in words
    assert "gave a line 233 times" in words


def test_numbers_and_counts_are_formatted() -> None:
    """Short numbers, singular and plural, minutes and seconds are formatted."""
    assert short(LINE) == "+1…0103"
    assert [count_people(1), count_people(2, "new")] == ["1 person", "2 new people"]
    assert format_time(65.9) == "1:05"
    assert StillClosed(line=LINE, newcomers=1, to_it=0).sentence.startswith("The next 1 new person went")
    assert "another page" in CameBack(line=LINE, is_same_page=False).sentence
    assert run_events.CommandRun(command=("pools", "create", "demo", "--text", "Hi! {code}")).sentence == (
        'switchyard pools create demo --text "Hi! {code}"'
    )
