"""apply_events: news for the customer's app is stored with the event that causes it, and only once."""

from typing import Any

import pytest

from router.core.assignment import Assignment
from router.core.campaigns.app_news import News, NewsKind
from router.core.line import LineHealth, OperatorState
from router.store.app_news import NewsLog
from router.store.routes import Routes
from tests.kit.builders import ADA, apply_event, sent, text
from tests.kit.stores import FLAGGED, HEALTHY, HOUR_MS, LivePool, assigned, person


@pytest.fixture
async def ada(pool: LivePool) -> Assignment:
    """Make three lines, and Ada, who texted hers a second after the start."""
    for _ in range(3):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person()))
    await apply_event(pool, text(ADA, ada.home_slot, 1, codes=[ada.code]))
    return ada


async def news_of(pool: LivePool, *kinds: NewsKind) -> list[News]:
    """Return the stored news of some kinds: without any, that of moves and of texts to a wrong line."""
    stored = await NewsLog(pool.store.client).oldest(pool.keys, limit=100)
    return [news for news in stored if news.kind in (kinds or (NewsKind.MOVED, NewsKind.WRONG_LINE))]


def seconds(pool: LivePool) -> float:
    """Return the pool's time in seconds, as a text sent now states it."""
    return (pool.now_ms - 1_800_000_000_000) / 1000 + 10


async def test_a_move_is_news_with_both_lines(pool: LivePool, ada: Assignment) -> None:
    """A text to another line and a conversation on another line cause the same news.

    A text to their own line causes none.
    """
    assert await news_of(pool) == []
    other, third = ada.backups
    await apply_event(pool, text(ADA, other, 2))
    await apply_event(pool, sent(ADA, other, 3))
    await pool.change_line(other, health=FLAGGED)
    await apply_event(pool, text(ADA, third, 4))
    items = [(news.kind, news.code, news.old_slot, news.new_slot, news.at_ms) for news in await news_of(pool)]
    assert items == [
        (NewsKind.MOVED, ada.code, ada.home_slot, other, pool.now_ms),
        (NewsKind.MOVED, ada.code, other, third, pool.now_ms),
    ]


@pytest.mark.parametrize("health", [FLAGGED, LineHealth(operator_state=OperatorState.RETIRED)], ids=str)
async def test_a_text_to_their_closed_line_is_news(pool: LivePool, ada: Assignment, health: LineHealth) -> None:
    """The news names the line they should text. Another closed line causes news again, but not on the same day."""
    await pool.change_line(ada.home_slot, health=health)
    await apply_event(pool, text(ADA, ada.home_slot, 2))
    (news,) = await news_of(pool)
    assert (news.kind, news.old_slot, news.new_slot) == (NewsKind.WRONG_LINE, ada.home_slot, ada.backups[0])


async def test_it_is_news_once_in_24_hours(pool: LivePool, ada: Assignment) -> None:
    """The 24 hours are not calendar days: midnight makes no difference, and a day later the news comes again."""
    await pool.change_line(ada.home_slot, health=FLAGGED)
    wrong = 0
    for hours in (0, 6, 12, 5.9, 0.2, 1):
        await pool.advance(round(hours * HOUR_MS))
        await apply_event(pool, text(ADA, ada.home_slot, seconds(pool)))
        wrong = len(await news_of(pool))
        assert wrong == (1 if pool.now_ms < 1_800_000_000_000 + 24 * HOUR_MS else 2)
    assert wrong == 2


@pytest.mark.parametrize(
    "wish", [{"opts_out": True, "wants_quiet": True}, {"wants_quiet": True}, {"is_late": True}], ids=str
)
async def test_some_texts_are_no_news(pool: LivePool, ada: Assignment, wish: dict[str, Any]) -> None:
    """A text by a person who opted out causes no news. A text sent days ago needs no answer."""
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await apply_event(pool, text(ADA, ada.home_slot, 2, **wish))
    assert await news_of(pool) == []


async def test_without_a_line_to_send_them_to_there_is_no_news(pool: LivePool, ada: Assignment) -> None:
    """All lines are closed: news waits until there is a right number, and then the next text causes it."""
    for slot in (ada.home_slot, *ada.backups):
        await pool.change_line(slot, health=FLAGGED)
    await apply_event(pool, text(ADA, ada.home_slot, 2))
    assert await news_of(pool) == []
    await pool.change_line(ada.backups[1], health=HEALTHY)
    await apply_event(pool, text(ADA, ada.home_slot, 3))
    assert [news.new_slot for news in await news_of(pool)] == [ada.backups[1]]


async def test_only_sent_news_is_dropped(pool: LivePool, ada: Assignment) -> None:
    """Two senders drop the same item once. News that came in between stays."""
    log = NewsLog(pool.store.client)
    await apply_event(pool, text(ADA, ada.backups[0], 2))
    (first,) = await news_of(pool)
    await apply_event(pool, text(ADA, ada.backups[1], 3))
    for _ in range(2):
        await log.drop(pool.keys, [first.id])
    assert [news.new_slot for news in await news_of(pool)] == [ada.backups[1]]
    await log.drop(pool.keys, [])


async def test_the_route_remembers_the_wrong_line_for_a_day(pool: LivePool, ada: Assignment) -> None:
    """Their route shows the line that they tried."""
    routes = Routes(pool.store.scripts)
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await apply_event(pool, text(ADA, ada.home_slot, 2))
    found = await routes.read(pool.keys, ada.code, now_ms=pool.now_ms)
    assert found is not None
    assert found.wrong_line is not None
    assert (found.wrong_line.slot, found.wrong_line.at_ms) == (ada.home_slot, pool.now_ms)
    assert (found.home, found.assignment.slot) == (FLAGGED, ada.backups[0])
    later = await routes.read(pool.keys, ada.code, now_ms=pool.now_ms + 24 * HOUR_MS)
    assert later is not None
    assert later.wrong_line is None
