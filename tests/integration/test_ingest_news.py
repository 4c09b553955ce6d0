"""ingest: what the customer's app must be told of a person is kept with what it tells of, once."""

from typing import Any

import pytest

from router.core.assignment import Assignment
from router.core.line import LineHealth, OperatorState
from router.core.news import News, NewsKind
from router.store.news import NewsLog
from router.store.routes import Routes
from tests.stores import FLAGGED, HEALTHY, HOUR_MS, LivePool, given, person
from tests.tellings import ADA, hear, sent, text


@pytest.fixture
async def ada(pool: LivePool) -> Assignment:
    """Make three lines, and ada who texted hers a second after the start."""
    for _ in range(3):
        await pool.add_line()
    ada = given(await pool.sign_up(person()))
    await hear(pool, text(ADA, ada.home_slot, 1, codes=[ada.code]))
    return ada


async def news_of(pool: LivePool) -> list[News]:
    """What waits to be told."""
    return await NewsLog(pool.store.client).oldest(pool.keys, limit=100)


def seconds(pool: LivePool) -> float:
    """The pool's time, as a text of this moment tells it."""
    return (pool.now_ms - 1_800_000_000_000) / 1000 + 10


async def test_who_moves_is_told_of_with_both_lines(pool: LivePool, ada: Assignment) -> None:
    """Texting another line, and going on there, are the same news; texting one's own is none."""
    assert await news_of(pool) == []
    other, third = ada.backups
    await hear(pool, text(ADA, other, 2))
    await hear(pool, sent(ADA, other, 3))
    await pool.change_line(other, health=FLAGGED)
    await hear(pool, text(ADA, third, 4))
    told = [(news.kind, news.code, news.left, news.right, news.at_ms) for news in await news_of(pool)]
    assert told == [
        (NewsKind.MOVED, ada.code, ada.home_slot, other, pool.now_ms),
        (NewsKind.MOVED, ada.code, other, third, pool.now_ms),
    ]


@pytest.mark.parametrize("health", [FLAGGED, LineHealth(operator_state=OperatorState.RETIRED)], ids=str)
async def test_who_texts_their_closed_line_is_told_of(pool: LivePool, ada: Assignment, health: LineHealth) -> None:
    """With the line they should text; and again for one they were never on, but not on the same day."""
    await pool.change_line(ada.home_slot, health=health)
    await hear(pool, text(ADA, ada.home_slot, 2))
    (news,) = await news_of(pool)
    assert (news.kind, news.left, news.right) == (NewsKind.WRONG_LINE, ada.home_slot, ada.backups[0])


async def test_it_is_told_once_in_24_hours(pool: LivePool, ada: Assignment) -> None:
    """Not by calendar days: midnight makes no difference, and a day later it is told again."""
    await pool.change_line(ada.home_slot, health=FLAGGED)
    wrong = 0
    for hours in (0, 6, 12, 5.9, 0.2, 1):
        await pool.let_pass(round(hours * HOUR_MS))
        await hear(pool, text(ADA, ada.home_slot, seconds(pool)))
        wrong = len(await news_of(pool))
        assert wrong == (1 if pool.now_ms < 1_800_000_000_000 + 24 * HOUR_MS else 2)
    assert wrong == 2


@pytest.mark.parametrize(
    "wish", [{"opts_out": True, "wants_quiet": True}, {"wants_quiet": True}, {"is_late": True}], ids=str
)
async def test_some_texts_are_not_told_of(pool: LivePool, ada: Assignment, wish: dict[str, Any]) -> None:
    """Who wants to be left alone is, and a text of days ago needs no answer."""
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await hear(pool, text(ADA, ada.home_slot, 2, **wish))
    assert await news_of(pool) == []


async def test_with_nowhere_to_send_them_there_is_nothing_to_tell(pool: LivePool, ada: Assignment) -> None:
    """All lines closed: it waits until there is a right number, then the next text is told of."""
    for slot in (ada.home_slot, *ada.backups):
        await pool.change_line(slot, health=FLAGGED)
    await hear(pool, text(ADA, ada.home_slot, 2))
    assert await news_of(pool) == []
    await pool.change_line(ada.backups[1], health=HEALTHY)
    await hear(pool, text(ADA, ada.home_slot, 3))
    assert [news.right for news in await news_of(pool)] == [ada.backups[1]]


async def test_what_was_told_is_dropped_and_nothing_else(pool: LivePool, ada: Assignment) -> None:
    """Two tellers drop the same; what came in between stays."""
    log = NewsLog(pool.store.client)
    await hear(pool, text(ADA, ada.backups[0], 2))
    (first,) = await news_of(pool)
    await hear(pool, text(ADA, ada.backups[1], 3))
    for _ in range(2):
        await log.drop(pool.keys, [first.id])
    assert [news.right for news in await news_of(pool)] == [ada.backups[1]]
    await log.drop(pool.keys, [])


async def test_the_route_remembers_the_wrong_line_for_a_day(pool: LivePool, ada: Assignment) -> None:
    """Whoever asks where they are sees where they tried."""
    routes = Routes(pool.store.scripts)
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await hear(pool, text(ADA, ada.home_slot, 2))
    found = await routes.read(pool.keys, ada.code, now_ms=pool.now_ms)
    assert found is not None
    assert found.wrong_line is not None
    assert (found.wrong_line.slot, found.wrong_line.at_ms) == (ada.home_slot, pool.now_ms)
    assert (found.home, found.assignment.slot) == (FLAGGED, ada.backups[0])
    later = await routes.read(pool.keys, ada.code, now_ms=pool.now_ms + 24 * HOUR_MS)
    assert later is not None
    assert later.wrong_line is None
