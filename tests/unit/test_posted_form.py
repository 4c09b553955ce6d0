"""The form that a person posted is read as the standard library reads it."""

from urllib.parse import parse_qs, urlencode

from hypothesis import example, given
from hypothesis import strategies as st

from router.web.hot.posted_form import posted_form

WORDS = st.text(st.sampled_from("ab1-_.=&+% ü;"), max_size=6)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=5))
def test_what_a_browser_encodes_is_read_back(fields: list[tuple[str, str]]) -> None:
    """Of several fields with one name the first counts that is not empty."""
    wanted: dict[str, str] = {}
    for name, value in fields:
        if value:
            wanted.setdefault(name, value)
    assert posted_form(urlencode(fields).encode()) == wanted


@given(st.binary(max_size=60))
@example(b"nonce=a&nonce=b&contact=&=c&d&e=f=g")
@example(b"a=%zz&b=%41+c")
def test_any_bytes_are_read_as_the_standard_library_reads_them(body: bytes) -> None:
    """A form may be anything, and nothing in it is an error."""
    assert posted_form(body) == {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
