"""Write one person's number in one way, and know the other ways in which it was or is written.

A trunk zero after the country code is cut: `+44 (0)7700 900123`. Where a country changed its numbers, or writes its
mobiles in two ways, `plan_changes` leads from one spelling to the other.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat

from router.core.numbers.plan_changes import PLAN_CHANGES
from router.core.phone import is_e164

_NORTH_AMERICA: Final = "+1"
_MAX_DIGITS: Final = 15
_ARGENTINA: Final = "54"
_SPELLINGS_CACHED: Final = 4096


def canonical_spelling(number: str) -> str:
    """Return the one spelling under which a person with this number is known; what is no number stays as it is."""
    return number if number.startswith(_NORTH_AMERICA) else _respell(number)


@lru_cache(maxsize=_SPELLINGS_CACHED)
def _respell(number: str) -> str:
    if not is_e164(number):
        return number
    country_code = country_code_of(number)
    if country_code is None:
        return number
    number = _without_trunk(number, country_code)
    national = number[1 + len(country_code) :]
    for change in PLAN_CHANGES:
        if change.country_code == country_code and (found := re.fullmatch(change.old, national)):
            return f"+{country_code}{found.expand(change.to_new)}"
    return number


def spellings(number: str) -> tuple[str, ...]:
    """Return the canonical spelling, then the others by which an earlier release may have stored this person."""
    return (number,) if number.startswith(_NORTH_AMERICA) else _all_spellings(number)


@lru_cache(maxsize=_SPELLINGS_CACHED)
def _all_spellings(number: str) -> tuple[str, ...]:
    first = canonical_spelling(number)
    if not is_e164(first):
        return (first,)
    return tuple(dict.fromkeys([first, *_older(first), number]))


def country_code_of(number: str) -> str | None:
    """Return the country code that a number begins with, or None."""
    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return next((number[1:end] for end in (2, 3, 4) if int(number[1:end]) in known), None)


def _older(number: str) -> Iterator[str]:
    country_code = country_code_of(number)
    if country_code is None:
        return
    national = number[1 + len(country_code) :]
    for change in PLAN_CHANGES:
        if change.country_code == country_code and (found := re.fullmatch(change.new, national)):
            yield f"+{country_code}{found.expand(change.to_old)}"
    trunk = trunk_prefix_of(country_code)
    if trunk and len(country_code + trunk + national) <= _MAX_DIGITS:
        yield f"+{country_code}{trunk}{national}"


@cache
def trunk_prefix_of(country_code: str) -> str:
    """Return what people dial before a national number at home, such as 0; empty where there is nothing."""
    region = phonenumbers.region_code_for_country_code(int(country_code))
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(int(country_code), region)
    return "" if metadata is None else metadata.national_prefix or ""


def _without_trunk(number: str, country_code: str) -> str:
    trunk = trunk_prefix_of(country_code)
    if not trunk or not (number.startswith(trunk, 1 + len(country_code)) or country_code == _ARGENTINA):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    is_likely = phonenumbers.is_possible_number(parsed)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if is_likely else number
