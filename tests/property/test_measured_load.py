"""Every measurement stays between the days' values, follows them, and never jumps."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.capacity.capacity import people_per_line
from router.core.capacity.planned_line import PlannedLine
from router.core.capacity.planner import lines_needed, plan
from router.core.capacity.traffic import MIN_CONVERSION_PERMILLE, DayOfTraffic, Measured, Traffic, measure
from router.core.pool import Pool, PoolId

FIRST = 20_000
DAYS = 60
MOMENT = 1 / 86_400
GUESS = 10.0
POOL = Pool(id=PoolId("main"), name="Acme")

counts = st.integers(0, 100_000)
rates = st.floats(0.05, 200.0)
histories = st.lists(st.tuples(st.integers(1, 5000), rates), min_size=DAYS, max_size=DAYS)
traffic = st.builds(
    Traffic, incoming=counts, outgoing=counts, person_hours=counts, new=counts, confirmed=counts, expired=counts
)
days = st.lists(st.lists(traffic, max_size=3), max_size=35).map(
    lambda found: [DayOfTraffic(FIRST + day, dict(enumerate(lines))) for day, lines in enumerate(found)]
)
moments = st.floats(FIRST + 1.0, FIRST + DAYS - 1.0)


def seen_at(history: list[tuple[int, float]], now_day: float) -> list[DayOfTraffic]:
    """Return the counts up to a moment, if each day's people sent their messages evenly."""
    shares = [min(1.0, max(0.0, now_day - FIRST - day)) for day in range(DAYS)]
    return [
        DayOfTraffic(
            FIRST + day, {0: Traffic(incoming=people * rate * share, person_hours=people * 24 * share)} if share else {}
        )
        for day, ((people, rate), share) in enumerate(zip(history, shares, strict=True))
    ]


def planned_with(history: list[tuple[int, float]], now_day: float) -> float:
    """Return the messages per person that capacity would be planned with."""
    return measure(seen_at(history, now_day), now_day=now_day).blended_with(GUESS)


@given(histories, moments)
def test_the_figure_lies_between_the_guess_and_what_happened(history: list[tuple[int, float]], now_day: float) -> None:
    """No day of the window is outside of the range, so their mean is not either."""
    inside = [rate for day, (_, rate) in enumerate(history) if now_day - 29 < FIRST + day <= now_day]
    low, high = min(*inside, GUESS), max(*inside, GUESS)
    assert low * 0.999_999 <= planned_with(history, now_day) <= high * 1.000_001


@given(histories, moments)
def test_a_moment_changes_next_to_nothing(history: list[tuple[int, float]], now_day: float) -> None:
    """The figure hardly changes from one second to the next."""
    before, after = planned_with(history, now_day), planned_with(history, now_day + MOMENT)
    assert after == pytest.approx(before, rel=0.01)


@given(histories, st.integers(FIRST + 1, FIRST + DAYS - 1))
def test_midnight_is_not_seen(history: list[tuple[int, float]], midnight: int) -> None:
    """A day that begins, or leaves the window, changes nothing at once."""
    assert planned_with(history, midnight + MOMENT) == pytest.approx(planned_with(history, midnight - MOMENT), rel=0.02)


@given(st.floats(0.05, 200.0), st.integers(6, 5000))
def test_steady_people_are_approached_from_the_guess(rate: float, people: int) -> None:
    """Hour by hour the figure moves one way, from the guess towards the measurement, and never beyond it."""
    history = [(people, rate)] * DAYS
    figures = [planned_with(history, FIRST + hour / 24) for hour in range(1, 24 * 28, 7)]
    distances = [abs(figure - rate) for figure in figures]
    assert all(later <= earlier + 1e-6 for earlier, later in pairwise(distances))
    assert distances[-1] < max(distances[0], 1e-6)


@given(days, st.floats(0, 40))
def test_whatever_was_counted_the_figures_are_bounded(found: list[DayOfTraffic], later: float) -> None:
    """No figure is negative, divided by zero, or more than all of the reservations."""
    measured = measure(found, now_day=FIRST + later)
    assert measured.blended_with(GUESS) >= 0
    assert measured.person_days >= 0
    assert 0 <= measured.days <= 28 + 1e-6
    assert MIN_CONVERSION_PERMILLE <= measured.conversion_permille <= 1000


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_more_that_ran_out_never_count_for_more(confirmed: int, expired: int, more: int) -> None:
    """Conversion falls as reservations expire, and rises again only with texts."""

    def conversion(ran_out: int) -> int:
        counted = Traffic(confirmed=confirmed, expired=ran_out)
        return measure([DayOfTraffic(FIRST, {0: counted})], now_day=FIRST + 1.0).conversion_permille

    assert conversion(expired + more) <= conversion(expired)


@given(rates, rates, st.floats(0, 10_000), st.floats(0, 28))
def test_busier_people_never_make_a_line_larger(one: float, other: float, person_days: float, seen: float) -> None:
    """Capacity falls as messages per person grow, whether they are believed or not."""
    quiet = Measured(messages_per_person_per_day=min(one, other), person_days=person_days, days=seen)
    busy = replace(quiet, messages_per_person_per_day=max(one, other))
    assert people_per_line(POOL, busy.blended_with(GUESS)) <= people_per_line(POOL, quiet.blended_with(GUESS))


@given(st.integers(0, 10**7), st.integers(1, 10**5), st.floats(0, 1), st.integers(0, 10**6))
def test_lines_needed_are_enough_and_not_one_too_many(
    people: int, capacity: int, over_provisioning: float, more: int
) -> None:
    """The lines hold everybody with the reserve, one line fewer would not, and more people never need fewer lines."""
    lines = lines_needed(people, capacity, over_provisioning)
    wanted = people * (1 + over_provisioning)
    assert lines * capacity >= wanted * (1 - 1e-9)
    assert lines == 0 or (lines - 1) * capacity < wanted * (1 + 1e-9)
    assert lines_needed(people + more, capacity, over_provisioning) >= lines


planned_lines = st.lists(
    st.builds(
        PlannedLine,
        slot=st.integers(0, 99),
        people=st.integers(0, 2000),
        capacity=st.integers(1, 2000),
        target=st.integers(0, 1000),
        takes_people=st.booleans(),
        carries_people=st.booleans(),
    ),
    max_size=8,
)


@given(planned_lines, st.floats(0, 500), st.integers(0, 10_000))
def test_a_plan_holds_together(lines: list[PlannedLine], growth: float, more: int) -> None:
    """More demand never needs fewer lines; the lines of an order are enough; a bearable loss needs none."""
    now = plan(lines, over_provisioning=0.15, capacity_per_line=700, growth_per_day=growth, more_people=more)
    assert now.lines_for_demand >= now.lines_needed
    assert now.capacity + now.lines_to_order * 700 >= (now.people + more) * 1.15 - 1e-6
    assert (now.lines_to_survive == 0) is now.loss.is_bearable
    assert now.loss.short_by <= now.lines_to_survive * 700
    if now.days_to_target is not None and now.days_to_full is not None:
        assert now.days_to_target <= now.days_to_full or now.target > now.capacity
