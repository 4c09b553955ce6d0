"""From a busy page to a first text: a visitor leaves a number, is invited when a line is back, and texts it.

The application is real, and so are the store and the signed deliveries; the invitation goes to a server that plays
Twilio.
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from router.sandbox.sinks.http import HttpSink
from tests.e2e.test_origins import FIELD
from tests.kit.deliveries import status, text
from tests.kit.open_apps import BASE_URL, OpenApp, open_app
from tests.kit.servers import Server, eventually_async
from tests.kit.sinks import http_sink
from tests.kit.user_agents import SAFARI

LINE, PERSON = "+12025552001", "+12025550190"
PAGE = re.compile(rf"{re.escape(BASE_URL)}(/t/[\w.~-]+)")
BROWSER = {"User-Agent": SAFARI, "Accept": "text/html"}


@pytest.fixture
def twilio() -> Iterator[HttpSink]:
    """Play Twilio."""
    with http_sink() as running:
        yield running


@pytest.fixture
async def app(store: Server, tmp_path: Path, twilio: HttpSink) -> AsyncIterator[OpenApp]:
    """Open the application, with a pool of one line, which is flagged."""
    settings: dict[str, Any] = {
        "twilio_account_sid": f"AC{'0' * 31}1",
        "twilio_auth_token": "token",
        "twilio_from": "+12025550100",
        "twilio_base_url": f"{twilio.origin}/twilio",
    }
    async with open_app(store, tmp_path, **settings) as app:
        await app.open_pool(LINE)
        await app.deliver(status(LINE, "FLAGGED"))
        yield app


async def leave_number(app: OpenApp) -> str:
    """Press the button, find every line busy, leave a number, and return the path of the page that answers."""
    landing = await app.http.get("/j/main", headers=BROWSER)
    busy = await app.http.post("/j/main", data=dict(FIELD.findall(landing.text)), headers=BROWSER)
    assert busy.status_code == 202
    form = dict(FIELD.findall(busy.text)) | {"contact": "(202) 555-0190"}
    left = await app.http.post("/j/main", data=form, headers=BROWSER)
    assert left.status_code == 303
    return left.headers["location"]


async def invited(app: OpenApp, twilio: HttpSink) -> str:
    """Run the worker's steps until the invitation has arrived, and return its words."""

    async def has_come() -> bool:
        await app.step()
        return bool(twilio.twilio.arrivals)

    await eventually_async("an invitation", has_come)
    (arrived,) = twilio.twilio.arrivals
    fields = dict(httpx.QueryParams(arrived.body.decode()))
    assert fields["To"] == PERSON
    return fields["Body"]


async def test_a_visitor_is_invited_and_texts_the_line(app: OpenApp, twilio: HttpSink) -> None:
    """The invitation leads to the page that they have open; their text on the new line makes them confirmed."""
    path = await leave_number(app)
    waiting = await app.http.get(path, headers=BROWSER)
    assert (waiting.status_code, LINE[-4:] in waiting.text) == (202, False)
    for _ in range(3):
        await app.step()
    assert not twilio.twilio.arrivals

    await app.deliver(status(LINE, "ACTIVE"))
    found = PAGE.search(await invited(app, twilio))
    assert found
    page = await app.http.get(found[1], headers=BROWSER)
    assert page.status_code == 200
    assert (await app.http.get(path, headers=BROWSER)).text.count(LINE) == page.text.count(LINE) > 0
    code = re.search(r'data-copy="[^"]*?\b([2-9A-Z]{6})\b', page.text)
    assert code

    await app.deliver(text(LINE, PERSON, f"Hi Acme! {code[1]}"))

    async def confirmed() -> bool:
        signup = await app.ask("GET", f"/pools/main/signups/{code[1]}")
        return bool((signup["state"], signup["line"]) == ("confirmed", LINE))

    await eventually_async("a confirmed person", confirmed)
    connected = await app.http.get(path, headers=BROWSER)
    assert "You’re connected" in connected.text
    await app.step()
    assert len(twilio.twilio.arrivals) == 1
