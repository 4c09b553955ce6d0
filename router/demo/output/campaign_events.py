"""Events of campaigns."""

from dataclasses import dataclass
from typing import ClassVar

from router.demo.output.event import DemoEvent
from router.demo.output.formats import count_people, short


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone(DemoEvent):
    """A person on a line texts STOP, just before it is flagged."""

    line: str
    signup: str

    @property
    def sentence(self) -> str:
        """What to look for."""
        return (
            f"A person on {short(self.line)} has texted STOP. Nothing may ask them to text from now on; see if it does."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOpened(DemoEvent):
    """The gateway will move people off a line, unless it recovers soon."""

    campaign: str
    line: str
    hold_down_s: int

    @property
    def sentence(self) -> str:
        """What it waits for."""
        held = f"waits {self.hold_down_s} s, in which a mistaken flag is taken back," if self.hold_down_s else "waits"
        off = short(self.line)
        return f"The gateway has opened a campaign to move people off {off}. It {held} before it asks them."

    @property
    def aside(self) -> str:
        """How long that takes elsewhere."""
        return "That is the hold-down; yours is 10 minutes, unless you say otherwise."


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRuns(DemoEvent):
    """Its hold-down is over."""

    campaign: str
    line: str
    people: int

    @property
    def sentence(self) -> str:
        """Who is prompted."""
        return (
            f"The flag has lasted. {count_people(self.people)} had texted on {short(self.line)}; they are asked now to "
            "text another number, one by one, the latest first."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPaused(DemoEvent):
    """It waits for a human."""

    campaign: str
    line: str
    why: str

    @property
    def sentence(self) -> str:
        """Why."""
        return f"The campaign off {short(self.line)} is paused, and nobody is prompted until you say so: {self.why}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompted(DemoEvent):
    """A prompt arrived."""

    is_common: ClassVar[bool] = True
    channel: str
    address: str
    text: str

    @property
    def once_as(self) -> str:
        """The first prompt of each channel is printed."""
        return f"{self.name} {self.channel}"

    @property
    def sentence(self) -> str:
        """What the first one says."""
        came = {"sms": "text from Acme's own number", "email": "mail", "app": "word to Acme's app"}
        return f"The first {came.get(self.channel, self.channel)}: “{' '.join(self.text.split())}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOver(DemoEvent):
    """Nobody else is prompted.

    Attributes:
        asked: how many people were asked to text another line. waiting: how many still waited to be asked.
    """

    campaign: str
    line: str
    state: str
    why: str
    people: int
    moved: int
    asked: int
    waiting: int

    @property
    def sentence(self) -> str:
        """The result."""
        off = f"The campaign off {short(self.line)} is {self.state}"
        if not self.asked and not self.moved:
            return f"{off} ({self.why}): nobody was asked, nobody moved."
        waiting = f" {count_people(self.waiting)} who waited for a prompt will get none." if self.waiting else ""
        return (
            f"{off}{f', because {self.why}' if self.why else ''}. {self.asked} of {count_people(self.people)} were "
            f"asked, {self.moved} have moved and stay where they are.{waiting}"
        )
