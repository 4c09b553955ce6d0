"""Page, link into Messages, card, API and route name the same number, whatever happened to the lines before.

Over HTTP, by the whole application on a real store. Operators and the provider do things in a random order; after each,
every person is looked up in each way there is.
"""

import re
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.kit.deliveries import status
from tests.kit.open_apps import BASE_URL, WHY, OpenApp, open_app
from tests.kit.servers import Server
from tests.kit.user_agents import SAFARI

LINES = ("+12025552001", "+12025552002", "+12025552003", "+12025552004")
PEOPLE = ("ada", "bob", "cyd", "dot", "eve")
STEPS = 40
TAPPED = {"User-Agent": SAFARI, "Accept": "text/html"}
TELEPHONE = re.compile(r"^TEL[^:\r\n]*:(?:tel:)?(\+\d+)", re.MULTILINE)
ON_PAGE = re.compile(r'data-copy="(\+\d+)"')


async def location_of(app: OpenApp, path: str) -> str:
    """Return where a tap on a path leads; httpx sees it, although it cannot follow `sms:`."""
    seen: list[str] = []

    async def record(response: httpx.Response) -> None:
        seen.append(response.headers.get("location", ""))

    app.http.event_hooks = {"response": [record]}
    with suppress(httpx.InvalidURL):
        await app.http.get(path, headers=TAPPED)
    app.http.event_hooks = {}
    return seen[0]


async def shown_to(app: OpenApp, user: str) -> tuple[dict[str, str | None], set[str]]:
    """Return the number to text by each way of asking, and every number that the person is shown anywhere."""
    route = await app.ask("GET", f"/pools/main/users/{user}/route")
    signup = await app.ask("GET", f"/pools/main/signups/{route['signup']}")
    path = signup["page_url"].removeprefix(BASE_URL)
    page = await app.http.get(path, headers=TAPPED)
    copied = ON_PAGE.search(page.text)
    led = re.match(r"sms:(\+\d+)", await location_of(app, f"{path}/go"))
    card = await app.http.get(signup["vcard_url"].removeprefix(BASE_URL))
    numbers = TELEPHONE.findall(card.text) if card.status_code == 200 else []
    ways = {
        "route": route["line"],
        "signup": signup["line"],
        "page": copied[1] if copied else None,
        "go": led[1] if led else None,
        "card": numbers[0] if numbers else None,
        "deeplink": signup["deeplinks"] and signup["deeplinks"]["ios"].removeprefix("sms:").partition("&")[0],
    }
    everywhere = {*numbers, *signup["backups"], *ON_PAGE.findall(page.text)} | {
        number for number in ways.values() if number
    }
    return ways, everywhere


async def try_again(app: OpenApp, user: str) -> None:
    """Press the button on the page of a person who waits for a line."""
    route = await app.ask("GET", f"/pools/main/users/{user}/route")
    if route["state"] == "waitlisted":
        await app.http.post(route["page_url"].removeprefix(BASE_URL), headers=TAPPED)


class Pool:
    """What is true of the pool's lines, as a person who did all of it would know."""

    def __init__(self, app: OpenApp, random: Random) -> None:
        self.app = app
        self.random = random
        self.flagged: set[str] = set()
        self.ours: set[str] = set(LINES[:3])
        self.people: set[str] = set()

    @property
    def working(self) -> set[str]:
        """The lines that can carry people."""
        return self.ours - self.flagged

    async def flag(self) -> str:
        """The provider flags a line."""
        line = self.random.choice(sorted(self.ours))
        await self.app.deliver(status(line, "FLAGGED"))
        self.flagged.add(line)
        return f"flag {line}"

    async def recover(self) -> str:
        """A flagged line works again."""
        if not self.flagged & self.ours:
            return ""
        line = self.random.choice(sorted(self.flagged & self.ours))
        await self.app.deliver(status(line, "ACTIVE"))
        self.flagged.discard(line)
        return f"recover {line}"

    async def retire(self) -> str:
        """An operator removes a line."""
        if len(self.ours) == 1:
            return ""
        line = self.random.choice(sorted(self.ours))
        await self.app.ask("DELETE", f"/pools/main/lines/{line}", params=WHY | {"force": "true"})
        self.ours.discard(line)
        return f"retire {line}"

    async def add(self) -> str:
        """An operator adds a line, or one that was ours before."""
        if len(self.ours) == len(LINES):
            return ""
        line = self.random.choice(sorted(set(LINES) - self.ours))
        await self.app.ask("POST", "/pools/main/lines", json={"number": line, "warm": True})
        self.ours.add(line)
        if line in self.flagged:
            await self.app.deliver(status(line, "ACTIVE"))
            self.flagged.discard(line)
        return f"add {line}"

    async def join(self) -> str:
        """A person signs up, or again."""
        user = self.random.choice(PEOPLE)
        answer = await self.app.ask("POST", "/pools/main/signups", json={"user": user})
        self.people.add(user)
        return f"join {user} {answer['line']}"

    async def come(self) -> str:
        """A person texts the line they were given."""
        if not self.people:
            return ""
        user = self.random.choice(sorted(self.people))
        route = await self.app.ask("GET", f"/pools/main/users/{user}/route")
        if route["line"] is not None:
            await self.app.ask("POST", f"/pools/main/signups/{route['signup']}/confirm")
        return f"come {user}"


@pytest.mark.parametrize("seed", range(4))
async def test_every_way_of_asking_gives_one_answer(store: Server, tmp_path: Path, seed: int) -> None:
    """The number works if any does, it is the same everywhere, and a number that is not ours is shown nowhere."""
    random = Random(seed)
    async with open_app(store, tmp_path) as app:
        await app.open_pool(*LINES[:3])
        pool = Pool(app, random)
        acts: list[Any] = [pool.flag, pool.recover, pool.retire, pool.add, pool.join, pool.join, pool.come]
        done: list[str] = []
        for _ in range(STEPS):
            done.append(await random.choice(acts)())
            for user in sorted(pool.people):
                await try_again(app, user)
                ways, everywhere = await shown_to(app, user)
                if not pool.working:
                    ways.pop("card")  # it keeps their numbers: one of them will work again
                assert len(set(ways.values())) == 1, (user, ways, done)
                assert everywhere <= pool.ours, (user, everywhere - pool.ours, done)
                (number,) = set(ways.values())
                assert (number in pool.working) if pool.working else number is None, (user, ways, done)
        assert any(word.startswith("retire") for word in done)
