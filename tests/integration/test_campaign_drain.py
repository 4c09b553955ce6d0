"""A drained line works on: whoever was asked to leave it and texts it is heard, and still asked to leave."""

import pytest

from router.core.assignment import Assignment, State
from router.core.campaign import CampaignState, PersonState
from router.core.code import Code
from router.core.line import LineHealth, OperatorState
from router.core.news import News, NewsKind
from router.store.news import NewsLog
from tests.campaigns import Migration, open_migration
from tests.stores import FLAGGED, HEALTHY, START_MS, Store
from tests.tellings import hear, text

pytestmark = pytest.mark.parametrize("store_server", ["valkey"], indirect=True, scope="session")
DRAINED = LineHealth(operator_state=OperatorState.DRAIN)
OLD = 0


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of four warm lines."""
    return await open_migration(store, lines=4)


@pytest.fixture
async def ada(migration: Migration) -> Code:
    """Drain a line, and ask the one who is on it to text another."""
    ada = await migration.add_person("ada", slot=OLD)
    await migration.put_health(OLD, DRAINED)
    number = (await migration.pool.lines())[OLD].line.number
    await migration.worker.admin.start("main", number, reason="too old")
    await migration.run(2)
    assert (await migration.standing(ada)).state is PersonState.SENT
    return ada


async def texts(migration: Migration, slot: int, *, opts_out: bool = False) -> str:
    """Let her text a line now."""
    migration.pool.now_ms += 60_000
    at_s = (migration.pool.now_ms - START_MS) / 1000
    return (await hear(migration.pool, text("ada", slot, at_s, opts_out=opts_out))).word


async def line_to_text(migration: Migration, ada: Code) -> int:
    """The line she was asked to text."""
    target = (await migration.standing(ada)).target
    assert target is not None
    return target


async def seen(migration: Migration, ada: Code) -> tuple[State, int, int | None]:
    """Her state, the line she is on, and the one her page shows; the counters know the same of everybody."""
    assert await migration.pool.loads() == await migration.pool.recount()
    found: Assignment = await migration.assignment(ada)
    return found.state, found.home_slot, found.slot


async def wrong_lines(migration: Migration) -> list[News]:
    """What the app is to be told of people who texted a line that is not theirs to text."""
    waiting = await NewsLog(migration.pool.store.client).oldest(migration.keys, limit=100)
    return [news for news in waiting if news.kind is NewsKind.WRONG_LINE]


async def test_a_text_to_the_old_line_is_heard_and_takes_nothing_back(migration: Migration, ada: Code) -> None:
    """Her page goes on showing the line she was asked to text, and the app is told of it, once a day."""
    target = await line_to_text(migration, ada)
    assert [await texts(migration, OLD), await texts(migration, OLD)] == ["heard", "heard"]
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    assert [(news.left, news.right) for news in await wrong_lines(migration)] == [(OLD, target)]
    assert await texts(migration, target) == "moved"
    assert await seen(migration, ada) == (State.CONFIRMED, target, target)
    await migration.step()
    assert await migration.counts() == {"moved": 1}


async def test_any_other_line_that_can_carry_her_moves_her(migration: Migration, ada: Code) -> None:
    """One that can not is no line to be on."""
    target = await line_to_text(migration, ada)
    closed, works = [slot for slot in range(1, 4) if slot != target]
    await migration.flag(closed)
    assert await texts(migration, closed) == "heard"
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    assert await texts(migration, works) == "moved"
    assert (await seen(migration, ada))[:2] == (State.CONFIRMED, works)


async def test_a_drain_that_is_called_off_leaves_her_where_she_texts(migration: Migration, ada: Code) -> None:
    """Her page keeps what she was told, and once the old line is in use again, a text to it makes it hers."""
    target = await line_to_text(migration, ada)
    await texts(migration, OLD)
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    await migration.put_health(OLD, HEALTHY)
    assert await seen(migration, ada) == (State.MOVING, OLD, target)
    await texts(migration, OLD)
    assert await seen(migration, ada) == (State.CONFIRMED, OLD, OLD)


async def test_while_the_new_line_is_closed_the_old_one_is_right(migration: Migration, ada: Code) -> None:
    """Nobody is told to text a line that can not carry them."""
    target = await line_to_text(migration, ada)
    await migration.pool.change_line(target, health=FLAGGED)
    assert await texts(migration, OLD) == "heard"
    assert await seen(migration, ada) == (State.MOVING, OLD, OLD)
    assert await wrong_lines(migration) == []
    await migration.pool.change_line(target, health=HEALTHY)
    assert await seen(migration, ada) == (State.MOVING, OLD, target)


async def test_an_opt_out_on_the_old_line_counts(migration: Migration, ada: Code) -> None:
    """Whatever else she was asked."""
    assert await texts(migration, OLD, opts_out=True) == "opted_out"
    assert (await seen(migration, ada))[0] is State.OPTED_OUT
    assert await wrong_lines(migration) == []


async def test_a_text_to_a_flagged_line_takes_nothing_back_either(migration: Migration) -> None:
    """When the line works again, her page shows what she was told, until she texts the old one once more."""
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
