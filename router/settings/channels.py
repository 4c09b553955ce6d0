"""The settings of the channels that carry prompts: their shapes, and which belong together."""

import re
from base64 import b64decode
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr

from router.settings.mail_server import read_mail_server, read_sender
from router.settings.shapes import ExactUrl, Listed, SecretWord, Url

_SECRET = re.compile(r"whsec_([A-Za-z0-9+/]+={0,2})")
_SECRET_BYTES = range(24, 65)  # as the Standard Webhooks specification requires
_TWILIO_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_TWILIO_SENDER = re.compile(r"\+[1-9][0-9]{7,14}|[0-9]{3,8}|MG[0-9a-fA-F]{32}")
_BETWEEN_ALERT_URLS = re.compile(r"\s*,\s*(?=[A-Za-z][A-Za-z0-9+.-]*://)")  # a URL may have commas inside
_EVENT_NAME = re.compile(r"\*|[a-z]+\.(?:\*|[a-z_]+)")
_ALERT_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")


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


EventName = Annotated[str, _must_fit(_EVENT_NAME)]
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
    app_events: Annotated[tuple[EventName, ...], Listed] = Field(
        default=("person.*",),
        description="events with commas between, such as line.flagged or campaign.*; * is all, and nothing is none",
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


def find_gaps(settings: ChannelSettings, show_name: Callable[[str], str]) -> list[str]:
    """Describe settings that do nothing without others; `show_name` gives a setting's name as a fault shows it."""
    faults = []
    for group in _TOGETHER:
        present = [show_name(name) for name in group if getattr(settings, name)]
        absent = [show_name(name) for name in group if not getattr(settings, name)]
        if present and absent:
            faults.append(f"{' and '.join(present)} can do nothing without {' and '.join(absent)}; set all, or none.")
    url = settings.app_webhook_url
    if url is not None and not url.startswith("https://") and not settings.app_webhook_private:
        faults.append(
            f"{show_name('app_webhook_url')}={url!r}: it must begin with https://; for an app on your own network set "
            f"{show_name('app_webhook_private')}=true."
        )
    return faults
