"""Every event counts once, whichever process is killed between a delivery and its answer, once all are repeated.

Linq repeats each delivery that got no 2xx, and now and then one that did. The same events, sent to a gateway that runs
undisturbed, end in the same state. SWITCHYARD_TESTS_KILLS sets how many kills must cut a delivery short, 40 in the
suite.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random
from typing import Any, cast

import httpx
import pytest
import redis

from router.core.capacity.pilot import PersonTraffic
from router.core.line import LineLoad
from router.core.pool import PoolId
from router.store.keys import PoolKeys
from router.store.traffic import TrafficLog
from tests.kit.deliveries import SECRET, Linq, ProviderEvent, delivered, find_secrets, new_person, sent, status, text
from tests.kit.delivery_load import SENDERS, Courier
from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.sample_pools import PATIENT_MS
from tests.kit.servers import eventually, free_port
from tests.kit.stores import LivePool, opened_store

pytestmark = pytest.mark.timeout(900)  # it starts whole programs, many of them

KILLS = int(os.environ.get("SWITCHYARD_TESTS_KILLS") or 40)
SERVERS = 3
LINES = ("+12025550101", "+12025550102", "+12025550103", "+12025550104")
SIGNED_UP, STRANGERS = 300, 200
REPEATED = 8
KEYS = PoolKeys(PoolId("main"))
Story = Sequence[Sequence[ProviderEvent]]


@dataclass(frozen=True, slots=True)
class Ending:
    """The final state after all the deliveries.

    Attributes:
        people: the people who texted, by line, time, texts and answers.
        words: the number of log rows for each result and type of event.
        provider: each line's health from the provider's reports, and how often it was flagged.
    """

    people: Counter[PersonTraffic]
    loads: dict[int, LineLoad]
    traffic: Counter[bytes]
    words: Counter[tuple[str, str]]
    provider: list[tuple[str, str, int, int]]


def open_main(gateway: RunningGateway) -> list[dict[str, Any]]:
    """Make a pool with room for everybody, and sign people up one after another, so that each gets the same line."""
    gateway.api("POST", "/pools", json={"id": "main", "name": "Acme"})
    for number in LINES:
        gateway.api("POST", "/pools/main/lines", json={"number": number, "capacity": 100_000, "warm": True})
    headers, path = {"Authorization": f"Bearer {gateway.admin_key}"}, "/api/v1/pools/main/signups"
    with httpx.Client(base_url=gateway.base_url, headers=headers, timeout=10, verify=False) as http:
        answers = [http.post(path, json={"user": f"u-{number}"}) for number in range(SIGNED_UP)]
    return [answer.raise_for_status().json() for answer in answers]


def make_story(signups: Sequence[dict[str, Any]], *, at_s: float) -> Story:
    """Return the events on the lines, in parts; within one part any order ends in the same state.

    Each person texts, is answered, and texts again. Each line's status changes once in a part, to and fro.
    """
    people = [(signup["line"], new_person(), signup["text"]) for signup in signups]
    people += [(LINES[number % len(LINES)], new_person(), "Hi there") for number in range(STRANGERS)]
    moments = [at_s + number for number in range(len(people))]
    parts = [
        [text(line, person, words, at_s=at) for (line, person, words), at in zip(people, moments, strict=True)],
        [sent(line, person, at_s=at + 1) for (line, person, _), at in zip(people, moments, strict=True)],
        [
            each
            for (line, person, _), at in zip(people, moments, strict=True)
            for each in (text(line, person, "Thanks", at_s=at + 2), delivered(line, person, at_s=at + 2))
        ],
    ]
    for number, (part, word) in enumerate(zip(parts, ("FLAGGED", "ACTIVE", "FLAGGED"), strict=True)):
        part += [status(line, word, at_s=at_s + number) for line in LINES[:2]]
    return parts


def read_ending(gateway: RunningGateway, story: Story) -> Ending:
    """Read the final state, and compare counters and logs with their recount."""
    return asyncio.run(_read_ending(gateway, story))


async def _read_ending(gateway: RunningGateway, story: Story) -> Ending:
    rows = rows_of(gateway)
    assert sorted(row["event"] for row in rows) == sorted(each.id for part in story for each in part)
    async with opened_store(gateway.store_url) as store:
        pool = LivePool(store, now_ms=int(time.time() * 1000))
        loads = await pool.loads()
        assert loads == await pool.recount()
        pages = TrafficLog(store.client).people(KEYS, lambda _read, _of: None)
        people = Counter([person async for page in pages for person in page])
        lines = (await pool.lines()).values()
        today = pool.now_ms // 86_400_000
        with store.raw_client() as client:
            days = [cast(dict[bytes, bytes], client.hgetall(KEYS.traffic(day))) for day in (today - 1, today)]
    traffic = Counter[bytes]()
    for day in days:
        traffic.update({name: int(times) for name, times in day.items() if not name.endswith(b":person_hours")})
    return Ending(
        people=people,
        loads=loads,
        traffic=traffic,
        words=Counter((row["type"], row["word"]) for row in rows),
        provider=[(now.line.number, now.line.health.status, now.provider.flags, now.picks) for now in lines],
    )


def rows_of(gateway: RunningGateway, *, newest: int | None = None) -> list[dict[str, str]]:
    """Return the rows of the pool's logs: all of them, or the newest of each."""
    with redis.Redis.from_url(gateway.store_url, decode_responses=True) as client:
        logs = [client.xrevrange(log, count=newest) for log in (KEYS.line_events, KEYS.people_events)]
    return [row for log in cast(Any, logs) for _, row in log]


