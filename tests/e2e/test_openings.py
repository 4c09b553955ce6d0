"""An opening is recorded when a person opens their page while it shows a new number, and at no other time."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from router.store.campaign_queue import CampaignQueue
from tests.kit.deliveries import status
from tests.kit.open_apps import BASE_URL, OpenApp, open_app
from tests.kit.servers import Server, eventually_async
from tests.kit.user_agents import BOTS, PEOPLE, SAFARI
from tests.kit.visitors import NAVIGATION

FIRST, SECOND = "+12025550101", "+12025550102"
TAPPED = NAVIGATION | {"User-Agent": SAFARI}


@pytest.fixture
async def app(store: Server, tmp_path: Path) -> AsyncIterator[OpenApp]:
    """Open the application, with a pool of two lines."""
    async with open_app(store, tmp_path) as app:
        await app.open_pool(FIRST, SECOND)
        yield app


async def openings(app: OpenApp) -> list[str]:
    """Return the openings that the campaigns have not handled yet."""
    queue = CampaignQueue(app.gateway.client, app.gateway.scripts)
    return [*await queue.openings((await app.view()).keys)]


@pytest.mark.parametrize("what", ["", "/go"])
async def test_a_person_s_own_tap_is_recorded(app: OpenApp, what: str) -> None:
    """Their line cannot carry them. The page counts, and so does the way into Messages."""
    signup = await app.add_person("ada", FIRST)
    await app.deliver(status(FIRST, "FLAGGED"))
    path = signup["page_url"].removeprefix(BASE_URL) + what
    with suppress(httpx.InvalidURL):  # it cannot follow `/go` to sms:…
        await app.http.get(path, headers=TAPPED)

    async def recorded() -> bool:
        return await openings(app) == [signup["id"]]

    await eventually_async("a recorded opening", recorded)


async def test_robots_previews_and_heads_do_not_count(app: OpenApp) -> None:
    """Nor does a desktop's prefetch, a file of the page, or the page of a person whose line works."""
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
    # Records come in order: when this one is there, none of the others will come.
    await app.deliver(status(FIRST, "ACTIVE"))
    await app.deliver(status(SECOND, "FLAGGED"))
    await app.http.get(bob["page_url"].removeprefix(BASE_URL), headers=TAPPED)

    async def recorded() -> bool:
        return bool(await openings(app))

    await eventually_async("a recorded opening", recorded)
    assert await openings(app) == [bob["id"]]


async def test_a_campaign_hears_of_it(app: OpenApp) -> None:
    """A person who saw their new number needs no prompt. Their state is `opened`."""
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
