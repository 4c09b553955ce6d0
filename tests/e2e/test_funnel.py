"""The funnel counts each step of a person's way, by line and day, over HTTP and on the command line."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from router.core.errors import StoreUnavailable
from tests.e2e.test_origins import FIELD
from tests.kit.commands import run_command
from tests.kit.deliveries import new_person, text
from tests.kit.open_apps import BASE_URL, OpenApp, open_app
from tests.kit.servers import Server, eventually_async
from tests.kit.user_agents import BOTS, SAFARI
from tests.kit.visitors import NAVIGATION

LINE = "+12025552001"
TAPPED = NAVIGATION | {"User-Agent": SAFARI}
NOTHING = {
    "signup_pages": 0,
    "places": 0,
    "own_pages": 0,
    "messages_opened": 0,
    "first_texts": 0,
    "third_texts": 0,
}


@pytest.fixture
async def app(store: Server, tmp_path: Path) -> AsyncIterator[OpenApp]:
    """Open the application, with a pool of one line."""
    async with open_app(store, tmp_path) as app:
        await app.open_pool(LINE)
        yield app


async def counted(app: OpenApp, **query: int) -> Any:
    """Add what was counted to the store, and read the funnel."""
    await app.gateway.step_counter.flush()
    return await app.ask("GET", "/pools/main/funnel", params=query)


async def ask(app: OpenApp, method: str, path: str, headers: dict[str, str]) -> None:
    """Ask for a path; httpx cannot follow `/go` to sms:…, but the request was made."""
    with suppress(httpx.InvalidURL):
        await app.http.request(method, path, headers=headers)


async def press(app: OpenApp) -> dict[str, str]:
    """Open the signup page, press its button with script, and return the page and the link of the answer."""
    landing = await app.http.get("/j/main", headers=TAPPED)
    headers = {"User-Agent": SAFARI, "Accept": "application/json"}
    answer = await app.http.post("/j/main", data=dict(FIELD.findall(landing.text)), headers=headers)
    app.http.cookies.clear()
    found: dict[str, str] = answer.json()
    return found


async def test_each_step_is_counted_once(app: OpenApp) -> None:
    """Two people press, one opens their page and Messages from it, and texts three times."""
    await press(app)
    pressed, person = await press(app), new_person()
    await app.http.get(pressed["page_url"], headers=TAPPED)
    await ask(app, "GET", pressed["page_url"] + "/go", TAPPED)
    code = pressed["deeplink"][-6:]
    for words in (f"Hi Acme! {code}", "Are you there?", "Hello?", "I will come"):
        await app.deliver(text(LINE, person, words))

    async def texted() -> bool:
        return bool((await counted(app))["total"]["third_texts"] == 1)

    await eventually_async("a third text", texted)
    found = await counted(app, days=2)
    steps = NOTHING | {"places": 2, "own_pages": 1, "messages_opened": 3, "first_texts": 1, "third_texts": 1}
    assert found["total"] == steps | {"signup_pages": 2}
    assert found["lines"] == [{"number": LINE, "label": "", "steps": steps}]
    yesterday, today = found["days"]
    assert (yesterday["total"], yesterday["lines"]) == (NOTHING, [])
    assert (today["total"], today["lines"]) == (found["total"], found["lines"])


async def test_robots_and_heads_are_no_people(app: OpenApp) -> None:
    """Previews open no page and no Messages; asking again for the headers counts nothing."""
    pressed = await press(app)
    before = (await counted(app))["total"]
    for path in ("/j/main", pressed["page_url"], pressed["page_url"] + "/go"):
        await ask(app, "GET", path, {"User-Agent": BOTS["iMessage preview"]})
        await ask(app, "HEAD", path, TAPPED)
    assert (await counted(app))["total"] == before


async def test_a_back_end_s_people_take_places(app: OpenApp) -> None:
    """They come without a page. The same request again is the same place."""
    for _ in range(2):
        await app.ask("POST", "/pools/main/signups", json={"user": "ada"})
    assert (await counted(app, days=1))["total"] == NOTHING | {"places": 1}


@pytest.mark.parametrize("days", ["0", "29", "many"])
async def test_days_out_of_range_are_refused(app: OpenApp, days: str) -> None:
    """Counts are kept for longer, but a request reads four weeks at most."""
    assert (await app.call("GET", "/pools/main/funnel", params={"days": days})).status_code == 422
    assert (await app.call("GET", "/pools/main/funnel", params={"days": "28"})).status_code == 200


async def test_what_the_store_refused_is_counted_with_the_next(app: OpenApp, store: Server) -> None:
    """Counts wait in memory while the store takes none, those of every pool."""
    await app.open_pool("+12025552002", pool="other")
    await press(app)
    await app.http.get("/j/other", headers=TAPPED)
    with store.admin() as admin:
        admin.config_set("maxmemory", "1")
        try:
            with pytest.raises(StoreUnavailable, match="full"):
                await app.gateway.step_counter.flush()
        finally:
            admin.config_set("maxmemory", "0")
    assert (await counted(app))["total"]["signup_pages"] == 1
    assert (await app.ask("GET", "/pools/other/funnel"))["total"]["signup_pages"] == 1


async def test_the_command_draws_it(app: OpenApp, store: Server, tmp_path: Path) -> None:
    """A bar for each step, a row for each line, in 80 columns; `--json` prints what the API answers."""
    pressed = await press(app)
    await app.http.get(pressed["page_url"].removeprefix(BASE_URL), headers=TAPPED)
    answer = await counted(app)
    environ = {**os.environ, "SWITCHYARD_REDIS_URL": store.url, "SWITCHYARD_DATA_DIR": str(tmp_path / "data")}

    def run(*words: str) -> str:
        done = run_command("funnel", *words, directory=tmp_path, environ=environ)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    table = await asyncio.to_thread(run)
    assert "signup page opened" in table
    assert LINE in table
    assert "█" * 24 in table
    assert max(map(len, table.splitlines())) <= 80
    assert httpx.Response(200, text=await asyncio.to_thread(run, "--json")).json() == answer
    refused = await asyncio.to_thread(run_command, "funnel", "--days", "0", directory=tmp_path, environ=environ)
    assert (refused.returncode, "days" in refused.stderr) == (2, True)
