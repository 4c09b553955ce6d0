"""The settings of what carries prompts beside the lines: their shapes, and which belong together."""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr

from router.setting_shapes import ExactUrl, Listed, SecretWord, Url

_SECRET = re.compile(r"whsec_([A-Za-z0-9+/]+={0,2})")
_SECRET_BYTES = range(24, 65)  # what the Standard Webhooks specification asks for
_MAILBOX = re.compile(r"(?P<name>[^<>\"\\\x00-\x1f\x7f]*)<(?P<address>[^<>]+)>|(?P<alone>[^<>]+)")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_TWILIO_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_TWILIO_SENDER = re.compile(r"\+[1-9][0-9]{7,14}|[0-9]{3,8}|MG[0-9a-fA-F]{32}")
_BETWEEN_ALERT_URLS = re.compile(r"\s*,\s*(?=[A-Za-z][A-Za-z0-9+.-]*://)")  # one of them may have commas inside
_ALERT_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_SMTP_PORTS = {"smtp": 587, "smtps": 465}


class Encryption(Enum):
    """How a mail server is spoken to.

    AT_ONCE: encrypted from the start. REQUIRED: after STARTTLS, or not at all. OFFERED: if the server can, for one on
    this machine. NONE: in the clear, because somebody wrote so.
    """

    AT_ONCE = "at once"
    REQUIRED = "required"
    OFFERED = "offered"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in; without a user nobody logs in."""

    host: str
    port: int
    encryption: Encryption
    user: str | None
    password: SecretStr


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom mail is from; the name may be empty."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.partition("@")[2]


def read_mail_server(url: SecretStr) -> MailServer:
    """Read `smtp://user:password@host:587` or `smtps://`, each part percent-encoded where it must be.

    Raises:
        ValueError: it is none; the message is empty, because it would show the password.
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


def read_sender(text: str) -> Sender:
    """Read `Acme <hello@acme.example>` or an address alone.

    Raises:
        ValueError: it is neither.
    """
    found = _MAILBOX.fullmatch(text.strip())
    address = "" if found is None else (found["address"] or found["alone"]).strip()
    if found is None or not _ADDRESS.fullmatch(address):
        raise ValueError
    return Sender((found["name"] or "").strip(), address)


def is_this_machine(host: str) -> bool:
    """Whether a host is loopback, by its name or address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address in ASCII, as every mail server takes it."""
    return _ADDRESS.fullmatch(text) is not None


def _must_fit(pattern: re.Pattern[str]) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError
        return text

    return AfterValidator(check)


def _must_be_signing_secret(secret: SecretStr) -> SecretStr:
    found = _SECRET.fullmatch(secret.get_secret_value())
    if found is None or len(b64decode(found[1], validate=True)) not in _SECRET_BYTES:
        raise ValueError
    return secret


def _must_be_mail_server(url: SecretStr) -> SecretStr:
    read_mail_server(url)
    return url


def _must_be_sender(text: str) -> str:
    read_sender(text)
    return text


def _must_be_alert_url(url: SecretStr) -> SecretStr:
    if not _ALERT_URL.fullmatch(url.get_secret_value()):
        raise ValueError
    return url


def _split_alert_urls(text: object) -> object:
    return tuple(filter(None, _BETWEEN_ALERT_URLS.split(text.strip(" ,")))) if isinstance(text, str) else text


SigningSecret = Annotated[SecretWord, AfterValidator(_must_be_signing_secret)]
MailServerUrl = Annotated[SecretStr, AfterValidator(_must_be_mail_server)]
SenderText = Annotated[str, AfterValidator(_must_be_sender)]
TwilioAccount = Annotated[str, _must_fit(_TWILIO_ACCOUNT)]
TwilioSender = Annotated[str, _must_fit(_TWILIO_SENDER)]
AlertUrls = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_must_be_alert_url)], ...], BeforeValidator(_split_alert_urls)
]

_TOGETHER = (
    ("app_webhook_url", "app_webhook_secrets"),
    ("smtp_url", "smtp_from"),
    ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
)


class ChannelSettings(BaseModel):
    """The settings of the channels and of alerts. A description completes the sentence "it must be …" in a fault."""

    app_webhook_url: ExactUrl | None = Field(
        default=None, description="an https URL without query or login, where your app hears of people to tell"
    )
    app_webhook_secrets: Annotated[tuple[SigningSecret, ...], Listed] = Field(
        default=(), description="whsec_ and base64 of 24 to 64 random bytes; several with commas between"
    )
    app_webhook_private: bool = Field(
        default=False, description="true or false: whether your app may be at a private address, also without TLS"
    )
    smtp_url: MailServerUrl | None = Field(
        default=None, description="like smtp://user:password@host:587 or smtps://host, percent-encoded where needed"
    )
    smtp_from: SenderText | None = Field(
        default=None, description="like Acme <hello@acme.example>, or the address alone"
    )
    twilio_account_sid: TwilioAccount | None = Field(default=None, description="AC and 32 digits or letters a to f")
    twilio_auth_token: SecretWord | None = Field(default=None, description="the auth token of the Twilio account")
    twilio_from: TwilioSender | None = Field(
        default=None, description="a number like +12025550100, a short code, or a messaging service MG…"
    )
    twilio_base_url: Url = Field(
        default="https://api.twilio.com", description="an http or https URL without query or login"
    )
    alert_urls: AlertUrls = Field(
        default=(), description="Apprise URLs with commas between, such as slack://… or mailto://…"
    )


def find_gaps(settings: ChannelSettings, spell: Callable[[str], str]) -> list[str]:
    """Describe settings that are of no use without others; `spell` says how a setting is called in a fault."""
    faults = []
    for group in _TOGETHER:
        present = [spell(name) for name in group if getattr(settings, name)]
        absent = [spell(name) for name in group if not getattr(settings, name)]
        if present and absent:
            faults.append(f"{' and '.join(present)} can do nothing without {' and '.join(absent)}; set all, or none.")
    url = settings.app_webhook_url
    if url is not None and not url.startswith("https://") and not settings.app_webhook_private:
        faults.append(
            f"{spell('app_webhook_url')}={url!r}: it must begin with https://; for an app on your own network set "
            f"{spell('app_webhook_private')}=true."
        )
    return faults
