"""When a person may be prompted, by the time of day where their number is from.

A number may belong to several time zones (all of +1 does not, Kazakhstan's do): it must be a decent hour in each of
them. Without a number, or with one of no known place, the pool's own time zone counts.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers.timezone import time_zones_for_number

_UNKNOWN_ZONE = "Etc/Unknown"
_DAYS_LOOKED_AT = 3


@lru_cache(maxsize=65_536)
def zones_of(phone: str | None, fallback: str) -> tuple[str, ...]:
    """Return the time zones a person may be in."""
    if phone is not None:
        try:
            zones = time_zones_for_number(phonenumbers.parse(phone, None))
        except phonenumbers.NumberParseException:
            zones = ()
        if zones and _UNKNOWN_ZONE not in zones:
            return tuple(zones)
    return (fallback,)


def may_prompt_at_ms(phone: str | None, *, now_ms: int, opens: time, closes: time, fallback: str = "UTC") -> int:
    """Return when a person may next be prompted: `now_ms` if now, else the start of the next decent hour.

    Args:
        phone: theirs, or None.
        now_ms: the store's clock.
        opens: start of the decent hours, local.
        closes: their end; the same as `opens` for the whole day.
        fallback: the time zone of people whose number does not tell.
    """
    if opens == closes:
        return now_ms
    names = zones_of(phone, fallback)
    zones = [zone for name in names if (zone := _zone(name)) is not None]
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    if all(_is_decent(now, zone, opens, closes) for zone in zones):
        return now_ms
    # The hours of all zones together begin when those of one of them do.
    for moment in sorted(moment for zone in zones for moment in _openings(now, zone, opens)):
        if moment > now and all(_is_decent(moment, zone, opens, closes) for zone in zones):
            return int(moment.timestamp() * 1000)
    # No hour is decent in all their zones at once: the first zone decides.
    return may_prompt_at_ms(None, now_ms=now_ms, opens=opens, closes=closes, fallback=names[0])


def _openings(now: datetime, zone: ZoneInfo, opens: time) -> Iterator[datetime]:
    """The next beginnings of the decent hours of a zone."""
    today = now.astimezone(zone).date()
    for days in range(_DAYS_LOOKED_AT):
        yield datetime.combine(today + timedelta(days=days), opens, zone).astimezone(UTC)


def _is_decent(moment: datetime, zone: ZoneInfo, opens: time, closes: time) -> bool:
    local = moment.astimezone(zone).time()
    return opens <= local < closes if opens < closes else local >= opens or local < closes


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
