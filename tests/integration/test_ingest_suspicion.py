"""ingest: messages fail, or nothing is heard: a line is doubted, though nobody said why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from router.core.assignment import Outcome
from router.core.line import Gate, OperatorState, Reputation, Status
from router.core.suspicion import SuspicionRules
from router.store.line_records import LineNow
from router.store.observations import Observation
from tests.stores import HOUR_MS, MINUTE_MS, START_MS, LivePool, given, person
from tests.tellings import ADA, chat_created, failed, hear, report, rows, sent, text, told

RULES = SuspicionRules()


async def line_of(pool: LivePool, slot: int = 0) -> LineNow:
    """Where a line stands."""
    return (await pool.lines())[slot]


async def fail(pool: LivePool, slot: int, times: int) -> list[str]:
    """Let messages of a line fail, of which only the conversation tells."""
    await hear(pool, chat_created(ADA, slot, 0))
    return [(await hear(pool, failed(ADA, slot))).word for _ in range(times)]


async def test_a_few_failures_say_nothing(pool: LivePool) -> None:
    """A line is suspected at the fifth, and not while most of its messages go out."""
    for _ in range(2):
        await pool.add_line()
    assert await fail(pool, 0, 4) == ["failed"] * 4
    assert (await line_of(pool)).gate is Gate.OPEN
    assert await fail(pool, 0, 1) == ["suspected"]
    for at in range(12):
        await hear(pool, sent(ADA, 1, at))
    assert await fail(pool, 1, 5) == ["failed"] * 5
    assert (await line_of(pool, 1)).gate is Gate.OPEN
    word = (await line_of(pool, 1)).provider
    assert (word.sent, word.failed) == (12, 5)


async def test_a_suspected_line_takes_nobody_new_and_keeps_its_people(pool: LivePool) -> None:
    """Inference does not move anybody."""
    await pool.add_line()
    ada = given(await pool.sign_up(person()))
    assert (await fail(pool, 0, 6))[4:] == ["suspected", "failed"]
    assert (await line_of(pool)).gate is Gate.SUSPECTED
    assert (await pool.sign_up(person())).outcome is Outcome.WAITLIST
    found = await pool.read(ada.code)
    assert found is not None
    assert found.slot == 0
    assert (await hear(pool, text(ADA, 0, 5, codes=[ada.code]))).word == "confirmed"
    assert [row["word"] for row in rows(pool, pool.keys.line_events)] == ["suspected"]


async def test_failures_are_forgotten_by_halves(pool: LivePool) -> None:
    """Eight failures of ten minutes ago count for four; one a quarter of an hour never makes five."""
    await pool.add_line()
    for _ in range(8):
        assert await fail(pool, 0, 1) == ["failed"]
        pool.now_ms += 15 * MINUTE_MS
    assert (await line_of(pool)).provider.failed < 2
    await pool.add_line()
    await fail(pool, 1, 4)
    pool.now_ms += RULES.half_life // timedelta(milliseconds=1)
    assert await fail(pool, 1, 2) == ["failed"] * 2
    assert (await line_of(pool, 1)).provider.failed == 4
    assert await fail(pool, 1, 1) == ["suspected"]


@pytest.mark.parametrize(("lines", "benched"), [(1, 1), (4, 1), (9, 1), (10, 2), (15, 3)])
async def test_inference_benches_at_most_a_fifth(pool: LivePool, lines: int, benched: int) -> None:
    """Where many lines fail, the fault is likely elsewhere; one line at least may be benched."""
    for _ in range(lines):
        await pool.add_line()
    words = [(await fail(pool, slot, 6))[4] for slot in range(lines)]
    assert words == ["suspected"] * benched + ["failed"] * (lines - benched)
    assert [now.gate for now in (await pool.lines()).values()].count(Gate.SUSPECTED) == benched
    refused = [(await hear(pool, told("suspect", 1, slot=slot))).word for slot in range(lines)]
    assert set(refused) == {"unchanged"}


async def test_the_providers_word_benches_as_many_as_it_likes(pool: LivePool) -> None:
    """What is stated is not capped, and a line that was closed by it is not suspected on top."""
    for slot in range(3):
        await pool.add_line()
        await hear(pool, report(slot, 1, Status.FLAGGED))
    assert set(await fail(pool, 0, 9)) == {"failed"}
    assert {now.gate for now in (await pool.lines()).values()} == {Gate.FLAGGED}


@pytest.mark.parametrize("cause", ["failures", "a refusal"])
async def test_a_suspicion_ends_by_itself(pool: LivePool, cause: str) -> None:
    """Half an hour after the last reason for it, though the line goes on writing in the meantime."""
    await pool.add_line()
    if cause == "failures":
        await fail(pool, 0, 6)
    else:
        assert (await hear(pool, told("suspect", 1, slot=0))).word == "suspected"
    for _ in range(5):
        await pool.let_pass(5 * MINUTE_MS)
        assert (await line_of(pool)).gate is Gate.SUSPECTED
        await hear(pool, sent(ADA, 0, (pool.now_ms - START_MS) // 1000))
    await pool.let_pass(5 * MINUTE_MS - 1)
    assert (await line_of(pool)).gate is Gate.SUSPECTED
    await pool.let_pass(1)
    line = await line_of(pool)
    assert (line.gate, line.line.health.is_suspected) == (Gate.OPEN, False)


async def test_a_failure_feeds_a_suspicion(pool: LivePool) -> None:
    """The half hour begins anew with each."""
    await pool.add_line()
    await fail(pool, 0, 5)
    await pool.let_pass(29 * MINUTE_MS)
    await hear(pool, failed(ADA, 0))
    await pool.let_pass(29 * MINUTE_MS)
    assert (await line_of(pool)).gate is Gate.SUSPECTED
    await pool.let_pass(MINUTE_MS)
    assert (await line_of(pool)).gate is Gate.OPEN


async def test_a_report_that_the_line_works_ends_it_at_once(pool: LivePool) -> None:
    """One that was sent before what is known does not."""
    await pool.add_line()
    await hear(pool, report(0, 5, Status.ACTIVE))
    await fail(pool, 0, 5)
    assert (await hear(pool, report(0, 4, Status.ACTIVE, Reputation.AT_RISK))).word == "reputation"
    assert (await line_of(pool)).gate is Gate.SUSPECTED
    await hear(pool, report(0, 6, Status.ACTIVE))
    assert (await line_of(pool)).line.health.is_suspected is False


async def test_a_failure_in_a_conversation_nobody_knows_is_of_no_line(pool: LivePool) -> None:
    """It is not held against any, and leaves nothing behind."""
    await pool.add_line()
    await hear(pool, text(ADA, 0, 1))
    before = pool.store.keyspace()
    assert [effect.word for effect in await pool.tell(failed("+12025550777", 0))] == ["unplaced"]
    assert pool.store.keyspace() == before


async def refresh(pool: LivePool, *, silent_for_ms: int | None) -> None:
    """Let the pool know how long the provider has been silent."""
    since_ms = None if silent_for_ms is None else pool.now_ms - silent_for_ms
    await pool.store.lines.refresh(pool.keys, {}, now_ms=pool.now_ms, silent_since_ms=since_ms)


@pytest.mark.parametrize(
    "sign", [told("arrived", 1, slot=0), text(ADA, 0, 1), report(0, 1, Status.ACTIVE, Reputation.HEALTHY)]
)
async def test_silence_leaves_a_line_unverified_until_a_sign_of_life(pool: LivePool, sign: Observation) -> None:
    """A flag may have been missed: the line stays open, and says since when it is in doubt."""
    for _ in range(2):
        await pool.add_line()
    retired = await line_of(pool, 1)
    await pool.change_line(1, health=replace(retired.line.health, operator_state=OperatorState.RETIRED))
    pool.now_ms += HOUR_MS
    await refresh(pool, silent_for_ms=None)
    assert (await line_of(pool)).provider.unverified_since_ms is None
    await refresh(pool, silent_for_ms=HOUR_MS // 2)
    since_ms = pool.now_ms
    pool.now_ms += MINUTE_MS
    await refresh(pool, silent_for_ms=HOUR_MS // 2 + MINUTE_MS)
    assert [now.provider.unverified_since_ms for now in (await pool.lines()).values()] == [since_ms, None]
    assert (await line_of(pool)).gate is Gate.OPEN
    await hear(pool, sign)
    assert (await line_of(pool)).provider.unverified_since_ms is None


async def test_a_line_heard_of_since_is_not_in_doubt(pool: LivePool) -> None:
    """Only those of which nothing came after the silence began."""
    for _ in range(2):
        await pool.add_line()
    pool.now_ms += HOUR_MS
    await hear(pool, told("arrived", 3600, slot=1))
    await refresh(pool, silent_for_ms=MINUTE_MS)
    doubted = [now.provider.unverified_since_ms for now in (await pool.lines()).values()]
    assert doubted == [pool.now_ms, None]
