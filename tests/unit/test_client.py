"""What sends a request: a platform, an app's built-in browser, or no person at all."""

import re
import time
from typing import Never

import crawleruseragents
import pytest

from router.core.links.client import (
    Client,
    Hints,
    Platform,
    classify,
    is_opening,
    is_personal_navigation,
    is_prefetch,
    warm_up,
)
from tests.kit.user_agents import ANDROID, BOTS, CHROME, NO_PHONES, PEOPLE, PROGRAMS, SAFARI, WEBVIEW


def takes_place(client: Client) -> bool:
    """Whether opening a signup link may take a place, if nothing else speaks against it."""
    return is_personal_navigation(client, method="GET", sec_fetch_mode=None, sec_fetch_dest=None, is_prefetch=False)


PHONE = Client(Platform.ANDROID, in_app=None, is_bot=False)


@pytest.mark.parametrize("who", PEOPLE)
def test_a_person_is_known_by_platform_and_app(who: str) -> None:
    """People are never counted as bots; an app's built-in browser is recognised, by name where it has one."""
    user_agent, platform, in_app = PEOPLE[who]
    client = classify(user_agent)
    assert (client.platform, client.in_app, client.is_bot, client.is_program) == (platform, in_app, False, False)


@pytest.mark.parametrize("who", BOTS)
def test_a_bot_is_known(who: str) -> None:
    """Previews, crawlers, mail gateways, libraries and the nameless are bots, even if they imitate a phone."""
    assert classify(BOTS[who]).is_bot


@pytest.mark.parametrize("who", NO_PHONES)
def test_what_has_a_phone_s_system_and_is_none_cannot_text(who: str) -> None:
    """Televisions, boxes, tablets, headsets, watches and cars are no bots, and no phones."""
    client = classify(NO_PHONES[who])
    assert (client.can_text, client.is_phone, client.is_bot, takes_place(client)) == (False, False, False, False)


@pytest.mark.parametrize("who", PROGRAMS)
def test_a_program_on_a_phone_is_a_doubt(who: str) -> None:
    """A download by a phone may be a preview, so it is shown nothing personal; it is not called a robot."""
    client = classify(PROGRAMS[who])
    assert (client.is_bot, client.may_be_preview, takes_place(client)) == (False, True, False)


@pytest.mark.parametrize(
    "who", ["Safari on iPhone", "Chrome on Android", "Samsung Internet", "HarmonyOS NEXT", "KaiOS"]
)
def test_a_known_browser_of_a_phone_may_take_a_place(who: str) -> None:
    """The whole text is what that browser says, so opening a link is enough where the pool wants it."""
    assert takes_place(classify(PEOPLE[who][0]))


@pytest.mark.parametrize("added", [" Acme/1.0", " (compatible; Acme)", "; Acme", " Prerender (+https://example.com)"])
@pytest.mark.parametrize("user_agent", [SAFARI, CHROME])
def test_one_word_more_is_a_doubt(user_agent: str, added: str) -> None:
    """A robot that copies a phone's user agent and adds its name gets the page."""
    assert not takes_place(classify(user_agent + added))


def test_a_model_beside_a_reduced_version_is_a_page_tester() -> None:
    """Chrome has hidden the model since it shortened its version, so whoever shows both imitates a phone."""
    imitation = f"{ANDROID.replace('10; K', '11; moto g power (2022)')} Chrome/134.0.0.0 Mobile Safari/537.36"
    assert not takes_place(classify(imitation))
    assert takes_place(classify(imitation.replace("134.0.0.0", "104.0.5112.97")))


ON_ANDROID = '"Android"'


