"""apply_events: what the provider reports about a line, in any order and any number of times."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from router.core.assignment import Outcome
from router.core.errors import Conflict
from router.core.line import Gate, LineHealth, LineLimits, OperatorState, Reputation, Status, Tier
from router.store.line_records import LineNow
from tests.kit.builders import apply_event, report, rows
from tests.kit.stores import FLAGGED, HOUR_MS, ROOMY, START_MS, LivePool, assigned, person

YOUNG = LineLimits(weight=10, capacity=1000, target=1000, new_people_per_day=5, is_warming=True)
START_US = START_MS * 1000
ORDER = {"one order": False, "the other order": True}
in_both_orders = pytest.mark.parametrize("is_reversed", ORDER.values(), ids=ORDER)


async def line_0(pool: LivePool) -> LineNow:
    """Return the state of the first line."""
    return (await pool.lines())[0]


async def test_a_flagged_line_gets_no_one_from_that_moment_on(pool: LivePool) -> None:
    """People who come while the report is on its way may still get the line. After the report, no one does."""
    for _ in range(3):
        await pool.add_line()
    telling = asyncio.ensure_future(apply_event(pool, report(0, 1, Status.FLAGGED)))
    await asyncio.gather(
        pool.sign_up_all([person() for _ in range(30)]), telling, *(pool.sign_up(person()) for _ in range(30))
    )
    assert telling.result().word == "flagged"
    fenced = (await line_0(pool)).picks
    homes = {assigned(signup).home_slot for signup in await pool.sign_up_all([person() for _ in range(30)])}
    assert homes == {1, 2}
    line = await line_0(pool)
    assert (line.tier, line.gate, line.picks) == (Tier.NONE, Gate.FLAGGED, fenced)


async def test_the_last_line_flagged_sends_people_to_the_waitlist(pool: LivePool) -> None:
    """A flagged line never accepts new people."""
    await pool.add_line()
    await apply_event(pool, report(0, 1, Status.FLAGGED, Reputation.HEALTHY))
    assert (await pool.sign_up(person())).outcome is Outcome.WAITLIST


async def test_a_repeated_flag_is_no_news(pool: LivePool) -> None:
    """A second event of the same flag opens no new flag. Nor does a report that changes only the reputation."""
    await pool.add_line()
    await apply_event(pool, report(0, 1, Status.FLAGGED, Reputation.CRITICAL))
    flagged_at_ms = pool.now_ms
    pool.now_ms += HOUR_MS
    assert (await apply_event(pool, report(0, 2, Status.FLAGGED, Reputation.CRITICAL))).word == "unchanged"
    assert (await apply_event(pool, report(0, 3, Status.FLAGGED, Reputation.AT_RISK))).word == "reputation"
    line = await line_0(pool)
    assert (line.provider.flags, line.provider.flagged_at_ms) == (1, flagged_at_ms)
    assert (line.gate, line.line.health.reputation) == (Gate.FLAGGED, Reputation.AT_RISK)
    await apply_event(pool, report(0, 4, Status.ACTIVE, Reputation.HEALTHY))
    await apply_event(pool, report(0, 5, Status.FLAGGED, Reputation.HEALTHY))
    assert (await line_0(pool)).provider.flags == 2


async def test_an_older_report_changes_nothing(pool: LivePool) -> None:
    """A late ACTIVE does not open a flagged line, and a late FLAGGED does not close a recovered one."""
    await pool.add_line()
    await apply_event(pool, report(0, 10, Status.FLAGGED, Reputation.HEALTHY))
    assert (await apply_event(pool, report(0, 9, Status.ACTIVE, Reputation.HEALTHY, reason="late"))).word == "stale"
    line = await line_0(pool)
    assert (line.gate, line.line.reason) == (Gate.FLAGGED, "")
    await apply_event(pool, report(0, 20, Status.ACTIVE, Reputation.HEALTHY))
    assert (await apply_event(pool, report(0, 15, Status.FLAGGED, Reputation.CRITICAL))).word == "stale"
    line = await line_0(pool)
    assert (line.gate, line.provider.flags) == (Gate.OPEN, 1)
    assert [row["word"] for row in rows(pool, pool.keys.line_events)] == ["flagged", "stale", "recovered", "stale"]


@in_both_orders
@pytest.mark.parametrize(
    ("milder", "severer"),
    [
        (Status.ACTIVE, Status.FLAGGED),
        (Status.ACTIVE, Status.UNKNOWN),
        (Status.UNKNOWN, Status.FLAGGED),
        (Reputation.HEALTHY, Reputation.AT_RISK),
        (Reputation.AT_RISK, Reputation.CRITICAL),
        (Reputation.HEALTHY, Reputation.UNKNOWN),
    ],
)
async def test_of_two_reports_of_one_moment_the_more_severe_wins(
    pool: LivePool, milder: Status | Reputation, severer: Status | Reputation, is_reversed: bool
) -> None:
    """It does not matter which is reported first."""
    await pool.add_line()
    for word in (severer, milder) if is_reversed else (milder, severer):
        fact: dict[str, Any] = (
            {"status": word} if isinstance(word, Status) else {"status": Status.ACTIVE, "reputation": word}
        )
        await apply_event(pool, report(0, 7, **fact))
    health = (await line_0(pool)).line.health
    assert severer in {health.status, health.reputation}


async def test_a_reputation_alone_may_move(pool: LivePool) -> None:
    """AT_RISK sends people to other lines first, and CRITICAL sends all of them away. The status stays."""
    for _ in range(2):
        await pool.add_line()
    assert (await apply_event(pool, report(0, 1, Status.ACTIVE, Reputation.AT_RISK))).word == "reputation"
    assert (await line_0(pool)).tier is Tier.AT_RISK
    assert assigned(await pool.sign_up(person())).home_slot == 1
    assert (await apply_event(pool, report(0, 2, Status.ACTIVE, Reputation.CRITICAL))).word == "reputation"
    line = await line_0(pool)
    assert (line.gate, line.line.health.status) == (Gate.CRITICAL, Status.ACTIVE)


async def test_an_early_body_says_nothing_of_reputation(pool: LivePool) -> None:
    """A report without a reputation leaves it as it was, whatever it does to the status."""
    await pool.add_line()
    await apply_event(pool, report(0, 1, Status.ACTIVE, Reputation.AT_RISK))
    await apply_event(pool, report(0, 2, Status.FLAGGED))
    await apply_event(pool, report(0, 3, Status.ACTIVE))
    line = await line_0(pool)
    assert (line.line.health.reputation, line.tier) == (Reputation.AT_RISK, Tier.AT_RISK)
    assert (line.provider.status_at_us, line.provider.reputation_at_us) == (START_US + 3_000_000, START_US + 1_000_000)


@pytest.mark.parametrize(
    "fact", [{"status": Status.UNKNOWN}, {"status": Status.ACTIVE, "reputation": Reputation.UNKNOWN}]
)
async def test_an_unknown_word_closes_the_line(pool: LivePool, fact: dict[str, Any]) -> None:
    """New people go to other lines. People on a line of unknown reputation can still be reached on it."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person()))
    effect = await apply_event(pool, report(0, 1, **fact))
    assert effect.word == ("status_unknown" if fact["status"] is Status.UNKNOWN else "reputation")
    assert (await line_0(pool)).gate is Gate.UNKNOWN
    found = await pool.read(ada.code)
    assert found is not None
    assert (found.slot is None) == (fact["status"] is Status.UNKNOWN)


