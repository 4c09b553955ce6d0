"""No channel logs a person, a text or a secret, however a send ends."""

import logging
from io import StringIO

import pytest
from pydantic import SecretStr

from router.channels.app_webhook import AppWebhook
from router.channels.channel import Channel
from router.channels.email import Email
from router.channels.sms import Sms
from router.sandbox.sinks.answers import Kind, PlannedAnswer
from router.settings.mail_server import MailSender, read_mail_server
from router.telemetry.logs import LogLevel, configure_logs
from tests.kit.sinks import LOOPBACK, PROMPT, http_sink, smtp_sink

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ACCOUNT = f"AC{'0' * 31}1"
CANARIES = (
    "2025550199",
    "5550199",
    "ada@",
    "K7M4QX",
    "our number",
    "canary-token",
    ACCOUNT,
    SECRET[6:],
    "abcdefghijklm",
)


@pytest.mark.parametrize("level", ["debug", "info"])
async def test_nothing_of_a_prompt_is_logged(level: LogLevel) -> None:
    """It ends accepted, refused, or cut off."""
    stream = StringIO()
    pipeline = configure_logs("json", level, stream=stream)
    try:
        with http_sink() as http, smtp_sink() as smtp:
            channels: list[Channel] = [
                AppWebhook(f"{http.origin}/app", [SECRET], wall_s=lambda: 0.0, may_be_private=True),
                Email(
                    read_mail_server(SecretStr(f"smtp://u:canary-token@{LOOPBACK}:{smtp.port}")),
                    MailSender("Acme", "hello@acme.example"),
                    wall_s=lambda: 0.0,
                ),
                Sms(ACCOUNT, "canary-token", "+12025550100", f"{http.origin}/twilio", wall_s=lambda: 0.0),
            ]
            for plans in (http.app.plans, smtp.box.plans, http.twilio.plans):
                plans.add(PlannedAnswer(status=550))
                plans.add(PlannedAnswer(kind=Kind.RESET))
            for channel in channels:
                results = [await channel.send(PROMPT) for _ in range(3)]
                assert not [word for word in CANARIES if word in str(results).replace(PROMPT.attempt, "")]
                await channel.aclose()
            logging.getLogger().debug("written to the end")
    finally:
        pipeline.stop()
    assert not [word for word in CANARIES if word in stream.getvalue()]
