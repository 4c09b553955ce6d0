"""News wait while the customer's app does not answer: longer each time, and each worker for a time of its own."""

from itertools import pairwise
from random import Random

import pytest

from router.core.personal_data import PersonalData
from router.core.prompt import Outcome, SendResult
from router.core.token import Tokens
from router.services.clock import StoreClock
from router.services.directory import Directory
from router.services.migration.news import NewsTeller
from router.services.migration.recipients import Recipients
from router.store.news import NewsLog
from tests.campaigns import SECRET, Migration, open_migration
from tests.stores import Store
from tests.tellings import hear, text

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")


class BusyApp:
    """An app that is told nothing, and says how long to wait."""

    def __init__(self, migration: Migration, retry_after_s: float | None) -> None:
        self._migration = migration
        self._retry_after_s = retry_after_s
        self.asked_ms: list[int] = []

    async def send_event(self, *_: object) -> SendResult:
        """Put everything off."""
        self.asked_ms.append(self._migration.pool.now_ms)
        return SendResult(outcome=Outcome.RETRY, retry_after_s=self._retry_after_s)


async def pauses_s(store: Store, seed: int, times: int, *, retry_after_s: float | None = None) -> list[float]:
    """Return how long a teller waits between its tries, a tenth of a second at a time."""
    with store.behind() as client:
        client.flushall()
    migration = await open_migration(store)
    pool = migration.pool
    await migration.add_person("ada", slot=0)
    await hear(pool, text("ada", 1, 5))
    app = BusyApp(migration, retry_after_s)

    async def ask_ms() -> int:
        return pool.now_ms

    teller = NewsTeller(
        app,
        news=NewsLog(store.client),
        assignments=store.assignments,
        recipients=Recipients(PersonalData(SECRET)),
        tokens=Tokens({"1": b"k" * 64}),
        base_url="https://text.example",
        clock=StoreClock(ask_ms, lambda: pool.now_ms),
        draw=Random(seed).random,
    )
    view = await Directory(store.pools, store.lines).reload(migration.settings.id)
    assert view is not None
    while len(app.asked_ms) <= times:
        await teller.tell(view)
        pool.now_ms += 100
    return [(later - earlier) / 1000 for earlier, later in pairwise(app.asked_ms)]


async def test_the_pauses_grow_to_a_minute(store: Store) -> None:
    """Each is drawn from the upper half of one, two, four … seconds, so that two workers do not fall into step."""
    one, other = await pauses_s(store, 1, 8), await pauses_s(store, 2, 8)
    for pauses in (one, other):
        for most, pause in zip((1, 2, 4, 8, 16, 32, 60, 60), pauses, strict=True):
            assert most / 2 <= pause <= most + 0.1
    assert one != other


async def test_what_the_app_asks_for_comes_before_the_pause(store: Store) -> None:
    """Retry-After is kept to."""
    (pause,) = await pauses_s(store, 1, 1, retry_after_s=90)
    assert 90.5 <= pause <= 91.1
