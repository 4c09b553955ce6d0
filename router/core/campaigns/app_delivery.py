"""How one event fared on its way to the customer's app. Pure."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from router.core.campaigns.app_news import News

# After this many tries newer events go first, so that one that the app cannot read does not hold up the others.
TRIES_IN_ORDER = 5
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)


class DeliveryState(StrEnum):
    """The end of a way.

    DELIVERED: the app answered 2xx. REFUSED: it will never take it. EXPIRED: it did not take it for a day.
    DROPPED: it was not true any more, or its person was erased. WAITING is not the end.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    REFUSED = "refused"
    EXPIRED = "expired"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries of an event so far.

    Attributes:
        next_ms: it is not tried before this time.
    """

    count: int = 0
    last_ms: int = 0
    next_ms: int = 0
    reason: str = ""

    @property
    def is_set_aside(self) -> bool:
        """Whether newer events go first."""
        return self.count >= TRIES_IN_ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDelivery:
    """One row of the delivery log, or of what waits.

    Attributes:
        id: the row's, for paging.
        event: the event's, which the app gets as `webhook-id`.
        tried_ms: when it was last tried; 0 if never.
    """

    id: str
    event: str
    type: str
    news: News
    state: DeliveryState
    tries: Tries = field(default=Tries())
    tried_ms: int = 0


def own_pause(count: int) -> timedelta:
    """Return how long an event waits at the most after this many tries: 1, 2, 4 … seconds, a minute at the end."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(max(0, count - 1), 16)))
