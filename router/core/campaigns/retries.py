"""Decide what follows a try to prompt a person: the same channel again, the next channel, or nothing more. Pure.

Pauses are random, so that a thousand people whom a channel refused at one moment do not return at one moment: "equal
jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from router.core.campaigns.prompt import SendOutcome, SendResult
from router.core.time_units import MILLISECOND

MAX_TRIES = 5
FIRST_PAUSE = timedelta(minutes=1)
MAX_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """A span of the store's clock in which nothing is sent. It is over as well if the clock was set back before it."""

    since_ms: int
    until_ms: int

    @classmethod
    def of(cls, length: timedelta, *, now_ms: int) -> "Pause":
        """Return a pause that begins now."""
        return cls(now_ms, now_ms + length // MILLISECOND)

    def left_ms(self, now_ms: int) -> int:
        """Return how long it still lasts, in ms; 0 if it is over."""
        return self.until_ms - now_ms if self.since_ms <= now_ms < self.until_ms else 0


NO_PAUSE = Pause(0, 0)


class SettleWord(StrEnum):
    """What happens to a person. AGAIN: the same channel, later. NEXT: the next channel. SENT and UNKNOWN are final."""

    SENT = "sent"
    UNKNOWN = "unknown"
    AGAIN = "again"
    NEXT = "next"


def after_try(result: SendResult, tries: int, *, resend_is_safe: bool, draw: float) -> tuple[SettleWord, timedelta]:
    """Return what follows a try, and after which pause.

    The pause before the second try is 30 to 60 seconds, and twice as long each time: 4 to 8 minutes before the fifth.
    The pause that the channel asks for, up to a day, is added.

    Args:
        result: the channel's result.
        tries: how often the channel was tried, this time included.
        resend_is_safe: whether the channel drops a repeated message.
        draw: a random number from 0 to 1.
    """
    if result.outcome is SendOutcome.SENT:
        return SettleWord.SENT, timedelta(0)
    if result.outcome is SendOutcome.FAILED:
        return SettleWord.NEXT, timedelta(0)
    if result.outcome is SendOutcome.UNKNOWN and (not resend_is_safe or tries >= MAX_TRIES):
        return SettleWord.UNKNOWN, timedelta(0)
    if tries >= MAX_TRIES:
        return SettleWord.NEXT, timedelta(0)
    return SettleWord.AGAIN, closed_for(result) + spread(FIRST_PAUSE * 2 ** (tries - 1), draw)


def spread(pause: timedelta, draw: float) -> timedelta:
    """Return a pause from half of `pause` to the whole of it; `draw` is a random number from 0 to 1."""
    return pause * (1 + draw) / 2


def after_loss(tries: int, *, resend_is_safe: bool) -> SettleWord:
    """Return what follows a try whose result is lost, because the process that sent it died."""
    return SettleWord.AGAIN if resend_is_safe and tries < MAX_TRIES else SettleWord.UNKNOWN


def closed_for(result: SendResult) -> timedelta:
    """Return how long a channel asked us to send nothing, a day at most; zero if it did not ask."""
    return min(MAX_WAIT, timedelta(seconds=max(0.0, min(result.retry_after_s or 0.0, MAX_WAIT / timedelta(seconds=1)))))
