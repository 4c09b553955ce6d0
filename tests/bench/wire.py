"""Requests as raw bytes, so that every server and every load generator handles the same ones.

`{serial}` in a request means 16 digits that were never used before. They count up from the microseconds since
1970, so that consecutive runs never share a serial while fewer than a million requests are sent a second.
"""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

SERIAL = "{serial}"
_SERIAL_DIGITS = 16
_PATIENCE_S = 5.0

PHONE_BROWSER: Mapping[str, str] = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9",
    "Accept-Encoding": "gzip, deflate, br",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a probe."""

    status: int
    cookies: str
    location: str


def write_request(method: str, path: str, headers: Mapping[str, str], body: str = "") -> bytes:
    """Return an HTTP/1.1 request; its content length counts each serial as its digits."""
    length = len(body.replace(SERIAL, "0" * _SERIAL_DIGITS).encode())
    announced = {"Content-Length": str(length)} if body else {}
    if body and "Content-Type" not in headers:
        announced["Content-Type"] = "application/json"
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in {**headers, **announced}.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def browse(path: str, cookie: str = "") -> bytes:
    """Return what Safari on an iPhone sends when a person follows a link."""
    return write_request("GET", path, {**PHONE_BROWSER, **({"Cookie": cookie} if cookie else {})})


def next_serial() -> int:
    """Return the first serial of a run."""
    return time.time_ns() // 1000


def with_serial(request: bytes, serial: int) -> bytes:
    """Return `request` with its serials filled in."""
    return request.replace(SERIAL.encode(), b"%016d" % serial)


def save_requests(requests: tuple[bytes, ...], file: Path) -> Path:
    """Write requests, separated by NUL, for a load generator to replay."""
    file.write_bytes(b"\0".join(requests))
    return file


def probe(port: int, request: bytes) -> Answer:
    """Send one request over its own connection; follow no redirect."""
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S) as connection:
        connection.sendall(with_serial(request, next_serial()))
        response = HTTPResponse(connection)
        response.begin()
        response.read()
        cookies = response.msg.get_all("Set-Cookie") or []
        pairs = "; ".join(cookie.split(";", 1)[0] for cookie in cookies)
        return Answer(response.status, pairs, response.getheader("Location") or "")
