"""Read an sms: link as messaging apps do, so that tests can check what a person would see.

`read_as_android` follows AOSP Messaging (UriUtil, LaunchConversationActivity) step for step, including its second
decoding of the body. Apple documents no body at all; `read_as_ios` does what iPhones since iOS 8 are reported to do.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

_HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_IOS_LINK = re.compile(r"sms:(?P<number>[0-9+.-]*)(?P<rest>.*)")


class AppCrashed(Exception):
    """The app threw an exception that nothing catches."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the person sees on their screen."""

    recipients: tuple[str, ...]
    body: str | None


def read_as_android(link: str) -> Draft:
    """Open a link in AOSP Messaging.

    Raises:
        AppCrashed: a lone percent sign is left for the second decoding (IllegalArgumentException).
    """
    scheme_specific_part = unquote(link.partition("#")[0].removeprefix("sms:"))
    address, _, query = scheme_specific_part.partition("?")
    recipients = address.replace(";", ",").split(",")
    while recipients and not recipients[-1]:
        recipients.pop()  # Java's split drops empty strings at the end
    bodies = (part.removeprefix("body=") for part in query.split("&") if part.startswith("body="))
    return Draft(tuple(recipients), next((_decode_again(body) for body in bodies), None))


def read_as_ios(link: str) -> Draft:
    """Open a link in Messages on iOS."""
    read = _IOS_LINK.fullmatch(link)
    if read is None:
        return Draft((), None)
    parameters = read["rest"].split("&")[1:]
    bodies = (unquote(part.removeprefix("body=")) for part in parameters if part.startswith("body="))
    return Draft((read["number"],), next(bodies, None))


def _decode_again(body: str) -> str:
    if _HALF_ESCAPE.search(body):
        raise AppCrashed(body)
    return unquote_plus(body)
