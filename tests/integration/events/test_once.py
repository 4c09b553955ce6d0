"""apply_events: an event has its effect once, however often and wherever it is delivered."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from router.core.line import LineLoad, Status
from router.store.pool_events import PoolEvent
from tests.kit.builders import (
    ADA,
    apply_event,
    chat_created,
    failed,
    make_event,
    reaction,
    report,
    rows,
    sent,
    text,
    traffic,
)
from tests.kit.stores import HOUR_MS, LivePool, Store, opened_store

EVENTS: dict[str, Callable[[], PoolEvent]] = {
    "report": lambda: report(0, 5, Status.FLAGGED),
    "text": lambda: text("+12025550195", 0, 5),
    "sent": lambda: sent("+12025550195", 0, 5),
    "chat": lambda: chat_created("+12025550195", 0, 5),
    "arrived": lambda: make_event("arrived", 5, slot=0),
    "failed": lambda: failed(ADA, 0, 5),
    "suspect": lambda: make_event("suspect", 5, slot=0),
    "reaction": lambda: reaction("+12025550195", 0, 5),
    "group": lambda: make_event("group", 5, slot=0),
    "note": lambda: make_event("note", 5, detail="a key expires"),
}
every_kind = pytest.mark.parametrize("make", EVENTS.values(), ids=EVENTS)


@pytest.fixture(autouse=True)
async def _line(pool: LivePool) -> None:
    """Make one line, on which a person has texted already."""
    await pool.add_line()
    await apply_event(pool, text(ADA, 0, 1))


def traces(pool: LivePool) -> tuple[dict[bytes, bytes | None], dict[str, int], int]:
    """Return every trace of an event: every key, the day's counts, and rows in the logs."""
    lines, people = (rows(pool, stream) for stream in (pool.keys.line_events, pool.keys.people_events))
    keyspace = {name: value for name, value in pool.store.keyspace().items() if b":events:" not in name}
    return keyspace, traffic(pool), len(lines) + len(people)


@every_kind
async def test_a_second_delivery_changes_nothing(pool: LivePool, make: Callable[[], PoolEvent]) -> None:
    """An hour later, in a batch of ten, it is recognised as a duplicate, and not a byte changes."""
    event = make()
    first = await apply_event(pool, event)
    assert first.word != "duplicate"
    before = traces(pool)
    assert {effect.word for effect in await pool.apply(*[event] * 10)} == {"duplicate"}
    assert traces(pool) == before
    pool.now_ms += HOUR_MS // 2
    assert [effect.word for effect in await pool.apply(event)] == ["duplicate"]
    assert traces(pool) == before


@every_kind
async def test_twice_in_one_batch_is_once(pool: LivePool, make: Callable[[], PoolEvent]) -> None:
    """The first of a batch counts. The others are duplicates."""
    event = make()
    first, *others = [effect.word for effect in await pool.apply(*[event] * 5)]
    assert first not in {"duplicate", "elsewhere"}
    assert others == ["duplicate"] * 4


@every_kind
async def test_deliveries_at_once_over_many_connections_are_one(
    pool: LivePool, store: Store, make: Callable[[], PoolEvent]
) -> None:
    """Of twenty at the same moment from two processes, one has its effect."""
    event = make()
    rows_before = traces(pool)[2]
    async with opened_store(store.url, store.admin_url) as other:
        twin = LivePool(other, now_ms=pool.now_ms)
        effects = await asyncio.gather(*(apply_event(either, event) for either in (pool, twin) * 10))
    words = Counter(effect.word for effect in effects)
    assert words.pop("duplicate") == 19
    assert words.total() == 1
    assert traces(pool)[2] == rows_before + 1
    assert await pool.loads() == await pool.recount()


async def test_two_events_of_one_flag_are_two_events_and_one_flag(pool: LivePool) -> None:
    """Their ids differ, so both are in the log. The line is flagged once."""
    words = [(await apply_event(pool, report(0, 5, Status.FLAGGED))).word for _ in range(2)]
    assert words == ["flagged", "stale"]
    assert [row["word"] for row in rows(pool, pool.keys.line_events)] == ["flagged", "stale"]
    assert (await pool.lines())[0].provider.flags == 1


async def test_an_event_that_must_be_asked_again_is_not_yet_applied(pool: LivePool) -> None:
    """The reply names another person, and the event is not applied.

    The second try counts, and the third is a duplicate.
    """
    event = text(ADA, 0, 9)
    before = traces(pool)
    assert [effect.word for effect in await pool.apply(event, event)] == ["elsewhere", "elsewhere"]
    assert traces(pool) == before
    assert (await apply_event(pool, event)).word == "heard"
    assert (await pool.apply(event))[0].word == "duplicate"
    assert await pool.loads() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_an_event_without_an_id_of_its_own_is_never_a_duplicate(pool: LivePool) -> None:
    """A report by an operator or a poll counts each time."""
    event = replace(make_event("group", 5, slot=0), digest=b"")
    assert [effect.word for effect in await pool.apply(event, event)] == ["group", "group"]
