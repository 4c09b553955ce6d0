"""Events of the run itself: its start and end, the commands that set it up, and the state of everything."""

import re
from dataclasses import dataclass

from router.demo.output.event import DemoEvent
from router.demo.output.prompt_totals import PromptTotals

_NO_PROMPTS = PromptTotals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(DemoEvent):
    """The demo begins; nothing runs yet."""

    signup_url: str
    sandbox_url: str
    api_url: str
    admin_key: str
    data_dir: str | None
    moved_ports: dict[int, int]
    seed: int

    @property
    def sentence(self) -> str:
        """The ports that differ from the usual ones."""
        moved = [f"port {wanted} is taken, so it is {got}" for wanted, got in self.moved_ports.items()]
        return "; ".join(moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRun(DemoEvent):
    """One of our commands is run, just as a customer would."""

    command: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The command as one would type it."""
        words = (f'"{word}"' if re.search(r"[\s{}!]", word) else word for word in self.command)
        return " ".join(("switchyard", *words))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleCome(DemoEvent):
    """Everything is set up."""

    lines: int
    rate: float
    customers: int

    @property
    def sentence(self) -> str:
        """How many to expect."""
        return (
            f"The gateway has {self.lines} lines, all alike. Acme's app signs up {self.customers} people it knows,\n"
            f"and others come to the signup page: about {self.rate:g} a second."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The state of one line.

    Attributes:
        weight_percent: its effective weight, of 100 where it was not set otherwise.
        due, recent: its share of new people by weight, and of those who came lately.
        texts_in, texts_out: messages both ways.
    """

    line: str
    people: int
    weight_percent: float
    due: float
    recent: float
    gate: str
    texts_in: int = 0
    texts_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How often each thing happened."""

    signed_up: int = 0
    confirmed: int = 0
    met: int = 0
    moved: int = 0
    opted_out: int = 0
    came_back: int = 0
    turned_away: int = 0
    troubles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignNow:
    """The state of one campaign.

    Attributes:
        line: the one people leave.
        asked: who was asked to text another, or saw it on their page, and has not yet.
        skipped: whom nobody asks.
    """

    id: str
    line: str
    state: str
    people: int
    moved: int
    asked: int
    waiting: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(DemoEvent):
    """The state of all lines and campaigns."""

    lines: tuple[Position, ...]
    totals: Totals
    campaigns: tuple[CampaignNow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedEarly(DemoEvent):
    """The user stopped the demo before the first person came."""

    @property
    def sentence(self) -> str:
        """That nothing was seen."""
        return "Stopped before the first person came."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(DemoEvent):
    """The demo is ending, and its processes with it."""

    @property
    def sentence(self) -> str:
        """That it takes a moment."""
        return "Ending the gateway and the sandbox …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(DemoEvent):
    """The demo is over.

    Attributes:
        counted: how often the gateway gave a line to a person, by its own count; None if it did not answer.
        came_back_elsewhere: people who came back and did not find their own page.
        flags: how many closures of flagged lines could be checked.
        closed_s: how long they lasted together.
        newcomers: people who signed up during them. to_flagged: how many of these were given a flagged line.
        prompting: the totals of all campaigns.
    """

    ran_s: float
    totals: Totals
    counted: int | None
    came_back_elsewhere: int
    flags: int
    closed_s: float
    newcomers: int
    to_flagged: int
    prompting: PromptTotals = _NO_PROMPTS
    kept_in: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether every promise that the demo checks was kept."""
        return self.to_flagged == 0 and self.came_back_elsewhere == 0 and self.prompting.is_good