@pytest.mark.parametrize(
    ("hints", "is_phone", "in_app", "is_bot"),
    [
        (Hints(), True, None, False),
        (Hints('"Google Chrome";v="141"', "?1", ON_ANDROID), True, None, False),
        (Hints(form_factors='"Mobile", "Desktop"'), True, None, False),
        (Hints(package="XMLHttpRequest"), True, None, False),
        (Hints(mobile="?0", platform=ON_ANDROID), False, None, False),
        (Hints(platform='"Linux"'), False, None, False),
        (Hints(form_factors='"XR"'), False, None, False),
        (Hints('"Android WebView";v="141"', "?1", ON_ANDROID), True, "app", False),
        (Hints(package="com.example.shop"), True, "app", False),
        (Hints(package="com.facebook.katana"), True, "Facebook", False),
        (Hints('"HeadlessChrome";v="141"', "?1", ON_ANDROID), True, None, True),
    ],
)
def test_hints_are_read(hints: Hints, is_phone: bool, in_app: str | None, is_bot: bool) -> None:
    """What Chrome and Android's web view say beside the user agent is heard; what they leave out changes nothing."""
    client = classify(CHROME, hints)
    assert (client.is_phone, client.in_app, client.is_bot) == (is_phone, in_app, is_bot)


HOSTILE = [
    "Mozilla/5.0 (Linux; Android 10; " + "moto (" * 200,
    "Mozilla/5.0 (Linux; U; Android 10; " + "Redmi " * 200 + "Build/" * 50,
    SAFARI.removesuffix("Safari/604.1") + "Safari/604.1 " * 200,
    CHROME + " Brave" * 300 + "!",
    WEBVIEW.replace("; wv)", ";" * 600),
    "compatible; " * 100,
    "A" * 100_000,
    "(" * 100_000,
    "\n" * 5_000,
]


@pytest.mark.parametrize("user_agent", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_takes_long(user_agent: str) -> None:
    """Texts that are made to be slow cost no more than ten times the usual, and nothing when they come again."""
    began = time.process_time()
    for number in range(20):
        classify(f"{number}{user_agent}"[:512])
        classify(f"{user_agent}"[: 500 - number])
    assert (time.process_time() - began) / 40 < 0.01


@pytest.mark.parametrize(
    ("platform", "is_phone"),
    [
        (Platform.IOS, True),
        (Platform.ANDROID, True),
        (Platform.PHONE, True),
        (Platform.MAC, False),
        (Platform.WINDOWS, False),
        (Platform.OTHER, False),
    ],
)
def test_only_phones_are_phones(platform: Platform, is_phone: bool) -> None:
    """A Mac is not counted as a phone, though it may be an iPad."""
    assert Client(platform, None, is_bot=False).is_phone is is_phone


def test_only_the_first_512_characters_are_read() -> None:
    """Later characters change nothing, so a huge user agent costs no more than a long one."""
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
    """Browsers that fetch ahead of their person say so in a header; the header depends on their age."""
    sec_purpose, purpose, x_moz, x_purpose = headers
    assert is_prefetch(sec_purpose=sec_purpose, purpose=purpose, x_moz=x_moz, x_purpose=x_purpose) is ahead


@pytest.mark.parametrize(("mode", "dest"), [("navigate", "document"), (None, None), ("navigate", None)])
@pytest.mark.parametrize("platform", [Platform.IOS, Platform.ANDROID])
def test_a_person_on_a_phone_navigates(platform: Platform, mode: str | None, dest: str | None) -> None:
    """A GET by a phone's own browser is personal, with fetch metadata or, in an old browser, without."""
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
        (Client(Platform.ANDROID, None, is_bot=False, can_text=False), "GET", "navigate", "document", False),
        (Client(Platform.ANDROID, None, is_bot=False, is_program=True), "GET", "navigate", "document", False),
        (Client(Platform.ANDROID, None, is_bot=False, is_certain=False), "GET", "navigate", "document", False),
    ],
)
def test_anything_else_is_not_a_personal_navigation(
    client: Client, method: str, mode: str | None, dest: str | None, ahead: bool
) -> None:
    """One doubt is enough: another method, a frame or script, a prefetch, a bot, an app's browser, a desktop."""
    assert not is_personal_navigation(
        client, method=method, sec_fetch_mode=mode, sec_fetch_dest=dest, is_prefetch=ahead
    )


def test_a_phone_that_is_not_known_still_opens_its_page() -> None:
    """Taking a place needs certainty. To open one's own page, to be a phone's browser is enough."""
    unsure = Client(Platform.ANDROID, None, is_bot=False, is_certain=False)
    assert is_opening(unsure, method="GET", sec_fetch_mode=None, sec_fetch_dest=None, is_prefetch=False)
