"""The customer's app hears who moved and who texted a closed line: at least once, under one id, in its own time."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from router.providers.sandbox.sinks.answers import PlannedAnswer
from router.providers.sandbox.sinks.http import HttpSink, Posted
from tests.deliveries import status, text
from tests.open_apps import OpenApp, open_app
from tests.servers import Server, eventually_async

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


async def tell(app: OpenApp) -> int:
    """Let the worker tell what waits."""
    return await app.gateway.news_teller.tell(await app.view())


def body_of(arrival: Posted) -> Any:
    """What the app reads, once it has believed it."""
    return Webhook(APP_SECRET).verify(arrival.body, dict(arrival.headers))


async def test_the_app_hears_who_moved(app: OpenApp, sink: HttpSink) -> None:
    """Who it is in the app's own words, both lines, and the person's page; signed, and once."""
    await app.deliver(text(SECOND, ADA, "hello there"))
    assert await tell(app) == 1
    assert await tell(app) == 0
    (arrival,) = sink.app.arrivals
    told = body_of(arrival)
    route = await app.ask("GET", "/pools/main/users/ada/route")
    assert told["type"] == "person.moved"
    at = told["data"].pop("at")
    assert at.endswith("+00:00")
    assert told["data"] == {
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


async def test_the_app_hears_who_texts_a_closed_line(app: OpenApp, sink: HttpSink) -> None:
    """With the number to say, once however often they try; the route says the same."""
    await app.deliver(status(FIRST, "FLAGGED"))
    for words in ("anybody there?", "hello??"):
        await app.deliver(text(FIRST, ADA, words))
    assert await tell(app) == 1
    (arrival,) = sink.app.arrivals
    told = body_of(arrival)
    route = await app.ask("GET", "/pools/main/users/ada/route")
    assert told["type"] == "person.texted_wrong_line"
    assert (told["data"]["texted_number"], told["data"]["new_number"]) == (FIRST, route["line"])
    assert told["data"]["user"] == "ada"


async def test_news_wait_for_an_app_that_does_not_answer(app: OpenApp, sink: HttpSink) -> None:
    """They are told again after a pause, in their order and under the same ids."""
    sink.app.plans.add(PlannedAnswer(status=503))
    await app.deliver(text(SECOND, ADA, "hello"))
    await app.deliver(text(THIRD, ADA, "hello again"))
    assert await tell(app) == 0
    assert await tell(app) == 0
    assert len(sink.app.arrivals) == 1

    async def all_told() -> bool:
        await tell(app)
        return len(sink.app.arrivals) == 3

    await eventually_async("both told", all_told)
    first, again, second = sink.app.arrivals
    assert first.headers["webhook-id"] == again.headers["webhook-id"] != second.headers["webhook-id"]
    assert [body_of(arrival)["data"]["new_number"] for arrival in (again, second)] == [SECOND, THIRD]


async def test_news_that_the_app_refuses_hold_nobody_up(app: OpenApp, sink: HttpSink) -> None:
    """A 4xx is a no for good, and the next is told."""
    sink.app.plans.add(PlannedAnswer(status=400))
    await app.deliver(text(SECOND, ADA, "hello"))
    await app.deliver(text(THIRD, ADA, "hello again"))
    assert await tell(app) == 1
    assert len(sink.app.arrivals) == 2
    assert await tell(app) == 0


async def test_news_of_an_erased_person_are_told_to_nobody(app: OpenApp, sink: HttpSink) -> None:
    """What nobody may know any more is dropped."""
    await app.deliver(text(SECOND, ADA, "hello"))
    await app.call("DELETE", "/pools/main/users/ada")
    assert await tell(app) == 0
    assert sink.app.arrivals == []


async def test_a_line_that_works_again_is_not_told_of(app: OpenApp, sink: HttpSink) -> None:
    """By the time it is told, the number they texted may be right again."""
    await app.deliver(status(FIRST, "FLAGGED"))
    await app.deliver(text(FIRST, ADA, "anybody there?"))
    await app.deliver(status(FIRST, "ACTIVE"))
    assert await tell(app) == 0
    assert sink.app.arrivals == []


async def test_without_an_app_nothing_is_kept(store: Server, tmp_path: Path) -> None:
    """The worker drops what nobody is there to hear."""
    async with open_app(store, tmp_path) as app:
        await app.open_pool(FIRST, SECOND)
        await app.add_person("ada", FIRST, phone=ADA)
        await app.deliver(text(SECOND, ADA, "hello"))
        assert await tell(app) == 0
        with store.admin() as admin:
            assert admin.xlen("sy:{main}:news") == 0
