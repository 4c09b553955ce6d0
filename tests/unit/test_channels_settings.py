"""The settings of channels: their formats, which belong together, and that no secret is shown."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from router.channels.configured import channels_of
from router.core.channel import ChannelName
from router.settings.loading import SettingsError, load_settings
from router.settings.mail_server import Encryption, MailSender, read_mail_server, read_sender
from router.settings.settings import Settings

CANARY = "canaryTHATmustNEVERbeSHOWN0123456789"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="
APP = {"APP_WEBHOOK_URL": "https://app.example.com/hooks", "APP_WEBHOOK_SECRETS": SECRET}
MAIL = {"SMTP_URL": "smtps://u:p@mail.example.com", "SMTP_FROM": "Acme <hello@acme.example>"}
TEXTS = {"TWILIO_ACCOUNT_SID": f"AC{'0' * 32}", "TWILIO_AUTH_TOKEN": "token", "TWILIO_FROM": "+12025550100"}


def load(directory: Path, **given: str) -> Settings:
    """Load these variables, without their prefix."""
    return load_settings({f"SWITCHYARD_{name}": value for name, value in given.items()}, directory=directory)


def faults_of(directory: Path, **given: str) -> list[str]:
    """Load them and return their faults."""
    with pytest.raises(SettingsError) as caught:
        load(directory, **given)
    return caught.value.faults


async def test_only_what_is_set_up_is_a_channel(tmp_path: Path) -> None:
    """There is no channel by default; each channel needs its settings."""
    for given, names in (
        ({}, set()),
        (APP, {ChannelName.APP}),
        (MAIL, {ChannelName.EMAIL}),
        (TEXTS, {ChannelName.SMS}),
        (APP | MAIL | TEXTS, set(ChannelName)),
    ):
        channels = channels_of(load(tmp_path, **given), wall_s=lambda: 0.0)
        assert channels.keys() == names
        assert all(channel.name is name for name, channel in channels.items())
        for channel in channels.values():
            await channel.aclose()


@pytest.mark.parametrize("group", [APP, MAIL, TEXTS], ids=["app", "mail", "texts"])
def test_half_a_channel_is_a_fault(tmp_path: Path, group: dict[str, str]) -> None:
    """A setting without its companions names those that are missing."""
    for name in group:
        rest = {other: value for other, value in group.items() if other != name}
        (fault,) = faults_of(tmp_path, **rest)
        assert f"can do nothing without SWITCHYARD_{name}; set all, or none." in fault


def test_an_app_without_tls_must_be_allowed(tmp_path: Path) -> None:
    """Without TLS people's data would cross the network in the clear, so it must be allowed by a setting."""
    plain = APP | {"APP_WEBHOOK_URL": "http://app:3000/hooks/"}
    (fault,) = faults_of(tmp_path, **plain)
    assert "must begin with https://" in fault
    assert "SWITCHYARD_APP_WEBHOOK_PRIVATE=true" in fault
    assert load(tmp_path, **plain, APP_WEBHOOK_PRIVATE="true").app_webhook_url == "http://app:3000/hooks/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_WEBHOOK_URL", "ftp://app.example.com"),
        ("APP_WEBHOOK_URL", "https://u:p@app.example.com"),
        ("APP_WEBHOOK_SECRETS", "secret"),
        ("APP_WEBHOOK_SECRETS", "whsec_c2hvcnQ="),
        ("APP_WEBHOOK_SECRETS", f"{SECRET},whsec_???"),
        ("APP_WEBHOOK_PRIVATE", "maybe"),
        ("SMTP_URL", "mail.example.com"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example.com/path"),
        ("SMTP_URL", "smtp://mail.example.com?tls=maybe"),
        ("SMTP_URL", "smtp://:p@mail.example.com"),
        ("SMTP_URL", "smtp://u%0d%0a:p@mail.example.com"),
        ("SMTP_URL", "smtp://mail.example.com:99999"),
        ("SMTP_FROM", "Acme"),
        ("SMTP_FROM", "Acme <hello@acme.example"),
        ("SMTP_FROM", "Acme <hello@acme.example>, Eve <eve@acme.example>"),
        ("SMTP_FROM", "hello@acme..example"),
        ("SMTP_FROM", "a\nb <hello@acme.example>"),
        ("TWILIO_ACCOUNT_SID", "SK00000000000000000000000000000000"),
        ("TWILIO_FROM", "Acme"),
        ("TWILIO_FROM", "2025550100x"),
        ("TWILIO_BASE_URL", "api.twilio.com"),
        ("ALERT_URLS", "slack"),
        ("ALERT_URLS", "slack://a b"),
    ],
)
def test_a_value_that_cannot_be_used_is_a_fault(tmp_path: Path, name: str, value: str) -> None:
    """The fault names the setting, and says what would be right."""
    rest = {**APP, **MAIL, **TEXTS, name: value}
    (fault,) = faults_of(tmp_path, **rest)
    assert fault.startswith(f"SWITCHYARD_{name}=")
    assert ": it must be " in fault


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 587, Encryption.REQUIRED, None, "")),
        ("smtps://mail.example.com", ("mail.example.com", 465, Encryption.AT_ONCE, None, "")),
        ("smtp://127.0.0.1:25", ("127.0.0.1", 25, Encryption.OFFERED, None, "")),
        ("smtp://[::1]:25", ("::1", 25, Encryption.OFFERED, None, "")),
        ("smtp://mail:1025?tls=off", ("mail", 1025, Encryption.NONE, None, "")),
        (
            "smtp://u%40acme.example:p%2Fw%3Ad@mail.example.com:2525",
            ("mail.example.com", 2525, Encryption.REQUIRED, "u@acme.example", "p/w:d"),
        ),
    ],
)
def test_a_mail_servers_address_says_how_to_speak_to_it(
    url: str, expected: tuple[str, int, Encryption, str | None, str]
) -> None:
    """Mail is encrypted, except to this machine, or where the setting says that it need not be."""
    server = read_mail_server(SecretStr(url))
    assert (server.host, server.port, server.encryption, server.user, server.password.get_secret_value()) == expected


