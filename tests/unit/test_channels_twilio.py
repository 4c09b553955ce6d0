"""How Twilio's answers to a text are read."""

import pytest

from router.channels.twilio_answers import judge, meaning_of
from router.core.campaigns.prompt import SendOutcome


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 21211, SendOutcome.FAILED),
        (400, 21610, SendOutcome.FAILED),
        (400, 21614, SendOutcome.FAILED),
        (400, 99999, SendOutcome.FAILED),
        (400, None, SendOutcome.FAILED),
        (404, 404, SendOutcome.FAILED),
        (401, 20003, SendOutcome.RETRY),
        (401, None, SendOutcome.RETRY),
        (403, 20005, SendOutcome.RETRY),
        (404, 20404, SendOutcome.RETRY),
        (400, 21606, SendOutcome.RETRY),
        (400, 21611, SendOutcome.RETRY),
        (429, 20429, SendOutcome.RETRY),
        (429, None, SendOutcome.RETRY),
        (503, 20503, SendOutcome.RETRY),
        (500, 20500, SendOutcome.UNKNOWN),
        (502, None, SendOutcome.UNKNOWN),
        (504, None, SendOutcome.UNKNOWN),
        (200, None, SendOutcome.UNKNOWN),
        (302, None, SendOutcome.UNKNOWN),
    ],
)
def test_an_answer_is_final_or_not(status: int, code: int | None, outcome: SendOutcome) -> None:
    """An answer about the text or the person is final, one about us is retried later, and an unclear one is unknown."""
    judged, reason = judge(status, code)
    assert judged is outcome
    assert reason


def test_a_code_is_put_in_words() -> None:
    """The words include the number, to search for it; a code that we do not know is a number alone."""
    assert meaning_of(21610) == "opted out of texts (21610)"
    assert meaning_of(12345) == "Twilio refused it (12345)"
    assert meaning_of(None) == "Twilio refused it"
