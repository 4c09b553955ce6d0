"""Make the links that open a person's messaging app with one recipient and a prefilled text.

The character before `body` differs: RFC 5724 says `?`, Messages on iOS reads `&`, and Android apps read an `&` as
part of the phone number. So there is a link for each platform, and the server picks. Never use `sms://`, which is not
in the RFC's grammar and puts slashes into the number, or two recipients, which would open a group chat.

Apps need not honour a prefilled body: Apple does not document one, and people delete it. Routing must work without it.
"""

from dataclasses import dataclass
from urllib.parse import quote

from router.core.line import Service
from router.core.links.client import Platform
from router.core.phone import E164


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeplinks:
    """The links from one person to one line.

    Attributes:
        ios: for Messages on iPhone, iPad and Mac.
        android: the form of RFC 5724, for Android and everything else that follows the standard.
        generic: for an unknown platform, such as that of an e-mail's reader; see `make_deeplinks`.
        macos: a second link that asks a Mac for iMessage, or None where the line has no iMessage.
    """

    ios: str
    android: str
    generic: str
    macos: str | None


def make_deeplinks(number: E164, text: str, service: Service) -> Deeplinks:
    """Return the links that open a message to `number` with `text`, which `check_text` has accepted.

    The generic link ends in `;?&body=`. Android reads the `;` as an empty second recipient, which it drops, and the
    `?&` as an empty first parameter; iOS finds its `&body=`. An app that understands neither still gets the number, and
    we then know the person by their own number. The bare number would never carry a code, and `?&body=` without the `;`
    has been seen to fail on iOS.

    Args:
        number: the line, as the only recipient.
        text: the rendered text. It is percent-encoded as UTF-8, with spaces as %20: a `+` would be shown as it is.
        service: the line's service. `imessage:` is registered on macOS only, and carries no text.
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
        case Platform.ANDROID | Platform.PHONE | Platform.WINDOWS:
            return links.android
        case Platform.OTHER:
            return links.generic
