"""Say whether a number can exist: what the numbering plans allow, and what they may allow since our data was made.

phonenumbers knows the plans as they were at its release. Plans grow: 621 became an area code of Houston in 2025, and no
table knew it. So a number that has the right shape but is not in the tables gets a warning. One that no plan can ever
hold is refused: it is a typing error.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from router.core.numbers.spellings import canonical_spelling, country_code_of, trunk_prefix_of

_CHECKS_CACHED: Final = 4096
# North America writes area code and exchange alike: neither begins with 0 or 1, or ends in 11 like 911. The area codes
# with a 9 in the middle, 37x and 96x are held back for longer numbers. Source: nanpa.com, ATIS-0300051.
_NANP_DIGITS: Final = 10
_AREA_CODE: Final = re.compile(r"(?!.11|.9.|37|96)[2-9]\d\d")
_LOWEST_EXCHANGE: Final = "200"
_SERVICE_ENDING: Final = "11"
# Numbers for films, books and tests, which no table lists. Sources: Ofcom's "numbers for drama use", ARCEP 2018-0881.
_FICTION: Final = re.compile(r"\+447700900\d{3}|\+3363998\d{4}")
_SERVICES: Final = {
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a service number that callers pay for",
    PhoneNumberType.UAN: "a company's service number",
    PhoneNumberType.VOICEMAIL: "a voice mailbox",
}
_TEXTING: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
# A number that becomes a known one by a digit more has lost that digit.
_MISSING_DIGITS: Final = ("0", "5", "00", "55")
_MAX_DIGITS: Final = 15
_SAMPLES: Final = ("5550123", "2345678", "7654321")
_SHOWN_CHARACTERS: Final = 7


class Likelihood(Enum):
    """Whether a number can exist."""

    KNOWN = auto()
    NEWER = auto()
    IMPOSSIBLE = auto()


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """What the plans say about a number, and in words what is wrong or doubtful about it."""

    likelihood: Likelihood
    words: str = ""


_KNOWN: Final = NumberCheck(Likelihood.KNOWN)


@lru_cache(maxsize=_CHECKS_CACHED)
def check_number(number: str) -> NumberCheck:
    """Check a number that is written as strict E.164."""
    country_code = country_code_of(number)
    if country_code is None:
        return _impossible("no country code begins like this")
    national = number[1 + len(country_code) :]
    if country_code == "1":
        return _check_nanp(national)
    trunk = trunk_prefix_of(country_code)
    if canonical_spelling(number) != number and trunk and national.startswith(trunk):
        return _impossible(f"the {trunk} that people dial at home stands after the country code {country_code}")
    return _check_elsewhere(number, country_code)


def is_newer_than_we_know(number: str) -> bool:
    """Whether a number has the right shape, and is in no table."""
    return check_number(number).likelihood is Likelihood.NEWER


def _check_elsewhere(number: str, country_code: str) -> NumberCheck:
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return _impossible(f"it is no number of country code {country_code}")
    if phonenumbers.format_number(parsed, PhoneNumberFormat.E164) != number:
        return _impossible(f"it has digits that are not dialled after the country code {country_code}")
    kind = phonenumbers.number_type(parsed)
    if kind in _SERVICES:
        return _impossible(f"it is {_SERVICES[kind]}, and nobody can text with it")
    return _check_shape(number, parsed) if kind is PhoneNumberType.UNKNOWN else _KNOWN


def _check_nanp(national: str) -> NumberCheck:
    if len(national) != _NANP_DIGITS:
        if national.startswith("1") and len(national) == _NANP_DIGITS + 1:
            return _impossible("the country code 1 is there twice")
        return _impossible(f"it has {len(national)} digits after the country code 1, and 10 are right")
    area = _check_area(national[:3])
    exchange = national[3:6]
    if exchange < _LOWEST_EXCHANGE or exchange.endswith(_SERVICE_ENDING):
        is_area = area.likelihood is not Likelihood.IMPOSSIBLE
        return _impossible(f"{exchange} cannot follow an area code") if is_area else area
    return area


@cache
def _check_area(area: str) -> NumberCheck:
    """Check an area code by its usual numbers; there are 800 at the most, so each is looked up once."""
    if not _AREA_CODE.fullmatch(area):
        return _impossible(f"{area} cannot be an area code")
    samples = [PhoneNumber(1, int(f"{area}{rest}")) for rest in _SAMPLES]
    kinds = {phonenumbers.number_type(sample) for sample in samples}
    for kind in kinds & _SERVICES.keys():
        return _impossible(f"it is {_SERVICES[kind]}, and nobody can text with it")
    is_known = kinds != {PhoneNumberType.UNKNOWN} or _is_of_a_region(area)
    return _KNOWN if is_known else _newer(f"area code {area}")


def _is_of_a_region(area: str) -> bool:
    """Whether some region's table has the area code at all; small islands use few of its exchanges."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]
    return any(
        (metadata := PhoneMetadata.metadata_for_region(region)) is not None
        and metadata.leading_digits is not None
        and re.match(metadata.leading_digits, area) is not None
        for region in regions
    )


def _check_shape(number: str, parsed: PhoneNumber) -> NumberCheck:
    """Check a number that no table has: one of the length that phones have there may be newer than the tables."""
    if _FICTION.fullmatch(number):
        return _KNOWN
    respelled = canonical_spelling(number)
    if respelled != number and _is_known(respelled):
        return _impossible("it is written as before its country changed its numbers")
    is_usual = any(phonenumbers.is_possible_number_for_type(parsed, kind) for kind in _TEXTING)
    if is_usual and not any(_is_known(number + more) for more in _MISSING_DIGITS):
        return _newer(f"what begins with {number[:_SHOWN_CHARACTERS]}")
    country_code, count = parsed.country_code, len(phonenumbers.national_significant_number(parsed))
    return _impossible(
        f"it has {count} digits after the country code {country_code}, and {_usual_lengths(parsed)} are right"
    )


def _is_known(number: str) -> bool:
    if _FICTION.fullmatch(number):
        return True
    return len(number) - 1 <= _MAX_DIGITS and phonenumbers.is_valid_number(phonenumbers.parse(number))


def _usual_lengths(parsed: PhoneNumber) -> str:
    country_code = parsed.country_code or 0
    region = phonenumbers.region_code_for_country_code(country_code)
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(country_code, region)
    kinds = [] if metadata is None else [metadata.mobile, metadata.general_desc]
    lengths = next((kind.possible_length for kind in kinds if kind and min(kind.possible_length, default=0) > 0), ())
    return " or ".join(map(str, lengths)) or "others"


def _impossible(words: str) -> NumberCheck:
    return NumberCheck(Likelihood.IMPOSSIBLE, words)


def _newer(what: str) -> NumberCheck:
    return NumberCheck(
        Likelihood.NEWER,
        f"{what} is in no table we have (phonenumbers {phonenumbers.__version__}); it may be new, or a typing error",
    )