@pytest.mark.parametrize("fact", [{"status": Status.FLAGGED}, {"reputation": Reputation.CRITICAL}, {"is_gone": True}])
async def test_a_line_that_comes_back_warms_up_in_the_same_step(pool: LivePool, fact: dict[str, Any]) -> None:
    """The picker never sees the line with its old weight: its new limits come with the report that opens it."""
    for _ in range(2):
        await pool.add_line()
    await apply_event(pool, report(0, 1, limits=YOUNG, **fact))
    assert (await line_0(pool)).limits == ROOMY
    pool.now_ms += HOUR_MS
    healthy: dict[str, Any] = {"status": Status.ACTIVE, "reputation": Reputation.HEALTHY, "is_gone": False}
    effect = await apply_event(pool, report(0, 2, limits=YOUNG, **{name: healthy[name] for name in fact}))
    assert effect.word == {"status": "recovered", "reputation": "reputation", "is_gone": "joined"}[next(iter(fact))]
    line = await line_0(pool)
    assert (line.limits, line.gate) == (YOUNG, Gate.OPEN)
    assert line.provider.recovered_at_ms == line.line.warming_since_ms == pool.now_ms
    signups = await pool.sign_up_all([person() for _ in range(22)])
    assert [assigned(signup).home_slot for signup in signups].count(0) == 2


