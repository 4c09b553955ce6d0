"""Which sms: link each platform gets, and what its messaging app reads from it."""

from collections.abc import Callable

import pytest

from router.core.errors import InvalidText
from router.core.line import Service
from router.core.links.client import Platform
from router.core.links.deeplink import Deeplinks, deeplink_for, make_deeplinks
from router.core.links.message_text import check_text
from router.core.phone import E164
from tests.kit.sms_link_readers import AppCrashed, Draft, read_as_android, read_as_ios

NUMBER = E164("+12025550101")
LINKS = make_deeplinks(NUMBER, "Hi Acme! K7M4QX", Service.IMESSAGE)


def test_each_platform_has_its_own_form() -> None:
    """Only the part before `body` differs; the plus of the number stays as it is, and a space is %20."""
    expected = Deeplinks(
        ios="sms:+12025550101&body=Hi%20Acme%21%20K7M4QX",
        android="sms:+12025550101?body=Hi%20Acme%21%20K7M4QX",
        generic="sms:+12025550101;?&body=Hi%20Acme%21%20K7M4QX",
        macos="imessage:+12025550101",
    )
    assert expected == LINKS


def test_only_an_imessage_line_has_an_imessage_link() -> None:
    """A Mac is not asked to start an iMessage to a line that cannot answer it."""
    assert make_deeplinks(NUMBER, "Hi K7M4QX", Service.RCS).macos is None


@pytest.mark.parametrize(
    ("platform", "link"),
    [
        (Platform.IOS, LINKS.ios),
        (Platform.MAC, LINKS.ios),
        (Platform.ANDROID, LINKS.android),
        (Platform.WINDOWS, LINKS.android),
        (Platform.OTHER, LINKS.generic),
    ],
)
def test_the_server_picks_the_link(platform: Platform, link: str) -> None:
    """A Mac gets the iOS form, as it may be an iPad; Windows the standard form; an unknown platform the fallback."""
    assert deeplink_for(platform, LINKS) == link


@pytest.mark.parametrize(
    ("platform", "read"),
    [
        (Platform.IOS, read_as_ios),
        (Platform.ANDROID, read_as_android),
        (Platform.OTHER, read_as_ios),
        (Platform.OTHER, read_as_android),
    ],
)
def test_every_app_finds_one_recipient_and_the_text(platform: Platform, read: Callable[[str], Draft]) -> None:
    """Each platform's link, and the fallback on both, opens a draft to the line and to no other recipient."""
    assert read(deeplink_for(platform, LINKS)) == Draft((NUMBER,), "Hi Acme! K7M4QX")


@pytest.mark.parametrize(
    ("link", "draft"),
    [
        ("sms:+15550100", Draft(("+15550100",), None)),
        ("sms:+15550100?body=Hi%20x", Draft(("+15550100",), "Hi x")),
        ("sms:+15550100&body=Hi", Draft(("+15550100&body=Hi",), None)),
        ("sms:+15550100;?&body=Hi", Draft(("+15550100",), "Hi")),
        ("sms:+15550100?&body=Hi", Draft(("+15550100",), "Hi")),
        ("sms:+15550100;body=Hi", Draft(("+15550100", "body=Hi"), None)),
        ("sms://+15550100?body=Hi", Draft(("//+15550100",), "Hi")),
        ("sms:+15550100,+15550101?body=Hi", Draft(("+15550100", "+15550101"), "Hi")),
        ("sms:/open?addresses=+15550100&body=Hi", Draft(("/open",), "Hi")),
        ("sms:%2B15550100", Draft(("+15550100",), None)),
        ("sms:+15550100?body=A%0Ab%3F%3A%2C%27", Draft(("+15550100",), "A\nb?:,'")),
        ("sms:+15550100?body=%C3%A9", Draft(("+15550100",), "é")),
    ],
)
def test_android_reads_the_known_forms(link: str, draft: Draft) -> None:
    """The reader agrees with AOSP Messaging on every form in use, so the round trips prove something."""
    assert read_as_android(link) == draft


@pytest.mark.parametrize(
    ("link", "draft"),
    [
        ("sms:+15550100", Draft(("+15550100",), None)),
        ("sms:+15550100&body=Hi%20x", Draft(("+15550100",), "Hi x")),
        ("sms:+15550100;?&body=Hi", Draft(("+15550100",), "Hi")),
        ("sms:+15550100?body=Hi", Draft(("+15550100",), None)),
    ],
)
def test_ios_reads_the_known_forms(link: str, draft: Draft) -> None:
    """An iPhone needs `&body=`; the standard's `?body=` loses the text there."""
    assert read_as_ios(link) == draft


@pytest.mark.parametrize(("text", "shown"), [("A & B", "A "), ("1+1=2", "1 1=2"), ("A %26 B", "A & B")])
def test_android_damages_what_the_text_rules_forbid(text: str, shown: str) -> None:
    """A correctly encoded link still shows another text on Android, and check_text refuses every such text."""
    assert read_as_android(make_deeplinks(NUMBER, text, Service.RCS).android).body == shown
    with pytest.raises(InvalidText):
        check_text(text + " {code}")


@pytest.mark.parametrize("text", ["50% off", "50%"])
def test_android_crashes_on_a_percent_sign(text: str) -> None:
    """The second decoding throws on a lone percent sign, and check_text refuses it."""
    with pytest.raises(AppCrashed):
        read_as_android(make_deeplinks(NUMBER, text, Service.RCS).android)
    with pytest.raises(InvalidText):
        check_text(text + " {code}")


def test_a_link_is_a_header_safe_ascii_string() -> None:
    """No character of a text can break out of an attribute, a header or a QR code."""
    links = make_deeplinks(NUMBER, "é€\n\"'<>?;,#", Service.IMESSAGE)
    for link in (links.ios, links.android, links.generic):
        assert link.isascii()
        assert not set(link) & set("\n\"'<># ")
