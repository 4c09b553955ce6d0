"""What the hot routes answer with: raw ASGI, headers as bytes made once.

These routes take most of the traffic, so they build no request and response objects; everything else is Litestar.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar

import msgspec

from router.core.errors import SwitchyardError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

# No answer that names a line may be kept: numbers change, and a kept one would outlive its line.
PRIVATE: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, noarchive"),
)
CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE: tuple[Header, ...] = (
    *PRIVATE,
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
)
_NO_LENGTH: Header = (b"content-length", b"0")
PUBLIC_FOR_A_YEAR: tuple[Header, ...] = (
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"x-content-type-options", b"nosniff"),
)


class BodyTooLarge(SwitchyardError):
    """The request's body is longer than this route reads."""

    code: ClassVar[str] = "too_large"


class MethodNotAllowed(SwitchyardError):
    """The path is known, the method is not."""

    code: ClassVar[str] = "method_not_allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This path answers {allowed} only.")
        self.allowed = allowed


class Answer(msgspec.Struct, frozen=True, gc=False):
    """One whole response."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = PRIVATE


async def send_answer(send: Send, answer: Answer, *, head_only: bool = False) -> None:
    """Send a response; a HEAD gets the same headers and no body."""
    length = (b"content-length", b"%d" % len(answer.body)) if answer.body else _NO_LENGTH
    await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, length]})
    await send({"type": "http.response.body", "body": b"" if head_only else answer.body})


async def read_body(receive: Receive, *, limit_bytes: int) -> bytes:
    """Read a request's body.

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


def redirect(status: int, location: bytes, *extra: Header) -> Answer:
    """Send the browser elsewhere, without letting anyone keep the answer."""
    return Answer(status, b"", ((b"location", location), *extra, *PRIVATE))
