"""An event of the demo, the same for a terminal, a pipe and JSON. Pure."""

import re
from dataclasses import asdict, dataclass
from typing import ClassVar

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoEvent:
    """Something that happened.

    Attributes:
        is_common: it happens all the time, so only the first one is printed as text.
    """

    is_common: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Its name in JSON."""
        return _CAPITAL.sub("_", type(self).__name__).lower()

    @property
    def sentence(self) -> str:
        """The sentence to print; empty for what is drawn instead."""
        return ""

    @property
    def aside(self) -> str:
        """An explanation to print after the sentence, the first time only."""
        return ""

    @property
    def once_as(self) -> str:
        """The key under which it is printed only once; empty if it is printed each time."""
        return self.name if self.is_common else ""

    def fields(self) -> dict[str, object]:
        """Return its fields for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble(DemoEvent):
    """Something did not work that should have."""

    what: str

    @property
    def sentence(self) -> str:
        """What failed."""
        return f"Something did not work: {self.what}"

    @property
    def aside(self) -> str:
        """An explanation to print after the sentence, the first time only."""
        return ""

    @property
    def once_as(self) -> str:
        """The same trouble again is counted, not printed."""
        return self.what
