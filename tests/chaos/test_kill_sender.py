"""Whoever kills the worker in the middle of a campaign makes nobody get a prompt twice, and nobody disappear."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from urllib.parse import parse_qs

import pytest

from router.core.campaign import PersonState
from router.core.personal_data import PersonalData
from router.providers.sandbox.sinks.http import HttpSink, PostBox, Posted
from tests.campaign_workers import APP, SMS
from tests.campaigns import WARM, Migration, open_migration
from tests.senders import Nursery, kill, start_nursery
from tests.servers import Server, eventually, start_valkey
from tests.sinks import http_sink
from tests.stores import opened_store

PEOPLE, KILLS = 1000, 50
SECRET = "for-these-tests-only-and-long-enough-to-be-a-secret-of-a-gateway"
HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PACE = 8  # of each channel: fifty workers do not reach everybody


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A store that nobody kills."""
    with start_valkey(tmp_path) as running:
        yield running


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    """Play Twilio, whose messages have no idempotency key, and the customer's app, which drops repetitions."""
    with http_sink() as running:
        yield running


def whole(box: PostBox) -> list[Posted]:
    """What came with all of its body: a sender may die in the middle of a request."""
    return [posted for posted in list(box.arrivals) if len(posted.body) == int(posted.headers["content-length"])]


def numbers_sent_to(sink: HttpSink) -> Counter[str]:
    """How many texts each number got."""
    return Counter(parse_qs(posted.body.decode())["To"][0] for posted in whole(sink.twilio))


def attempts_told(sink: HttpSink) -> dict[str, set[str]]:
    """By user, the attempts the app was told; more than one would be more than one prompt."""
    attempts: dict[str, set[str]] = {}
    for posted in whole(sink.app):
        user = json.loads(posted.body)["data"]["user"]
        attempts.setdefault(user, set()).add(posted.headers["webhook-id"])
    return attempts


def disturb(nursery: Nursery, sink: HttpSink, random: Random) -> None:
    """Kill worker after worker, each after it sent some."""
    boxes = (sink.twilio.arrivals, sink.app.arrivals)
    for _ in range(KILLS):
        worker, enough = nursery.start_worker(), sum(map(len, boxes)) + random.randrange(1, 10)
        eventually("prompts on their way", partial(have_come, boxes, enough), within_s=20)
        time.sleep(random.random() / 50)
        kill(worker)


def have_come(boxes: Sequence[list[Posted]], enough: int) -> bool:
    """Whether so many came in all."""
    return sum(map(len, boxes)) >= enough


async def finish(migration: Migration) -> None:
    """Let one more worker find, after the lease, whom the dead ones left behind, and prompt the rest."""
    migration.pool.now_ms = int(time.time() * 1000) + 200_000
    migration.worker = migration.start_worker()
    await migration.run(40)


@pytest.mark.parametrize("seed", [7])
async def test_a_killed_sender_prompts_nobody_twice(server: Server, sink: HttpSink, tmp_path: Path, seed: int) -> None:
    """Killed fifty times, it texts each number once at the most; whom nobody knows the end of is listed as unknown."""
    async with opened_store(server.url, server.admin_url) as store:
        migration = await open_migration(store, channels=(SMS, APP), limits=replace(WARM, capacity=5000, target=5000))
        migration.personal_data, migration.pool.now_ms = PersonalData(SECRET.encode()), int(time.time() * 1000)
        numbers = [f"+1212{5550000 + number}" for number in range(PEOPLE // 2)]
        users = [f"u-{number}" for number in range(PEOPLE // 2)]
        by_text = {await migration.add_person(number, slot=0, phone=number): number for number in numbers}
        by_app = {await migration.add_person(user, slot=0, user=user): user for user in users}
        await migration.flag(0)
        env = {
            "REDIS_URL": server.url,
            "DATA_DIR": str(tmp_path / "data"),
            "SECRET_KEY": SECRET,
            "BASE_URL": "https://text.example",
            "STORE_TIMEOUT_MS": "5000",
            "HOLD_DOWN_MINUTES": "0",
            "PROMPTS_PER_SECOND": str(PACE),
            "PROMPTED_PEOPLE_PER_HOUR": "10000",
            "TWILIO_ACCOUNT_SID": f"AC{'0' * 31}1",
            "TWILIO_AUTH_TOKEN": "token",
            "TWILIO_FROM": "+12025550100",
            "TWILIO_BASE_URL": f"{sink.origin}/twilio",
            "APP_WEBHOOK_URL": f"{sink.origin}/app",
            "APP_WEBHOOK_SECRETS": HOOK_SECRET,
            "APP_WEBHOOK_PRIVATE": "true",
        }
        with start_nursery(tmp_path, **env) as nursery:
            disturb(nursery, sink, Random(seed))
        await finish(migration)
        texts, told = numbers_sent_to(sink), attempts_told(sink)
        for message in migration.channels[SMS].messages:
            texts[str(message.recipient.phone)] += 1
        for message in migration.channels[APP].messages:
            told.setdefault(str(message.recipient.user), set()).add(message.attempt)
        assert max(texts.values()) == 1
        assert {user: len(attempts) for user, attempts in told.items()} == dict.fromkeys(by_app.values(), 1)
        counts = await migration.counts()
        assert set(counts) == {"sent", "unknown"}
        assert sum(counts.values()) == PEOPLE
        rows = await migration.worker.admin.people((await migration.only()).id, state=PersonState.UNKNOWN, limit=PEOPLE)
        unknown = {row.person.code for row in rows}
        assert len(unknown) == counts["unknown"] > 0
        assert {by_text[code] for code in by_text.keys() - unknown} <= texts.keys()
        assert unknown <= by_text.keys()
