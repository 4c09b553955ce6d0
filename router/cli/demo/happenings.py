"""What happens in the demo: what each kind of happening has. Pure, the same for a terminal, a pipe and JSON."""

import re
from dataclasses import asdict, dataclass
from typing import ClassVar

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened.

    Attributes:
        is_common: it happens all the time, so eyes are told of the first one only.
    """

    is_common: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Its name in JSON."""
        return _CAPITAL.sub("_", type(self).__name__).lower()

    @property
    def sentence(self) -> str:
        """What is told of it; empty where it is drawn instead."""
        return ""

    @property
    def aside(self) -> str:
        """What is told beside the sentence, the first time only."""
        return ""

    @property
    def once_as(self) -> str:
        """What it is told as only once; empty if each is told."""
        return self.name if self.is_common else ""

    def fields(self) -> dict[str, object]:
        """What is told of it in JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble(Happening):
    """Something did not work that should have."""

    what: str

    @property
    def sentence(self) -> str:
        """What it was."""
        return f"Something did not work: {self.what}"

    @property
    def aside(self) -> str:
        """What is told beside the sentence, the first time only."""
        return ""

    @property
    def once_as(self) -> str:
        """The same trouble again is counted, not told."""
        return self.what