def test_a_sender_has_a_name_or_none() -> None:
    """The sender is written as people write it above a mail."""
    assert read_sender("Acme & Söhne <hello@acme.example>") == MailSender("Acme & Söhne", "hello@acme.example")
    assert read_sender(" hello@acme.example ") == MailSender("", "hello@acme.example")
    assert read_sender("hello@acme.example").domain == "acme.example"


def test_alert_urls_may_hold_commas(tmp_path: Path) -> None:
    """A URL ends where the next scheme begins."""
    urls = "mailto://u:p@acme.example?to=a@acme.example,b@acme.example, slack://A/B/C,"
    assert [url.get_secret_value() for url in load(tmp_path, ALERT_URLS=urls).alert_urls] == [
        "mailto://u:p@acme.example?to=a@acme.example,b@acme.example",
        "slack://A/B/C",
    ]


def test_no_secret_shows(tmp_path: Path) -> None:
    """No secret is in the printed settings or in a fault."""
    good = APP | MAIL | TEXTS
    given = good | {
        "SMTP_URL": f"smtp://u:{CANARY}@mail.example.com",
        "TWILIO_AUTH_TOKEN": CANARY,
        "ALERT_URLS": f"slack://{CANARY}/b/c",
        "APP_WEBHOOK_SECRETS": f"whsec_{CANARY}",
    }
    settings = load(tmp_path, **given)
    assert CANARY not in repr(settings) + str(settings.model_dump())
    wrong = good | {
        "SMTP_URL": f"smtp//u:{CANARY}@mail",
        "ALERT_URLS": CANARY,
        "APP_WEBHOOK_SECRETS": f"{CANARY}?",
    }
    faults = faults_of(tmp_path, **wrong)
    assert len(faults) == 3
    assert CANARY not in "".join(faults)
