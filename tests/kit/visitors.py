"""People who visit the public pages, over plain HTTP.

Not httpx: it refuses to read `Location: sms:…`, which is where people are sent. No redirect is followed, so a test sees
each answer as it was sent.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import urlencode, urlsplit

from tests.kit.user_agents import SAFARI

_PATIENCE_S = 10
_NONCE = re.compile(r'name="nonce" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAVIGATION = {
    "Accept": "text/html",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """The gateway's response."""

    status: int
    headers: HTTPMessage
    body: bytes
    took_s: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def location(self) -> str:
        """The address that the browser is sent to."""
        return self.headers.get("Location", "")

    @property
    def lasting_headers(self) -> dict[str, str]:
        """The headers without the date, by their names in lower case."""
        return {name.lower(): value for name, value in self.headers.items() if name.lower() != "date"}


@dataclass
class Visitor:
    """One browser: its user agent and its cookies. It opens a new connection for each request, as a newcomer would."""

    base_url: str
    user_agent: str = SAFARI
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Open a path."""
        return self.ask("GET", path, headers=headers)

    def head(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Request the headers of a path."""
        return self.ask("HEAD", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
        """Post a form."""
        return self.ask("POST", path, urlencode(fields).encode(), FORM | dict(headers or {}))

    def open(self, path: str) -> Reply:
        """Follow a link to a path, as a person's tap does in a present-day browser."""
        return self.get(path, NAVIGATION)

    def read_nonce(self, path: str) -> str:
        """Open a signup page and return what its form will send."""
        found = _NONCE.search(self.get(path, {"Sec-Purpose": "prefetch"}).text)
        assert found, f"{path} has no form"
        return found[1]

    def press(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Open a signup page and press its button."""
        return self.post(path, {"nonce": self.read_nonce(path)}, headers)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Send one request and read the whole answer."""
        sent = {"User-Agent": self.user_agent} | dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.monotonic()
        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=_PATIENCE_S)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            reply = Reply(response.status, response.headers, response.read(), time.monotonic() - began)
        finally:
            connection.close()
        for cookie in reply.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return reply
