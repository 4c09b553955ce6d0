"""Responses of the hot routes: raw ASGI, with headers as bytes that are made once.

These routes take most of the traffic, so they build no request and response objects; everything else is Litestar.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar

import msgspec

from router.assets import CONTENT_SECURITY_POLICY
from router.core.errors import SwitchyardError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

# What a browser must not do with any response of ours.
_CAREFUL: tuple[Header, ...] = (
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, noarchive"),
)
# No response that names a line may be cached: numbers change, and a cached one would outlive its line.
_NOT_STORED: Header = (b"cache-control", b"no-store")
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_OF_DATA: Header = (b"content-security-policy", DATA_POLICY.encode())
PRIVATE: tuple[Header, ...] = (_NOT_STORED, *_CAREFUL, _OF_DATA)
PAGE: tuple[Header, ...] = (
    _NOT_STORED,
    *_CAREFUL,
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
)
_NO_LENGTH: Header = (b"content-length", b"0")
PUBLIC_FOR_A_YEAR: tuple[Header, ...] = (
    (b"cache-control", b"public, max-age=31536000, immutable"),
    *_CAREFUL,
    _OF_DATA,
)


class BodyTooLarge(SwitchyardError):
    """The request's body is longer than this route reads."""

    code: ClassVar[str] = "too_large"


class MethodNotAllowed(SwitchyardError):
    """The path exists, but not with this method."""

    code: ClassVar[str] = "method_not_allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This path answers {allowed} only.")
        self.allowed = allowed


class RawResponse(msgspec.Struct, frozen=True, gc=False):
    """One whole response."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = PRIVATE


async def send_response(send: Send, response: RawResponse, *, head_only: bool = False) -> None:
    """Send a response; a HEAD gets the same headers and no body."""
    length = (b"content-length", b"%d" % len(response.body)) if response.body else _NO_LENGTH
    await send({"type": "http.response.start", "status": response.status, "headers": [*response.headers, length]})
    await send({"type": "http.response.body", "body": b"" if head_only else response.body})


async def read_body(receive: Receive, *, limit_bytes: int) -> bytes:
    """Return a request's body.

    Raises:
        BodyTooLarge: it is longer than `limit_bytes`; the rest is not read.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= limit_bytes:
        message = await receive()
        body += message.get("body", b"")
    if len(body) > limit_bytes:
        raise BodyTooLarge(f"The body is longer than the {limit_bytes} bytes this path reads.")
    return body


def redirect(status: int, location: bytes, *extra: Header) -> RawResponse:
    """Redirect the browser; nobody may cache the response."""
    return RawResponse(status, b"", ((b"location", location), *extra, *PRIVATE))
