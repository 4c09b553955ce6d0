"""ingest: people go where they text, and where the provider goes on with them; nobody is moved for less."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.line import Gate, LineHealth, LineLoad, OperatorState, Reputation, Status
from tests.stores import FLAGGED, HOUR_MS, ROOMY, LivePool, given, person
from tests.tellings import ADA, BOB, chat_created, hear, rows, sent, text, traffic

CANNOT_CARRY = [FLAGGED, LineHealth(operator_state=OperatorState.RETIRED), LineHealth(status=Status.UNKNOWN)]
CAN_CARRY = [
    LineHealth(),
    LineHealth(reputation=Reputation.CRITICAL),
    LineHealth(operator_state=OperatorState.DRAIN),
]


@pytest.fixture
async def ada(pool: LivePool) -> Assignment:
    """Make four lines, and ada who texted hers a second after the start."""
    for _ in range(4):
        await pool.add_line()
    ada = given(await pool.sign_up(person()))
    await hear(pool, text(ADA, ada.home_slot, 1, codes=[ada.code]))
    return ada


async def standing(pool: LivePool, code: Code) -> Assignment:
    """Where somebody stands, who must be known; the counters must know the same of everybody."""
    assert await pool.loads() == await pool.recount()
    found = await pool.read(code)
    assert found is not None
    return found


@pytest.mark.parametrize("health", CAN_CARRY, ids=str)
async def test_whoever_texts_another_line_has_that_one(pool: LivePool, ada: Assignment, health: LineHealth) -> None:
    """What is on their card stays, the old line among it; they count as an arrival on the new one."""
    other = ada.backups[0]
    await pool.change_line(other, health=health)
    effect = await hear(pool, text(ADA, other, 2))
    assert (effect.word, effect.code) == ("moved", ada.code)
    found = await standing(pool, ada.code)
    assert (found.state, found.home_slot, found.slot) == (State.CONFIRMED, other, other)
    assert found.backups == (ada.backups[1], ada.home_slot)
    loads = await pool.loads()
    assert loads[ada.home_slot] == LineLoad(new_24h=1)
    assert loads[other] == LineLoad(confirmed=1, new_24h=1)


@pytest.mark.parametrize("health", CANNOT_CARRY, ids=str)
async def test_a_text_to_a_line_that_is_no_more_moves_nobody(
    pool: LivePool, ada: Assignment, health: LineHealth
) -> None:
    """Texts trickle in on a flagged line for a while; they count, and their sender stays reachable where they are."""
    other = ada.backups[0]
    await pool.change_line(other, health=health)
    assert (await hear(pool, text(ADA, other, 2))).word == "heard"
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot


async def test_the_flagged_line_leaves_the_card_of_whoever_moves(pool: LivePool, ada: Assignment) -> None:
    """Their backups are lines that can carry them."""
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await pool.change_line(ada.backups[1], health=FLAGGED)
    assert (await standing(pool, ada.code)).slot == ada.backups[0]
    assert (await hear(pool, text(ADA, ada.backups[0], 2))).word == "moved"
    (fourth,) = set(range(4)) - {ada.home_slot, *ada.backups}
    assert (await standing(pool, ada.code)).backups == (fourth,)


async def test_an_older_text_does_not_move_back(pool: LivePool, ada: Assignment) -> None:
    """Told late, it changes neither line nor state; the later of two texts is where the person is."""
    await hear(pool, text(ADA, ada.backups[0], 9))
    assert (await hear(pool, text(ADA, ada.home_slot, 8))).word == "heard"
    assert (await standing(pool, ada.code)).home_slot == ada.backups[0]
    assert (await hear(pool, text(ADA, ada.home_slot, 10))).word == "moved"


async def test_a_text_recovered_later_is_history(pool: LivePool, ada: Assignment) -> None:
    """It confirms and makes known, but moves nobody and is no arrival of today, nor a sign that the line works."""
    other = ada.backups[0]
    assert (await hear(pool, text(ADA, other, 2, is_late=True))).word == "heard"
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot
    assert (await hear(pool, text(BOB, other, 2, is_late=True))).word == "met"
    assert (await pool.loads())[other] == LineLoad(confirmed=1)
    assert (await pool.lines())[other].provider.heard_at_ms is None
    cyd = given(await pool.sign_up(person()))
    assert (
        await hear(pool, text("cyd@example.org", cyd.home_slot, 3, codes=[cyd.code], is_late=True))
    ).word == "confirmed"
    await standing(pool, cyd.code)


async def test_a_code_texted_to_another_line_counts_there(pool: LivePool) -> None:
    """Whoever wrote to a backup at once is on that line, and the place they were given is free."""
    for _ in range(2):
        await pool.add_line(ROOMY)
    ada = given(await pool.sign_up(person()))
    other = 1 - ada.home_slot
    assert (await hear(pool, text(ADA, other, 1, codes=[ada.code]))).word == "moved"
    found = await standing(pool, ada.code)
    assert (found.state, found.home_slot, found.backups) == (State.CONFIRMED, other, (ada.home_slot,))
    assert (await pool.loads())[ada.home_slot].confirmed == 0


async def test_an_answer_is_counted_and_moves_nobody(pool: LivePool, ada: Assignment) -> None:
    """The line's own messages are load of the day."""
    effect = await hear(pool, sent(ADA, ada.home_slot, 2))
    assert (effect.word, effect.code) == ("sent", ada.code)
    counted = traffic(pool)
    assert (counted[f"{ada.home_slot}:in"], counted[f"{ada.home_slot}:out"]) == (1, 1)
    assert f"{ada.home_slot}:started" not in counted
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot


