"""Find the time zones that the owner of a phone number may be in, the likeliest first.

The library knows the zones of a prefix. Four things are better known here. Mobile numbers of most countries belong to
no place, so the whole country counts. Some countries are filed under the zone of a neighbour whose clock has changed
since. Of a number of North America that the library cannot place, only the part with roads to each other counts:
without Alaska, Hawaii and the islands, there is an hour that is decent everywhere. And where no hour is decent in all
zones, it matters where most people live.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType
from phonenumbers.timezone import time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

_UNKNOWN_ZONE = "Etc/Unknown"
_NORTH_AMERICA, _RUSSIA_AND_KAZAKHSTAN = 1, 7
_KAZAKHSTAN = ("6", "7")  # how its numbers begin

# From Newfoundland to the Pacific.
CONTIGUOUS_NORTH_AMERICA: Final = (
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Denver",
    "America/Halifax",
    "America/St_Johns",
)
# Yukon, the Northwest Territories and Nunavut share an area code, which the library puts into British Columbia.
_NORTHERN_CANADA = ("America/Yellowknife", "America/Whitehorse", "America/Rankin_Inlet", "America/Iqaluit")
_NORTHERN_AREA_CODE = "867"

# Countries that the library files under a zone that has another clock today. A unit test compares all of them.
_CORRECTED: Final[Mapping[int, tuple[str, ...]]] = {
    211: ("Africa/Juba",),
    212: ("Africa/Casablanca",),
    213: ("Africa/Algiers",),
    218: ("Africa/Tripoli",),
    505: ("America/Managua",),
    970: ("Asia/Gaza",),
}
_CORRECTED_RUSSIA = {"Europe/Bucharest": "Europe/Kaliningrad"}

# Countries whose mobile numbers have the area code of a place.
_MOBILES_HAVE_PLACES = frozenset({52, 54, 55})

# Where most people live, by country code; the other zones of the country come after.
_LIKELIEST: Final[Mapping[int, tuple[str, ...]]] = {
    7: (
        "Europe/Moscow",
        "Asia/Yekaterinburg",
        "Europe/Samara",
        "Asia/Novosibirsk",
        "Asia/Omsk",
        "Asia/Krasnoyarsk",
        "Asia/Irkutsk",
        "Asia/Vladivostok",
        "Asia/Yakutsk",
        "Europe/Kaliningrad",
    ),
    34: ("Europe/Madrid",),
    52: ("America/Mexico_City",),
    55: ("America/Sao_Paulo",),
    61: ("Australia/Sydney", "Australia/Brisbane", "Australia/Perth", "Australia/Adelaide"),
    62: ("Asia/Jakarta", "Asia/Makassar"),
    64: ("Pacific/Auckland",),
    243: ("Africa/Kinshasa",),
    262: ("Indian/Reunion",),
    299: ("America/Godthab",),
    351: ("Europe/Lisbon",),
    593: ("America/Guayaquil",),
    686: ("Pacific/Tarawa",),
    689: ("Pacific/Tahiti",),
    691: ("Pacific/Truk",),
    976: ("Asia/Ulaanbaatar",),
}


@lru_cache(maxsize=65_536)
def zones_of(phone: str | None, fallback: str) -> tuple[str, ...]:
    """Return the time zones a person may be in, the likeliest first; the fallback if their number shows none."""
    try:
        zones = () if phone is None else _zones_of_number(phonenumbers.parse(phone, None))
    except phonenumbers.NumberParseException:
        zones = ()
    return tuple(zone for zone in zones if zone != _UNKNOWN_ZONE) or (fallback,)


def _zones_of_number(number: PhoneNumber) -> tuple[str, ...]:
    country = number.country_code or 0
    if country in _CORRECTED:
        return _CORRECTED[country]
    if country == _NORTH_AMERICA:
        return _in_north_america(number)
    zones = _in_country(number)
    if country == _RUSSIA_AND_KAZAKHSTAN:
        zones = tuple(_CORRECTED_RUSSIA.get(zone, zone) for zone in zones)
    first = [zone for zone in _LIKELIEST.get(country, ()) if zone in zones]
    return (*first, *(zone for zone in zones if zone not in first))


def _in_north_america(number: PhoneNumber) -> tuple[str, ...]:
    if str(number.national_number).startswith(_NORTHERN_AREA_CODE):
        return _NORTHERN_CANADA
    zones = tuple(time_zones_for_geographical_number(number))
    is_placed = zones != _all_of_country(number)
    return zones if is_placed else CONTIGUOUS_NORTH_AMERICA


def _in_country(number: PhoneNumber) -> tuple[str, ...]:
    country, national = number.country_code, str(number.national_number)
    is_of_kazakhstan = country == _RUSSIA_AND_KAZAKHSTAN and national.startswith(_KAZAKHSTAN)
    has_place = phonenumbers.is_number_geographical(number) and (
        country in _MOBILES_HAVE_PLACES or phonenumbers.number_type(number) != PhoneNumberType.MOBILE
    )
    if has_place or is_of_kazakhstan:
        return tuple(time_zones_for_geographical_number(number))
    return _all_of_country(number)


def _all_of_country(number: PhoneNumber) -> tuple[str, ...]:
    return tuple(TIMEZONE_DATA.get(str(number.country_code), ()))
