"""Events of people."""

from dataclasses import dataclass
from typing import ClassVar

from router.demo.output.event import DemoEvent
from router.demo.output.formats import short


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUp(DemoEvent):
    """A person pressed the button and has their own page."""

    is_common: ClassVar[bool] = True
    line: str
    page_url: str

    @property
    def sentence(self) -> str:
        """What the first one sees."""
        return (
            f"The first person pressed the button. Their number to text is {short(self.line)}, and their own page "
            f"opens Messages with the text filled in: {self.page_url}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway(DemoEvent):
    """A person saw the page that says when to try again."""

    is_common: ClassVar[bool] = True

    @property
    def sentence(self) -> str:
        """Why."""
        return "No line can take new people now: people see a page that says when to try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(DemoEvent):
    """A text with its code arrived."""

    is_common: ClassVar[bool] = True
    line: str

    @property
    def sentence(self) -> str:
        """What it confirms."""
        return f"The first text reached {short(self.line)}. The code in it says whose it is, so their place is theirs."


@dataclass(frozen=True, slots=True, kw_only=True)
class Met(DemoEvent):
    """A text without a code arrived from an unknown person."""

    is_common: ClassVar[bool] = True
    line: str

    @property
    def sentence(self) -> str:
        """What becomes of them."""
        return (
            f"A person deleted the code and texted {short(self.line)} all the same. They count there as a new person, "
            "so that everybody on a line is known when it must be left."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(DemoEvent):
    """Somebody texted another line than theirs."""

    is_common: ClassVar[bool] = True
    line: str

    @property
    def sentence(self) -> str:
        """What that means."""
        return f"A person whose line was closed texted {short(self.line)}, as their page said: they have moved there."


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut(DemoEvent):
    """Somebody texted STOP."""

    is_common: ClassVar[bool] = True
    line: str

    @property
    def sentence(self) -> str:
        """What that means."""
        return "A person texted STOP. Their page says so from now on, and nothing of ours will ask them to text."


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack(DemoEvent):
    """Somebody opened the signup page again, with their cookie, and pressed again."""

    is_common: ClassVar[bool] = True
    line: str
    is_same_page: bool

    @property
    def sentence(self) -> str:
        """What they found."""
        if not self.is_same_page:
            return f"A person came back with their cookie and got another page, on {short(self.line)}."
        return f"A person came back and pressed again: the same page, with {short(self.line)} on it, counted once."


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDelivered(DemoEvent):
    """A text to a flagged line did not arrive."""

    is_common: ClassVar[bool] = True
    line: str
    now: str

    @property
    def sentence(self) -> str:
        """What they did then."""
        return (
            f"A text to {short(self.line)} did not arrive, because the line is flagged. Their page shows "
            f"{short(self.now)} now, and they text that."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChanged(DemoEvent):
    """A person's page shows another number than before."""

    page_url: str
    old: str
    new: str

    @property
    def sentence(self) -> str:
        """Where to see it."""
        return (
            f"One of them: this page showed {short(self.old)} and now shows {short(self.new)}, "
            f"which is on their contact card already. {self.page_url}"
        )
