"""Nobody gets a prompt twice, and nobody disappears, when the worker is killed in the middle of a campaign."""

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

from router.core.campaigns.campaign import PersonState
from router.core.people.personal_data import PersonalData
from router.sandbox.sinks.http import HttpSink, PostBox, Posted
from tests.kit.campaign_workers import APP, SMS
from tests.kit.campaigns import WARM, Migration, open_migration
from tests.kit.servers import Server, eventually, start_valkey
from tests.kit.sinks import http_sink
from tests.kit.stores import opened_store
from tests.kit.worker_nursery import Nursery, kill, start_nursery

pytestmark = pytest.mark.timeout(900)  # it starts whole programs, many of them

PEOPLE, KILLS = 1000, 50
SECRET = "for-these-tests-only-and-long-enough-to-be-a-secret-of-a-gateway"
HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PACE = 8  # per channel, so slow that fifty workers do not reach everybody


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Run a store that is never killed."""
    with start_valkey(tmp_path) as running:
        yield running


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    """Run Twilio, whose messages have no idempotency key, and the customer's app, which drops repetitions."""
    with http_sink() as running:
        yield running


def whole(box: PostBox) -> list[Posted]:
    """Return the requests that arrived with their whole body: a sender may die in the middle of one."""
    return [posted for posted in list(box.arrivals) if len(posted.body) == int(posted.headers["content-length"])]


def numbers_sent_to(sink: HttpSink) -> Counter[str]:
    """Return how many texts each number got."""
    return Counter(parse_qs(posted.body.decode())["To"][0] for posted in whole(sink.twilio))


def attempts_received(sink: HttpSink) -> dict[str, set[str]]:
    """Return the attempts that the app received, by user; more than one would be more than one prompt."""
    attempts: dict[str, set[str]] = {}
    for posted in whole(sink.app):
        user = json.loads(posted.body)["data"]["user"]
        attempts.setdefault(user, set()).add(posted.headers["webhook-id"])
    return attempts


def disturb(nursery: Nursery, sink: HttpSink, random: Random) -> None:
    """Kill one worker after another, each after it sent some prompts."""
    boxes = (sink.twilio.arrivals, sink.app.arrivals)
    for _ in range(KILLS):
        worker, enough = nursery.start_worker(), sum(map(len, boxes)) + random.randrange(1, 10)
        eventually("prompts on their way", partial(have_come, boxes, enough), within_s=20)
        time.sleep(random.random() / 50)
        kill(worker)


def have_come(boxes: Sequence[list[Posted]], enough: int) -> bool:
    """Return whether `enough` requests came in all."""
    return sum(map(len, boxes)) >= enough


async def finish(migration: Migration) -> None:
    """After the lease, let one more worker find the people that the dead workers left behind, and prompt the rest."""
    migration.pool.now_ms = int(time.time() * 1000) + 200_000
    migration.worker = migration.start_worker()
    await migration.run(40)


@pytest.mark.parametrize("seed", [7])
async def test_a_killed_sender_prompts_nobody_twice(server: Server, sink: HttpSink, tmp_path: Path, seed: int) -> None:
    """Fifty kills text no number more than once; a person whose text has an unknown end is listed as unknown."""
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
        texts, attempts_by_user = numbers_sent_to(sink), attempts_received(sink)
        for message in migration.channels[SMS].messages:
            texts[str(message.recipient.phone)] += 1
        for message in migration.channels[APP].messages:
            attempts_by_user.setdefault(str(message.recipient.user), set()).add(message.attempt)
        assert max(texts.values()) == 1
        assert {user: len(attempts) for user, attempts in attempts_by_user.items()} == dict.fromkeys(by_app.values(), 1)
        counts = await migration.counts()
        assert set(counts) == {"sent", "unknown"}
        assert sum(counts.values()) == PEOPLE
        rows = await migration.worker.admin.people((await migration.only()).id, state=PersonState.UNKNOWN, limit=PEOPLE)
        unknown = {row.person.code for row in rows}
        assert len(unknown) == counts["unknown"] > 0
        assert {by_text[code] for code in by_text.keys() - unknown} <= texts.keys()
        assert unknown <= by_text.keys()
