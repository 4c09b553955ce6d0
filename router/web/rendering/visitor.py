"""Who sent a request, by its headers. A few combinations make up all traffic, so each is read once and remembered."""

from collections.abc import Mapping
from typing import NamedTuple

from router.core.language import Language, read_accept_language
from router.core.links.client import READ_CHARACTERS, Client, Hints, Platform, classify, is_opening, is_prefetch

Headers = Mapping[bytes, bytes]
MAX_REMEMBERED = 4096
MAX_REMEMBERED_BYTES = (
    2048  # of one visitor's headers: browsers stay below 1,000, and long ones must not fill the memory
)
_MAX_LANGUAGE_BYTES = 200
_READ = (
    b"user-agent",
    b"accept-language",
    b"sec-fetch-mode",
    b"sec-fetch-dest",
    b"sec-purpose",
    b"purpose",
    b"x-moz",
    b"x-purpose",
    b"sec-ch-ua",
    b"sec-ch-ua-mobile",
    b"sec-ch-ua-platform",
    b"sec-ch-ua-form-factors",
    b"x-requested-with",
)


class Look(NamedTuple):
    """All that a page's layout depends on in a client; there are few of them."""

    platform: Platform
    in_app: str | None
    may_be_preview: bool
    is_phone: bool


class Visitor(NamedTuple):
    """Who sent a request.

    Attributes:
        is_person: for a GET: a person seems to open the page in a phone's browser.
        may_take_place: for a GET: a known phone browser, so opening the signup link takes a place if the pool wants it.
        language: what the browser asks for; None if it asks for none of ours.
        look: of its client.
    """

    client: Client
    is_person: bool
    may_take_place: bool
    language: Language | None
    look: Look


_remembered: dict[tuple[bytes | None, ...], Visitor] = {}


def visitor_of(headers: Headers) -> Visitor:
    """Return who sent a request."""
    values = tuple(map(headers.get, _READ))
    return _remembered.get(values) or _meet(values)


def look_of(client: Client) -> Look:
    """Return what a page's layout depends on in a client."""
    return Look(client.platform, client.in_app, client.may_be_preview, client.is_phone)


def _meet(values: tuple[bytes | None, ...]) -> Visitor:
    visitor = _read(*values)
    if sum(map(len, filter(None, values))) <= MAX_REMEMBERED_BYTES:
        if len(_remembered) >= MAX_REMEMBERED:
            del _remembered[next(iter(_remembered))]
        _remembered[values] = visitor
    return visitor


def _read(user_agent: bytes | None, languages: bytes | None, *others: bytes | None) -> Visitor:
    mode, dest, sec_purpose, purpose, x_moz, x_purpose, *hints = map(_text, others)
    client = classify((user_agent or b"")[:READ_CHARACTERS].decode("latin-1"), Hints(*hints))
    is_early = is_prefetch(sec_purpose, purpose, x_moz, x_purpose)
    is_person = is_opening(client, method="GET", sec_fetch_mode=mode, sec_fetch_dest=dest, is_prefetch=is_early)
    return Visitor(
        client,
        is_person,
        may_take_place=is_person and client.is_certain,
        language=read_accept_language((languages or b"")[:_MAX_LANGUAGE_BYTES].decode("latin-1")),
        look=look_of(client),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
