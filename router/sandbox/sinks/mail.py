"""A mail as the SMTP sink accepted it, and the mailbox that holds it."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as readable

from router.sandbox.records import Json
from router.sandbox.sinks.answers import Plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail.

    Attributes:
        sender, recipients: from the envelope.
        raw: the mail with its headers.
        is_encrypted: whether it came over TLS.
        user: the user who logged in, or None.
        is_taken: whether the server accepted it, even if it did not say so.
    """

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    is_encrypted: bool
    user: str | None
    is_taken: bool

    @property
    def message(self) -> EmailMessage:
        """The parsed mail."""
        return message_from_bytes(self.raw, policy=readable)

    def part(self, subtype: str) -> str:
        """Return the body of this subtype, `plain` or `html`; empty if there is none."""
        body = self.message.get_body((subtype,))
        return "" if body is None else str(body.get_content()).replace("\r\n", "\n")

    def shape(self) -> Json:
        """Return the mail for the control API."""
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
    """The arrived mails, and the server's planned answers."""

    plans: Plans = field(default_factory=Plans)
    arrivals: list[Mail] = field(default_factory=list)
