"""A simulated phone. It opens the pages over HTTP as a browser does, and reads them as a person and an app would.

It knows only what the pages say: no API of the gateway, and no code that it was not shown.
"""

import html
import re
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import SimpleCookie
from urllib.parse import unquote

import httpx

from router.demo.people.person import DemoPerson

_FORM = re.compile(r'<form [^>]*action="([^"]+)"')
_NONCE = re.compile(r'name="nonce" value="([^"]+)"')
_SMS_LINK = re.compile(r'href="(sms:[^"]+)"')
_PATIENCE_S = 10.0
_WAITLIST = 202
_SEE_OTHER = 303
_NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


class PageFault(Exception):
    """A page that leaves a person no next step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person's page shows.

    Attributes:
        line: the number to text now.
        text: the text it wrote for them; empty once they have texted.
    """

    page_url: str
    line: str
    text: str


def open_browsers(gateway_url: str) -> httpx.AsyncClient:
    """Open the connections that all phones share. It keeps no cookies: each phone has its own."""
    return httpx.AsyncClient(
        base_url=gateway_url,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=_PATIENCE_S,
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=20),
        trust_env=False,
    )


class Phone:
    """One person's phone, with its cookies."""

    def __init__(self, person: DemoPerson, browsers: httpx.AsyncClient) -> None:
        self.person = person
        self._browsers = browsers
        self._cookies: dict[str, str] = {}
        self._page_path = ""

    async def sign_up(self, path: str) -> Shown | None:
        """Open the signup page, press its button and follow to the person's own page; None if no line has room.

        Raises:
            PageFault, httpx.HTTPError: it did not work.
        """
        landing = await self._ask("GET", path)
        form, nonce = _FORM.search(landing.text), _NONCE.search(landing.text)
        if form is None or nonce is None:
            raise PageFault(f"the signup page has no button (status {landing.status_code})")
        pressed = await self._ask("POST", html.unescape(form[1]), data={"nonce": html.unescape(nonce[1])})
        if pressed.status_code == _WAITLIST:
            return None
        if pressed.status_code != _SEE_OTHER:
            raise PageFault(f"the button led nowhere (status {pressed.status_code})")
        self._page_path = pressed.headers["Location"]
        return await self.look()

    async def look(self) -> Shown | None:
        """Open the person's own page; None if it has no number for them now.

        Raises:
            PageFault, httpx.HTTPError: it did not work.
        """
        page = await self._ask("GET", self._page_path)
        if page.status_code == _WAITLIST:
            return None
        link = _SMS_LINK.search(page.text)
        if link is None:
            raise PageFault(f"the person's page has no link into Messages (status {page.status_code})")
        number, text = read_sms_link(html.unescape(link[1]))
        return Shown(page_url=str(page.url), line=number, text=text)

    async def open_link(self, url: str) -> Shown | None:
        """Open a link from a prompt. The page it leads to is the person's own page from now on.

        Raises:
            PageFault, httpx.HTTPError: it did not work.
        """
        self._page_path = url
        return await self.look()

    async def _ask(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        headers = _NAVIGATION | {"User-Agent": self.person.user_agent}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = await self._browsers.request(method, path, data=data, headers=headers)
        for line in answer.headers.get_list("set-cookie"):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer


def read_sms_link(link: str) -> tuple[str, str]:
    """Return number and text of an `sms:` link, in any form that phones read."""
    number, _, body = link.removeprefix("sms:").partition("body=")
    return number.rstrip(";?&"), unquote(body)
