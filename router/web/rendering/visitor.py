"""Who sent a request, by its headers. A few combinations make up all traffic, so each is read once and remembered."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from router.core.language import Language, read_accept_language
from router.core.links.client import READ_CHARACTERS, Client, Hints, classify, is_opening, is_prefetch

Headers = Mapping[bytes, bytes]
_MAX_LANGUAGE_BYTES = 200


class Visitor(NamedTuple):
    """Who sent a request.

    Attributes:
        is_person: for a GET: a person seems to open the page in a phone's browser.
        may_take_place: for a GET: a known phone browser, so opening the signup link takes a place if the pool wants it.
    """

    client: Client
    is_person: bool
    may_take_place: bool


def visitor_of(headers: Headers) -> Visitor:
    """Return who asks for a page."""
    get = headers.get
    return _read(
        get(b"user-agent", b"")[:READ_CHARACTERS],
        get(b"sec-fetch-mode"),
        get(b"sec-fetch-dest"),
        get(b"sec-purpose"),
        get(b"purpose"),
        get(b"x-moz"),
        get(b"x-purpose"),
        get(b"sec-ch-ua"),
        get(b"sec-ch-ua-mobile"),
        get(b"sec-ch-ua-platform"),
        get(b"sec-ch-ua-form-factors"),
        get(b"x-requested-with"),
    )


@lru_cache(maxsize=4096)
def _read(user_agent: bytes, *values: bytes | None) -> Visitor:
    mode, dest, sec_purpose, purpose, x_moz, x_purpose, *hints = map(_text, values)
    client = classify(user_agent.decode("latin-1"), Hints(*hints))
    is_early = is_prefetch(sec_purpose, purpose, x_moz, x_purpose)
    is_person = is_opening(client, method="GET", sec_fetch_mode=mode, sec_fetch_dest=dest, is_prefetch=is_early)
    return Visitor(client, is_person, may_take_place=is_person and client.is_certain)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def language_of(headers: Headers) -> Language | None:
    """Return the language that a browser asks for; None if it asks for none of ours.

    It has a memory of its own: the same languages come with every kind of browser.
    """
    return _read_language(headers.get(b"accept-language", b"")[:_MAX_LANGUAGE_BYTES])


@lru_cache(maxsize=1024)
def _read_language(value: bytes) -> Language | None:
    return read_accept_language(value.decode("latin-1"))
