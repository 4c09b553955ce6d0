"""Decide when a person may be prompted, by the time of day where they are.

A number may belong to several time zones: then it must be a decent hour in each of them. Where they share no decent
hour, the zones in which the fewest people live are left out, one after the other. Without a number, or with a number of
no known place, the pool's own time zone counts.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from router.core.campaigns.number_zones import zones_of

_DAYS_LOOKED_AT = 3


def may_prompt_at_ms(phone: str | None, *, now_ms: int, opens: time, closes: time, fallback: str = "UTC") -> int:
    """Return when a person may next be prompted: `now_ms` if now, else the start of the next decent hour.

    Args:
        phone: theirs, or None.
        now_ms: the store's clock.
        opens: start of the decent hours, local.
        closes: end of the decent hours; the same as `opens` for the whole day.
        fallback: the time zone of people whose number names no place.
    """
    if opens == closes:
        return now_ms
    zones = _known(zones_of(phone, fallback)) or _known((fallback,))
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    for count in range(len(zones), 0, -1):
        moment = _next_common(now, zones[:count], opens, closes)
        if moment is not None:
            return now_ms if moment == now else int(moment.timestamp() * 1000)
    return now_ms


def _next_common(now: datetime, zones: Sequence[ZoneInfo], opens: time, closes: time) -> datetime | None:
    """Return the next moment that is decent in all zones; None if they share none within days."""
    if all(_is_decent(now, zone, opens, closes) for zone in zones):
        return now
    # The common hours of all zones begin when the hours of one of them do.
    for moment in sorted({moment for zone in zones for moment in _openings(now, zone, opens)}):
        if moment > now and all(_is_decent(moment, zone, opens, closes) for zone in zones):
            return moment
    return None


def _openings(now: datetime, zone: ZoneInfo, opens: time) -> Iterator[datetime]:
    """Yield the next times at which the decent hours of a zone begin."""
    today = now.astimezone(zone).date()
    for days in range(_DAYS_LOOKED_AT):
        yield datetime.combine(today + timedelta(days=days), opens, zone).astimezone(UTC)


def _is_decent(moment: datetime, zone: ZoneInfo, opens: time, closes: time) -> bool:
    local = moment.astimezone(zone).time()
    return opens <= local < closes if opens < closes else local >= opens or local < closes


def _known(names: Sequence[str]) -> list[ZoneInfo]:
    return [zone for name in names if (zone := zone_named(name)) is not None]


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """Return a time zone; None if the zone data does not have it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
