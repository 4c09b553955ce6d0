"""News waits while the customer's app does not answer: longer each time, and each worker draws its own pause."""

from itertools import pairwise
from random import Random

import pytest

from router.core.campaigns.prompt import SendOutcome, SendResult
from router.core.links.token import Tokens
from router.core.people.personal_data import PersonalData
from router.services.campaigns.app_news import AppNewsSender
from router.services.campaigns.messages import Recipients
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.store.app_news import NewsLog
from tests.kit.builders import apply_event, text
from tests.kit.campaigns import SECRET, Migration, open_migration
from tests.kit.stores import Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")


class BusyApp:
    """An app that accepts no event, and says how long to wait."""

    def __init__(self, migration: Migration, retry_after_s: float | None) -> None:
        self._migration = migration
        self._retry_after_s = retry_after_s
        self.asked_ms: list[int] = []

    async def send_event(self, *_: object) -> SendResult:
        """Ask the sender to try again later."""
        self.asked_ms.append(self._migration.pool.now_ms)
        return SendResult(outcome=SendOutcome.RETRY, retry_after_s=self._retry_after_s)


async def pauses_s(store: Store, seed: int, times: int, *, retry_after_s: float | None = None) -> list[float]:
    """Return the pauses between a sender's tries, in steps of a tenth of a second."""
    with store.raw_client() as client:
        client.flushall()
    migration = await open_migration(store)
    pool = migration.pool
    await migration.add_person("ada", slot=0)
    await apply_event(pool, text("ada", 1, 5))
    app = BusyApp(migration, retry_after_s)

    async def ask_ms() -> int:
        return pool.now_ms

    sender = AppNewsSender(
        app,
        news=NewsLog(store.client),
        assignments=store.assignments,
        recipients=Recipients(PersonalData(SECRET)),
        tokens=Tokens({"1": b"k" * 64}),
        base_url="https://text.example",
        clock=StoreClock(ask_ms, lambda: pool.now_ms),
        draw=Random(seed).random,
    )
    view = await PoolCache(store.pools, store.lines).reload(migration.settings.id)
    assert view is not None
    while len(app.asked_ms) <= times:
        await sender.send_waiting(view)
        pool.now_ms += 100
    return [(later - earlier) / 1000 for earlier, later in pairwise(app.asked_ms)]


async def test_the_pauses_grow_to_a_minute(store: Store) -> None:
    """Each pause is drawn from the upper half of 1, 2, 4 … seconds, so two workers do not fall into step."""
    one, other = await pauses_s(store, 1, 8), await pauses_s(store, 2, 8)
    for pauses in (one, other):
        for most, pause in zip((1, 2, 4, 8, 16, 32, 60, 60), pauses, strict=True):
            assert most / 2 <= pause <= most + 0.1
    assert one != other


async def test_the_app_s_retry_after_comes_before_the_pause(store: Store) -> None:
    """The app's Retry-After is respected."""
    (pause,) = await pauses_s(store, 1, 1, retry_after_s=90)
    assert 90.5 <= pause <= 91.1
