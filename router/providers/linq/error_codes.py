"""What Linq's error codes mean for a gateway, and how an operator can fix each.

The HTTP status is checked before the code: rate limits come under several codes.
Source: docs.linqapp.com, error codes, and the docstrings of linq-python 0.65.
"""

from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus


class Consequence(Enum):
    """What a refusal means beyond the request that was refused."""

    NONE = auto()
    LINE_SUSPECT = auto()
    NOT_OURS = auto()
    NO_LINE = auto()
    KEY_BAD = auto()
    MUST_WRITE_FIRST = auto()
    OPTED_OUT = auto()
    EXISTS = auto()
    TRY_AGAIN = auto()
    SLOW_DOWN = auto()


@dataclass(frozen=True, slots=True)
class Meaning:
    """A refusal in our words, and its fix."""

    consequence: Consequence
    words: str
    fix: str


_BY_CODE = {
    1002: Meaning(Consequence.NONE, "a number is not E.164", "Write numbers like +12025550101."),
    2004: Meaning(
        Consequence.KEY_BAD, "the API key is not valid", "Make a new key in Linq's dashboard, set it and start again."
    ),
    2005: Meaning(Consequence.NONE, "the account lacks this feature", "Ask your Linq representative to switch it on."),
    2006: Meaning(
        Consequence.NOT_OURS,
        "the number is not one of this key's lines",
        "Run `switchyard linq sync` to see which are.",
    ),
    2008: Meaning(
        Consequence.MUST_WRITE_FIRST,
        "this recipient must write first (sandbox or shared line)",
        "Send them the signup link; another line would be refused as well.",
    ),
    2011: Meaning(Consequence.NONE, "the key may not do this", "Ask your Linq representative for the permission."),
    2012: Meaning(Consequence.NONE, "the line has no contact card", "Run `switchyard linq cards`."),
    2014: Meaning(Consequence.EXISTS, "the line has a contact card already", "Change that one."),
    2015: Meaning(
        Consequence.NO_LINE,
        "no line of the account can send now, or the request conflicts with what is there",
        "Run `switchyard linq doctor`, and check Linq's dashboard.",
    ),
    2019: Meaning(Consequence.NOT_OURS, "there is no such line", "Run `switchyard linq sync` to see which there are."),
    2022: Meaning(Consequence.TRY_AGAIN, "the contact card was not set up", "Run `switchyard linq cards` again."),
    2024: Meaning(
        Consequence.OPTED_OUT, "the recipient opted out", "Do not write to them again on any line until they write."
    ),
    2026: Meaning(Consequence.NONE, "the recipient is blocked by you", "Unblock them in Linq's dashboard if meant."),
    2027: Meaning(
        Consequence.LINE_SUSPECT,
        "the line cannot deliver now",
        "Run `switchyard linq audit` on it; if it is flagged, flag it here too.",
    ),
    4004: Meaning(
        Consequence.SLOW_DOWN, "it is throttled upstream", "Wait half a minute or more; trying sooner makes it longer."
    ),
}

_KEY_BAD = Meaning(
    Consequence.KEY_BAD, "the API key was not accepted", "Compare it with Linq's dashboard, set it and start again."
)
_SLOW_DOWN = Meaning(Consequence.SLOW_DOWN, "too many requests", "Wait as long as it says, then try again.")
_ELSEWHERE = Meaning(Consequence.NONE, "there is nothing at this address", "Check the base URL and the name you gave.")
_DOWN = Meaning(Consequence.TRY_AGAIN, "it could not do it now", "Try again in a minute.")
_OTHER = Meaning(Consequence.NONE, "it refused", "Give Linq's support the trace id.")


def meaning_of(status: int, provider_code: int | None) -> Meaning:
    """Return what an HTTP error from Linq means."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _SLOW_DOWN
    if provider_code in _BY_CODE:
        return _BY_CODE[provider_code]
    if status == HTTPStatus.UNAUTHORIZED:
        return _KEY_BAD
    if status == HTTPStatus.NOT_FOUND:
        return _ELSEWHERE
    return _DOWN if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _OTHER
