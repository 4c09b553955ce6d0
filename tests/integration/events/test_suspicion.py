"""apply_events: messages fail, or no event comes in. The line is then suspected or unverified without any report."""

from dataclasses import replace
from datetime import timedelta

import pytest

from router.core.assignment import Outcome
from router.core.line import Gate, OperatorState, Reputation, Status
from router.core.lines.suspicion import SuspicionRules
from router.store.line_records import LineNow
from router.store.pool_events import PoolEvent
from tests.kit.builders import ADA, apply_event, chat_created, failed, make_event, report, rows, sent, text
from tests.kit.stores import HOUR_MS, MINUTE_MS, START_MS, LivePool, assigned, person

RULES = SuspicionRules()


async def line_of(pool: LivePool, slot: int = 0) -> LineNow:
    """Return the state of a line."""
    return (await pool.lines())[slot]


async def fail(pool: LivePool, slot: int, times: int) -> list[str]:
    """Let messages of a line fail. The failures name only the conversation."""
    await apply_event(pool, chat_created(ADA, slot, 0))
    return [(await apply_event(pool, failed(ADA, slot))).word for _ in range(times)]


async def test_a_few_failures_prove_nothing(pool: LivePool) -> None:
    """A line is suspected at the fifth failure, but not while most of its messages go out."""
    for _ in range(2):
        await pool.add_line()
    assert await fail(pool, 0, 4) == ["failed"] * 4
    assert (await line_of(pool)).gate is Gate.OPEN
    assert await fail(pool, 0, 1) == ["suspected"]
    for at in range(12):
        await apply_event(pool, sent(ADA, 1, at))
    assert await fail(pool, 1, 5) == ["failed"] * 5
    assert (await line_of(pool, 1)).gate is Gate.OPEN
    word = (await line_of(pool, 1)).provider
    assert (word.sent, word.failed) == (12, 5)


async def test_a_suspected_line_gets_no_one_new_and_keeps_its_people(pool: LivePool) -> None:
    """An inference moves no one."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person()))
    assert (await fail(pool, 0, 6))[4:] == ["suspected", "failed"]
    assert (await line_of(pool)).gate is Gate.SUSPECTED
    assert (await pool.sign_up(person())).outcome is Outcome.WAITLIST
    found = await pool.read(ada.code)
    assert found is not None
    assert found.slot == 0
    assert (await apply_event(pool, text(ADA, 0, 5, codes=[ada.code]))).word == "confirmed"
    assert [row["word"] for row in rows(pool, pool.keys.line_events)] == ["suspected"]


async def test_failures_count_half_after_ten_minutes(pool: LivePool) -> None:
    """Eight failures of ten minutes ago count for four. One failure every quarter of an hour never makes five."""
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
    """Where many lines fail, the fault is probably not theirs. At least one line may be benched."""
    for _ in range(lines):
        await pool.add_line()
    words = [(await fail(pool, slot, 6))[4] for slot in range(lines)]
    assert words == ["suspected"] * benched + ["failed"] * (lines - benched)
    assert [now.gate for now in (await pool.lines()).values()].count(Gate.SUSPECTED) == benched
    refused = [(await apply_event(pool, make_event("suspect", 1, slot=slot))).word for slot in range(lines)]
    assert set(refused) == {"unchanged"}


async def test_the_provider_s_reports_bench_any_number_of_lines(pool: LivePool) -> None:
    """Reports have no such limit. A line that was closed by a report is not suspected as well."""
    for slot in range(3):
        await pool.add_line()
        await apply_event(pool, report(slot, 1, Status.FLAGGED))
    assert set(await fail(pool, 0, 9)) == {"failed"}
    assert {now.gate for now in (await pool.lines()).values()} == {Gate.FLAGGED}


@pytest.mark.parametrize("cause", ["failures", "a refusal"])
async def test_a_suspicion_ends_by_itself(pool: LivePool, cause: str) -> None:
    """It ends half an hour after the last failure, even though the line goes on writing."""
    await pool.add_line()
    if cause == "failures":
        await fail(pool, 0, 6)
    else:
        assert (await apply_event(pool, make_event("suspect", 1, slot=0))).word == "suspected"
    for _ in range(5):
        await pool.advance(5 * MINUTE_MS)
        assert (await line_of(pool)).gate is Gate.SUSPECTED
        await apply_event(pool, sent(ADA, 0, (pool.now_ms - START_MS) // 1000))
    await pool.advance(5 * MINUTE_MS - 1)
    assert (await line_of(pool)).gate is Gate.SUSPECTED
    await pool.advance(1)
    line = await line_of(pool)
    assert (line.gate, line.line.health.is_suspected) == (Gate.OPEN, False)


async def test_a_failure_prolongs_a_suspicion(pool: LivePool) -> None:
    """Each failure starts the half hour again."""
    await pool.add_line()
    await fail(pool, 0, 5)
    await pool.advance(29 * MINUTE_MS)
    await apply_event(pool, failed(ADA, 0))
    await pool.advance(29 * MINUTE_MS)
    assert (await line_of(pool)).gate is Gate.SUSPECTED
    await pool.advance(MINUTE_MS)
    assert (await line_of(pool)).gate is Gate.OPEN


async def test_a_report_that_the_line_works_ends_it_at_once(pool: LivePool) -> None:
    """A report sent before the suspicion does not end it."""
    await pool.add_line()
    await apply_event(pool, report(0, 5, Status.ACTIVE))
    await fail(pool, 0, 5)
    assert (await apply_event(pool, report(0, 4, Status.ACTIVE, Reputation.AT_RISK))).word == "reputation"
    assert (await line_of(pool)).gate is Gate.SUSPECTED
    await apply_event(pool, report(0, 6, Status.ACTIVE))
    assert (await line_of(pool)).line.health.is_suspected is False


async def test_a_failure_in_an_unknown_conversation_counts_against_no_line(pool: LivePool) -> None:
    """It counts against no line, and leaves no trace."""
    await pool.add_line()
    await apply_event(pool, text(ADA, 0, 1))
    before = pool.store.keyspace()
    assert [effect.word for effect in await pool.apply(failed("+12025550777", 0))] == ["unplaced"]
    assert pool.store.keyspace() == before


async def refresh(pool: LivePool, *, silent_for_ms: int | None) -> None:
    """Refresh the pool with how long the provider has been silent."""
    since_ms = None if silent_for_ms is None else pool.now_ms - silent_for_ms
    await pool.store.lines.refresh(pool.keys, {}, now_ms=pool.now_ms, silent_since_ms=since_ms)


@pytest.mark.parametrize(
    "sign", [make_event("arrived", 1, slot=0), text(ADA, 0, 1), report(0, 1, Status.ACTIVE, Reputation.HEALTHY)]
)
async def test_silence_leaves_a_line_unverified_until_a_sign_of_life(pool: LivePool, sign: PoolEvent) -> None:
    """A flag may have been missed. The line stays open, and shows since when it is in doubt."""
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
    await apply_event(pool, sign)
    assert (await line_of(pool)).provider.unverified_since_ms is None


async def test_a_line_with_events_since_is_not_in_doubt(pool: LivePool) -> None:
    """Only lines without an event since the silence began are in doubt."""
    for _ in range(2):
        await pool.add_line()
    pool.now_ms += HOUR_MS
    await apply_event(pool, make_event("arrived", 3600, slot=1))
    await refresh(pool, silent_for_ms=MINUTE_MS)
    doubted = [now.provider.unverified_since_ms for now in (await pool.lines()).values()]
    assert doubted == [pool.now_ms, None]
