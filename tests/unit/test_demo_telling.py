"""What the demo prints: JSON for programs, sentences and a table of 80 columns for eyes."""

import json
from dataclasses import fields, replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from router.cli.demo import campaign_news, frame, line_news, people_news
from router.cli.demo.campaign_news import CampaignOpened, CampaignOver, Prompted
from router.cli.demo.frame import Board, CampaignNow, Ended, Opened, Position, Totals
from router.cli.demo.happenings import Happening, Trouble
from router.cli.demo.ledger import Prompting
from router.cli.demo.line_news import LineCalm, LineFlagged, StillClosed
from router.cli.demo.narrator import JsonNarrator, StoryClock, TextNarrator
from router.cli.demo.people_news import CameBack, Confirmed
from router.cli.demo.spelling import count_people, short, spell_time

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
PROMPTING = Prompting(
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
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


def told(*happenings: Happening, clock: Clock | None = None, width: int = 80) -> str:
    """What a pipe gets to read; a second passes after each happening."""
    turned, out = clock or Clock(), StringIO()
    narrator = TextNarrator(Console(file=out, width=width, highlight=False), StoryClock(turned), board_s=10)
    narrator.start_clock()
    for happening in happenings:
        narrator.tell(happening)
        turned.now_s += 1
    narrator.close()
    return out.getvalue()


def kinds_of_news() -> list[type[Happening]]:
    """Every kind of happening that is told in a sentence."""
    found = [
        kind
        for module in (people_news, line_news, campaign_news)
        for kind in vars(module).values()
        if isinstance(kind, type)
    ]
    return [kind for kind in found if issubclass(kind, Happening) and kind is not Happening]


def example(kind: type[Happening]) -> Happening:
    """Make up one of a kind."""
    values = {"str": LINE, "int": 3, "float": 3.0, "bool": True}
    return kind(**{field.name: values[str(getattr(field.type, "__name__", field.type))] for field in fields(kind)})


@pytest.mark.parametrize("kind", kinds_of_news(), ids=lambda kind: kind.__name__)
def test_every_kind_of_news_is_a_sentence(kind: type[Happening]) -> None:
    """It ends as one, and spells no number out but in a link."""
    happening = example(kind)
    assert happening.sentence[0].isupper()
    assert happening.sentence.rpartition(": ")[0] or happening.sentence.endswith(".")
    assert happening.name.islower()


def test_names_in_json_are_words() -> None:
    """One word after the other, as in `line_flagged`."""
    assert (FLAGGED.name, BOARD.name) == ("line_flagged", "board")


def test_what_is_common_is_told_once() -> None:
    """The second confirmed text is counted and not told; the second flag is told."""
    first, second = Confirmed(line=LINE), Confirmed(line=LINE)
    assert told(first, second).count("first text") == 1
    assert told(FLAGGED, FLAGGED).count("FLAGGED") == 2


def test_what_explains_is_told_once() -> None:
    """The first line that is healthy again comes with the reason why it needs no warm-up."""
    calm = LineCalm(line=LINE, newcomers=33, to_it=0)
    text = told(calm, calm)
    assert (text.count("HEALTHY"), text.count("no warm-up")) == (2, 1)


def test_the_same_trouble_is_told_once() -> None:
    """Other trouble is told as well."""
    text = told(Trouble(what="this"), Trouble(what="this"), Trouble(what="that"))
    assert (text.count("this"), text.count("that")) == (1, 1)


def test_each_sentence_bears_its_time() -> None:
    """Minutes and seconds since the first person could come; what follows stands below the words."""
    lines = told(Confirmed(line=LINE), FLAGGED).splitlines()
    assert [line[:8] for line in lines if ":" in line[:8]] == ["  0:00  ", "  0:01  "]
    assert all(line.startswith(("  0:0", " " * 8)) for line in lines)


def test_nothing_is_wider_than_80_columns() -> None:
    """Neither the first words, nor a full board, nor a sentence, nor the last words; and no line ends in blanks."""
    everything = told(OPENED, *(example(kind) for kind in kinds_of_news()), *(BOARD for _ in range(12)), FLAGGED, ENDED)
    assert max(len(line) for line in everything.splitlines()) <= 80
    assert [line for line in everything.splitlines() if line != line.rstrip()] == []
    assert "98765" in everything


def test_a_narrow_terminal_is_enough() -> None:
    """In 50 columns sentences are folded and boards cut."""
    lines = told(*(example(kind) for kind in kinds_of_news()), *(BOARD for _ in range(12)), FLAGGED, ENDED, width=50)
    assert max(len(line) for line in lines.splitlines()) <= 50
    assert "campaign demo.2.flagged1  running" in lines


def test_a_campaign_stands_below_the_lines() -> None:
    """Where it is, and how many people stand where; a hold-down counts nobody yet."""
    (campaign,) = BOARD.campaigns
    held = replace(campaign, id="demo.3.flagged1", state="holding", people=0)
    clock = Clock()
    narrator_told = told(*(replace(BOARD, campaigns=(campaign, held)) for _ in range(12)), clock=clock)
    assert "  campaign demo.2.flagged1  running  off +1…0103\n" in narrator_told
    assert "    12 of 40 moved · 5 asked · 20 waiting · 3 skipped\n" in narrator_told
    assert "  campaign demo.3.flagged1  holding  off +1…0103\n" in narrator_told


def test_the_first_prompt_of_each_channel_is_told() -> None:
    """In its own words; the second one is not told."""
    by_sms = Prompted(channel="sms", address="+13105550101", text="Acme: text us\nat +1 202-555-0102")
    text = " ".join(told(by_sms, by_sms, replace(by_sms, channel="email")).split())
    assert (text.count("“Acme: text us at +1 202-555-0102”"), text.count("mail:")) == (2, 1)


def test_a_campaign_says_what_came_of_it() -> None:
    """How many were asked and moved, who is left alone now; and nothing of the kind where the flag was short."""
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
    """Every ten seconds, though there is a new one each second."""
    assert told(*(BOARD for _ in range(25))).count("9999 signed up") == 2


def test_a_terminal_has_the_board_below_the_story() -> None:
    """It is drawn anew in its place after each sentence."""
    out = StringIO()
    console = Console(file=out, width=80, height=40, force_terminal=True, color_system=None, highlight=False)
    narrator = TextNarrator(console, StoryClock(Clock()), board_s=10)
    narrator.start_clock()
    for happening in (BOARD, FLAGGED, BOARD):
        narrator.tell(happening)
    narrator.close()
    written = out.getvalue()
    assert written.index("FLAGGED") < written.rindex("9999 signed up")
    assert "\x1b[1A" in written


def test_json_has_everything() -> None:
    """One object a line: when, what, and its fields; boards now and then."""
    clock, out = Clock(), StringIO()
    narrator = JsonNarrator(out, StoryClock(clock), board_s=3)
    narrator.tell(OPENED)
    narrator.start_clock()
    for happening in (Confirmed(line=LINE), Confirmed(line=LINE), BOARD, FLAGGED, BOARD):
        narrator.tell(happening)
        clock.now_s += 1
    read = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["what"] for one in read] == ["opened", "confirmed", "confirmed", "line_flagged", "board"]
    assert read[3] == {"at_s": 3.0, "what": "line_flagged", "line": LINE, "people": 41, "answered_after_ms": 12}
    assert read[4]["lines"][1]["gate"] == "flagged"
    assert read[4]["totals"]["met"] == 999


