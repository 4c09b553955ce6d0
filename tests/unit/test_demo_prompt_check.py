"""What the demo's prompt check finds: second prompts, prompts to people who must get none, overloaded lines."""

from router.demo.checks.prompt_check import PromptCheck
from router.demo.clients.inboxes import Prompt

ADA, BOB = "+13105550101", "+13105550102"
LINE = "+12025550102"
BY_SMS = Prompt(channel="sms", address=ADA, text="text us", link="http://127.0.0.1/t/x")


def judged(prompt_check: PromptCheck, moved: int = 0) -> tuple[int, ...]:
    """Return how often each promise was broken."""
    found = prompt_check.judge(campaigns=1, moved=moved, moved_elsewhere=0)
    assert found.is_good is not any((found.twice, found.opted_out_prompted, found.spared_prompted, found.lines_over))
    return found.twice, found.opted_out_prompted, found.spared_prompted, found.lines_over


def test_a_second_prompt_is_found() -> None:
    """A second prompt counts over any channel; one prompt to each of two people does not."""
    prompt_check = PromptCheck(30)
    prompt_check.record(BY_SMS, ADA)
    prompt_check.record(BY_SMS, BOB)
    assert judged(prompt_check) == (0, 0, 0, 0)
    prompt_check.record(Prompt(channel="email", address="ada@people.example", text="", link=""), ADA)
    assert judged(prompt_check) == (1, 0, 0, 0)
    assert prompt_check.judge(campaigns=1, moved=0, moved_elsewhere=0).by_channel == {"sms": 2, "email": 1}


def test_a_repeated_delivery_is_no_second_prompt() -> None:
    """An app that gets one id twice recognises the repeat."""
    prompt_check = PromptCheck(30)
    prompt = Prompt(channel="app", address=ADA, text="", link="", id="msg_1")
    assert prompt_check.record(prompt, ADA)
    assert not prompt_check.record(prompt, ADA)
    assert judged(prompt_check) == (0, 0, 0, 0)


def test_a_prompt_to_a_person_who_opted_out_is_found() -> None:
    """Prompts to other people are allowed."""
    prompt_check = PromptCheck(30)
    prompt_check.bar([BOB])
    prompt_check.record(BY_SMS, ADA)
    assert judged(prompt_check) == (0, 0, 0, 0)
    prompt_check.record(BY_SMS, BOB)
    assert judged(prompt_check) == (0, 1, 0, 0)


def test_a_prompt_after_the_recovery_is_found() -> None:
    """A later campaign that concerns the person may still prompt them."""
    prompt_check = PromptCheck(30)
    prompt_check.spare([ADA, BOB])
    prompt_check.unspare([BOB])
    prompt_check.record(BY_SMS, BOB)
    assert judged(prompt_check) == (0, 0, 0, 0)
    prompt_check.record(BY_SMS, ADA)
    assert judged(prompt_check) == (0, 0, 1, 0)
    assert prompt_check.judge(campaigns=1, moved=0, moved_elsewhere=0).spared == 2


def test_a_line_that_was_sent_too_many_is_found() -> None:
    """A line that warms up may be given fewer: a tenth of 30 is three."""
    prompt_check = PromptCheck(30)
    prompt_check.record_weight("demo.0.flagged1", LINE, 10.0)
    prompt_check.record_sent_to("demo.0.flagged1", {LINE: 3})
    assert judged(prompt_check) == (0, 0, 0, 0)
    prompt_check.record_sent_to("demo.0.flagged1", {LINE: 4})
    assert judged(prompt_check) == (0, 0, 0, 1)


def test_a_person_on_another_line_than_they_texted_breaks_a_promise() -> None:
    """One person on a wrong line is a broken promise, however many are on the right one."""
    assert not PromptCheck(30).judge(campaigns=1, moved=20, moved_elsewhere=1).is_good
