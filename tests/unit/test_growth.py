"""When room will be used up, with an interval from how much the days differ."""

import pytest

from router.core.capacity.growth import DaysUntil, Growth, days_until_full, measure_growth
from router.core.capacity.traffic import DayOfTraffic, Traffic

TODAY = 20_000


def days(*counts: float) -> list[DayOfTraffic]:
    """Return whole days before today, oldest first, with that many new people."""
    first = TODAY - len(counts)
    return [DayOfTraffic(first + index, {0: Traffic(new=count)}) for index, count in enumerate(counts)]


def growth(*counts: float, conversion_permille: int = 1000, since_day: float = 0) -> Growth:
    """Measure these days."""
    return measure_growth(
        days(*counts),
        per_day=sum(counts) / len(counts),
        conversion_permille=conversion_permille,
        now_day=TODAY,
        since_day=since_day,
    )


def test_even_days_leave_no_doubt() -> None:
    """If every day brings the same, the interval is a point."""
    assert days_until_full(100, growth(10, 10, 10, 10, 10)) == DaysUntil(10.0, 10.0, 10.0)


def test_days_that_differ_widen_the_interval() -> None:
    """The more they differ, the wider; the expected day stays where it is."""
    calm, wild = days_until_full(100, growth(9, 11, 10, 9, 11)), days_until_full(100, growth(2, 18, 10, 4, 16))
    assert calm.expected == wild.expected == 10.0
    assert calm.earliest is not None
    assert wild.earliest is not None
    assert calm.latest is not None
    assert wild.earliest < calm.earliest < 10 < calm.latest
    assert wild.may_never or (wild.latest is not None and wild.latest > calm.latest)


def test_so_wild_days_may_never_fill_it() -> None:
    """Where the mean itself could be nothing, there is no latest day."""
    until = days_until_full(100, growth(0, 0, 40))
    assert until.may_never
    assert until.latest is None
    assert until.earliest is not None
    assert 0 < until.earliest < 100 / 13


@pytest.mark.parametrize("counts", [(10,), (10, 12)])
def test_two_days_give_no_interval(counts: tuple[float, ...]) -> None:
    """The expected day is there, its interval is not."""
    until = days_until_full(110, growth(*counts))
    assert until.expected == pytest.approx(110 / (sum(counts) / len(counts)))
    assert (until.earliest, until.latest, until.may_never) == (None, None, False)


@pytest.mark.parametrize("room", [0, -5])
def test_without_room_it_is_full_now(room: int) -> None:
    """Whatever comes."""
    assert days_until_full(room, growth(1, 2, 3)) == DaysUntil(0.0, 0.0, 0.0)


def test_without_growth_there_is_no_day() -> None:
    """Nobody comes, or people only leave."""
    assert days_until_full(10, Growth(per_day=0.0, deviation=1.0, days=9.0)) == DaysUntil(None)


def test_days_before_the_first_line_and_today_do_not_count() -> None:
    """An empty week before the pool existed is no sign of wild days."""
    early = growth(0, 0, 0, 0, 10, 10, 10, since_day=TODAY - 3)
    assert early.deviation == pytest.approx(0, abs=1e-9)
    assert early.days == pytest.approx(3, abs=0.1)


def test_only_those_who_stay_count() -> None:
    """Half of the reservations become texts: half the growth, half its deviation."""
    whole, half = growth(4, 8, 6), growth(4, 8, 6, conversion_permille=500)
    assert half.per_day == whole.per_day / 2
    assert whole.deviation is not None
    assert half.deviation == pytest.approx(whole.deviation / 2)
