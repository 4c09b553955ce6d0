"""Classify what sends a request: which platform, which app's built-in browser, or no person at all.

The answer decides what a page shows first, which form a link has, and whether opening a link may take a place where
a pool allows that. It never takes the way in away: every page keeps its button, and only a press takes a place
elsewhere. It never protects a line's capacity either: mail scanners pose as Chrome, run scripts and press buttons.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from router.core.links import phones, robots
from router.core.links.in_app import name_app

READ_CHARACTERS = 512  # browsers stay below 450; a longer one is an experiment, and must cost nothing
_REMEMBERED_CLIENTS = 4096


class Platform(StrEnum):
    """The device's platform. MAC may be an iPad: Safari there calls itself a Macintosh to get desktop pages."""

    IOS = "ios"
    ANDROID = "android"
    PHONE = "phone"  # a phone with another system: HarmonyOS NEXT, KaiOS, and those of before 2016
    MAC = "mac"
    WINDOWS = "windows"
    OTHER = "other"


class Hints(NamedTuple):
    """What some browsers say beside their user agent. All may be missing, and all are as the browser wrote them.

    Attributes:
        brands: Sec-CH-UA.
        mobile: Sec-CH-UA-Mobile, "?1" or "?0".
        platform: Sec-CH-UA-Platform.
        form_factors: Sec-CH-UA-Form-Factors, of few browsers.
        package: X-Requested-With, in which Android's web view names its app.
    """

    brands: str | None = None
    mobile: str | None = None
    platform: str | None = None
    form_factors: str | None = None
    package: str | None = None


NO_HINTS = Hints()
_ANDROID_HINT = '"Android"'
_PLATFORMS = (
    # First: Windows Phone named Android and iPhone as well.
    (Platform.PHONE, re.compile(r"windows phone|windows ce|iemobile|wpdesktop|lumia|wds \d")),
    (Platform.WINDOWS, re.compile(r"windows\b")),
    (Platform.ANDROID, re.compile(r"android\b|\badr \d|^adr")),
    (Platform.IOS, re.compile(r"ip(?:hone|ad|od|h\d)|iph os")),
    (Platform.MAC, re.compile(r"macintosh\b")),
)


@dataclass(frozen=True, slots=True)
class Client:
    """What a user agent says about itself.

    Attributes:
        in_app: the app whose built-in browser this is, "app" if it does not say which, None for a real browser.
            Such browsers may silently refuse sms: links and contact cards.
        is_bot: a crawler, link preview, monitor or program. False for those that pose as a browser.
        can_text: False for what has a phone's system and is none: a television, a tablet, a headset, a watch, a car.
        is_certain: the whole user agent is the known form of a phone's browser, so opening a link may take a place.
        is_program: it does not say that it is a browser, as the downloads of an app do not. People may still see it.
    """

    platform: Platform
    in_app: str | None
    is_bot: bool
    can_text: bool = True
    is_certain: bool = True
    is_program: bool = False

    @property
    def is_phone(self) -> bool:
        """Whether an sms: link should open an app here, judging by the user agent."""
        return self.can_text and self.platform in {Platform.IOS, Platform.ANDROID, Platform.PHONE}

    @property
    def may_be_preview(self) -> bool:
        """Whether what a page says may be stored and shown to others: then it says nothing personal first."""
        return self.is_bot or self.is_program


def classify(user_agent: str, hints: Hints = NO_HINTS) -> Client:
    """Classify a user agent and what came with it; the empty string stands for a missing header."""
    return _classify(user_agent[:READ_CHARACTERS].strip(), hints)


def warm_up() -> None:
    """Compile the crawler list now. It takes tens of milliseconds, and no person's request should wait for it."""
    robots.warm_up()


def is_prefetch(sec_purpose: str | None, purpose: str | None, x_moz: str | None, x_purpose: str | None) -> bool:
    """Whether a browser fetches a page before its user asks, by Sec-Purpose, Purpose, X-Moz and X-Purpose.

    `Sec-Purpose` has parameters (`prefetch;prerender`), so only the start is compared. Safari's word is `preview`.
    """
    return any(
        value is not None and value.strip().lower().startswith(("prefetch", "preview"))
        for value in (sec_purpose, purpose, x_moz, x_purpose)
    )


def is_opening(
    client: Client, *, method: str, sec_fetch_mode: str | None, sec_fetch_dest: str | None, is_prefetch: bool
) -> bool:
    """Whether this looks like a person who opens a page in a phone's own browser.

    Old browsers send no fetch metadata (W3C Fetch Metadata Request Headers), so an absent header proves nothing.
    """
    return (
        method == "GET"
        and client.is_phone
        and client.in_app is None
        and not client.may_be_preview
        and not is_prefetch
        and sec_fetch_mode in {None, "navigate"}
        and sec_fetch_dest in {None, "document"}
    )


def is_personal_navigation(
    client: Client, *, method: str, sec_fetch_mode: str | None, sec_fetch_dest: str | None, is_prefetch: bool
) -> bool:
    """Whether this is an opening by a known phone browser, which alone may take a place without a press."""
    return client.is_certain and is_opening(
        client, method=method, sec_fetch_mode=sec_fetch_mode, sec_fetch_dest=sec_fetch_dest, is_prefetch=is_prefetch
    )


@lru_cache(_REMEMBERED_CLIENTS)
def _classify(user_agent: str, hints: Hints) -> Client:
    text = user_agent.lower()
    platform = next((platform for platform, named in _PLATFORMS if named.search(text)), Platform.OTHER)
    if platform is Platform.OTHER and phones.is_other_phone(text):
        platform = Platform.PHONE
    is_android = platform is Platform.ANDROID
    brands = hints.brands or ""
    in_app = name_app(
        text,
        package=hints.package,
        is_android=is_android,
        is_apple=platform in {Platform.IOS, Platform.MAC},
        is_view="Android WebView" in brands,
    )
    is_known = phones.is_certain(user_agent)
    is_bot = "Headless" in brands or (not is_known and robots.is_robot(user_agent))
    can_text = phones.can_text(text, is_android=is_android) and not (is_android and _hints_at_no_phone(hints))
    return Client(
        platform=platform,
        in_app=in_app,
        is_bot=is_bot,
        can_text=can_text,
        is_certain=is_known and can_text and in_app is None and not is_bot,
        is_program=not is_bot and robots.is_program(text),
    )


def _hints_at_no_phone(hints: Hints) -> bool:
    if hints.mobile == "?0" or (hints.platform or _ANDROID_HINT) != _ANDROID_HINT:
        return True
    return hints.form_factors is not None and '"Mobile"' not in hints.form_factors
