"""Rules of campaigns: when they start, wait or end, how fast they go, and what follows each try."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.campaigns.campaign import Campaign, CampaignState, campaign_id, pool_of
from router.core.campaigns.campaign_rules import (
    CampaignRules,
    brake,
    hold_down_of,
    hourly_allowance,
    is_due,
    lines_missing,
    time_needed,
    why_over,
)
from router.core.campaigns.cause import Cause
from router.core.campaigns.prompt import SendOutcome, SendResult
from router.core.campaigns.retries import MAX_TRIES, SettleWord, after_loss, after_try, spread
from router.core.errors import InvalidField
from router.core.line import Line, LineHealth, OperatorState, Status
from router.core.phone import parse_e164
from router.core.pool import PoolId

NOW_MS = 1_800_000_000_000
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
RULES = CampaignRules()
MAIN = PoolId("main")
CAMPAIGN = Campaign(
    id="main.3.flagged2",
    pool=MAIN,
    slot=3,
    epoch=2,
    cause=Cause.FLAGGED,
    state=CampaignState.HOLDING,
    created_at_ms=NOW_MS,
    hold_until_ms=NOW_MS + 600_000,
)


def line(status: Status = Status.ACTIVE, operator: OperatorState = OperatorState.READY) -> Line:
    """Make a line in a state."""
    return Line(slot=3, number=parse_e164("+12025550101"), health=LineHealth(status=status, operator_state=operator))


def flagged_at(*minutes: float, of: int, retired: int = 0) -> list[tuple[Line, int | None]]:
    """Make a pool of `of` lines; each of the others was flagged the given number of minutes ago."""
    flagged: list[tuple[Line, int | None]] = [
        (line(Status.FLAGGED), NOW_MS - round(ago * MINUTE_MS)) for ago in minutes
    ]
    gone: list[tuple[Line, int | None]] = [(line(Status.FLAGGED, OperatorState.RETIRED), NOW_MS)] * retired
    return flagged + gone + [(line(), None)] * (of - len(flagged))


@pytest.mark.parametrize(("flaps", "minutes"), [(0, 10), (1, 20), (2, 40), (4, 160), (5, 240), (50, 240)])
def test_the_hold_down_grows_with_each_flap(flaps: int, minutes: int) -> None:
    """The hold-down doubles up to four hours; other lines, other causes and earlier days do not count."""
    others = [
        replace(CAMPAIGN, slot=4),
        replace(CAMPAIGN, cause=Cause.DRAIN),
        replace(CAMPAIGN, created_at_ms=NOW_MS - 24 * HOUR_MS),
    ]
    earlier = [replace(CAMPAIGN, created_at_ms=NOW_MS - HOUR_MS)] * flaps
    assert hold_down_of([*earlier, *others], 3, RULES, now_ms=NOW_MS) == timedelta(minutes=minutes)


def test_a_campaign_is_due_when_its_hold_down_is_over() -> None:
    """It is not due a millisecond earlier, and a campaign that waits for a human is not due by itself."""
    assert [is_due(CAMPAIGN, now_ms=CAMPAIGN.hold_until_ms + ms) for ms in (-1, 0)] == [False, True]
    assert not is_due(replace(CAMPAIGN, state=CampaignState.PAUSED), now_ms=CAMPAIGN.hold_until_ms)


@pytest.mark.parametrize(
    ("lines", "own", "why"),
    [
        (flagged_at(0, of=10), 0, ""),
        (flagged_at(0, 3, of=10), 0, ""),
        (flagged_at(0, 3, 9, of=10), 0, "3 lines were flagged within 10 minutes"),
        (flagged_at(0, 3, 9, of=10), 9, "3 lines were flagged within 10 minutes"),
        (flagged_at(100, 103, 109, of=10), 103, "3 lines were flagged within 10 minutes"),
        (flagged_at(0, 9, 18, of=10), 9, ""),
        (flagged_at(0, 9, 10, of=10), 0, ""),
        (flagged_at(1, 100, 103, 109, of=20), 1, ""),
        (flagged_at(0, 100, 200, of=10), 0, ""),
        (flagged_at(0, 100, 200, 300, of=10), 0, "4 of 10 lines are closed by the provider"),
        (flagged_at(0, 100, of=5), 100, "2 of 5 lines are closed by the provider"),
        (flagged_at(0, of=2), 0, ""),
        (flagged_at(0, of=10, retired=9), 0, ""),
    ],
)
def test_many_failures_at_once_wait_for_a_human(lines: list[tuple[Line, int | None]], own: float, why: str) -> None:
    """A burst is three failures within ten minutes of each other, or more than 30 % of the pool, without retired lines.

    One line alone is never a burst.
    """
    assert brake(lines, RULES, flagged_at_ms=NOW_MS - round(own * MINUTE_MS)) == why


def test_a_line_that_left_in_another_way_is_in_no_burst() -> None:
    """A drain or a release is held back only by its share of the pool."""
    assert brake(flagged_at(0, 1, 2, of=10), RULES, flagged_at_ms=None) == ""


@pytest.mark.parametrize(
    ("cause", "now", "flags", "why"),
    [
        (Cause.FLAGGED, line(Status.FLAGGED), 2, ""),
        (Cause.FLAGGED, line(Status.FLAGGED, OperatorState.DRAIN), 2, ""),
        (Cause.FLAGGED, line(Status.FLAGGED), 3, "the line is in another state now"),
        (Cause.FLAGGED, line(Status.RELEASED), 2, "the line is in another state now"),
        (Cause.FLAGGED, line(), 2, "the line works again"),
        (Cause.RELEASED, line(Status.RELEASED), 0, ""),
        (Cause.RELEASED, line(operator=OperatorState.RETIRED), 0, ""),
        (Cause.RELEASED, line(), 0, "the line works again"),
        (Cause.RELEASED, line(Status.FLAGGED, OperatorState.RETIRED), 1, "the line is in another state now"),
        (Cause.DRAIN, line(operator=OperatorState.DRAIN), 0, ""),
        (Cause.DRAIN, line(operator=OperatorState.MAINT), 0, ""),
        (Cause.DRAIN, line(), 0, "the line works again"),
        (Cause.DRAIN, line(Status.FLAGGED, OperatorState.DRAIN), 1, "the line is in another state now"),
        (Cause.DRAIN, line(Status.RELEASED, OperatorState.DRAIN), 0, "the line is in another state now"),
        (Cause.DRAIN, line(operator=OperatorState.RETIRED), 0, "the line is in another state now"),
        (Cause.DRAIN, None, 0, "the pool has no such line any more"),
    ],
)
def test_a_campaign_lasts_as_long_as_its_cause(cause: Cause, now: Line | None, flags: int, why: str) -> None:
    """A campaign lasts for the flag that opened it, and not for a later one."""
    assert why_over(replace(CAMPAIGN, cause=cause), now, flags) == why


@pytest.mark.parametrize(("percent", "people"), [(100, 30), (10, 3), (1, 1), (0, 1), (50, 15)])
def test_a_cold_line_gets_its_share_of_the_pace(percent: int, people: int) -> None:
    """The share is at least one prompt an hour."""
    assert hourly_allowance(percent, RULES) == people


@pytest.mark.parametrize(
    ("prompts", "allowances", "people", "needed"),
    [
        ({}, [], 0, timedelta(0)),
        ({}, [], 1, None),
        ({"sms": 60}, [30, 30], 60, timedelta(minutes=1)),
        ({"sms": 61}, [30, 30], 61, timedelta(hours=1)),
        ({"sms": 300}, [30, 30], 300, timedelta(hours=4)),
        ({"sms": 7200, "app": 10}, [10_000], 7210, timedelta(hours=2)),
    ],
)
def test_the_slower_of_lines_and_channels_decides_how_long_it_takes(
    prompts: dict[str, int], allowances: list[int], people: int, needed: timedelta | None
) -> None:
    """The time is None while no line accepts people."""
    assert time_needed(prompts, allowances, people, RULES) == needed


@pytest.mark.parametrize(
    ("people", "room", "capacity", "missing"), [(0, 0, 700, 0), (10, 10, 700, 0), (11, 10, 700, 1), (1401, 0, 700, 3)]
)
def test_missing_lines_are_counted_whole(people: int, room: int, capacity: int, missing: int) -> None:
    """Lines can be rented whole; shares of them cannot."""
    assert lines_missing(people, room, capacity) == missing


def test_the_same_cause_has_the_same_name() -> None:
    """An id names its pool; a string that is not an id is refused."""
    assert campaign_id(MAIN, 3, Cause.FLAGGED, 2) == CAMPAIGN.id
    assert pool_of(CAMPAIGN.id) == MAIN
    for wrong in (
        "",
        "main",
        "main.3.flagged",
        "main.3.lost2",
        "Main.3.flagged2",
        "a/b.3.flagged2",
        "main.3.flagged2 ",
    ):
        with pytest.raises(InvalidField):
            pool_of(wrong)


@pytest.mark.parametrize(
    ("outcome", "tries", "is_safe", "asked_s", "step", "seconds"),
    [
        (SendOutcome.SENT, 1, False, None, SettleWord.SENT, (0, 0)),
        (SendOutcome.FAILED, 1, True, 60, SettleWord.NEXT, (0, 0)),
        (SendOutcome.RETRY, 1, False, None, SettleWord.AGAIN, (30, 60)),
        (SendOutcome.RETRY, 2, False, None, SettleWord.AGAIN, (60, 120)),
        (SendOutcome.RETRY, 4, False, None, SettleWord.AGAIN, (240, 480)),
        (SendOutcome.RETRY, 1, False, 90, SettleWord.AGAIN, (120, 150)),
        (SendOutcome.RETRY, 1, False, 1e12, SettleWord.AGAIN, (86_430, 86_460)),
        (SendOutcome.RETRY, 1, False, -5, SettleWord.AGAIN, (30, 60)),
        (SendOutcome.RETRY, MAX_TRIES, True, None, SettleWord.NEXT, (0, 0)),
        (SendOutcome.UNKNOWN, 1, False, None, SettleWord.UNKNOWN, (0, 0)),
        (SendOutcome.UNKNOWN, 1, True, None, SettleWord.AGAIN, (30, 60)),
        (SendOutcome.UNKNOWN, MAX_TRIES, True, None, SettleWord.UNKNOWN, (0, 0)),
    ],
)
def test_what_follows_a_try(
    *,
    outcome: SendOutcome,
    tries: int,
    is_safe: bool,
    asked_s: float | None,
    step: SettleWord,
    seconds: tuple[int, int],
) -> None:
    """A message that may have arrived is repeated only where that is safe; nothing is tried more than five times.

    The table gives the least and the most seconds until the next try, whatever is drawn.
    """
    result = SendResult(outcome=outcome, retry_after_s=asked_s)
    pauses = [after_try(result, tries, resend_is_safe=is_safe, draw=draw) for draw in (0, 0.5, 1)]
    assert pauses == [(step, timedelta(seconds=pause)) for pause in (seconds[0], sum(seconds) / 2, seconds[1])]


@given(st.floats(0, 1), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_a_pause_is_drawn_from_its_upper_half(draw: float, pause: timedelta) -> None:
    """Pauses keep growing, and few of many that begin together end together."""
    assert pause / 2 - timedelta(microseconds=1) <= spread(pause, draw) <= pause + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("tries", "is_safe", "step"),
    [(1, True, SettleWord.AGAIN), (MAX_TRIES, True, SettleWord.UNKNOWN), (1, False, SettleWord.UNKNOWN)],
)
def test_what_follows_a_try_with_an_unknown_end(tries: int, is_safe: bool, step: SettleWord) -> None:
    """A try with an unknown end counts as a channel that did not answer."""
    assert after_loss(tries, resend_is_safe=is_safe) is step
