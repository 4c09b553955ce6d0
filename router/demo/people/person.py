"""Make up a person who comes to the signup page and what they will do; the same seed makes the same person.

The shares are a guess at a good day. Enough of everything happens within a minute to be seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

_Choice = TypeVar("_Choice")

_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
_ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
)
_IPHONES_PERCENT = 60

_OWN_WORDS = ("Hello, is this still on? {code}", "{code} please!", "Hey! My code is {code}, I think")
_WITHOUT_CODE = ("Hi there!", "Hello, I just signed up", "Is this the right number?")
_SECOND_TEXTS = ("Thanks!", "How does it work?", "👍", "Can I call you later?")

# Fictional numbers end in 555-0100 to 555-0199, in every area code but these: lines of the sandbox, premium rate, and
# what can be no area.
_NOT_AREAS = frozenset({202, 900, *range(211, 912, 100), *range(370, 380), *range(960, 970)})
_AREAS = tuple(area for area in range(201, 980) if area not in _NOT_AREAS and area // 10 % 10 != 9)
_NUMBERS_AN_AREA = 100
MOST_PEOPLE = len(_AREAS) * _NUMBERS_AN_AREA


class KnownBy(StrEnum):
    """How the customer's app identifies a person, by the field name of its signups.

    Once a person has texted, their phone is known too. People with an e-mail are prompted there, all others by SMS. The
    phones of people known by the app's own id refuse texts from the customer's number, so they are prompted in the app.
    """

    PHONE = "phone"
    EMAIL = "email"
    USER = "user"


class Heeds(StrEnum):
    """How a person reacts to a prompt: they text the number on their page, only look at it, or ignore the prompt."""

    TEXTS = "texts"
    LOOKS = "looks"
    LEAVES = "leaves"


class FirstText(StrEnum):
    """What a person does with the text that the page wrote for them."""

    AS_WRITTEN = "as_written"
    OWN_WORDS = "own_words"
    WITHOUT_CODE = "without_code"
    NEVER = "never"


_FIRST_TEXTS = {
    FirstText.AS_WRITTEN: 75,
    FirstText.OWN_WORDS: 5,
    FirstText.WITHOUT_CODE: 5,
    FirstText.NEVER: 15,
}
_KNOWN_PERCENT = 30
_KNOWN_BY = {KnownBy.PHONE: 30, KnownBy.EMAIL: 35, KnownBy.USER: 35}
_HEEDS = {Heeds.TEXTS: 75, Heeds.LOOKS: 12, Heeds.LEAVES: 13}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """One person, their phone and what they will do with it.

    Attributes:
        number: of their own phone; it belongs to nobody.
        known_by: what the customer's app signs them up with; None for people who come to the signup page themselves.
        address: that phone, e-mail or id; empty for people who come themselves.
        thinks_s: from the page to the first text.
        comes_back_s, writes_again_s, stops_s: after the step before; None if they do not.
        notices_s: until they notice by themselves that their line was flagged; None if they never look.
        reads_s: from a prompt to their page.
    """

    number: str
    known_by: KnownBy | None
    address: str
    user_agent: str
    first_text: FirstText
    thinks_s: float
    comes_back_s: float | None
    writes_again_s: float | None
    stops_s: float | None
    notices_s: float | None
    reads_s: float
    heeds: Heeds
    own_words: str
    second_text: str

    def words_for(self, prefilled: str) -> str:
        """Return what they send, given what the page wrote; its code is its last word."""
        if self.first_text is FirstText.AS_WRITTEN:
            return prefilled
        return self.own_words.format(code=prefilled.rpartition(" ")[2])


def make_person(seed: int, index: int, *, haste: float = 1.0, is_customer: bool = False) -> DemoPerson:
    """Make up the person of this index.

    Args:
        seed: of the whole demo.
        index: from 0; after MOST_PEOPLE the phone numbers repeat.
        haste: how many times faster than usual they act.
        is_customer: the customer's app knows them; otherwise it knows only some.
    """
    rng = Random(f"{seed}/{index}")  # noqa: S311 - a demo, not a secret
    first_text = _choose(rng, _FIRST_TEXTS)
    by, is_known = _choose(rng, _KNOWN_BY), rng.randrange(100) < _KNOWN_PERCENT
    known_by = by if is_customer or is_known else None

    def perhaps(percent: int, earliest_s: float, latest_s: float) -> float | None:
        moment_s = rng.uniform(earliest_s, latest_s) / haste
        return moment_s if rng.randrange(100) < percent else None

    return DemoPerson(
        number=_number(index),
        known_by=known_by,
        address=_address(index, known_by),
        user_agent=_IPHONE if rng.randrange(100) < _IPHONES_PERCENT else _ANDROID,
        first_text=first_text,
        thinks_s=rng.uniform(1, 6) / haste,
        comes_back_s=perhaps(0 if known_by else 10, 2, 20),
        writes_again_s=perhaps(20, 4, 40),
        stops_s=perhaps(4, 5, 30),
        notices_s=perhaps(10 if known_by else 40, 4, 25),
        reads_s=rng.uniform(1, 8) / haste,
        heeds=_choose(rng, _HEEDS),
        own_words=rng.choice(_WITHOUT_CODE if first_text is FirstText.WITHOUT_CODE else _OWN_WORDS),
        second_text=rng.choice(_SECOND_TEXTS),
    )


def _choose(rng: Random, shares: Mapping[_Choice, int]) -> _Choice:
    return rng.choices(list(shares), list(shares.values()))[0]


def _address(index: int, known_by: KnownBy | None) -> str:
    person = f"person-{index % MOST_PEOPLE}"
    match known_by:
        case KnownBy.PHONE:
            return _number(index)
        case KnownBy.EMAIL:
            return f"{person}@people.example"
        case KnownBy.USER:
            return person
        case None:
            return ""


def _number(index: int) -> str:
    last, area = divmod(index % MOST_PEOPLE, len(_AREAS))
    return f"+1{_AREAS[area]}55501{last:02d}"
