"""What the demo's ledger finds: second prompts, prompts to people who must get none, lines that got too many."""

from router.cli.demo.ledger import Ledger
from router.cli.demo.sinks import Prompt

ADA, BOB = "+13105550101", "+13105550102"
LINE = "+12025550102"
BY_SMS = Prompt(channel="sms", address=ADA, text="text us", link="http://127.0.0.1/t/x")


def judged(ledger: Ledger, moved: int = 0) -> tuple[int, ...]:
    """Say how often each promise was broken."""
    found = ledger.judge(campaigns=1, moved=moved, moved_elsewhere=0)
    assert found.is_good is not any((found.twice, found.opted_out_prompted, found.spared_prompted, found.lines_over))
    return found.twice, found.opted_out_prompted, found.spared_prompted, found.lines_over


def test_a_second_prompt_is_found() -> None:
    """Over whatever channel it came; one to each of two people is none."""
    ledger = Ledger(30)
    ledger.note(BY_SMS, ADA)
    ledger.note(BY_SMS, BOB)
    assert judged(ledger) == (0, 0, 0, 0)
    ledger.note(Prompt(channel="email", address="ada@people.example", text="", link=""), ADA)
    assert judged(ledger) == (1, 0, 0, 0)
    assert ledger.judge(campaigns=1, moved=0, moved_elsewhere=0).by_channel == {"sms": 2, "email": 1}


def test_a_repeated_delivery_is_no_second_prompt() -> None:
    """An app that is told twice under one id knows it for the same."""
    ledger = Ledger(30)
    prompt = Prompt(channel="app", address=ADA, text="", link="", id="msg_1")
    assert ledger.note(prompt, ADA)
    assert not ledger.note(prompt, ADA)
    assert judged(ledger) == (0, 0, 0, 0)


def test_a_prompt_to_somebody_who_opted_out_is_found() -> None:
    """Others may be prompted."""
    ledger = Ledger(30)
    ledger.bar([BOB])
    ledger.note(BY_SMS, ADA)
    assert judged(ledger) == (0, 0, 0, 0)
    ledger.note(BY_SMS, BOB)
    assert judged(ledger) == (0, 1, 0, 0)


def test_a_prompt_after_the_recovery_is_found() -> None:
    """Unless a later campaign concerns the person: that one may ask them."""
    ledger = Ledger(30)
    ledger.spare([ADA, BOB])
    ledger.unspare([BOB])
    ledger.note(BY_SMS, BOB)
    assert judged(ledger) == (0, 0, 0, 0)
    ledger.note(BY_SMS, ADA)
    assert judged(ledger) == (0, 0, 1, 0)
    assert ledger.judge(campaigns=1, moved=0, moved_elsewhere=0).spared == 2


def test_a_line_that_was_sent_too_many_is_found() -> None:
    """A line that warms up may be sent fewer: a tenth of 30 is three."""
    ledger = Ledger(30)
    ledger.note_weight("demo.0.flagged1", LINE, 10.0)
    ledger.note_sent_to("demo.0.flagged1", {LINE: 3})
    assert judged(ledger) == (0, 0, 0, 0)
    ledger.note_sent_to("demo.0.flagged1", {LINE: 4})
    assert judged(ledger) == (0, 0, 0, 1)


def test_somebody_on_another_line_than_they_texted_breaks_a_promise() -> None:
    """However many are where they should be."""
    assert not Ledger(30).judge(campaigns=1, moved=20, moved_elsewhere=1).is_good
