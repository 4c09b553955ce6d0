"""Write the links that open a person's messaging app with one recipient and a prefilled text.

What stands before `body` differs: RFC 5724 says `?`, Messages on iOS reads `&`, and Android apps take an `&` for
a part of the phone number. So there is a link for each platform, and the server picks. Never `sms://`, which is not in
the RFC's grammar and puts slashes into the number; never two recipients, which would open a group chat.

A prefilled body is a courtesy of the apps: Apple documents none, and people delete it. Routing must survive without.
"""

from dataclasses import dataclass
from urllib.parse import quote

from router.core.client import Platform
from router.core.line import Service
from router.core.phone import E164


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeplinks:
    """The links of one person to one line.

    Attributes:
        ios: for Messages on iPhone, iPad and Mac.
        android: the form of RFC 5724, for Android and for whatever else keeps to the standard.
        generic: for a platform nobody knows, such as the reader of an e-mail; see `make_deeplinks`.
        macos: a second link that asks a Mac for iMessage, or None where the line does not speak it.
    """

    ios: str
    android: str
    generic: str
    macos: str | None


def make_deeplinks(number: E164, text: str, service: Service) -> Deeplinks:
    """Return the links that open a message to `number` saying `text`, which `check_text` has accepted.

    The generic link ends in `;?&body=`. Android reads the `;` as an empty second recipient, which it drops, and the
    `?&` as an empty first parameter; iOS finds its `&body=`. An app that understands neither still gets the number, and
    the person is then known by their own. The bare number alone would never carry a code, and `?&body=` without
    the `;` has been seen to fail on iOS.

    Args:
        number: the line, as the only recipient.
        text: the rendered text. Percent-encoded as UTF-8, spaces as %20: a `+` would be shown as it is.
        service: what the line speaks. `imessage:` is registered on macOS only, and carries no text.
    """
    body = quote(text, safe="")
    return Deeplinks(
        ios=f"sms:{number}&body={body}",
        android=f"sms:{number}?body={body}",
        generic=f"sms:{number};?&body={body}",
        macos=f"imessage:{number}" if service is Service.IMESSAGE else None,
    )


def deeplink_for(platform: Platform, links: Deeplinks) -> str:
    """Return the link to put behind the button on a page for this platform."""
    match platform:
        case Platform.IOS | Platform.MAC:
            return links.ios
        case Platform.ANDROID | Platform.WINDOWS:
            return links.android
        case Platform.OTHER:
            return links.generic
