"""A drained line still works: the texts of a person who was asked to leave it are handled. The request still stands."""

import pytest

from router.core.act import BY_SHELL
from router.core.assignment import Assignment, State
from router.core.campaigns.app_news import News, NewsKind
from router.core.campaigns.campaign import CampaignState, PersonState
from router.core.code import Code
from router.core.line import LineHealth, OperatorState
from router.store.app_news import NewsLog
from tests.kit.builders import apply_event, text
from tests.kit.campaigns import Migration, open_migration
from tests.kit.stores import FLAGGED, HEALTHY, START_MS, Store

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DRAINED = LineHealth(operator_state=OperatorState.DRAIN)
OLD = 0


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of four warm lines."""
    return await open_migration(store, lines=4)


@pytest.fixture
async def ada(migration: Migration) -> Code:
    """Drain a line, and ask the person on it to text another."""
    ada = await migration.add_person("ada", slot=OLD)
    await migration.put_health(OLD, DRAINED)
    number = (await migration.pool.lines())[OLD].line.number
    await migration.worker.admin.start("main", number, by=BY_SHELL.because("too old"))
    await migration.run(2)
    assert (await migration.standing(ada)).state is PersonState.SENT
    return ada


async def texts(migration: Migration, slot: int, *, opts_out: bool = False) -> str:
    """Make her text a line now."""
    migration.pool.now_ms += 60_000
    at_s = (migration.pool.now_ms - START_MS) / 1000
    return (await apply_event(migration.pool, text("ada", slot, at_s, opts_out=opts_out))).word


async def line_to_text(migration: Migration, ada: Code) -> int:
    """Return the line she was asked to text."""
    target = (await migration.standing(ada)).target
    assert target is not None
    return target


async def seen(migration: Migration, ada: Code) -> tuple[State, int, int | None]:
    """Return her state, her line, and the line her page shows. The counters agree for every person."""
    assert await migration.pool.loads() == await migration.pool.recount()
    found: Assignment = await migration.assignment(ada)
    return found.state, found.home_slot, found.slot


async def wrong_lines(migration: Migration) -> list[News]:
    """Return the news for the app about people who texted a line that is not theirs."""
    waiting = await NewsLog(migration.pool.store.client).oldest(migration.keys, limit=100)
    return [news for news in waiting if news.kind is NewsKind.WRONG_LINE]


async def test_a_text_to_the_old_line_is_heard_and_takes_nothing_back(migration: Migration, ada: Code) -> None:
    """Her page still shows the line she was asked to text. The app gets one event a day about it."""
    target = await line_to_text(migration, ada)
    assert [await texts(migration, OLD), await texts(migration, OLD)] == ["heard", "heard"]
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    assert [(news.old_slot, news.new_slot) for news in await wrong_lines(migration)] == [(OLD, target)]
    assert await texts(migration, target) == "moved"
    assert await seen(migration, ada) == (State.CONFIRMED, target, target)
    await migration.step()
    assert await migration.counts() == {"moved": 1}


async def test_any_other_line_that_can_carry_her_moves_her(migration: Migration, ada: Code) -> None:
    """A line that cannot carry her does not."""
    target = await line_to_text(migration, ada)
    closed, works = [slot for slot in range(1, 4) if slot != target]
    await migration.flag(closed)
    assert await texts(migration, closed) == "heard"
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    assert await texts(migration, works) == "moved"
    assert (await seen(migration, ada))[:2] == (State.CONFIRMED, works)


async def test_a_cancelled_drain_leaves_her_on_the_line_she_texts(migration: Migration, ada: Code) -> None:
    """Her page keeps showing that line. Once the old line is in use again, a text to it makes it hers."""
    target = await line_to_text(migration, ada)
    await texts(migration, OLD)
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    await migration.put_health(OLD, HEALTHY)
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    await texts(migration, OLD)
    assert await seen(migration, ada) == (State.CONFIRMED, OLD, OLD)


async def test_while_the_new_line_is_closed_the_old_one_is_right(migration: Migration, ada: Code) -> None:
    """No person is asked to text a line that cannot carry them."""
    target = await line_to_text(migration, ada)
    await migration.pool.change_line(target, health=FLAGGED)
    assert await texts(migration, OLD) == "heard"
    assert await seen(migration, ada) == (State.MOVING, OLD, OLD)
    assert await wrong_lines(migration) == []
    await migration.pool.change_line(target, health=HEALTHY)
    assert await seen(migration, ada) == (State.MOVING, OLD, target)


async def test_an_opt_out_on_the_old_line_counts(migration: Migration, ada: Code) -> None:
    """It counts whatever else she was asked to do."""
    assert await texts(migration, OLD, opts_out=True) == "opted_out"
    assert (await seen(migration, ada))[0] is State.OPTED_OUT
    assert await wrong_lines(migration) == []


async def test_a_text_to_a_flagged_line_takes_nothing_back_either(migration: Migration) -> None:
    """When the line works again, her page shows the new line until she texts the old one once more."""
    ada = await migration.add_person("ada", slot=OLD)
    await migration.begin(OLD)
    await migration.run(2)
    target = await line_to_text(migration, ada)
    await texts(migration, OLD)
    await migration.unflag(OLD)
    await migration.step()
    assert (await migration.only()).state is CampaignState.DONE
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    await texts(migration, OLD)
    assert await seen(migration, ada) == (State.CONFIRMED, OLD, OLD)
