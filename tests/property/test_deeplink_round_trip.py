"""Every text that is accepted arrives on every phone as it was written."""

from hypothesis import assume, example, given
from hypothesis import strategies as st

from router.core.errors import InvalidText
from router.core.line import Service
from router.core.links.deeplink import make_deeplinks
from router.core.links.message_text import check_text, render_text
from router.core.phone import E164, parse_e164
from tests.kit.sms_link_readers import Draft, read_as_android, read_as_ios

CODES = st.text("23456789ABCDEFGHJKMNPQRSTUVWXYZ", min_size=6, max_size=6)
NUMBERS = st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True).map(parse_e164)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=130)
TRICKY = st.text("aB2 &+%#;?=,:/\\\n", max_size=8)
WRITABLE = st.text("abc XYZ019\n.,;:?!=/'\"()<>*-_@£é€~[]\\|^ÄñΩ", max_size=60)


def refusal(template: str) -> InvalidText | None:
    """Return why the text is refused, or None if it is accepted."""
    try:
        check_text(template)
    except InvalidText as error:
        return error
    return None


@given(before=WRITABLE, after=WRITABLE, code=CODES, number=NUMBERS)
@example(before="", after="", code="K7M4QX", number=E164("+12025550101"))
@example(before="body=&body=?", after="", code="K7M4QX", number=E164("+12025550101"))
def test_an_accepted_text_survives_every_phone(before: str, after: str, code: str, number: E164) -> None:
    """Each link opens a draft to exactly one recipient, the line, saying exactly the text."""
    template = f"{before}{{code}}{after}"
    assume(refusal(template) is None)
    text = render_text(template, code)
    links = make_deeplinks(number, text, Service.IMESSAGE)
    draft = Draft((number,), text)
    assert read_as_ios(links.ios) == draft
    assert read_as_android(links.android) == draft
    assert read_as_ios(links.generic) == draft
    assert read_as_android(links.generic) == draft


@given(before=TRICKY | ANYTHING, after=TRICKY | ANYTHING, number=NUMBERS)
def test_whatever_is_accepted_survives_every_phone(before: str, after: str, number: E164) -> None:
    """The same is true if the search does not know which characters are allowed."""
    template = f"{before}{{code}}{after}"
    if refusal(template) is not None:
        return
    text = render_text(template, "K7M4QX")
    links = make_deeplinks(number, text, Service.RCS)
    assert read_as_ios(links.ios) == read_as_android(links.android) == Draft((number,), text)


@given(template=st.one_of(ANYTHING, ANYTHING.map("{}{{code}}".format)))
@example(template="{code}{code}")
@example(template="{" * 10_000)
def test_a_check_answers_or_refuses(template: str) -> None:
    """No text makes the check fail in another way, and each refusal points into the text or at the whole."""
    error = refusal(template)
    if error is not None:
        assert error.position is None or 0 <= error.position < len(template)
        assert str(error).encode()