def test_the_first_words_say_what_moved() -> None:
    """Pages, key, that nothing reaches a phone, and which port is another than usual."""
    text = told(OPENED)
    for words in (OPENED.signup_url, OPENED.sandbox_url, OPENED.admin_key, "nothing reaches a real phone"):
        assert words in text
    assert "port 8000 is taken, so it is 43211" in text


def test_a_good_end() -> None:
    """What came of it, and that the promise was kept."""
    words = " ".join(told(ENDED).split())
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
    """Each has a line of its own, and the demo fails."""
    changes: dict[str, Any] = {field: 1}
    broken = replace(ENDED, prompting=replace(PROMPTING, **changes))
    assert words in " ".join(told(broken).split())
    assert not broken.is_good


@pytest.mark.parametrize(("field", "words"), [("to_flagged", "1 WERE GIVEN"), ("came_back_elsewhere", "19 of them")])
def test_a_broken_promise_is_said(field: str, words: str) -> None:
    """As loudly as it deserves, and the demo fails."""
    broken = Ended(**{one.name: getattr(ENDED, one.name) for one in fields(Ended)} | {field: 1})
    assert words in " ".join(told(broken).split())
    assert not broken.is_good


def test_an_end_without_a_flag_claims_nothing() -> None:
    """Where no line was flagged there is nothing to prove; and other people's signups are named as such."""
    values = {one.name: getattr(ENDED, one.name) for one in fields(Ended)}
    early = Ended(**values | {"flags": 0, "closed_s": 0.0, "newcomers": 0, "counted": 233})
    words = " ".join(told(early).split())
    assert "No line was flagged" in words
    assert "none of them was given" not in words
    assert "gave a line 233 times" in words


def test_numbers_and_counts_are_spelled() -> None:
    """Short numbers, singular and plural, minutes and seconds."""
    assert short(LINE) == "+1…0103"
    assert [count_people(1), count_people(2, "new")] == ["1 person", "2 new people"]
    assert spell_time(65.9) == "1:05"
    assert StillClosed(line=LINE, newcomers=1, to_it=0).sentence.startswith("The next 1 new person went")
    assert "another page" in CameBack(line=LINE, is_same_page=False).sentence
    assert frame.CommandRun(command=("pools", "create", "demo", "--text", "Hi! {code}")).sentence == (
        'switchyard pools create demo --text "Hi! {code}"'
    )
