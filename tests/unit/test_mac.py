"""Our HMAC agrees with the standard library's."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.mac import Mac


@given(key=st.binary(max_size=64), messages=st.lists(st.binary(max_size=200), max_size=4))
def test_it_agrees_with_the_standard_library(key: bytes, messages: list[bytes]) -> None:
    """Every key and message gives the same bytes, and one message has no effect on the next."""
    mac = Mac(key)
    for message in messages:
        assert mac.digest(message) == hmac.digest(key, message, "sha256")


def test_a_key_longer_than_a_block_is_refused() -> None:
    """RFC 2104 would hash such a key first; none of ours is that long."""
    with pytest.raises(ValueError, match="65 bytes"):
        Mac(b"k" * 65)