async def begin_then_tell(pool: LivePool, slot: int, at: float) -> str:
    """Write from a line, then say that the conversation exists."""
    await hear(pool, sent(ADA, slot, at, chat="new"))
    return (await hear(pool, chat_created(ADA, slot, at - 1, chat="new"))).word


async def tell_then_begin(pool: LivePool, slot: int, at: float) -> str:
    """Say that a conversation exists, then write from the line."""
    assert (await hear(pool, chat_created(ADA, slot, at - 1, chat="new"))).word == "chat"
    return (await hear(pool, sent(ADA, slot, at, chat="new"))).word


in_any_order = pytest.mark.parametrize("begin", [begin_then_tell, tell_then_begin])
Begin = Callable[[LivePool, int, float], Awaitable[str]]


@in_any_order
async def test_a_person_follows_their_failover(pool: LivePool, ada: Assignment, begin: Begin) -> None:
    """When the provider goes on with them on another line, ours is that one from then on, and stays it."""
    await pool.change_line(ada.home_slot, health=FLAGGED)
    other = ada.backups[1]
    assert await begin(pool, other, 20) == "followed"
    assert (await standing(pool, ada.code)).home_slot == other
    await pool.change_line(ada.home_slot, health=LineHealth())
    assert (await standing(pool, ada.code)).slot == other


@in_any_order
async def test_a_person_follows_whoever_begins_with_them(pool: LivePool, ada: Assignment, begin: Begin) -> None:
    """The customer's app moved them on purpose, though their line works."""
    assert await begin(pool, ada.backups[0], 20) == "followed"
    assert (await standing(pool, ada.code)).home_slot == ada.backups[0]


async def test_an_answer_elsewhere_moves_nobody_from_a_line_that_works(pool: LivePool, ada: Assignment) -> None:
    """In a conversation the person began on a backup, an answer told late does not pull them back there."""
    other = ada.backups[0]
    await hear(pool, text(ADA, other, 2))
    await hear(pool, text(ADA, ada.home_slot, 3))
    assert (await hear(pool, sent(ADA, other, 4))).word == "sent"
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot


@pytest.mark.parametrize("health", CANNOT_CARRY, ids=str)
async def test_nobody_follows_to_a_line_that_is_no_more(pool: LivePool, ada: Assignment, health: LineHealth) -> None:
    """Nor by a message older than their own last one."""
    await pool.change_line(ada.backups[0], health=health)
    assert await tell_then_begin(pool, ada.backups[0], 20) == "started"
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await hear(pool, text(ADA, ada.home_slot, 30))
    assert await tell_then_begin(pool, ada.backups[1], 25) == "sent"
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot


async def test_a_conversation_counts_as_started_once(pool: LivePool) -> None:
    """Fifty a day, or what is set, send new people to other lines until they are a day old."""
    await pool.add_line(replace(ROOMY, started_per_day=2))
    assert [(await hear(pool, sent(ADA, 0, at))).word for at in (1, 2, 3)] == ["started", "sent", "sent"]
    assert (await pool.lines())[0].gate is Gate.OPEN
    await hear(pool, sent(BOB, 0, 4))
    line = (await pool.lines())[0]
    assert (line.gate, line.load.started_24h) == (Gate.GUIDELINE, 2)
    assert await pool.loads() == await pool.recount()
    await pool.let_pass(24 * HOUR_MS)
    assert (await pool.lines())[0].gate is Gate.OPEN


async def test_whoever_wrote_first_began_whatever_is_told_first(pool: LivePool) -> None:
    """An answer that is told before the text it answers is no conversation that the line started."""
    await pool.add_line()
    assert (await hear(pool, sent(ADA, 0, 5))).word == "started"
    await hear(pool, text(ADA, 0, 4))
    assert (await pool.loads())[0].started_24h == 0
    await hear(pool, sent(ADA, 0, 3))
    assert (await pool.loads())[0].started_24h == 1
    await hear(pool, text(ADA, 0, 3.5))
    assert (await pool.loads())[0].started_24h == 0
    assert await pool.loads() == await pool.recount()
    assert traffic(pool)["0:started"] == 0


async def test_everybody_may_move_at_once(pool: LivePool) -> None:
    """Fifty people of a flagged line text their backups at the same moment, and each is counted where they are."""
    for _ in range(3):
        await pool.add_line()
    people = [given(signup) for signup in await pool.sign_up_all([person() for _ in range(50)])]
    for number, someone in enumerate(people):
        await hear(pool, text(f"+1202555{number:04}", someone.home_slot, 1, codes=[someone.code]))
    await pool.change_line(0, health=FLAGGED)
    effects = await asyncio.gather(
        *(
            hear(pool, text(f"+1202555{number:04}", someone.backups[0] or 1, 2))
            for number, someone in enumerate(people)
            if someone.home_slot == 0
        )
    )
    assert {effect.word for effect in effects} == {"moved"}
    assert (await pool.loads())[0].confirmed == 0
    assert await pool.loads() == await pool.recount()
    assert [row["word"] for row in rows(pool, pool.keys.people_events)].count("moved") == len(effects)
