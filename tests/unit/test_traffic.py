"""What is measured from days of traffic: each day's weight, when the figures are believed, and what is left out."""

import pytest

from router.core.capacity.traffic import (
    GUESS_PERSON_DAYS,
    MIN_CONVERSION_PERMILLE,
    MIN_PERSON_DAYS,
    NOTHING_MEASURED,
    DayOfTraffic,
    Measured,
    Traffic,
    measure,
    per_day,
)

NOW = 20_028.0  # a midnight
STEADY = Traffic(incoming=200, outgoing=300, person_hours=2400, new=10)  # a hundred people, five messages each


def weeks(traffic: Traffic, *, days: int = 28, until: int = int(NOW)) -> list[DayOfTraffic]:
    """Repeat the same day of one line for the given number of days."""
    return [DayOfTraffic(day, {0: traffic}) for day in range(until - days, until)]


def test_before_there_is_traffic_nothing_is_measured() -> None:
    """Capacity uses the guess, and every reservation counts as a person."""
    measured = measure([], now_day=NOW)
    assert measured == NOTHING_MEASURED
    assert (measured.blended_with(10.0), measured.conversion_permille) == (10.0, 1000)


def test_steady_traffic_is_measured_as_it_is() -> None:
    """Messages, replies and reciprocity are those of every day, whatever the weights."""
    measured = measure(weeks(STEADY), now_day=NOW)
    assert measured.messages_per_person_per_day == pytest.approx(5.0)
    assert measured.replies_per_person_per_day == pytest.approx(2.0)
    assert measured.reciprocity == pytest.approx(2 / 3)
    assert measured.days == 28
    assert measured.blended_with(10.0) == pytest.approx(5.5, abs=0.05)


def test_a_day_counts_half_as_much_a_week_later() -> None:
    """Of a day with five messages and one with two a week later, the younger weighs twice as much."""
    old, young = STEADY, Traffic(incoming=200, person_hours=2400)
    days = [DayOfTraffic(20_010, {0: old}), DayOfTraffic(20_017, {0: young}), DayOfTraffic(20_003, {0: old})]
    assert measure(days, now_day=20_018).messages_per_person_per_day == pytest.approx((2 + 5 / 2 + 5 / 4) / 1.75)


def test_what_is_four_weeks_old_is_forgotten() -> None:
    """The oldest day counts only for the part that is still inside the window."""
    day = [DayOfTraffic(20_000, {0: STEADY})]
    assert measure(day, now_day=20_028.0).person_days == pytest.approx(100 * 0.5 ** (27.5 / 7))
    assert measure(day, now_day=20_028.5).person_days == pytest.approx(50 * 0.5 ** (27.75 / 7))
    assert measure(day, now_day=20_029.0).person_days == 0


def test_today_counts_as_far_as_it_has_gone() -> None:
    """Half a day of messages over half a day of people gives the same figure as a whole day."""
    half = Traffic(incoming=100, outgoing=150, person_hours=1200)
    measured = measure([*weeks(STEADY), DayOfTraffic(20_028, {0: half})], now_day=NOW + 0.5)
    assert measured.messages_per_person_per_day == pytest.approx(5.0)
    assert measured.days == 28  # half of the first day has left, half of the last has come


@pytest.mark.parametrize(
    ("people", "days"), [(5, 28), (1000, 2), (1, 28), (0, 28)], ids=["few", "two days", "one", "nobody"]
)
def test_too_little_is_no_measurement(people: int, days: int) -> None:
    """Below fifty person-days, or with at most two days, the guess is used."""
    traffic = Traffic(incoming=people * 100, outgoing=people * 100, person_hours=people * 24)
    measured = measure(weeks(traffic, days=days), now_day=NOW)
    assert measured.messages_per_person_per_day is None
    assert measured.blended_with(10.0) == 10.0