@pytest.mark.parametrize("state", [OperatorState.DRAIN, OperatorState.MAINT, OperatorState.RETIRED])
async def test_a_recovery_does_not_undo_what_the_operator_wants(pool: LivePool, state: OperatorState) -> None:
    """A drained line stays drained through a flag and a recovery."""
    await pool.add_line(health=LineHealth(operator_state=state))
    await apply_event(pool, report(0, 1, Status.FLAGGED))
    await apply_event(pool, report(0, 2, Status.ACTIVE, limits=YOUNG))
    line = await line_0(pool)
    assert (line.tier, line.gate, line.line.health) == (Tier.NONE, Gate(state.value), LineHealth(operator_state=state))


async def test_a_line_is_ours_or_not_whatever_its_status(pool: LivePool) -> None:
    """The status of a line that left is still recorded. When the line comes back, the last status holds."""
    await pool.add_line()
    assert (await apply_event(pool, report(0, 5, is_gone=True))).word == "released"
    assert (await line_0(pool)).gate is Gate.RELEASED
    assert (await apply_event(pool, report(0, 6, Status.ACTIVE, Reputation.HEALTHY))).word == "unchanged"
    assert (await apply_event(pool, report(0, 7, Status.FLAGGED, Reputation.HEALTHY))).word == "unchanged"
    assert (await line_0(pool)).gate is Gate.RELEASED
    assert (await apply_event(pool, report(0, 4, is_gone=False))).word == "stale"
    assert (await apply_event(pool, report(0, 8, is_gone=False))).word == "flagged"
    assert (await line_0(pool)).gate is Gate.FLAGGED
    assert (await apply_event(pool, report(0, 9, Status.ACTIVE))).word == "recovered"
    assert (await line_0(pool)).gate is Gate.OPEN


async def test_the_reason_is_stored_until_the_line_is_well(pool: LivePool) -> None:
    """The operator reads why a line is closed. Afterwards the line shows its setup note again."""
    await pool.add_line()
    await apply_event(pool, report(0, 0.5, is_gone=True, reason="the provider took the line away"))
    at_risk = report(0, 0.6, Status.ACTIVE, Reputation.AT_RISK, reason="the provider says ACTIVE AT_RISK")
    await apply_event(pool, at_risk)
    assert (await line_0(pool)).line.reason == "the provider took the line away"
    await apply_event(pool, report(0, 0.7, is_gone=False, reason="the provider gave us the line"))
    await apply_event(pool, report(0, 1, Status.FLAGGED, reason="the provider says FLAGGED CRITICAL"))
    await apply_event(pool, report(0, 1.5, Status.FLAGGED, reason="the provider says FLAGGED again"))
    assert (await line_0(pool)).line.reason == "the provider says FLAGGED CRITICAL"
    await apply_event(pool, report(0, 2, Status.ACTIVE, Reputation.HEALTHY, reason="the provider says ACTIVE HEALTHY"))
    assert (await line_0(pool)).line.reason == ""


async def test_operator_and_provider_never_undo_each_other(pool: LivePool) -> None:
    """Eight changes of settings and forty reports come at once.

    The last word of each side holds, and no person gets through.
    """
    await pool.add_line()
    now = await line_0(pool)

    async def put(weight: int) -> None:
        for _ in range(50):
            line = (await line_0(pool)).line
            try:
                limits = replace(ROOMY, weight=weight)
                changed = replace(line, weight=weight, revision=line.revision + 1)
                await pool.store.lines.put(pool.keys, changed, limits, is_new=False)
            except Conflict:
                continue
            return

    reports = [report(0, at, Status.FLAGGED if at % 2 else Status.ACTIVE, Reputation.HEALTHY) for at in range(40)]
    await asyncio.gather(*(put(1 + number) for number in range(8)), *(apply_event(pool, event) for event in reports))
    line = await line_0(pool)
    assert (line.gate, line.line.health, line.provider.status_at_us) == (Gate.FLAGGED, FLAGGED, START_US + 39_000_000)
    assert line.line.revision == now.line.revision + 8
    assert line.limits == replace(ROOMY, weight=line.line.weight)
    with pytest.raises(Conflict):
        await pool.store.lines.put(pool.keys, replace(now.line, revision=now.line.revision + 1), ROOMY, is_new=False)
    assert (await line_0(pool)).gate is Gate.FLAGGED
    assert (await pool.sign_up(person())).outcome is Outcome.WAITLIST
