"""The mail server that takes our mail, and the sender it is from: both as a setting writes them."""

import re
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

_MAILBOX = re.compile(r"(?P<name>[^<>\"\\\x00-\x1f\x7f]*)<(?P<address>[^<>]+)>|(?P<alone>[^<>]+)")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_SMTP_PORTS = {"smtp": 587, "smtps": 465}


class Encryption(Enum):
    """How the connection to a mail server is encrypted.

    AT_ONCE: from the start. REQUIRED: after STARTTLS, or no mail is sent. OFFERED: if the server can; for a server on
    this machine. NONE: in the clear, because the setting says so.
    """

    AT_ONCE = "at once"
    REQUIRED = "required"
    OFFERED = "offered"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where to hand in mail; without a user we do not log in."""

    host: str
    port: int
    encryption: Encryption
    user: str | None
    password: SecretStr


@dataclass(frozen=True, slots=True)
class MailSender:
    """Who mail is from; the name may be empty."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.address.partition("@")[2]


def read_mail_server(url: SecretStr) -> MailServer:
    """Read `smtp://user:password@host:587` or `smtps://`, each part percent-encoded where it must be.

    Raises:
        ValueError: it is not one; the message is empty, because it would show the password.
    """
    parts = urlsplit(url.get_secret_value())
    host, port = parts.hostname or "", parts.port or _SMTP_PORTS.get(parts.scheme, 0)
    is_plain = parts.query == "tls=off"
    is_whole = bool(host) and parts.scheme in _SMTP_PORTS and parts.path in {"", "/"} and not parts.fragment
    if not is_whole or (parts.query and not is_plain) or (parts.password is not None and not parts.username):
        raise ValueError
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if re.search(r"[\x00-\x20\x7f]", host + user) or re.search(r"[\x00-\x1f\x7f]", password):
        raise ValueError
    if parts.scheme == "smtps":
        encryption = Encryption.AT_ONCE
    elif is_plain:
        encryption = Encryption.NONE
    else:
        encryption = Encryption.OFFERED if is_this_machine(host) else Encryption.REQUIRED
    return MailServer(host=host, port=port, encryption=encryption, user=user or None, password=SecretStr(password))


def read_sender(text: str) -> MailSender:
    """Read `Acme <hello@acme.example>` or an address alone.

    Raises:
        ValueError: it is neither.
    """
    found = _MAILBOX.fullmatch(text.strip())
    address = "" if found is None else (found["address"] or found["alone"]).strip()
    if found is None or not _ADDRESS.fullmatch(address):
        raise ValueError
    return MailSender((found["name"] or "").strip(), address)


def is_this_machine(host: str) -> bool:
    """Whether a host is loopback, by its name or address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address in ASCII, which every mail server takes."""
    return _ADDRESS.fullmatch(text) is not None
