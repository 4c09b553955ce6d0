"""Codes and requests to stop can be searched for in everything that people write."""

from hypothesis import example, given
from hypothesis import strategies as st

from router.core.code import ALPHABET, CODE_LENGTH, codes_in, parse_code
from router.core.people.opt_out import asks_to_stop, is_provider_opt_out
from router.core.people.opt_out_words import REQUESTS

CODES = st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)
KEYWORDS = ["STOP", "UNSUBSCRIBE", "OPTOUT", "CANCEL", "END", "QUIT", "opt out", "Opt-Out"]
WORDS = [request.strip() for requests in REQUESTS.values() for request in requests.split(",")]
NOISE = st.text(" .,!?…\n\t🛑*_\"'()-", max_size=10)


@given(text=ANYTHING)
@example("K" * 4000)
@example("stop" * 20)
@example("\N{ARABIC LIGATURE JALLAJALALOUHOU}" * 80)
def test_any_text_can_be_asked(text: str) -> None:
    """No text makes a search fail, and everything found is a code."""
    asks_to_stop(text)
    is_provider_opt_out(text)
    assert all(parse_code(code) == code for code in codes_in(text))


@given(before=NOISE, keyword=st.sampled_from(KEYWORDS), after=NOISE)
def test_our_rule_holds_the_provider_s(before: str, keyword: str, after: str) -> None:
    """A person who is opted out for the provider is opted out for us too."""
    text = before + keyword + after
    assert asks_to_stop(text) or not is_provider_opt_out(text)


@given(before=NOISE, request=st.sampled_from(WORDS), after=NOISE)
def test_punctuation_changes_nothing(before: str, request: str, after: str) -> None:
    """A request is found with any punctuation and blanks around it."""
    assert asks_to_stop(before + request + after)


@given(before=NOISE, code=CODES, after=NOISE, lower=st.booleans())
def test_a_code_is_found_in_any_punctuation(before: str, code: str, after: str, *, lower: bool) -> None:
    """A code is found whatever is around it, unless that is a letter or a digit."""
    assert codes_in(before + (code.lower() if lower else code) + after) == (code,)
