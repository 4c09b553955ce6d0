"""Where the owner of a number may be, and what their clock says, across the changes of 2026.

The expected offsets were written by hand, from the rules that the governments announced: British Columbia stays at -7
from November 2026, Alberta and the Northwest Territories at -6, Manitoba at -5, Morocco at 0 from September 2026. They
do not come from the library or the zone data.
"""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from importlib import resources

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType
from phonenumbers.timezone import time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

from router.core.campaigns.number_zones import CONTIGUOUS_NORTH_AMERICA, zones_of
from router.core.campaigns.quiet_hours import may_prompt_at_ms, zone_named
from router.settings.zone_data import PACKAGE, use_newest

OPENS, CLOSES = time(9), time(20)
JANUARY, JULY, DECEMBER = (datetime(2026, month, 14, tzinfo=UTC) for month in (1, 7, 12))
# fmt: off
TERRITORIES = [
    "242", "246", "264", "268", "284", "340", "345", "441", "473", "649", "658", "664", "670", "671",
    "684", "721", "758", "767", "784", "787", "809", "829", "849", "868", "869", "876", "939",
]
# fmt: on


@pytest.fixture(scope="module", autouse=True)
def newest_zones() -> Iterator[None]:
    """Read the newest data, as the gateway does, and forget what was read before."""
    before = zoneinfo.TZPATH
    use_newest()
    zone_named.cache_clear()
    yield
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()
    zone_named.cache_clear()


