"""A mail as a server took it, and the box it lies in."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as readable

from router.providers.sandbox.records import Json
from router.providers.sandbox.sinks.answers import Plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail.

    Attributes:
        sender, recipients: of the envelope. raw: with its headers.
        is_encrypted: whether it came over TLS. user: who logged in; None for nobody.
        is_taken: whether the server said so, or would have.
    """

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    is_encrypted: bool
    user: str | None
    is_taken: bool

    @property
    def message(self) -> EmailMessage:
        """The mail, read."""
        return message_from_bytes(self.raw, policy=readable)

    def part(self, subtype: str) -> str:
        """Return its body as `plain` or `html`; empty if it has none."""
        body = self.message.get_body((subtype,))
        return "" if body is None else str(body.get_content()).replace("\r\n", "\n")

    def shape(self) -> Json:
        """Return it for the control API."""
        return {
            "from": self.sender,
            "to": list(self.recipients),
            "subject": str(self.message["Subject"] or ""),
            "headers": {name: str(value) for name, value in self.message.items()},
            "text": self.part("plain"),
            "html": self.part("html"),
            "is_encrypted": self.is_encrypted,
            "user": self.user,
            "is_taken": self.is_taken,
        }


@dataclass(slots=True)
class MailBox:
    """What came, and what the server will answer."""

    plans: Plans = field(default_factory=Plans)
    arrivals: list[Mail] = field(default_factory=list)
