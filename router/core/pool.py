"""A pool: lines that share an audience, a contact card and a policy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import NewType

from router.core.channel import ChannelName
from router.core.errors import InvalidField
from router.core.language import Language, LanguageRule
from router.core.plain_text import first_letter

PoolId = NewType("PoolId", str)

MAX_BACKUPS = 3
MAX_NEW_PEOPLE_PER_DAY = 100_000
# Below this, capacity would outgrow the 32 bits that the store has for it.
MIN_MESSAGES_PER_PERSON = 0.01
DEFAULT_ENVIRONMENT = "production"
_POOL_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


class Entry(StrEnum):
    """What a GET of the pool's signup link does for a real person on a phone.

    PAGE shows a page whose button assigns; REDIRECT assigns at once and opens Messages.
    """

    PAGE = "page"
    REDIRECT = "redirect"


class CapacityFrom(StrEnum):
    """Where the messages per person and day come from: from measurement, or from the pool's setting alone."""

    MEASURED = "measured"
    SETTING = "setting"


class Consent(StrEnum):
    """Which consent line a pool's signup page shows: one of ours, the pool's own among its `texts`, or none."""

    US = "us"
    EU = "eu"
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pool's settings. Every default works for a newcomer.

    Attributes:
        text: the prefilled message; `{code}` is replaced by the attribution code.
        greeting: one sentence on the signup page.
        colour: `#rrggbb`, the brand colour of buttons and headings.
        has_photo: whether a square photo was uploaded. It is the page's logo and the contact card's picture.
        over_provisioning: the spare room on every line, as a share, 0..1; the provider advises 0.10 to 0.20.
        messages_per_line_per_day: the provider's guideline, in and out together.
        messages_per_person_per_day: the guess until it is measured.
        capacity_from: whether a measurement replaces the guess.
        new_people_per_day: rolling 24 h guideline per line, or None for no limit.
        conversations_started_per_day: rolling 24 h allowance of conversations a line begins, or None for no limit.
        warm_up_days: days until a new, recovered or returned line reaches its full weight; 0 for at once.
        order_days: days from the order of a line to a number that works; alerts come that much earlier.
        reservation_minutes: how long a signup that has not texted holds its place.
        backups: how many further lines are on a person's card, 0..3.
        prompts_from: the hour from which people may be prompted, by the clock where they are.
        prompts_until: the hour from which they may not; the same as `prompts_from` allows the whole day.
        time_zone: the zone of people whose number does not show theirs.
        environment: the provider's environment in which its lines are rented.
        prompt_channels: the channels for prompts; the first that can reach a person is used. Empty for no prompts.
        prompt_texts: the pool's own words for some prompts, by their `PromptTextKey`.
        language: what decides the language of its pages.
        default_language: the language of people whose browser asks for none of ours.
        consent: which consent line is under the button of the signup page.
        terms_url: where the page links its terms; empty for no link.
        privacy_url: where the page links its privacy policy; empty for no link.
        texts: the pool's own texts for its pages, by their `PageTextKey`, then by language.
        changed_at_ms: wall clock of the last change. Contact cards show it as their revision.
        revision: grows with every change. A write names the revision it was decided on.
    """

    id: PoolId
    name: str
    text: str = "Hi! {code}"
    greeting: str = ""
    colour: str = "#1d5fd1"
    website: str = ""
    entry: Entry = Entry.PAGE
    has_photo: bool = False
    over_provisioning: float = 0.15
    messages_per_line_per_day: int = 7000
    messages_per_person_per_day: float = 10.0
    capacity_from: CapacityFrom = CapacityFrom.MEASURED
    new_people_per_day: int | None = None
    conversations_started_per_day: int | None = 50
    warm_up_days: float = 7.0
    order_days: float = 7.0
    reservation_minutes: int = 60
    backups: int = 2
    prompts_from: time = time(9)
    prompts_until: time = time(20)
    time_zone: str = "UTC"
    environment: str = DEFAULT_ENVIRONMENT
    prompt_channels: tuple[ChannelName, ...] = (ChannelName.APP, ChannelName.EMAIL, ChannelName.SMS)
    prompt_texts: Mapping[str, str] = field(default_factory=dict)
    language: LanguageRule = LanguageRule.AUTO
    default_language: Language = Language.EN
    consent: Consent = Consent.US
    terms_url: str = ""
    privacy_url: str = ""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    changed_at_ms: int = 0
    revision: int = 0

    @property
    def logo_letter(self) -> str:
        """What stands in the place of the logo where no picture was uploaded."""
        return first_letter(self.name)


def is_pool_id(text: str) -> bool:
    """Whether `text` could be a pool's id: 1-32 of a-z, 0-9 and inner dashes."""
    return _POOL_ID.fullmatch(text) is not None


def parse_pool_id(text: str) -> PoolId:
    """Return `text` as a pool id, or refuse it.

    Raises:
        InvalidField: it is not a pool id.
    """
    if is_pool_id(text):
        return PoolId(text)
    raise InvalidField(
        "id", f"{text[:40]!r} must be 1 to 32 of a-z, 0-9 and dashes, and neither start nor end with a dash"
    )
