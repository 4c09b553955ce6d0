"""A pool: lines that share an audience, a contact card and a policy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import NewType

from router.core.channel_name import ChannelName
from router.core.errors import InvalidField

PoolId = NewType("PoolId", str)

MAX_BACKUPS = 3
DEFAULT_ENVIRONMENT = "production"
_POOL_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")


class Entry(StrEnum):
    """What a GET of the pool's signup link does for a real person on a phone.

    PAGE shows a page whose button assigns; REDIRECT assigns at once and opens Messages.
    """

    PAGE = "page"
    REDIRECT = "redirect"


class CapacityFrom(StrEnum):
    """Which messages per person and day capacity is counted with: as measured, or the pool's setting alone."""

    MEASURED = "measured"
    SETTING = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pool's settings; every default works for a newcomer.

    Attributes:
        text: prefilled message; `{code}` stands for the attribution code.
        greeting: one sentence on the signup page.
        colour: `#rrggbb`, the brand colour of buttons and headings.
        has_photo: whether a square photo was uploaded; it is the page's logo and the contact card's picture.
        over_provisioning: share of spare room kept on every line, 0..1; the provider advises 0.10 to 0.20.
        messages_per_line_per_day: the provider's guideline, in and out together.
        messages_per_person_per_day: the guess until it is measured.
        capacity_from: whether a measurement takes the guess's place.
        new_people_per_day: rolling 24 h guideline per line, or None for no limit.
        conversations_started_per_day: rolling 24 h allowance for conversations a line itself begins, or None.
        warm_up_days: how long a new, recovered or returned line takes to reach its full weight; 0 for at once.
        reservation_minutes: how long a signup that has not texted holds its place.
        backups: how many further lines a person's card carries, 0..3.
        prompts_from: people may be prompted from this hour on, where they are.
        prompts_until: and not from this one on; the same as `prompts_from` for the whole day.
        time_zone: of people whose number does not tell theirs.
        environment: which of the provider's environments its lines are rented in.
        prompt_channels: what carries its prompts, the first that can reach a person; none for no prompts.
        prompt_texts: its own words for some of them, by the names of `router.core.prompt_defaults.Slot`.
        changed_at_ms: wall clock of the last change; contact cards carry it as their revision.
        revision: grows with every change; writes name the revision they were decided on.
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
    reservation_minutes: int = 60
    backups: int = 2
    prompts_from: time = time(9)
    prompts_until: time = time(20)
    time_zone: str = "UTC"
    environment: str = DEFAULT_ENVIRONMENT
    prompt_channels: tuple[ChannelName, ...] = (ChannelName.APP, ChannelName.EMAIL, ChannelName.SMS)
    prompt_texts: Mapping[str, str] = field(default_factory=dict)
    changed_at_ms: int = 0
    revision: int = 0


def is_pool_id(text: str) -> bool:
    """Whether `text` could be a pool's id: 1-32 of a-z, 0-9 and inner dashes."""
    return _POOL_ID.fullmatch(text) is not None


def parse_pool_id(text: str) -> PoolId:
    """Return `text` as a pool id.

    Raises:
        InvalidField: it is none.
    """
    if is_pool_id(text):
        return PoolId(text)
    raise InvalidField(
        "id", f"{text[:40]!r} must be 1 to 32 of a-z, 0-9 and dashes, and neither start nor end with a dash"
    )
