"""Events of lines.

`newcomers` are people who signed up while a line was closed or behind the others; `to_it` of them were given it.
"""

from dataclasses import dataclass

from router.demo.output.event import DemoEvent
from router.demo.output.formats import count_people, short


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFlagged(DemoEvent):
    """The provider flagged a line, and the gateway has answered the event."""

    line: str
    people: int
    answered_after_ms: int

    @property
    def sentence(self) -> str:
        """What follows at once."""
        return (
            f"Linq says {short(self.line)} is FLAGGED. {self.answered_after_ms} ms later the gateway had closed it: "
            f"nobody new gets it. {count_people(self.people)} on it: their page and the API show a backup."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StillClosed(DemoEvent):
    """A line has been flagged for a while."""

    line: str
    newcomers: int
    to_it: int

    @property
    def sentence(self) -> str:
        """Where new people went."""
        newcomers = count_people(self.newcomers, "new")
        return f"The next {newcomers} went to other lines, {self.to_it} to {short(self.line)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecovered(DemoEvent):
    """The provider says that a line works again."""

    line: str
    newcomers: int
    to_it: int
    weight_percent: int
    warm_up_s: float

    @property
    def sentence(self) -> str:
        """How it comes back."""
        newcomers = count_people(self.newcomers, "new")
        return (
            f"Linq says {short(self.line)} is ACTIVE again. While it was closed {newcomers} came, {self.to_it} to it. "
            f"It warms up now, from {self.weight_percent} % of its weight."
        )

    @property
    def aside(self) -> str:
        """What else is worth knowing."""
        return (
            f"In this demo that takes {self.warm_up_s:.0f} s, so that you can watch it; your own lines take 7 days, "
            "unless you say otherwise. People who have moved stay where they are."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAtRisk(DemoEvent):
    """The provider warns of a line."""

    line: str
    people: int

    @property
    def sentence(self) -> str:
        """What follows."""
        return f"Linq says {short(self.line)} is AT_RISK: it steps behind the other lines."

    @property
    def aside(self) -> str:
        """What does not follow."""
        return (
            "New people get it only when no healthy line has room. Those who are on it stay: a warning is no reason "
            "to move them."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCalm(DemoEvent):
    """The provider takes its warning back."""

    line: str
    newcomers: int
    to_it: int

    @property
    def sentence(self) -> str:
        """How it comes back."""
        newcomers = count_people(self.newcomers, "new")
        return f"Linq says {short(self.line)} is HEALTHY again. {newcomers} came meanwhile, {self.to_it} to it."

    @property
    def aside(self) -> str:
        """What does not follow."""
        return "It was never closed, so it needs no warm-up; and it gets no burst of people to catch up."


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNews(DemoEvent):
    """The user changed a line on the sandbox's page."""

    line: str
    word: str
    detail: str

    @property
    def sentence(self) -> str:
        """What they did, and what the gateway made of it."""
        return f"You told the sandbox that {short(self.line)} is {self.detail}. The gateway: {self.word}."
