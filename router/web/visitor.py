"""Who is asking, by their headers: read once for the same bytes, as a few combinations make up all traffic."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from router.core.client import Client, classify, is_personal_navigation, is_prefetch

Headers = Mapping[bytes, bytes]


class Visitor(NamedTuple):
    """What is asking.

    Attributes:
        is_person: a real person's own navigation on a phone browser, if the method is GET.
    """

    client: Client
    is_person: bool


def visitor_of(headers: Headers) -> Visitor:
    """Say who is asking for a page."""
    get = headers.get
    return _read(
        get(b"user-agent"),
        get(b"sec-fetch-mode"),
        get(b"sec-fetch-dest"),
        get(b"sec-purpose"),
        get(b"purpose"),
        get(b"x-moz"),
        get(b"x-purpose"),
    )


@lru_cache(maxsize=4096)
def _read(*values: bytes | None) -> Visitor:
    user_agent, mode, dest, *purposes = (None if value is None else value.decode("latin-1") for value in values)
    client = classify(user_agent or "")
    return Visitor(
        client,
        is_personal_navigation(
            client, method="GET", sec_fetch_mode=mode, sec_fetch_dest=dest, is_prefetch=is_prefetch(*purposes)
        ),
    )
