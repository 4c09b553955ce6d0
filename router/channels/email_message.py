"""Write a prompt as a mail: text and HTML with the same words, and a way to unsubscribe.

Sources: RFC 5322 (the mail), RFC 8058 (unsubscribing with one click), RFC 3834 (no vacation notices, please).
"""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from router.core.campaigns.prompt import Message
from router.core.plain_text import clean_line
from router.settings.mail_server import MailSender, is_address

_MAX_SUBJECT_CHARACTERS = 200
_KEPT_IN_URLS = ":/?#[]@!$&'()*+,;=%-._~"


def read_recipient(email: str | None) -> str | None:
    """Return an address in the form that servers accept, or None if not all servers would accept it."""
    local, at, domain = (email or "").strip().rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode('ascii')}" if domain else ""
    except UnicodeError:
        return None
    return address if is_address(address) else None


def message_id_of(attempt: str, sender: MailSender) -> str:
    """Return the Message-ID of an attempt, the same each time it is sent."""
    return f"<{quote(attempt, safe='').replace('.', '%2E')}@{sender.domain}>"


def write_mail(message: Message, sender: MailSender, recipient: str, *, wall_s: float) -> bytes:
    """Return a mail as it is sent over the wire, in ASCII.

    Args:
        message: the prompt. Its texts may contain line breaks anywhere; none of them gets into a header.
        sender: the sender of the mail.
        recipient: from `read_recipient`.
        wall_s: wall clock.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Date"] = format_datetime(datetime.fromtimestamp(wall_s, UTC))
    mail["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = clean_line(message.subject)[:_MAX_SUBJECT_CHARACTERS]
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="quoted-printable")
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return _unfolded(message, sender) + mail.as_bytes()


def _unfolded(message: Message, sender: MailSender) -> bytes:
    """Return the headers that must not be folded: the library would write a long one as an encoded word."""
    headers = [f"Message-ID: {message_id_of(message.attempt, sender)}"]
    if message.unsubscribe_url:
        headers.append(f"List-Unsubscribe: <{quote(message.unsubscribe_url, safe=_KEPT_IN_URLS)}>")
    if message.unsubscribe_url.startswith("https://"):
        headers.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return "".join(f"{header}\r\n" for header in headers).encode("ascii")
