"""apply_events: people move to the line they text, and to the line where the provider continues with them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.line import Gate, LineHealth, LineLoad, OperatorState, Reputation, Status
from tests.kit.builders import ADA, BOB, apply_event, chat_created, rows, sent, text, traffic
from tests.kit.stores import FLAGGED, HOUR_MS, ROOMY, LivePool, assigned, person

CANNOT_CARRY = [FLAGGED, LineHealth(operator_state=OperatorState.RETIRED), LineHealth(status=Status.UNKNOWN)]
CAN_CARRY = [
    LineHealth(),
    LineHealth(reputation=Reputation.CRITICAL),
    LineHealth(operator_state=OperatorState.DRAIN),
]


@pytest.fixture
async def ada(pool: LivePool) -> Assignment:
    """Make four lines, and Ada, who texted hers a second after the start."""
    for _ in range(4):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person()))
    await apply_event(pool, text(ADA, ada.home_slot, 1, codes=[ada.code]))
    return ada


async def standing(pool: LivePool, code: Code) -> Assignment:
    """Return the state of a person, who must be known. The counters must agree for every person."""
    assert await pool.loads() == await pool.recount()
    found = await pool.read(code)
    assert found is not None
    return found


@pytest.mark.parametrize("health", CAN_CARRY, ids=str)
async def test_a_person_who_texts_another_line_has_that_line(
    pool: LivePool, ada: Assignment, health: LineHealth
) -> None:
    """Their card stays as it is, with the old line on it. They count as an arrival on the new line."""
    other = ada.backups[0]
    await pool.change_line(other, health=health)
    effect = await apply_event(pool, text(ADA, other, 2))
    assert (effect.word, effect.code) == ("moved", ada.code)
    found = await standing(pool, ada.code)
    assert (found.state, found.home_slot, found.slot) == (State.CONFIRMED, other, other)
    assert found.backups == (ada.backups[1], ada.home_slot)
    loads = await pool.loads()
    assert loads[ada.home_slot] == LineLoad(new_24h=1)
    assert loads[other] == LineLoad(confirmed=1, new_24h=1)


@pytest.mark.parametrize("health", CANNOT_CARRY, ids=str)
async def test_a_text_to_a_dead_line_moves_no_one(pool: LivePool, ada: Assignment, health: LineHealth) -> None:
    """Texts trickle in on a flagged line for a while. They count, and their sender stays reachable where they are."""
    other = ada.backups[0]
    await pool.change_line(other, health=health)
    assert (await apply_event(pool, text(ADA, other, 2))).word == "heard"
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot


async def test_the_flagged_line_leaves_the_card_of_a_person_who_moves(pool: LivePool, ada: Assignment) -> None:
    """Their backups are lines that can carry them."""
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await pool.change_line(ada.backups[1], health=FLAGGED)
    assert (await standing(pool, ada.code)).slot == ada.backups[0]
    assert (await apply_event(pool, text(ADA, ada.backups[0], 2))).word == "moved"
    (fourth,) = set(range(4)) - {ada.home_slot, *ada.backups}
    assert (await standing(pool, ada.code)).backups == (fourth,)


async def test_an_older_text_does_not_move_back(pool: LivePool, ada: Assignment) -> None:
    """Reported late, it changes neither line nor state. The later of two texts decides where the person is."""
    await apply_event(pool, text(ADA, ada.backups[0], 9))
    assert (await apply_event(pool, text(ADA, ada.home_slot, 8))).word == "heard"
    assert (await standing(pool, ada.code)).home_slot == ada.backups[0]
    assert (await apply_event(pool, text(ADA, ada.home_slot, 10))).word == "moved"


async def test_a_text_recovered_later_is_history(pool: LivePool, ada: Assignment) -> None:
    """It confirms the person and makes them known.

    It moves no person, is no arrival of today, and proves no working line.
    """
    other = ada.backups[0]
    assert (await apply_event(pool, text(ADA, other, 2, is_late=True))).word == "heard"
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot
    assert (await apply_event(pool, text(BOB, other, 2, is_late=True))).word == "met"
    assert (await pool.loads())[other] == LineLoad(confirmed=1)
    assert (await pool.lines())[other].provider.heard_at_ms is None
    cyd = assigned(await pool.sign_up(person()))
    assert (
        await apply_event(pool, text("cyd@example.org", cyd.home_slot, 3, codes=[cyd.code], is_late=True))
    ).word == "confirmed"
    await standing(pool, cyd.code)


async def test_a_code_texted_to_another_line_counts_there(pool: LivePool) -> None:
    """A person who texts a backup at once is on that line. The place they were given is free."""
    for _ in range(2):
        await pool.add_line(ROOMY)
    ada = assigned(await pool.sign_up(person()))
    other = 1 - ada.home_slot
    assert (await apply_event(pool, text(ADA, other, 1, codes=[ada.code]))).word == "moved"
    found = await standing(pool, ada.code)
    assert (found.state, found.home_slot, found.backups) == (State.CONFIRMED, other, (ada.home_slot,))
    assert (await pool.loads())[ada.home_slot].confirmed == 0


async def test_an_answer_is_counted_and_moves_nobody(pool: LivePool, ada: Assignment) -> None:
    """The line's own messages count as load of the day."""
    effect = await apply_event(pool, sent(ADA, ada.home_slot, 2))
    assert (effect.word, effect.code) == ("sent", ada.code)
    counted = traffic(pool)
    assert (counted[f"{ada.home_slot}:in"], counted[f"{ada.home_slot}:out"]) == (1, 1)
    assert f"{ada.home_slot}:started" not in counted
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot


