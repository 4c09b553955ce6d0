"""What the people of one line show: the mean, how certain it is, and whether it is enough to plan with."""

from statistics import NormalDist

import pytest

from router.core.capacity.pilot import Interval, PersonTraffic, Pilot, mean_interval, report_pilot
from router.core.capacity.student_t import t_quantile

NOW_S = 1_800_000_000
DAY_S = 86_400


def person(texts: int, answers: int = 0, days: float = 10) -> PersonTraffic:
    """Make a person who first texted the given number of days ago."""
    return PersonTraffic(0, int(NOW_S - days * DAY_S), texts, answers)


def pilot_of(*people: PersonTraffic) -> Pilot:
    """Report on people under the usual guideline."""
    return report_pilot(people, now_s=NOW_S, messages_per_line_per_day=7000)


@pytest.mark.parametrize(
    ("confidence", "degrees", "t"),
    [
        (0.95, 1, 12.7062),
        (0.95, 2, 4.30265),
        (0.95, 3, 3.18245),
        (0.95, 4, 2.77645),
        (0.95, 9, 2.26216),
        (0.95, 10, 2.22814),
        (0.95, 30, 2.04227),
        (0.95, 120, 1.97993),
        (0.95, 200, 1.97190),
        (0.95, 201, 1.97184),
        (0.95, 1000, 1.96234),
        (0.90, 5, 2.01505),
        (0.99, 5, 4.03214),
        (0.99, 60, 2.66028),
    ],
)
def test_t_is_that_of_the_tables(confidence: float, degrees: int, t: float) -> None:
    """The values agree with printed tables to the last digit."""
    assert t_quantile(confidence, degrees) == pytest.approx(t, abs=6e-6 * max(1, t))


def test_t_comes_down_to_the_normal_distribution() -> None:
    """With many people, t hardly differs from the normal distribution."""
    assert t_quantile(0.95, 10**6) == pytest.approx(NormalDist().inv_cdf(0.975), abs=1e-5)


def test_the_interval_is_that_of_a_textbook() -> None:
    """Of 4, 6, 8: mean 6, deviation 2, and 4.303 × 2 / √3 either way, never below zero."""
    interval = mean_interval([4.0, 6.0, 8.0])
    assert interval.mean == 6
    assert interval.high == pytest.approx(6 + 4.9683, abs=1e-4)
    assert interval.low == pytest.approx(6 - 4.9683, abs=1e-4)
    assert mean_interval([0.0, 10.0]).low == 0


def test_a_single_person_gives_no_upper_end() -> None:
    """One person's messages limit nothing."""
    assert mean_interval([3.0]) == Interval(3.0, 0.0, None)
    assert pilot_of(person(30)).fewest_per_line is None


def test_a_person_counts_by_day_since_their_first_text() -> None:
    """Messages in both directions count; a person who came an hour ago has had one day."""
    assert person(30, 20).messages_per_day(NOW_S) == 5
    assert person(3, 1, days=1 / 24).messages_per_day(NOW_S) == 4


def test_people_per_line_follow_from_the_mean_and_its_ends() -> None:
    """More messages per person mean fewer people per line, at the mean and at both ends."""
    pilot = pilot_of(*[person(40, 60), person(30, 50)] * 50)
    assert pilot.messages is not None
    assert pilot.messages.mean == pytest.approx(9)
    assert pilot.people_per_line == 777
    assert pilot.fewest_per_line is not None
    assert pilot.most_per_line is not None
    assert 750 < pilot.fewest_per_line < 777 < pilot.most_per_line < 800
    assert pilot.is_enough
    assert pilot.reciprocity == pytest.approx(70 / 110)
    assert (pilot.replies_per_person, pilot.replied_often) == (35, 1.0)


def test_the_share_of_people_with_three_replies_is_reported() -> None:
    """The figure is a share of the people."""
    assert pilot_of(person(3), person(2), person(1), person(9)).replied_often == 0.5


@pytest.mark.parametrize(
    ("people", "missing"),
    [
        ([], "Nobody has texted"),
        ([person(0)] * 100, "webhooks"),
        ([person(40, 60)] * 29, "at least 30"),
        ([person(0), person(0), person(0), person(500)] * 10, "may be off by"),
        ([person(40, 60, days=2)] * 100, "2.0 days old"),
    ],
)
def test_what_is_missing_is_said_plainly(people: list[PersonTraffic], missing: str) -> None:
    """The report gives the first reason not to plan with it."""
    pilot = pilot_of(*people)
    assert not pilot.is_enough
    assert missing in pilot.what_is_missing