def test_a_measurement_is_believed_by_its_days_and_its_people() -> None:
    """After a week and a hundred person-days beyond the minimum, the measurement weighs as much as the guess."""
    even = Measured(messages_per_person_per_day=4.0, person_days=MIN_PERSON_DAYS + GUESS_PERSON_DAYS, days=7.0)
    assert even.blended_with(10.0) == pytest.approx(7.0)
    halfway = Measured(messages_per_person_per_day=4.0, person_days=MIN_PERSON_DAYS + GUESS_PERSON_DAYS, days=4.5)
    assert halfway.blended_with(10.0) == pytest.approx(8.5)


def test_a_line_without_reported_texts_says_nothing_about_its_people() -> None:
    """Its person-days are left out, day by day, because the webhooks may not have reported its texts."""
    deaf = Traffic(person_hours=240_000)
    days = [DayOfTraffic(day.day, {**day.lines, 1: deaf}) for day in weeks(STEADY)]
    assert measure(days, now_day=NOW) == measure(weeks(STEADY), now_day=NOW)
    assert measure(weeks(deaf), now_day=NOW).messages_per_person_per_day is None


def test_two_lines_weigh_by_their_people() -> None:
    """The pool's figure is that of its people, not of its lines."""
    quiet = Traffic(incoming=300, person_hours=300 * 24)
    days = [DayOfTraffic(day.day, {**day.lines, 1: quiet}) for day in weeks(STEADY)]
    assert measure(days, now_day=NOW).messages_per_person_per_day == pytest.approx((500 + 300) / 400)


@pytest.mark.parametrize(
    ("confirmed", "expired", "low", "high"),
    [
        (0, 0, 1000, 1000),
        (0, 5000, 1000, 1000),  # no text ever arrived
        (1, 1, 970, 980),
        (2000, 0, 1000, 1000),
        (2000, 2000, 500, 520),
        (500, 50_000, MIN_CONVERSION_PERMILLE, MIN_CONVERSION_PERMILLE),
    ],
)
def test_reservations_count_by_what_becomes_of_them(confirmed: int, expired: int, low: int, high: int) -> None:
    """All of them count until texts arrive, then more and more the measured share, and never less than a fifth."""
    measured = measure(weeks(Traffic(confirmed=confirmed, expired=expired), days=1), now_day=NOW)
    assert low <= measured.conversion_permille <= high


def test_a_stored_measurement_is_renewed_when_it_would_matter() -> None:
    """A measurement is stored again when the blended figure or the conversion changes by more than a hundredth."""
    stored = Measured(messages_per_person_per_day=5.0, person_days=1e9, days=28.0, conversion_permille=800)

    def like(messages: float, conversion: int = 800) -> Measured:
        return Measured(
            messages_per_person_per_day=messages, person_days=1e9, days=28.0, conversion_permille=conversion
        )

    assert not like(5.0).differs_from(stored, 10.0)
    assert not like(5.04, 809).differs_from(stored, 10.0)
    assert like(5.06).differs_from(stored, 10.0)
    assert like(4.94).differs_from(stored, 10.0)
    assert like(5.0, 789).differs_from(stored, 10.0)
    assert not NOTHING_MEASURED.differs_from(NOTHING_MEASURED, 10.0)


def test_a_usual_day_is_the_decayed_mean() -> None:
    """For a steady line it is any of its days; for one that joined a week ago, a day of that week."""
    assert per_day(weeks(STEADY), 0, now_day=NOW).incoming == pytest.approx(200)
    young = [*weeks(Traffic(), days=21, until=int(NOW) - 7), *weeks(STEADY, days=7)]
    assert per_day(young, 0, now_day=NOW, since_day=NOW - 7).new == pytest.approx(10)
    assert per_day(young, 0, now_day=NOW).new == pytest.approx(10 * 8 / 15)
    assert per_day(weeks(STEADY), 1, now_day=NOW) == Traffic()


def test_an_hour_is_not_a_usual_day() -> None:
    """A line that joined an hour ago does not count for 24 times as much a day."""
    days = [DayOfTraffic(20_028, {0: Traffic(new=5)})]
    assert per_day(days, 0, now_day=NOW + 1 / 24, since_day=NOW).new == pytest.approx(5, rel=0.01)