@dataclass(slots=True)
class Killer:
    """Kills server processes, and counts what happened to the deliveries under way.

    Attributes:
        kills: all kills.
        cuts: the kills that left deliveries without an answer which the server had read.
        applied, lost: such deliveries, by whether the store had applied them.
    """

    gateway: RunningGateway
    random: Random
    kills: int = 0
    cuts: int = 0
    applied: int = 0
    lost: int = 0
    _newest: int | None = None

    def disturb(self, courier: Courier, part: Sequence[ProviderEvent], *, kills: int) -> None:
        """Deliver a part of the events, some of them more than once, while servers are killed."""
        rest, ends_at = list(part), self.cuts + kills
        self.random.shuffle(rest)
        while rest or self.cuts < ends_at:
            size = ceil(len(rest) / max(1, ends_at - self.cuts))
            fresh, rest = rest[:size], rest[size:]
            again = self.random.sample(courier.accepted, min(REPEATED, len(courier.accepted)))
            before, count = len(courier.cut), len(courier.owed) + len(fresh) + len(again)
            self._await_servers()
            courier.deliver([*fresh, *again], strike=self.strike, after=self.random.randrange(max(1, count - SENDERS)))
            self._weigh(set(courier.cut[before:]), again)
        courier.deliver_until_accepted()

    def strike(self) -> None:
        """Kill one server that has run for a while, and wait until another is started in its place.

        A server that exits twice within seconds counts as a fault of the program, which ends the gateway.
        """
        before = servers_of(self.gateway)
        victim = self.random.choice([pid for pid in before if pid != self._newest])
        os.kill(victim, signal.SIGKILL)
        eventually("another server", lambda: len(servers_of(self.gateway) - before) == 1)
        (self._newest,) = servers_of(self.gateway) - before
        self.kills += 1

    def _await_servers(self) -> None:
        """Wait until all serve except the newest, which is never killed next."""
        eventually(
            "servers that serve",
            lambda: self.gateway.log.count("Started worker-") >= SERVERS + self.kills - 1,
            within_s=30,
        )

    def _weigh(self, cut: set[str], again: Sequence[ProviderEvent]) -> None:
        self.cuts += bool(cut)
        cut -= {each.id for each in again}
        known = {row["event"] for row in rows_of(self.gateway, newest=100)} if cut else set()
        self.applied += len(cut & known)
        self.lost += len(cut - known)


def servers_of(gateway: RunningGateway) -> set[int]:
    """Return the server processes: the children that the main thread started."""
    main = gateway.process.pid
    return set(map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split()))


def start(tmp_path: Path, *, port: str | None = None) -> RunningGateway:
    """Start a gateway that does not treat a busy machine as an outage."""
    return start_gateway(
        tmp_path,
        PORT=port or str(free_port()),
        WORKERS=str(SERVERS),
        LINQ_WEBHOOK_SECRETS=SECRET,
        STORE_TIMEOUT_MS=PATIENT_MS,
    )


@pytest.fixture(scope="module")
def began_s() -> float:
    """Return when the first event happens, by the provider's clock."""
    return float(int(time.time()) - 3600)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, began_s: float) -> Ending:
    """Return the final state if nothing is killed and everything is delivered once."""
    with start(tmp_path_factory.mktemp("undisturbed")) as gateway:
        story, courier = make_story(open_main(gateway), at_s=began_s), Courier(Linq(gateway.base_url))
        for part in story:
            courier.deliver(part)
        assert (courier.cut, courier.refusals) == ([], [])
        return read_ending(gateway, story)


@pytest.mark.parametrize("seed", [11])
def test_killed_servers_count_everything_once(tmp_path: Path, undisturbed: Ending, began_s: float, seed: int) -> None:
    """Forty kills at random moments, before and after the store applied a delivery, leave no trace in the end."""
    with start(tmp_path) as gateway:
        story, courier = make_story(open_main(gateway), at_s=began_s), Courier(Linq(gateway.base_url))
        killer = Killer(gateway, Random(seed))
        for number, part in enumerate(story, 1):
            killer.disturb(courier, part, kills=ceil(KILLS * number / len(story)) - killer.cuts)
        assert killer.cuts >= KILLS
        assert min(killer.applied, killer.lost) > 0, "all kills came on one side of the store's work"
        assert set(courier.refusals) <= {503}
        assert read_ending(gateway, story) == undisturbed
    assert find_secrets(gateway.log) == set()


@pytest.mark.parametrize("seed", [12])
def test_a_killed_gateway_counts_everything_once(
    tmp_path: Path, undisturbed: Ending, began_s: float, seed: int
) -> None:
    """The same is true if the whole gateway with its store is killed, and started again on its directory."""
    random, port = Random(seed), str(free_port())
    with ExitStack() as stack:
        gateway = stack.enter_context(start(tmp_path, port=port))
        story, courier = make_story(open_main(gateway), at_s=began_s), Courier(Linq(gateway.base_url))
        for part in story:
            courier.deliver(part, strike=gateway.kill, after=random.randrange(len(part)))
            gateway = stack.enter_context(start(tmp_path, port=port))
            courier.deliver(random.sample(courier.accepted, min(REPEATED, len(courier.accepted))))
            courier.deliver_until_accepted()
        assert courier.cut
        assert read_ending(gateway, story) == undisturbed
