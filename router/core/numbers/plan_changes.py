"""Countries that changed their numbers, or write the same mobile in two ways.

Only changes that turn each old number into exactly one new number are listed. Landlines are left out, because nobody
texts from one. To add a country, give its rule with its date and source, and a pair to tests/unit/test_spellings.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """One change of how the mobiles of a country are written.

    Attributes:
        since: the date from which the new spelling is right; empty where both are in use.
        source: who published the rule.
        old, new: patterns of the digits after the country code.
        to_new, to_old: templates that make the one out of a match of the other.
    """

    country_code: str
    since: str
    source: str
    old: str
    new: str
    to_new: str
    to_old: str


def _prefixes(
    country_code: str, since: str, source: str, prefixes: Mapping[str, str], digits: int
) -> Iterator[PlanChange]:
    """Yield a change for each prefix that became another, before a number of digits that stayed."""
    for old, new in prefixes.items():
        yield PlanChange(
            country_code=country_code,
            since=since,
            source=source,
            old=rf"{old}(\d{{{digits}}})",
            to_new=rf"{new}\g<1>",
            new=rf"{new}(\d{{{digits}}})",
            to_old=rf"{old}\g<1>",
        )


def _operator(prefix: str, second_digits: str) -> PlanChange:
    """Return the change for one operator of Ivory Coast: the second digit of an old number says whose it was."""
    kept = rf"([04-9][{second_digits}]\d{{6}})"
    return PlanChange(
        country_code="225",
        since="2021-01-31",
        source="ARTCI",
        old=kept,
        to_new=rf"{prefix}\g<1>",
        new=prefix + kept,
        to_old=r"\1",
    )


_GABON: Final = {"02": "62", "05": "65", "06": "66", "04": "74", "07": "77"}
_VIETTEL: Final = {f"16{digit}": f"3{digit}" for digit in range(2, 10)}
_MOBIFONE: Final = {"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"}
_VINAPHONE: Final = {"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"}
_OTHERS: Final = {"186": "56", "188": "58", "199": "59"}
_VIETNAM: Final = _VIETTEL | _MOBIFONE | _VINAPHONE | _OTHERS

PLAN_CHANGES: Final[tuple[PlanChange, ...]] = (
    # Mexico: the 1 of mobiles is gone. Carriers and messaging apps still write it.
    PlanChange(
        country_code="52",
        since="2019-08-03",
        source="IFT, Plan Técnico Fundamental de Numeración",
        old=r"1(\d{10})",
        to_new=r"\1",
        new=r"(\d{10})",
        to_old=r"1\1",
    ),
    # Argentina: mobiles have a 9 when they are written for abroad, and none at home.
    PlanChange(
        country_code="54",
        since="",
        source="ENACOM; phonenumbers",
        old=r"([1-3]\d{9})",
        to_new=r"9\1",
        new=r"9([1-3]\d{9})",
        to_old=r"\1",
    ),
    # Brazil: every mobile has nine digits. Some carriers and apps leave the first out. 7 was Nextel's, and stayed.
    PlanChange(
        country_code="55",
        since="2016-11-06",
        source="Anatel, Resolução 553/2010",
        old=r"([1-9][1-9])([689]\d{7})",
        to_new=r"\g<1>9\2",
        new=r"([1-9][1-9])9([689]\d{7})",
        to_old=r"\1\2",
    ),
    PlanChange(
        country_code="229",
        since="2024-11-30",
        source="ARCEP Bénin",
        old=r"([2-9]\d{7})",
        to_new=r"01\1",
        new=r"01([2-9]\d{7})",
        to_old=r"\1",
    ),
    PlanChange(
        country_code="237",
        since="2014-11-21",
        source="ART Cameroun",
        old=r"([5-9]\d{7})",
        to_new=r"6\1",
        new=r"6([5-9]\d{7})",
        to_old=r"\1",
    ),
    _operator("01", "1-3"),
    _operator("05", "4-6"),
    _operator("07", "7-9"),
    *_prefixes("241", "2019-11-15", "ARCEP Gabon", _GABON, digits=6),
    *_prefixes("84", "2018-09-15", "Vietnam's Ministry of Information, plan 798", _VIETNAM, digits=7),
)
