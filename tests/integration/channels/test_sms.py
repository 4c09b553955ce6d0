"""A2P SMS as a channel: Twilio's own library against a server of Twilio's shape."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from router.channels.sms import Sms
from router.core.campaigns.prompt import Recipient, SendOutcome
from router.core.channel import ChannelName
from router.sandbox.sinks.answers import Kind, PlannedAnswer
from router.sandbox.sinks.http import HttpSink
from tests.kit.servers import free_port
from tests.kit.sinks import http_sink, prompt

ACCOUNT = f"AC{'0' * 31}1"
SERVICE = f"MG{'0' * 31}2"
TEXT = prompt(
    text="Acme: our number has changed. Please text us at +1 202-555-0102 from now on: https://go.example.com/t/x"
)


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    """Play Twilio."""
    with http_sink() as running:
        yield running


@asynccontextmanager
async def opened(base_url: str, *, sender: str = "+12025550100", patience_s: float = 10) -> AsyncIterator[Sms]:
    """Open the channel, and close it."""
    sms = Sms(ACCOUNT, "token", sender, base_url, wall_s=lambda: 1_800_000_000.0, patience_s=patience_s)
    try:
        yield sms
    finally:
        await sms.aclose()


@pytest.fixture
async def sms(sink: HttpSink) -> AsyncIterator[Sms]:
    """Open the channel to the sink."""
    async with opened(f"{sink.origin}/twilio") as channel:
        yield channel


async def test_a_text_is_handed_to_twilio(sms: Sms, sink: HttpSink) -> None:
    """It goes from our number to theirs, and Twilio's id of it is stored."""
    result = await sms.send(TEXT)
    (came,) = sink.twilio.arrivals
    assert came.path == f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert came.shape()["body"] == {"To": "+12025550199", "From": "+12025550100", "Body": TEXT.text}
    assert result.outcome is SendOutcome.SENT
    assert result.reference.startswith("SM")


async def test_a_messaging_service_may_send_it(sink: HttpSink) -> None:
    """Then Twilio picks the number."""
    async with opened(f"{sink.origin}/twilio", sender=SERVICE) as sms:
        assert (await sms.send(TEXT)).outcome is SendOutcome.SENT
    (came,) = sink.twilio.arrivals
    assert came.shape()["body"] == {"To": "+12025550199", "MessagingServiceSid": SERVICE, "Body": TEXT.text}


async def test_a_person_who_opted_out_gets_no_second_try(sms: Sms, sink: HttpSink) -> None:
    """Twilio knows who texted STOP to the number. The refusal is final, and says so."""
    sink.opted_out.add("+12025550199")
    result = await sms.send(TEXT)
    assert (result.outcome, result.reason) == (SendOutcome.FAILED, "opted out of texts (21610)")


async def test_a_busy_twilio_is_asked_later(sms: Sms, sink: HttpSink) -> None:
    """The next try comes after the time it asks for."""
    sink.twilio.plans.add(PlannedAnswer(status=429, retry_after_s=3))
    result = await sms.send(TEXT)
    assert (result.outcome, result.retry_after_s) == (SendOutcome.RETRY, 3)
    assert "20429" in result.reason


async def test_a_wrong_login_is_no_fault_of_the_text(sink: HttpSink) -> None:
    """It goes out once the settings are fixed."""
    sink.twilio.plans.add(PlannedAnswer(status=401, code=20003))
    async with opened(f"{sink.origin}/twilio") as sms:
        result = await sms.send(TEXT)
    assert (result.outcome, result.reason) == (SendOutcome.RETRY, "Twilio refuses our login (20003)")


@pytest.mark.parametrize(
    "plan", [PlannedAnswer(kind=Kind.RESET), PlannedAnswer(status=500), PlannedAnswer(status=502)], ids=str
)
async def test_a_text_that_may_have_been_sent_is_unknown(sms: Sms, sink: HttpSink, plan: PlannedAnswer) -> None:
    """The answer is lost or unclear, and Twilio has no key by which it would recognise a repeated text."""
    sink.twilio.plans.add(plan)
    assert (await sms.send(TEXT)).outcome is SendOutcome.UNKNOWN
    assert len(sink.twilio.arrivals) == 1
    assert not sms.resend_is_safe


async def test_silence_is_unknown(sink: HttpSink) -> None:
    """The text was sent, and no answer came in time."""
    sink.twilio.plans.add(PlannedAnswer(kind=Kind.SILENCE))
    async with opened(f"{sink.origin}/twilio", patience_s=0.3) as sms:
        result = await sms.send(TEXT)
    assert result.outcome is SendOutcome.UNKNOWN
    assert "no answer" in result.reason


async def test_a_twilio_that_is_away_is_tried_again() -> None:
    """The text was not sent."""
    async with opened(f"http://127.0.0.1:{free_port()}") as sms:
        assert (await sms.send(TEXT)).outcome is SendOutcome.RETRY


async def test_an_answer_that_is_not_twilios_is_unknown(sink: HttpSink) -> None:
    """A proxy answered 200. We do not know whether Twilio has the text."""
    async with opened(f"{sink.origin}/app") as sms:
        assert (await sms.send(TEXT)).outcome is SendOutcome.UNKNOWN


async def test_the_people_a_text_can_reach(sms: Sms) -> None:
    """Every person with a number."""
    assert sms.name is ChannelName.SMS
    assert sms.can_reach(Recipient(phone="+12025550199"))
    assert not sms.can_reach(Recipient(phone="2025550199", email="ada@example.com"))
    assert not sms.can_reach(Recipient(user="u-1"))
    assert (await sms.send(prompt(recipient=Recipient(user="u-1")))).outcome is SendOutcome.FAILED
