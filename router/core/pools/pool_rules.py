"""Check a pool's settings. A pool that passes can be shown, printed on a card and used in calculations."""

import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from router.core.campaigns.prompt_text import check_texts, roomy_fields
from router.core.errors import InvalidField
from router.core.field_rules import check_range, check_words
from router.core.links.message_text import check_text
from router.core.pool import (
    MAX_BACKUPS,
    MAX_NEW_PEOPLE_PER_DAY,
    MIN_MESSAGES_PER_PERSON,
    Pool,
    is_pool_id,
    parse_pool_id,
)
from router.core.pools.consent import check_consent
from router.core.pools.page_texts import check_page_texts

MAX_NAME_CHARACTERS = 60
MAX_GREETING_CHARACTERS = 200
MAX_WEBSITE_CHARACTERS = 200
MAX_MESSAGES_PER_LINE = 1_000_000
MAX_MESSAGES_PER_PERSON = 10_000
MAX_WARM_UP_DAYS = 90
MAX_ORDER_DAYS = 90
MAX_RESERVATION_MINUTES = 10_080  # a week

_ZONE = re.compile(r"UTC|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+")  # other names exist on some machines only
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SECURE = ("https",)
_WEB = ("https", "http")
# Characters that split a URL in two on a contact card or inside a link; each has a percent-encoded form.
_URL_RISKS = re.compile(r"[^\x21-\x7e]|[,;\\\"<>]")


def check_pool(pool: Pool) -> None:
    """Refuse settings that would not work. The first fault found is reported.

    Raises:
        InvalidField: a field outside its range, with its name.
        InvalidText: a prefilled text that some phone would damage.
    """
    parse_pool_id(pool.id)
    check_words("name", pool.name, max_characters=MAX_NAME_CHARACTERS, may_be_empty=False)
    check_text(pool.text)
    check_words("greeting", pool.greeting, max_characters=MAX_GREETING_CHARACTERS)
    if not _COLOUR.fullmatch(pool.colour):
        raise InvalidField("colour", f"{pool.colour[:20]!r} must be # and six of 0-9 and a-f, like #1d5fd1")
    _check_url("website", pool.website, _WEB)
    _check_url("terms_url", pool.terms_url, _SECURE)
    _check_url("privacy_url", pool.privacy_url, _SECURE)
    check_page_texts(pool.texts)
    check_consent(pool)
    check_range("over_provisioning", pool.over_provisioning, 0, 1)
    check_range("messages_per_line_per_day", pool.messages_per_line_per_day, 1, MAX_MESSAGES_PER_LINE)
    check_range(
        "messages_per_person_per_day",
        pool.messages_per_person_per_day,
        MIN_MESSAGES_PER_PERSON,
        MAX_MESSAGES_PER_PERSON,
    )
    if pool.new_people_per_day is not None:
        check_range("new_people_per_day", pool.new_people_per_day, 1, MAX_NEW_PEOPLE_PER_DAY)
    if pool.conversations_started_per_day is not None:
        check_range("conversations_started_per_day", pool.conversations_started_per_day, 1, MAX_NEW_PEOPLE_PER_DAY)
    check_range("warm_up_days", pool.warm_up_days, 0, MAX_WARM_UP_DAYS)
    check_range("order_days", pool.order_days, 0, MAX_ORDER_DAYS)
    check_range("reservation_minutes", pool.reservation_minutes, 1, MAX_RESERVATION_MINUTES)
    check_range("backups", pool.backups, 0, MAX_BACKUPS)
    if not is_pool_id(pool.environment):
        raise InvalidField("environment", f"{pool.environment[:40]!r} must be 1 to 32 of a-z, 0-9 and inner dashes")
    _check_time_zone(pool.time_zone)
    if len(set(pool.prompt_channels)) < len(pool.prompt_channels):
        raise InvalidField("prompt_channels", f"{', '.join(pool.prompt_channels)}: each may be named once")
    check_texts(pool.prompt_texts, longest=roomy_fields(pool.name, pool.id))


def _check_time_zone(name: str) -> None:
    try:
        is_known = _ZONE.fullmatch(name) is not None and bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the name is too long, or names a folder
        is_known = False
    if not is_known:
        raise InvalidField("time_zone", f"{name[:40]!r} is not an IANA time zone; use one like Europe/Berlin, or UTC")


def _check_url(field: str, url: str, schemes: tuple[str, ...]) -> None:
    if not url:
        return
    shown = ascii(url[:60])
    if len(url) > MAX_WEBSITE_CHARACTERS:
        raise InvalidField(field, f"it has {len(url)} characters and {MAX_WEBSITE_CHARACTERS} are allowed")
    if risk := _URL_RISKS.search(url):
        raise InvalidField(field, f"{shown} holds {risk[0]!a}; percent-encode it or leave it out")
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an invalid port or bracketed address
        is_whole = False
    if not is_whole or "@" in parts.netloc:
        beginning = " or ".join(f"{scheme}://" for scheme in schemes)
        raise InvalidField(field, f"{shown} must begin with {beginning} and a host, without a login")
