"""What is remembered of visitors: what makes up the traffic, and never so much that it fills the memory."""

import pytest

from router.core.language import Language
from router.web.rendering import visitor
from router.web.rendering.visitor import MAX_REMEMBERED, MAX_REMEMBERED_BYTES, visitor_of

IPHONE = (
    b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    b"Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> dict[object, object]:
    """Begin each test with an empty memory."""
    memory: dict[object, object] = {}
    monkeypatch.setattr(visitor, "_remembered", memory)
    return memory


def test_a_visitor_is_read_once(remembered: dict[object, object]) -> None:
    """The same headers give the same visitor; a header that matters gives another."""
    headers = {b"user-agent": IPHONE, b"accept-language": b"de-AT", b"cookie": b"one"}
    first = visitor_of(headers)
    assert visitor_of(headers | {b"cookie": b"another"}) is first
    assert (first.language, first.may_take_place) == (Language.DE, True)
    prefetched = visitor_of(headers | {b"sec-purpose": b"prefetch"})
    assert (prefetched.language, prefetched.may_take_place) == (Language.DE, False)
    assert len(remembered) == 2


def test_the_memory_is_bounded(remembered: dict[object, object]) -> None:
    """The oldest visitor makes room for the newest, and is read again when they come back."""
    for number in range(MAX_REMEMBERED + 10):
        visitor_of({b"accept-language": b"de;q=0.%d" % number})
    assert len(remembered) == MAX_REMEMBERED
    assert visitor_of({b"accept-language": b"de;q=0.0"}).language is None
    assert len(remembered) == MAX_REMEMBERED


def test_long_headers_are_read_and_not_remembered(remembered: dict[object, object]) -> None:
    """They are somebody's trial; whoever sends them gets the same page."""
    long = {b"user-agent": IPHONE, b"x-requested-with": b"x" * MAX_REMEMBERED_BYTES}
    assert visitor_of(long).client.is_phone
    assert not remembered
    assert visitor_of({b"user-agent": IPHONE}).client.is_phone
    assert len(remembered) == 1
