"""That a person saw their new number is noted when they open their page, and at no other time."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.deliveries import status
from tests.open_apps import BASE_URL, OpenApp, open_app
from tests.servers import Server, eventually_async
from tests.user_agents import BOTS, PEOPLE, SAFARI
from tests.visitors import NAVIGATION

FIRST, SECOND = "+12025550101", "+12025550102"
TAPPED = NAVIGATION | {"User-Agent": SAFARI}


@pytest.fixture
async def app(store: Server, tmp_path: Path) -> AsyncIterator[OpenApp]:
    """Open the application, with a pool of two lines."""
    async with open_app(store, tmp_path) as app:
        await app.open_pool(FIRST, SECOND)
        yield app


async def openings(app: OpenApp) -> list[str]:
    """Whose openings the campaigns do not know yet."""
    return [*await app.gateway.campaigns.openings((await app.view()).keys)]


@pytest.mark.parametrize("what", ["", "/go"])
async def test_a_person_s_own_tap_is_noted(app: OpenApp, what: str) -> None:
    """Of one whose line can not carry them: the page, and the way into Messages."""
    signup = await app.add_person("ada", FIRST)
    await app.deliver(status(FIRST, "FLAGGED"))
    path = signup["page_url"].removeprefix(BASE_URL) + what
    with suppress(httpx.InvalidURL):  # it can not read where `/go` leads: sms:…
        await app.http.get(path, headers=TAPPED)

    async def noted() -> bool:
        return await openings(app) == [signup["id"]]

    await eventually_async("a noted opening", noted)


async def test_robots_previews_and_heads_are_not(app: OpenApp) -> None:
    """Nor a desktop's fetch ahead, nor what hangs off the page, nor the page of one whose line works."""
    ada, bob = await app.add_person("ada", FIRST), await app.add_person("bob", SECOND)
    await app.deliver(status(FIRST, "FLAGGED"))
    path = ada["page_url"].removeprefix(BASE_URL)
    for bot in (BOTS["iMessage preview"], BOTS["Googlebot as a phone"], ""):
        await app.http.get(path, headers=TAPPED | {"User-Agent": bot})
    await app.http.get(path, headers=TAPPED | {"User-Agent": PEOPLE["Chrome on Windows"][0]})
    await app.http.get(path, headers=TAPPED | {"Sec-Purpose": "prefetch"})
    await app.http.head(path, headers=TAPPED)
    for what in ("/acme.vcf", "/qr.svg", "/quiet"):
        assert (await app.http.get(path + what, headers=TAPPED)).status_code == 200
    await app.http.get(bob["page_url"].removeprefix(BASE_URL), headers=TAPPED)
    # What is noted later comes later: when this one is there, none of the others will come.
    await app.deliver(status(FIRST, "ACTIVE"))
    await app.deliver(status(SECOND, "FLAGGED"))
    await app.http.get(bob["page_url"].removeprefix(BASE_URL), headers=TAPPED)

    async def noted() -> bool:
        return bool(await openings(app))

    await eventually_async("a noted opening", noted)
    assert await openings(app) == [bob["id"]]


async def test_a_campaign_hears_of_it(app: OpenApp) -> None:
    """Whoever saw their new number needs no prompt: they are `opened`."""
    signup = await app.add_person("ada", FIRST)
    await app.deliver(status(FIRST, "FLAGGED"))
    for _ in range(2):
        await app.step()
    await app.http.get(signup["page_url"].removeprefix(BASE_URL), headers=TAPPED)

    async def opened() -> bool:
        await app.step()
        counts = (await app.ask("GET", "/campaigns/main.0.flagged1"))["counts"]
        return bool(counts["opened"] == 1)

    await eventually_async("an opening that the campaign knows", opened)
