"""What frames the story: its beginning and end, the commands that set it up, and where everything stands."""

import re
from dataclasses import dataclass

from router.cli.demo.happenings import Happening
from router.cli.demo.ledger import Prompting

_NO_PROMPTS = Prompting()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Happening):
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
        """The ports that are others than usual."""
        moved = [f"port {wanted} is taken, so it is {got}" for wanted, got in self.moved_ports.items()]
        return "; ".join(moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRun(Happening):
    """One of our commands is run, just as a customer would."""

    command: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The command as one would type it."""
        words = (f'"{word}"' if re.search(r"[\s{}!]", word) else word for word in self.command)
        return " ".join(("switchyard", *words))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleCome(Happening):
    """All is set up."""

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
    """Where one line stands.

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
    """Where one campaign stands.

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
class Board(Happening):
    """Where everything stands."""

    lines: tuple[Position, ...]
    totals: Totals
    campaigns: tuple[CampaignNow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedEarly(Happening):
    """Whoever runs the demo did not wait for the first person."""

    @property
    def sentence(self) -> str:
        """That nothing was seen."""
        return "Stopped before the first person came."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(Happening):
    """Whatever ends the demo has come; the processes end now."""

    @property
    def sentence(self) -> str:
        """That it takes a moment."""
        return "Ending the gateway and the sandbox …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Happening):
    """The demo is over.

    Attributes:
        counted: how often the gateway gave a line to somebody, by its own count; None where it could not be asked.
        came_back_elsewhere: people who came back and did not find their own page.
        flags: how many closures of flagged lines could be judged.
        closed_s: how long they lasted together.
        newcomers: people who signed up meanwhile. to_flagged: how many of them were given a flagged line.
        prompting: what came of the campaigns.
    """

    ran_s: float
    totals: Totals
    counted: int | None
    came_back_elsewhere: int
    flags: int
    closed_s: float
    newcomers: int
    to_flagged: int
    prompting: Prompting = _NO_PROMPTS
    kept_in: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether every promise that was watched was kept."""
        return self.to_flagged == 0 and self.came_back_elsewhere == 0 and self.prompting.is_good
