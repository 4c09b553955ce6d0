"""Send one POST to another server, and know whether the request was written if no answer comes.

A request that was never written may be tried again; the result of one that was written is unknown. Each request uses
its own connection: if the other side closed a shared one between two messages, that would look like a lost answer.
"""

import asyncio
import math
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

TIMEOUT_S = 10.0
_CONNECT_TIMEOUT_S = 5.0
_BODY_PATIENCE_S = 2.0
_MOST_BYTES = 64 * 1024
_AT_ONCE = 64
_BUSY = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, with at most 64 KiB of its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether the request was accepted."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_for_later(self) -> bool:
        """Whether the same request may be accepted later."""
        return self.status in _BUSY or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


class Unanswered(Exception):
    """No answer came.

    Attributes:
        was_written: whether the other side may have the request.
        reason: a few words for operators.
    """

    def __init__(self, reason: str, *, was_written: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.was_written = was_written


class AddressRefused(Exception):
    """An address that we refuse to call. The message says why."""


def open_transport() -> httpx.AsyncHTTPTransport:
    """Return a transport that uses a new connection each time, no proxy, and this machine's trusted certificates."""
    limits = httpx.Limits(max_keepalive_connections=0, max_connections=_AT_ONCE)
    return httpx.AsyncHTTPTransport(verify=ssl.create_default_context(), limits=limits, trust_env=False)


def open_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """Return a client that follows no redirect."""
    timeout = httpx.Timeout(None, connect=_CONNECT_TIMEOUT_S)  # `post` limits the rest as a whole
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False, transport=transport)


async def post(
    client: httpx.AsyncClient, url: str, content: bytes, headers: Mapping[str, str], *, timeout_s: float
) -> HttpResponse:
    """Send a POST, and return the answer.

    Args:
        client: from `open_client`.
        url: the address.
        content: the body.
        headers: in addition to those that every request has.
        timeout_s: until the answer begins.

    Raises:
        Unanswered: no answer came.
    """
    was_written = False

    async def trace(event: str, _info: object) -> None:
        nonlocal was_written
        was_written |= event.endswith("send_request_headers.started")

    try:
        async with asyncio.timeout(timeout_s):
            request = client.build_request("POST", url, content=content, headers=headers, extensions={"trace": trace})
            response = await client.send(request, stream=True)
    except TimeoutError as error:
        raise Unanswered(f"no answer within {timeout_s:g} s", was_written=was_written) from error
    except AddressRefused as error:
        raise Unanswered(str(error), was_written=False) from error
    except httpx.ConnectTimeout as error:
        raise Unanswered("no connection in time", was_written=False) from error
    except httpx.TransportError as error:
        reason = "the connection was lost" if was_written else "no connection"
        raise Unanswered(f"{reason} ({type(error).__name__})", was_written=was_written) from error
    body = await _read(response)
    return HttpResponse(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


def asked_wait_s(headers: Mapping[str, str], wall_s: Callable[[], float]) -> float | None:
    """Return the seconds that `retry-after` asks for, in seconds or as a date; None without a usable header."""
    text = headers.get("retry-after", "").strip()
    try:
        if text.isascii() and text.isdecimal():
            seconds = float(text)
        else:
            moment = parsedate_to_datetime(text)
            seconds = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - wall_s()
    except (ValueError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def format_moment(wall_s: float) -> str:
    """Format a time as in RFC 3339."""
    return datetime.fromtimestamp(wall_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _read(response: httpx.Response) -> bytes:
    """Return as much of the body as comes in time; the status already says whether the request was accepted."""
    body = b""
    try:
        async with asyncio.timeout(_BODY_PATIENCE_S):
            async for part in response.aiter_raw():
                body += part
                if len(body) > _MOST_BYTES:
                    break
    except (TimeoutError, httpx.TransportError):
        pass
    finally:
        await response.aclose()
    return body[:_MOST_BYTES]
