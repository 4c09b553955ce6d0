"""Tell what is asking: which platform, which app's built-in browser, or no person at all.

This chooses a page and a form of link, and feeds statistics. It never protects a line's capacity: mail scanners pose as
Chrome, run scripts and press buttons, and a preview comes from the sender's own phone.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from crawleruseragents import is_crawler

_READ_CHARACTERS = 512  # browsers stay below 450; beyond is somebody's experiment, and must cost nothing
_REMEMBERED_AGENTS = 4096


class Platform(StrEnum):
    """What the person holds. MAC may be an iPad: Safari there asks for desktop pages by calling itself a Macintosh."""

    IOS = "ios"
    ANDROID = "android"
    MAC = "mac"
    WINDOWS = "windows"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Client:
    """What a user agent says of itself.

    Attributes:
        in_app: the app whose built-in browser this is, "app" if it does not say which, None for a real browser.
            Such browsers may refuse sms: links and contact cards without a word.
        is_bot: a crawler, link preview, monitor or program. Says nothing about those that pose as a browser.
    """

    platform: Platform
    in_app: str | None
    is_bot: bool

    @property
    def is_phone(self) -> bool:
        """Whether an sms: link opens an app here, as far as the user agent tells."""
        return self.platform in {Platform.IOS, Platform.ANDROID}


_PLATFORMS = (
    (Platform.WINDOWS, re.compile(r"\bWindows\b")),  # first: Windows Phone named Android and iPhone as well
    (Platform.ANDROID, re.compile(r"\bAndroid\b")),
    (Platform.IOS, re.compile(r"\biP(?:hone|ad|od)\b")),
    (Platform.MAC, re.compile(r"\bMacintosh\b")),
)
_APPS = (
    ("Instagram", re.compile(r"\bInstagram\b")),
    ("Threads", re.compile(r"\bBarcelona\b")),
    ("Messenger", re.compile(r"Messenger(?:Lite)?ForiOS|Orca-Android")),
    ("TikTok", re.compile(r"musical_ly|Bytedance|TikTok")),  # before Facebook, whose tokens TikTok carries too
    ("Facebook", re.compile(r"FBAN|FBAV|FB_IAB")),
    ("LinkedIn", re.compile(r"\bLinkedIn(?:App)?\b")),
    ("Snapchat", re.compile(r"\bSnapchat\b")),
    ("LINE", re.compile(r"\bLine/")),
    ("X", re.compile(r"\bTwitter(?:Android)?\b")),
    ("Pinterest", re.compile(r"\bPinterest\b")),
    ("Google", re.compile(r"\bGSA/")),
    ("WeChat", re.compile(r"\bMicroMessenger/")),
    ("KakaoTalk", re.compile(r"\bKAKAOTALK\b")),
    ("app", re.compile(r"; wv\)")),  # Android's WebView
)
_WEBKIT = re.compile(r"\bAppleWebKit/")
_BROWSER_ON_WEBKIT = re.compile(r"\b(?:Safari|CriOS|FxiOS|EdgiOS|OPiOS|OPT|DuckDuckGo|YaBrowser)/")

# What the package's list misses. Every browser a person uses begins with one of these two words, and only Internet
# Explorer called itself "compatible"; an empty user agent, a mail gateway and a home-made fetcher do not pass.
_PROGRAM = re.compile(r"(?!Mozilla/|Opera/)|Mozilla/\d\.\d \(compatible; (?!MSIE)|.*\bCFNetwork/", re.DOTALL)


def classify(user_agent: str) -> Client:
    """Say what the user agent is; the empty string stands for a missing header."""
    return _classify(user_agent[:_READ_CHARACTERS])


def warm_up() -> None:
    """Compile the crawler list, tens of milliseconds, so that no person's request waits for it."""
    is_crawler("")


def is_prefetch(sec_purpose: str | None, purpose: str | None, x_moz: str | None, x_purpose: str | None) -> bool:
    """Say whether a browser fetches ahead of its person, by the headers Sec-Purpose, Purpose, X-Moz and X-Purpose.

    `Sec-Purpose` has parameters (`prefetch;prerender`), hence the look at the start only; Safari's word is `preview`.
    """
    return any(
        value is not None and value.strip().lower().startswith(("prefetch", "preview"))
        for value in (sec_purpose, purpose, x_moz, x_purpose)
    )


def is_personal_navigation(
    client: Client, *, method: str, sec_fetch_mode: str | None, sec_fetch_dest: str | None, is_prefetch: bool
) -> bool:
    """Say whether this is a real person opening the page in a phone's own browser.

    Old browsers send no fetch metadata (W3C Fetch Metadata Request Headers), so an absent header proves nothing.
    """
    return (
        method == "GET"
        and client.is_phone
        and client.in_app is None
        and not client.is_bot
        and not is_prefetch
        and sec_fetch_mode in {None, "navigate"}
        and sec_fetch_dest in {None, "document"}
    )


@lru_cache(_REMEMBERED_AGENTS)
def _classify(user_agent: str) -> Client:
    platform = next((platform for platform, named in _PLATFORMS if named.search(user_agent)), Platform.OTHER)
    return Client(
        platform=platform,
        in_app=_name_app(user_agent, platform),
        is_bot=_PROGRAM.match(user_agent) is not None or is_crawler(user_agent),
    )


def _name_app(user_agent: str, platform: Platform) -> str | None:
    for app, token in _APPS:
        if token.search(user_agent):
            return app
    if platform not in {Platform.IOS, Platform.MAC} or not _WEBKIT.search(user_agent):
        return None
    return None if _BROWSER_ON_WEBKIT.search(user_agent) else "app"  # an app's web view leaves Safari's name out
