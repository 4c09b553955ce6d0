"""People are prompted at decent hours, by their own clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.campaigns.number_zones import zones_of
from router.core.campaigns.quiet_hours import may_prompt_at_ms

NINE, EIGHT_PM = time(9), time(20)
LONDON, NEW_YORK, TOKYO = "+442079460000", "+12125550142", "+81352221111"
KAZAKHSTAN, TOLL_FREE, NOBODYS = "+77172701999", "+18002345678", "+999123456789"


def at(text: str) -> int:
    """Return a moment of UTC in ms."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def format_ms(ms: int) -> str:
    """Format a moment."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("phone", "now", "expected"),
    [
        (LONDON, "2027-01-15 08:59", "2027-01-15 09:00"),
        (LONDON, "2027-01-15 09:00", "2027-01-15 09:00"),
        (LONDON, "2027-01-15 19:59", "2027-01-15 19:59"),
        (LONDON, "2027-01-15 20:00", "2027-01-16 09:00"),
        (LONDON, "2027-07-15 08:00", "2027-07-15 08:00"),
        (NEW_YORK, "2027-01-15 09:00", "2027-01-15 14:00"),
        (NEW_YORK, "2027-07-15 09:00", "2027-07-15 13:00"),
        (NEW_YORK, "2027-03-14 02:00", "2027-03-14 13:00"),  # the night when clocks go forward there
        (TOKYO, "2027-01-15 12:00", "2027-01-16 00:00"),
        (None, "2027-01-15 05:00", "2027-01-15 08:00"),
        (NOBODYS, "2027-01-15 05:00", "2027-01-15 08:00"),
        ("no number", "2027-01-15 05:00", "2027-01-15 08:00"),
    ],
)
def test_a_prompt_waits_for_the_morning(phone: str | None, now: str, expected: str) -> None:
    """Nine to eight by the number's own clock, or by the pool's, here that of Paris, if the number has no zone."""
    moment = may_prompt_at_ms(phone, now_ms=at(now), opens=NINE, closes=EIGHT_PM, fallback="Europe/Paris")
    assert format_ms(moment) == expected


@pytest.mark.parametrize(
    ("opens", "closes", "now", "expected"),
    [
        (time(0), time(0), "2027-01-15 03:00", "2027-01-15 03:00"),
        (time(22), time(6), "2027-01-15 03:00", "2027-01-15 03:00"),
        (time(22), time(6), "2027-01-15 12:00", "2027-01-15 22:00"),
        (time(9, 1), time(9, 10), "2027-01-15 09:00", "2027-01-15 09:01"),
        (time(9, 1), time(9, 10), "2027-01-15 09:10", "2027-01-16 09:01"),
    ],
)
def test_the_pool_says_which_hours_are_decent(opens: time, closes: time, now: str, expected: str) -> None:
    """The hours may be the whole day, over midnight, or nine minutes."""
    assert format_ms(may_prompt_at_ms(LONDON, now_ms=at(now), opens=opens, closes=closes)) == expected


def test_it_must_be_a_decent_hour_in_every_zone_a_number_may_be_in() -> None:
    """A number of the whole of North America may be anywhere between Newfoundland and the Pacific."""
    zones = zones_of(TOLL_FREE, "UTC")
    assert len(zones) > 5
    moment = may_prompt_at_ms(TOLL_FREE, now_ms=at("2027-01-15 03:00"), opens=NINE, closes=EIGHT_PM)
    assert all(NINE <= local_time(moment, zone) < EIGHT_PM for zone in zones)


def test_where_no_hour_is_decent_everywhere_the_likeliest_zone_decides() -> None:
    """Where half an hour a day is decent, no two zones share it. Most people live in the first."""
    zones = zones_of(TOLL_FREE, "UTC")
    moment = may_prompt_at_ms(TOLL_FREE, now_ms=at("2027-01-15 03:00"), opens=NINE, closes=time(9, 30))
    assert local_time(moment, zones[0]) == NINE


def test_a_zone_nobody_knows_holds_nobody_back() -> None:
    """Settings refuse such a zone; if the machine's tables lack one, prompts are still sent."""
    now_ms = at("2027-01-15 03:00")
    assert may_prompt_at_ms(None, now_ms=now_ms, opens=NINE, closes=EIGHT_PM, fallback="Mars/Olympus") == now_ms


def local_time(ms: int, zone: str) -> time:
    """Return the time of day in a zone."""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).time()


@given(
    st.sampled_from([LONDON, NEW_YORK, TOKYO, KAZAKHSTAN, None]),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - of UTC, by the test
    st.times(),
    st.times(),
)
def test_the_moment_is_decent_and_soon(phone: str | None, now: datetime, opens: time, closes: time) -> None:
    """The moment is never in the past, and within two days; no earlier minute is decent, unless clocks change."""
    opens, closes = opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)
    now_ms = at(str(now.replace(microsecond=0)))
    moment = may_prompt_at_ms(phone, now_ms=now_ms, opens=opens, closes=closes)
    zones = zones_of(phone, "UTC")
    assert now_ms <= moment <= now_ms + timedelta(days=2) / timedelta(milliseconds=1)
    if opens == closes:
        assert moment == now_ms
        return
    assert all(is_decent(moment, zone, opens, closes) for zone in zones)
    if moment > now_ms and all(offset(now_ms, zone) == offset(moment, zone) for zone in zones):
        assert not all(is_decent(moment - 60_000, zone, opens, closes) for zone in zones)
        assert not all(is_decent(now_ms, zone, opens, closes) for zone in zones)


def offset(ms: int, zone: str) -> timedelta | None:
    """Return how far a zone's clock is from UTC."""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).utcoffset()


def is_decent(ms: int, zone: str, opens: time, closes: time) -> bool:
    """Return whether a moment lies in the hours of a zone."""
    local = local_time(ms, zone)
    return opens <= local < closes if opens < closes else local >= opens or local < closes
