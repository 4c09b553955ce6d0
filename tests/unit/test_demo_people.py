"""The demo's people and their phones: repeatable, with numbers of no real person, and links read as phones do."""

from collections import Counter

import pytest

from router.core.line import Service
from router.core.links.deeplink import make_deeplinks
from router.core.phone import E164, parse_e164
from router.demo.people.person import MOST_PEOPLE, FirstText, make_person
from router.demo.people.phone import read_sms_link
from router.sandbox.world import World

LINE = E164("+12025550103")


def test_a_seed_makes_the_same_people() -> None:
    """The same seed gives the same people and the same behaviour; another seed gives others."""
    assert make_person(1, 5) == make_person(1, 5)
    assert make_person(1, 5) != make_person(2, 5)


def test_everybody_has_a_number_that_belongs_to_nobody() -> None:
    """Numbers run from 555-0100 to 555-0199; each is used once, and none belongs to a line of the sandbox."""
    numbers = {make_person(1, index).number for index in range(0, MOST_PEOPLE, 7)}
    assert len(numbers) == len(range(0, MOST_PEOPLE, 7))
    for number in numbers:
        parse_e164(number)
        assert number[5:10] == "55501"
    world = World(new_id=str, rng=None)  # type: ignore[arg-type]  # it needs neither to name a number
    assert world.next_number() not in {make_person(1, index).number for index in range(2000)}


def test_haste_shortens_what_people_take() -> None:
    """Ten times the speed takes a tenth of the time; people's actions stay the same."""
    calm, hasty = make_person(1, 5), make_person(1, 5, haste=10)
    assert hasty.thinks_s == pytest.approx(calm.thinks_s / 10)
    assert (hasty.number, hasty.first_text) == (calm.number, calm.first_text)


def test_most_people_text_and_some_do_not() -> None:
    """About 85 of a hundred people text, a few of them without the code."""
    texts = Counter(make_person(3, index).first_text for index in range(2000))
    assert 0.80 < 1 - texts[FirstText.NEVER] / 2000 < 0.90
    assert texts[FirstText.WITHOUT_CODE] > 20


@pytest.mark.parametrize("first_text", [FirstText.AS_WRITTEN, FirstText.OWN_WORDS, FirstText.WITHOUT_CODE])
def test_what_becomes_of_the_code(first_text: FirstText) -> None:
    """The code stays in the text as written and in people's own words; some people delete it."""
    person = next(one for index in range(500) if (one := make_person(4, index)).first_text is first_text)
    sent = person.words_for("Hi Acme! K7M4QX")
    assert ("K7M4QX" in sent) is (first_text is not FirstText.WITHOUT_CODE)
    assert (sent == "Hi Acme! K7M4QX") is (first_text is FirstText.AS_WRITTEN)


def test_every_spelling_of_a_link_is_read() -> None:
    """The links for iPhones, for Android and for every other device lead to the same number and text."""
    links = make_deeplinks(LINE, "Hi Acme & co! K7M4QX", Service.IMESSAGE)
    for link in (links.ios, links.android, links.generic):
        assert read_sms_link(link) == (LINE, "Hi Acme & co! K7M4QX")
    assert read_sms_link(f"sms:{LINE}") == (LINE, "")
