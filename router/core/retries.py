"""What follows a try to prompt somebody: again, over the next channel, or nothing more. Pure.

Pauses are drawn, so that a thousand people whom a channel refused at one moment do not come back at one moment: "equal
jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
"""

from datetime import timedelta
from enum import StrEnum

from router.core.prompt import Outcome, SendResult

MAX_TRIES = 5
FIRST_PAUSE = timedelta(minutes=1)
MAX_WAIT = timedelta(days=1)
_MS = timedelta(milliseconds=1)


class Step(StrEnum):
    """What becomes of a person. AGAIN: over the same channel, later. NEXT: over the next one. The others are ends."""

    SENT = "sent"
    UNKNOWN = "unknown"
    AGAIN = "again"
    NEXT = "next"


def after_try(result: SendResult, tries: int, *, resend_is_safe: bool, draw: float) -> tuple[Step, timedelta]:
    """Say what follows an answer, and in how long.

    The pause before the second try is 30 to 60 seconds, and twice as long each time: 4 to 8 minutes before the fifth.
    What the channel asks for, up to a day, comes before it.

    Args:
        result: what the channel said.
        tries: how often it was asked, this time included.
        resend_is_safe: whether it drops a repetition.
        draw: at random from 0 to 1.
    """
    if result.outcome is Outcome.SENT:
        return Step.SENT, timedelta(0)
    if result.outcome is Outcome.FAILED:
        return Step.NEXT, timedelta(0)
    if result.outcome is Outcome.UNKNOWN and (not resend_is_safe or tries >= MAX_TRIES):
        return Step.UNKNOWN, timedelta(0)
    if tries >= MAX_TRIES:
        return Step.NEXT, timedelta(0)
    return Step.AGAIN, closed_for(result) + spread(FIRST_PAUSE * 2 ** (tries - 1), draw)


def spread(pause: timedelta, draw: float) -> timedelta:
    """Return a pause of at least half of `pause` and at most the whole of it, by a draw at random from 0 to 1."""
    return pause * (1 + draw) / 2


def after_loss(tries: int, *, resend_is_safe: bool) -> Step:
    """Say what follows a try that nobody knows the end of, because its sender is gone."""
    return Step.AGAIN if resend_is_safe and tries < MAX_TRIES else Step.UNKNOWN


def closed_for(result: SendResult) -> timedelta:
    """How long a channel asked us to send nothing at all, as far as that is believed; zero if it did not."""
    return min(MAX_WAIT, timedelta(seconds=max(0.0, min(result.retry_after_s or 0.0, MAX_WAIT / timedelta(seconds=1)))))