async def begin_then_report(pool: LivePool, slot: int, at: float) -> str:
    """Write from a line, then report the conversation."""
    await apply_event(pool, sent(ADA, slot, at, chat="new"))
    return (await apply_event(pool, chat_created(ADA, slot, at - 1, chat="new"))).word


async def report_then_begin(pool: LivePool, slot: int, at: float) -> str:
    """Report a conversation, then write from the line."""
    assert (await apply_event(pool, chat_created(ADA, slot, at - 1, chat="new"))).word == "chat"
    return (await apply_event(pool, sent(ADA, slot, at, chat="new"))).word


in_any_order = pytest.mark.parametrize("begin", [begin_then_report, report_then_begin])
Begin = Callable[[LivePool, int, float], Awaitable[str]]


@in_any_order
async def test_a_person_follows_their_failover(pool: LivePool, ada: Assignment, begin: Begin) -> None:
    """When the provider continues with them on another line, that line is theirs and stays theirs."""
    await pool.change_line(ada.home_slot, health=FLAGGED)
    other = ada.backups[1]
    assert await begin(pool, other, 20) == "followed"
    assert (await standing(pool, ada.code)).home_slot == other
    await pool.change_line(ada.home_slot, health=LineHealth())
    assert (await standing(pool, ada.code)).slot == other


@in_any_order
async def test_a_person_follows_a_conversation_begun_elsewhere(pool: LivePool, ada: Assignment, begin: Begin) -> None:
    """The customer's app moved them on purpose, though their line works."""
    assert await begin(pool, ada.backups[0], 20) == "followed"
    assert (await standing(pool, ada.code)).home_slot == ada.backups[0]


async def test_an_answer_elsewhere_moves_no_one_from_a_working_line(pool: LivePool, ada: Assignment) -> None:
    """They began a conversation on a backup. An answer reported late does not pull them back."""
    other = ada.backups[0]
    await apply_event(pool, text(ADA, other, 2))
    await apply_event(pool, text(ADA, ada.home_slot, 3))
    assert (await apply_event(pool, sent(ADA, other, 4))).word == "sent"
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot


@pytest.mark.parametrize("health", CANNOT_CARRY, ids=str)
async def test_no_one_follows_to_a_dead_line(pool: LivePool, ada: Assignment, health: LineHealth) -> None:
    """A message older than their own last one moves them neither."""
    await pool.change_line(ada.backups[0], health=health)
    assert await report_then_begin(pool, ada.backups[0], 20) == "started"
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await apply_event(pool, text(ADA, ada.home_slot, 30))
    assert await report_then_begin(pool, ada.backups[1], 25) == "sent"
    assert (await standing(pool, ada.code)).home_slot == ada.home_slot


async def test_a_conversation_counts_as_started_once(pool: LivePool) -> None:
    """At fifty a day, or the set limit, new people go to other lines until the conversations are a day old."""
    await pool.add_line(replace(ROOMY, started_per_day=2))
    assert [(await apply_event(pool, sent(ADA, 0, at))).word for at in (1, 2, 3)] == ["started", "sent", "sent"]
    assert (await pool.lines())[0].gate is Gate.OPEN
    await apply_event(pool, sent(BOB, 0, 4))
    line = (await pool.lines())[0]
    assert (line.gate, line.load.started_24h) == (Gate.GUIDELINE, 2)
    assert await pool.loads() == await pool.recount()
    await pool.advance(24 * HOUR_MS)
    assert (await pool.lines())[0].gate is Gate.OPEN


async def test_the_first_writer_began_in_whatever_order_it_is_reported(pool: LivePool) -> None:
    """An answer reported before the text it answers is no conversation that the line started."""
    await pool.add_line()
    assert (await apply_event(pool, sent(ADA, 0, 5))).word == "started"
    await apply_event(pool, text(ADA, 0, 4))
    assert (await pool.loads())[0].started_24h == 0
    await apply_event(pool, sent(ADA, 0, 3))
    assert (await pool.loads())[0].started_24h == 1
    await apply_event(pool, text(ADA, 0, 3.5))
    assert (await pool.loads())[0].started_24h == 0
    assert await pool.loads() == await pool.recount()
    assert traffic(pool)["0:started"] == 0


async def test_many_people_may_move_at_once(pool: LivePool) -> None:
    """Fifty people of a flagged line text their backups at the same moment, and each counts where they are."""
    for _ in range(3):
        await pool.add_line()
    people = [assigned(signup) for signup in await pool.sign_up_all([person() for _ in range(50)])]
    for number, someone in enumerate(people):
        await apply_event(pool, text(f"+1202555{number:04}", someone.home_slot, 1, codes=[someone.code]))
    await pool.change_line(0, health=FLAGGED)
    effects = await asyncio.gather(
        *(
            apply_event(pool, text(f"+1202555{number:04}", someone.backups[0] or 1, 2))
            for number, someone in enumerate(people)
            if someone.home_slot == 0
        )
    )
    assert {effect.word for effect in effects} == {"moved"}
    assert (await pool.loads())[0].confirmed == 0
    assert await pool.loads() == await pool.recount()
    assert [row["word"] for row in rows(pool, pool.keys.people_events)].count("moved") == len(effects)
