"""News of a person that the customer's app is told, because it answers them: from which line, they alone know."""

from dataclasses import dataclass
from enum import StrEnum

from router.core.code import Code


class NewsKind(StrEnum):
    """What happened. MOVED: another line is theirs. WRONG_LINE: they texted one that can not carry them."""

    MOVED = "moved"
    WRONG_LINE = "wrong_line"

    @property
    def event(self) -> str:
        """The event as the app hears of it."""
        return "person.moved" if self is NewsKind.MOVED else "person.texted_wrong_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to tell.

    Attributes:
        id: the store's; grows with time.
        left, right: slots: the line they were on or texted, and the one to text.
        at_ms: when it happened, by the store's clock.
    """

    id: str
    kind: NewsKind
    code: Code
    left: int
    right: int
    at_ms: int
