"""The customer's app as a channel, against a server with planned answers."""

import json
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from standardwebhooks import Webhook

from router.channels.app_webhook import AppWebhook
from router.core.campaigns.prompt import Recipient, SendOutcome
from router.core.channel import ChannelName
from router.sandbox.sinks.answers import Kind, PlannedAnswer
from router.sandbox.sinks.http import HttpSink
from tests.kit.servers import free_port
from tests.kit.sinks import PAGE_URL, PROMPT, http_sink, prompt

SECRETS = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
NOW_S = 1_800_000_000.25


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    """Play the app."""
    with http_sink() as running:
        yield running


@pytest.fixture
async def app(sink: HttpSink) -> AsyncIterator[AppWebhook]:
    """Open the channel to it."""
    async with AppWebhook(f"{sink.origin}/app/hook/", SECRETS, wall_s=lambda: NOW_S, may_be_private=True) as channel:
        yield channel


async def test_the_app_gets_the_person_and_the_number_to_text(app: AppWebhook, sink: HttpSink) -> None:
    """One signed POST, as Standard Webhooks defines it, to exactly the configured address."""
    result = await app.send(PROMPT)
    assert (result.outcome, result.reference) == (SendOutcome.SENT, PROMPT.attempt)
    (came,) = sink.app.arrivals
    assert came.path == "/app/hook/"
    assert came.headers["content-type"] == "application/json"
    assert came.headers["webhook-id"] == PROMPT.attempt
    assert came.headers["webhook-timestamp"] == "1800000000"
    assert came.shape()["body"] == {
        "type": "person.should_text",
        "timestamp": "2027-01-15T08:00:00.250Z",
        "data": {
            "campaign": "main-1-flagged-7",
            "pool": "main",
            "signup": "K7M4QX",
            "user": "u-1",
            "phone": "+12025550199",
            "email": "ada@example.com",
            "reason": "flagged",
            "old_number": "+12025550101",
            "new_number": "+12025550102",
            "new_number_display": "+1 202-555-0102",
            "page_url": PAGE_URL,
            "text": PROMPT.text,
            "unsubscribe_url": f"{PAGE_URL}/quiet",
        },
    }


async def test_the_app_learns_how_we_would_show_it(app: AppWebhook, sink: HttpSink) -> None:
    """The brand, its website, and the old number as people may see it: the app can write words of its own."""
    shown = {"brand": "Acme", "website": "https://acme.example", "old_number_display": "...01"}
    await app.send(prompt(**shown))
    (came,) = sink.app.arrivals
    assert json.loads(came.body)["data"].items() >= shown.items()


async def test_every_secret_signs(sink: HttpSink) -> None:
    """A receiver that has any one of them accepts it. The specification's own library confirms this."""
    now_s = time.time()
    async with AppWebhook(f"{sink.origin}/app", SECRETS, wall_s=lambda: now_s, may_be_private=True) as app:
        await app.send(prompt(text="Schöne Grüße 👋"))
    (came,) = sink.app.arrivals
    assert came.headers["webhook-signature"].count("v1,") == 2
    for secret in SECRETS:
        event = Webhook(secret).verify(came.body, dict(came.headers))
        assert event["data"]["text"] == "Schöne Grüße 👋"


async def test_a_second_try_has_the_same_id(app: AppWebhook, sink: HttpSink) -> None:
    """The id is the attempt's. The channel declares that a message may be sent again."""
    sink.app.plans.add(PlannedAnswer(kind=Kind.RESET))
    first, second = await app.send(PROMPT), await app.send(PROMPT)
    assert (first.outcome, second.outcome) == (SendOutcome.UNKNOWN, SendOutcome.SENT)
    assert app.resend_is_safe
    assert len({came.headers["webhook-id"] for came in sink.app.arrivals}) == 1


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, SendOutcome.FAILED),
        (401, SendOutcome.FAILED),
        (404, SendOutcome.FAILED),
        (410, SendOutcome.FAILED),
        (422, SendOutcome.FAILED),
        (408, SendOutcome.RETRY),
        (409, SendOutcome.RETRY),
        (425, SendOutcome.RETRY),
        (429, SendOutcome.RETRY),
        (500, SendOutcome.RETRY),
        (503, SendOutcome.RETRY),
    ],
)
async def test_a_refusal_is_final_or_not(app: AppWebhook, sink: HttpSink, status: int, outcome: SendOutcome) -> None:
    """A message the app may accept later is tried later. Every other refusal is final."""
    sink.app.plans.add(PlannedAnswer(status=status))
    result = await app.send(PROMPT)
    assert (result.outcome, result.reason) == (outcome, f"the app answered {status}")


async def test_the_app_says_how_long_to_wait(app: AppWebhook, sink: HttpSink) -> None:
    """Retry-After is passed on."""
    sink.app.plans.add(PlannedAnswer(status=429, retry_after_s=7))
    assert (await app.send(PROMPT)).retry_after_s == 7


async def test_a_redirect_is_not_followed(app: AppWebhook, sink: HttpSink) -> None:
    """A person's data goes only where the operator said."""
    sink.app.plans.add(PlannedAnswer(status=307))
    assert (await app.send(PROMPT)).outcome is SendOutcome.FAILED
    assert len(sink.app.arrivals) == 1


async def test_an_app_that_is_away_is_tried_again() -> None:
    """There was no connection, so the message was not received."""
    url = f"http://127.0.0.1:{free_port()}/"
    async with AppWebhook(url, SECRETS, wall_s=lambda: NOW_S, may_be_private=True) as app:
        result = await app.send(PROMPT)
    assert (result.outcome, result.reason) == (SendOutcome.RETRY, "no connection (ConnectError)")


async def test_a_private_address_is_not_called(sink: HttpSink) -> None:
    """It is called only if the setting allows it, whatever name leads there."""
    async with AppWebhook(f"{sink.origin.replace('127.0.0.1', 'localhost')}/app", SECRETS, wall_s=lambda: NOW_S) as app:
        result = await app.send(PROMPT)
    assert result.outcome is SendOutcome.RETRY
    assert "SWITCHYARD_APP_WEBHOOK_PRIVATE=true" in result.reason
    assert sink.app.arrivals == []


async def test_other_events_go_the_same_way(app: AppWebhook, sink: HttpSink) -> None:
    """The app can get any event, under the event's own id."""
    result = await app.send_event("person.moved", "sy_moved_1", {"signup": "K7M4QX"})
    assert result.outcome is SendOutcome.SENT
    (came,) = sink.app.arrivals
    assert (came.headers["webhook-id"], json.loads(came.body)["type"]) == ("sy_moved_1", "person.moved")


async def test_the_people_the_app_can_reach(app: AppWebhook) -> None:
    """Every person with a user id or a phone."""
    assert app.name is ChannelName.APP
    assert app.can_reach(Recipient(user="u-1"))
    assert app.can_reach(Recipient(phone="+12025550199"))
    assert not app.can_reach(Recipient())
