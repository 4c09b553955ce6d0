"""Who is asking: the platform, an app's built-in browser, or no person at all."""

import re
from typing import Never

import crawleruseragents
import pytest

from router.core.client import Client, Platform, classify, is_personal_navigation, is_prefetch, warm_up
from tests.user_agents import BOTS, CHROME, PEOPLE

PHONE = Client(Platform.ANDROID, in_app=None, is_bot=False)


@pytest.mark.parametrize("who", PEOPLE)
def test_a_person_is_known_by_platform_and_app(who: str) -> None:
    """People are never taken for bots; an app's built-in browser is told from a real one, by name where it has one."""
    user_agent, platform, in_app = PEOPLE[who]
    assert classify(user_agent) == Client(platform, in_app, is_bot=False)


@pytest.mark.parametrize("who", BOTS)
def test_a_bot_is_known(who: str) -> None:
    """Previews, crawlers, mail gateways, libraries and the nameless are bots, even those that pose as a phone."""
    assert classify(BOTS[who]).is_bot


@pytest.mark.parametrize(
    ("platform", "is_phone"),
    [
        (Platform.IOS, True),
        (Platform.ANDROID, True),
        (Platform.MAC, False),
        (Platform.WINDOWS, False),
        (Platform.OTHER, False),
    ],
)
def test_only_ios_and_android_are_phones(platform: Platform, is_phone: bool) -> None:
    """A Mac is not counted as a phone, though it may be an iPad."""
    assert Client(platform, None, is_bot=False).is_phone is is_phone


def test_only_the_first_512_characters_are_read() -> None:
    """What stands further back changes nothing, so a huge user agent costs no more than a long one."""
    padded = CHROME.ljust(512)
    assert classify(padded + "Googlebot/2.1") == classify(CHROME)
    assert classify(padded[:499] + "Googlebot/2.1").is_bot


def test_no_request_waits_for_the_crawler_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """After warm_up nothing is left to compile."""

    def refuse(*_: object) -> Never:
        pytest.fail("a pattern was compiled on a request")

    monkeypatch.setattr(crawleruseragents, "CRAWLER_PATTERNS", crawleruseragents.CrawlerPatterns())
    warm_up()
    monkeypatch.setattr(re, "compile", refuse)
    assert not classify(f"{CHROME} seen for the first time").is_bot


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        ((None, None, None, None), False),
        (("prefetch", None, None, None), True),
        (("prefetch;prerender", None, None, None), True),
        (("prefetch;anonymous-client-ip", None, None, None), True),
        ((None, "prefetch", None, None), True),
        ((None, "Prefetch", None, None), True),
        ((None, None, "prefetch", None), True),
        ((None, None, None, "preview"), True),
        (("", "", "", ""), False),
        (("navigate", None, None, None), False),
    ],
)
def test_a_prefetch_says_so_in_one_of_four_headers(headers: tuple[str | None, ...], ahead: bool) -> None:
    """Browsers that fetch ahead of their person say it in the header of their time."""
    sec_purpose, purpose, x_moz, x_purpose = headers
    assert is_prefetch(sec_purpose=sec_purpose, purpose=purpose, x_moz=x_moz, x_purpose=x_purpose) is ahead


@pytest.mark.parametrize(("mode", "dest"), [("navigate", "document"), (None, None), ("navigate", None)])
@pytest.mark.parametrize("platform", [Platform.IOS, Platform.ANDROID])
def test_a_person_on_a_phone_navigates(platform: Platform, mode: str | None, dest: str | None) -> None:
    """A GET by a phone's own browser is personal, with fetch metadata or, from an old browser, without."""
    client = Client(platform, in_app=None, is_bot=False)
    assert is_personal_navigation(client, method="GET", sec_fetch_mode=mode, sec_fetch_dest=dest, is_prefetch=False)


@pytest.mark.parametrize(
    ("client", "method", "mode", "dest", "ahead"),
    [
        (PHONE, "HEAD", "navigate", "document", False),
        (PHONE, "POST", "navigate", "document", False),
        (PHONE, "GET", "no-cors", "empty", False),
        (PHONE, "GET", "cors", None, False),
        (PHONE, "GET", "navigate", "iframe", False),
        (PHONE, "GET", "", "", False),
        (PHONE, "GET", "navigate", "document", True),
        (Client(Platform.ANDROID, None, is_bot=True), "GET", "navigate", "document", False),
        (Client(Platform.IOS, "Instagram", is_bot=False), "GET", "navigate", "document", False),
        (Client(Platform.MAC, None, is_bot=False), "GET", "navigate", "document", False),
        (Client(Platform.OTHER, None, is_bot=False), "GET", "navigate", "document", False),
    ],
)
def test_anything_else_is_not_a_personal_navigation(
    client: Client, method: str, mode: str | None, dest: str | None, ahead: bool
) -> None:
    """One doubt is enough: another method, a frame or script, a prefetch, a bot, an app's browser, a desktop."""
    assert not is_personal_navigation(
        client, method=method, sec_fetch_mode=mode, sec_fetch_dest=dest, is_prefetch=ahead
    )
