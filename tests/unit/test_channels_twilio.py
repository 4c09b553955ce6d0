"""What Twilio's answers mean for a text."""

import pytest

from router.channels.twilio_answers import judge, meaning_of
from router.core.prompt import Outcome


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 21211, Outcome.FAILED),
        (400, 21610, Outcome.FAILED),
        (400, 21614, Outcome.FAILED),
        (400, 99999, Outcome.FAILED),
        (400, None, Outcome.FAILED),
        (404, 404, Outcome.FAILED),
        (401, 20003, Outcome.RETRY),
        (401, None, Outcome.RETRY),
        (403, 20005, Outcome.RETRY),
        (404, 20404, Outcome.RETRY),
        (400, 21606, Outcome.RETRY),
        (400, 21611, Outcome.RETRY),
        (429, 20429, Outcome.RETRY),
        (429, None, Outcome.RETRY),
        (503, 20503, Outcome.RETRY),
        (500, 20500, Outcome.UNKNOWN),
        (502, None, Outcome.UNKNOWN),
        (504, None, Outcome.UNKNOWN),
        (200, None, Outcome.UNKNOWN),
        (302, None, Outcome.UNKNOWN),
    ],
)
def test_an_answer_is_final_or_not(status: int, code: int | None, outcome: Outcome) -> None:
    """Final where it is about the text or the person; later where it is about us; unknown where it does not say."""
    judged, reason = judge(status, code)
    assert judged is outcome
    assert reason


def test_a_code_is_put_in_words() -> None:
    """With the number, to look it up by; one that we do not know has the number alone."""
    assert meaning_of(21610) == "opted out of texts (21610)"
    assert meaning_of(12345) == "Twilio refused it (12345)"
    assert meaning_of(None) == "Twilio refused it"
