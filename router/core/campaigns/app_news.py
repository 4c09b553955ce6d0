"""Events for the customer's app: what happened to one person, to a line, to a campaign or to the pool. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.core.code import Code

TEST_EVENT: Final = "webhook.test"
NO_SLOT: Final = -1
NOBODY: Final = Code("")

# Every event that may be switched on, and when it comes.
APP_EVENTS: Final = {
    "person.moved": "a person's line changed",
    "person.texted_wrong_line": "a person texted a line that cannot carry them",
    "user.moved": "the same as person.moved, under this name; person.moved comes first where both are on",
    "signup.confirmed": "a person who signed up texted for the first time",
    "line.flagged": "the provider flagged a line, or an operator reported it",
    "line.recovered": "a flagged line works again",
    "pool.headroom_low": "lines must be ordered now; at most once a day",
    "campaign.opened": "a campaign off a line began",
    "campaign.running": "a campaign prompts people now",
    "campaign.paused": "a campaign waits for a person",
    "campaign.done": "a campaign has nobody left to prompt",
    "campaign.cancelled": "a campaign was ended early",
}
USUAL_EVENTS: Final = ("person.*",)


class NewsKind(StrEnum):
    """What happened. MOVED: they have another line. WRONG_LINE: they texted a line that does not work.

    PLAIN has its whole event in itself: a type and data that name no person.
    """

    MOVED = "moved"
    WRONG_LINE = "wrong_line"
    CONFIRMED = "confirmed"
    FLAGGED = "flagged"
    RECOVERED = "recovered"
    CAMPAIGN = "campaign"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One event to send.

    Attributes:
        id: the store's; grows with time.
        code: the person; "" if it is about nobody.
        old_slot, new_slot: of the line they were on or texted, and of the line to text; NO_SLOT without a line.
        at_ms: when it happened, by the store's clock.
        word: of a campaign its new state; of a PLAIN one the type of its event.
        campaign, cause, why: of a campaign.
        data: of a PLAIN one, JSON.
        event: the id of the event, where it is not made of `id`.
        again_ms: when an operator asked to send it once more; 0 if nobody did.
    """

    id: str
    kind: NewsKind
    code: Code = NOBODY
    old_slot: int = NO_SLOT
    new_slot: int = NO_SLOT
    at_ms: int
    word: str = ""
    campaign: str = ""
    cause: str = ""
    why: str = ""
    data: str = ""
    event: str = ""
    again_ms: int = 0

    @property
    def waits_since_ms(self) -> int:
        """Since when it waits to be sent."""
        return self.again_ms or self.at_ms


_NAMES: Final = {
    NewsKind.MOVED: ("person.moved", "user.moved"),
    NewsKind.WRONG_LINE: ("person.texted_wrong_line",),
    NewsKind.CONFIRMED: ("signup.confirmed",),
    NewsKind.FLAGGED: ("line.flagged",),
    NewsKind.RECOVERED: ("line.recovered",),
}


def type_of(news: News, switched_on: Collection[str]) -> str | None:
    """Return the type of the event that the app receives; None if it is switched off.

    Args:
        news: what happened.
        switched_on: types, and groups of them such as `campaign.*`; `*` is all.
    """
    names = _NAMES.get(news.kind, (f"campaign.{news.word}" if news.kind is NewsKind.CAMPAIGN else news.word,))
    return next((name for name in names if is_on(name, switched_on)), None)


def is_on(name: str, switched_on: Collection[str]) -> bool:
    """Whether a type is among those that are switched on."""
    return not {name, f"{name.partition('.')[0]}.*", "*"}.isdisjoint(switched_on)


def is_event_name(text: str) -> bool:
    """Whether `text` may be switched on: a type, a group or `*`."""
    groups = {f"{name.partition('.')[0]}.*" for name in APP_EVENTS}
    return text in APP_EVENTS or text in groups or text == "*"
