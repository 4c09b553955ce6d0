"""The customer's app gets an event when a person moves or texts a closed line: at least once, under one id."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from router.sandbox.sinks.answers import PlannedAnswer
from router.sandbox.sinks.http import HttpSink, Posted
from tests.kit.deliveries import status, text
from tests.kit.open_apps import OpenApp, open_app
from tests.kit.servers import Server, eventually_async

FIRST, SECOND, THIRD = "+12025550101", "+12025550102", "+12025550103"
ADA = "+13035550142"
APP_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def app(store: Server, sink: HttpSink, tmp_path: Path) -> AsyncIterator[OpenApp]:
    """Open the application with a channel to the app, and Ada on the first of three lines."""
    async with open_app(
        store,
        tmp_path,
        app_webhook_url=f"{sink.origin}/app",
        app_webhook_secrets=(SecretStr(APP_SECRET),),
        app_webhook_private=True,
    ) as app:
        await app.open_pool(FIRST, SECOND, THIRD)
        await app.add_person("ada", FIRST, phone=ADA, email="ada@example.com")
        yield app


async def send_news(app: OpenApp) -> int:
    """Let the worker send the waiting news."""
    return await app.gateway.app_news_sender.send_waiting(await app.view())


def body_of(arrival: Posted) -> Any:
    """Return the body as the app reads it, after it verified the signature."""
    return Webhook(APP_SECRET).verify(arrival.body, dict(arrival.headers))


async def test_the_app_hears_of_a_move(app: OpenApp, sink: HttpSink) -> None:
    """The event names the person in the app's own words, both lines, and the person's page.

    It is signed, and sent once.
    """
    await app.deliver(text(SECOND, ADA, "hello there"))
    assert await send_news(app) == 1
    assert await send_news(app) == 0
    (arrival,) = sink.app.arrivals
    event = body_of(arrival)
    route = await app.ask("GET", "/pools/main/users/ada/route")
    assert event["type"] == "person.moved"
    at = event["data"].pop("at")
    assert at.endswith("+00:00")
    assert event["data"] == {
        "pool": "main",
        "signup": route["signup"],
        "user": "ada",
        "phone": ADA,
        "email": "ada@example.com",
        "old_number": FIRST,
        "new_number": SECOND,
        "new_number_display": "+1 202-555-0102",
        "page_url": route["page_url"],
    }


async def test_the_app_hears_of_a_text_to_a_closed_line(app: OpenApp, sink: HttpSink) -> None:
    """The event has the number to text, once however often they try. The route says the same."""
    await app.deliver(status(FIRST, "FLAGGED"))
    for words in ("anybody there?", "hello??"):
        await app.deliver(text(FIRST, ADA, words))
    assert await send_news(app) == 1
    (arrival,) = sink.app.arrivals
    event = body_of(arrival)
    route = await app.ask("GET", "/pools/main/users/ada/route")
    assert event["type"] == "person.texted_wrong_line"
    assert (event["data"]["texted_number"], event["data"]["new_number"]) == (FIRST, route["line"])
    assert event["data"]["user"] == "ada"


async def test_news_waits_for_an_app_that_does_not_answer(app: OpenApp, sink: HttpSink) -> None:
    """It is sent again after a pause, in order and under the same ids."""
    sink.app.plans.add(PlannedAnswer(status=503))
    await app.deliver(text(SECOND, ADA, "hello"))
    await app.deliver(text(THIRD, ADA, "hello again"))
    assert await send_news(app) == 0
    assert await send_news(app) == 0
    assert len(sink.app.arrivals) == 1

    async def all_sent() -> bool:
        await send_news(app)
        return len(sink.app.arrivals) == 3

    await eventually_async("both sent", all_sent)
    first, again, second = sink.app.arrivals
    assert first.headers["webhook-id"] == again.headers["webhook-id"] != second.headers["webhook-id"]
    assert [body_of(arrival)["data"]["new_number"] for arrival in (again, second)] == [SECOND, THIRD]


async def test_refused_news_delays_no_other(app: OpenApp, sink: HttpSink) -> None:
    """A 4xx is final, and the next event is sent."""
    sink.app.plans.add(PlannedAnswer(status=400))
    await app.deliver(text(SECOND, ADA, "hello"))
    await app.deliver(text(THIRD, ADA, "hello again"))
    assert await send_news(app) == 1
    assert len(sink.app.arrivals) == 2
    assert await send_news(app) == 0


async def test_news_of_an_erased_person_is_not_sent(app: OpenApp, sink: HttpSink) -> None:
    """The event is dropped: its data is gone."""
    await app.deliver(text(SECOND, ADA, "hello"))
    await app.call("DELETE", "/pools/main/users/ada")
    assert await send_news(app) == 0
    assert sink.app.arrivals == []


async def test_a_line_that_works_again_causes_no_event(app: OpenApp, sink: HttpSink) -> None:
    """When the event would be sent, the number they texted may be right again."""
    await app.deliver(status(FIRST, "FLAGGED"))
    await app.deliver(text(FIRST, ADA, "anybody there?"))
    await app.deliver(status(FIRST, "ACTIVE"))
    assert await send_news(app) == 0
    assert sink.app.arrivals == []


async def test_without_an_app_nothing_is_stored(store: Server, tmp_path: Path) -> None:
    """The worker drops events without a receiver."""
    async with open_app(store, tmp_path) as app:
        await app.open_pool(FIRST, SECOND)
        await app.add_person("ada", FIRST, phone=ADA)
        await app.deliver(text(SECOND, ADA, "hello"))
        assert await send_news(app) == 0
        with store.admin() as admin:
            assert admin.xlen("sy:{main}:news") == 0