# The clock that opens last, which is the westernmost, and the one that closes first, in January, July and December.
TABLE = {
    # provinces and countries that changed for good in 2026
    "+16045550101": ((-8, -7, -7), None),  # British Columbia
    "+12505550101": ((-8, -7, -7), None),
    "+17785550101": ((-8, -7, -7), None),
    "+14035550101": ((-7, -6, -6), None),  # Alberta
    "+17805550101": ((-7, -6, -6), None),
    "+12045550101": ((-6, -5, -5), None),  # Manitoba
    "+14315550101": ((-6, -5, -5), None),
    "+18675550101": ((-7, -7, -7), (-5, -4, -5)),  # Yukon to Nunavut
    "+212612345678": ((1, 1, 0), None),  # Morocco
    "+212522123456": ((1, 1, 0), None),
    # North America
    "+13065550101": ((-6, -6, -6), None),  # Saskatchewan has one time all year
    "+15065550101": ((-4, -3, -4), None),
    "+17095550101": ((-4, -3, -4), (-3.5, -2.5, -3.5)),  # Labrador and Newfoundland
    "+14165550101": ((-5, -4, -5), None),
    "+12125550142": ((-5, -4, -5), None),
    "+13125550142": ((-6, -5, -6), None),
    "+17135550142": ((-6, -5, -6), None),
    "+13035550142": ((-7, -6, -7), None),
    "+16025550142": ((-7, -7, -7), None),  # Arizona
    "+12135550142": ((-8, -7, -8), None),
    "+19075550142": ((-10, -9, -10), (-9, -8, -9)),  # Alaska with the Aleutians
    "+18085550142": ((-10, -10, -10), None),
    "+16212345678": ((-8, -7, -8), (-3.5, -2.5, -3.5)),  # an area code younger than the library
    "+16792345678": ((-8, -7, -8), (-3.5, -2.5, -3.5)),
    "+18612345678": ((-8, -7, -8), (-3.5, -2.5, -3.5)),
    "+14362345678": ((-8, -7, -8), (-3.5, -2.5, -3.5)),
    "+18002345678": ((-8, -7, -8), (-3.5, -2.5, -3.5)),  # toll-free
    "+18332345678": ((-8, -7, -8), (-3.5, -2.5, -3.5)),
    "+15005550101": ((-8, -7, -8), (-3.5, -2.5, -3.5)),
    # mobiles of the islands
    "+14413701234": ((-4, -3, -4), None),  # Bermuda
    "+12423591234": ((-5, -4, -5), None),  # Bahamas
    "+12684641234": ((-4, -4, -4), None),
    "+12642351234": ((-4, -4, -4), None),
    "+12462501234": ((-4, -4, -4), None),
    "+13453231234": ((-5, -5, -5), None),  # Cayman Islands
    "+18762101234": ((-5, -5, -5), None),
    "+16585550101": ((-5, -5, -5), None),
    "+16492311234": ((-5, -4, -5), None),
    "+18682911234": ((-4, -4, -4), None),
    "+17872345678": ((-4, -4, -4), None),
    "+18092345678": ((-4, -4, -4), None),
    "+16713001234": ((10, 10, 10), None),  # Guam
    "+16847331234": ((-11, -11, -11), None),
    # countries of many zones
    "+79161234567": ((2, 2, 2), (12, 12, 12)),  # a Russian mobile: Kaliningrad to Kamchatka
    "+79131234567": ((2, 2, 2), (12, 12, 12)),
    "+74012123456": ((2, 2, 2), None),  # Kaliningrad has no summer time
    "+74951234567": ((3, 3, 3), None),
    "+73832123456": ((7, 7, 7), None),
    "+77011234567": ((5, 5, 5), None),  # Kazakhstan
    "+61412345678": ((6.5, 6.5, 6.5), (11, 10.5, 11)),  # an Australian mobile, the islands too
    "+61292345678": ((11, 10, 11), None),
    "+6281234567890": ((7, 7, 7), (9, 9, 9)),  # an Indonesian mobile
    "+62967123456": ((9, 9, 9), None),
    "+5511912345678": ((-3, -3, -3), None),
    "+5592912345678": ((-4, -4, -4), None),
    "+525512345678": ((-6, -6, -6), None),
    "+526641234567": ((-8, -7, -8), None),
    "+34600123456": ((0, 1, 0), (1, 2, 1)),  # Spain with the Canaries
    "+351912345678": ((-1, 0, -1), (0, 1, 0)),
    "+642123456789": ((13, 12, 13), (13.75, 12.75, 13.75)),
    # countries that the library files under a neighbour
    "+213551234567": ((1, 1, 1), None),
    "+218912345678": ((2, 2, 2), None),
    "+50581234567": ((-6, -6, -6), None),
    "+211977123456": ((2, 2, 2), None),
    "+970599123456": ((2, 3, 2), None),
    # one zone
    "+447700900123": ((0, 1, 0), None),
    "+4915112345678": ((1, 2, 1), None),
    "+819012345678": ((9, 9, 9), None),
    "+919812345678": ((5.5, 5.5, 5.5), None),
    "+9779812345678": ((5.75, 5.75, 5.75), None),
    "+201001234567": ((2, 3, 2), None),
    "+5491112345678": ((-3, -3, -3), None),
    "+56961234567": ((-3, -4, -3), None),
}


@pytest.mark.parametrize(("phone", "offsets"), TABLE.items(), ids=str)
def test_prompts_wait_for_nine_and_end_at_eight(
    phone: str, offsets: tuple[tuple[float, float, float], tuple[float, float, float] | None]
) -> None:
    """They open at nine by the last clock, and are closed at eight by the first, before and after each change."""
    western, eastern = offsets
    for day, west, east in zip((JANUARY, JULY, DECEMBER), western, eastern or western, strict=True):
        opening = day + timedelta(hours=9 - west)
        closing = day + timedelta(hours=20 - east)
        assert next_moment(phone, opening) == opening
        assert next_moment(phone, opening - timedelta(minutes=1)) == opening
        assert next_moment(phone, closing - timedelta(minutes=1)) == closing - timedelta(minutes=1)
        assert next_moment(phone, closing) > closing + timedelta(hours=11)


def next_moment(phone: str, now: datetime) -> datetime:
    """Return when a person may be prompted, with the default hours; the pool is in Kiribati, 14 hours ahead."""
    now_ms = int(now.timestamp() * 1000)
    may_ms = may_prompt_at_ms(phone, now_ms=now_ms, opens=OPENS, closes=CLOSES, fallback="Pacific/Kiritimati")
    return datetime.fromtimestamp(may_ms / 1000, UTC)


@pytest.mark.parametrize("zone", sorted({zone for zones in TIMEZONE_DATA.values() for zone in zones}))
def test_every_zone_of_the_library_has_hours(zone: str) -> None:
    """Each resolves, and its morning is found."""
    assert zone_named(zone) is not None
    now = datetime(2026, 12, 1, tzinfo=UTC)
    may_ms = may_prompt_at_ms(None, now_ms=int(now.timestamp() * 1000), opens=OPENS, closes=CLOSES, fallback=zone)
    local = datetime.fromtimestamp(may_ms / 1000, zoneinfo.ZoneInfo(zone))
    assert OPENS <= local.time() < CLOSES


@pytest.mark.parametrize("area_code", TERRITORIES)
def test_a_territory_of_north_america_has_one_clock(area_code: str) -> None:
    """Whatever comes after the area code: a mobile number too."""
    for subscriber in ("2345678", "9991234", "7701234", "5550101"):
        zones = zones_of(f"+1{area_code}{subscriber}", "UTC")
        assert len(zones) == 1
        assert zones[0] not in CONTIGUOUS_NORTH_AMERICA


@pytest.mark.parametrize("phone", ["+870773111632", "+8821612345678", "+883510000000", "+80012345678", "+999123", "x"])
def test_a_number_of_no_place_has_the_pool_s_clock(phone: str) -> None:
    """Satellites, international freephone and what is no number."""
    assert zones_of(phone, "Europe/Berlin") == ("Europe/Berlin",)


def test_where_all_zones_share_no_hour_the_likely_ones_decide() -> None:
    """From eleven to six, Kaliningrad and Kamchatka share nothing. Nobody in Moscow or the Urals is woken."""
    now = datetime(2026, 12, 1, 20, tzinfo=UTC)
    may_ms = may_prompt_at_ms(
        "+79161234567", now_ms=int(now.timestamp() * 1000), opens=time(11), closes=time(18), fallback="UTC"
    )
    moment = datetime.fromtimestamp(may_ms / 1000, UTC)
    for zone in ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"):
        assert time(11) <= moment.astimezone(zoneinfo.ZoneInfo(zone)).time() < time(18)


def test_no_country_has_the_clock_of_a_neighbour() -> None:
    """Each zone we use for a country keeps the time of one of its own, by IANA's table of countries."""
    days = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=5 * count) for count in range(146)]

    def clock(zone: str) -> tuple[timedelta | None, ...]:
        return tuple(day.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() for day in days)

    own: dict[str, set[tuple[timedelta | None, ...]]] = {}
    for row in (resources.files("tzdata") / "zoneinfo/zone.tab").read_text(encoding="utf-8").splitlines():
        if not row.startswith("#"):
            country, _, zone, *_ = row.split("\t")
            own.setdefault(country, set()).add(clock(zone))
    foreign = []
    for region in phonenumbers.SUPPORTED_REGIONS & own.keys():
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is not None:
                zones = zones_of(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164), "UTC")
                if not any(clock(zone) in own[region] for zone in zones):
                    foreign.append((region, zones))
    assert foreign == []


def test_the_library_still_knows_russia_s_west_by_another_name() -> None:
    """If this fails, the library has learned of Kaliningrad, and our correction can go."""
    assert time_zones_for_geographical_number(phonenumbers.parse("+74012123456")) == ("Europe/Bucharest",)


def test_the_newest_data_is_read() -> None:
    """The package is at least of 2026, so a system of before then is not used."""
    newest = use_newest()
    assert newest.version >= "2026f"
    assert (newest.place == PACKAGE) == (zoneinfo.TZPATH == ())
