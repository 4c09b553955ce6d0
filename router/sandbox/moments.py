"""Format times as Linq does: envelopes to the nanosecond, fields to the millisecond, API answers with an offset.

All times are nanoseconds since 1970.
"""

from datetime import UTC, datetime, timedelta, timezone

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000
_AN_OFFSET = timezone(timedelta(hours=-5))  # an arbitrary one, so that nobody relies on a Z


def format_ns(moment_ns: int) -> str:
    """Format a time like a webhook's `created_at`: nine digits and a Z."""
    second, fraction = divmod(moment_ns, NS_PER_S)
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def format_ms(moment_ns: int) -> str:
    """Format a time like the fields of a webhook's data: three digits and a Z."""
    return format_ns(moment_ns)[:23] + "Z"


def format_ms_or_none(moment_ns: int | None) -> str | None:
    """Format a time like `format_ms`, or return None for what has not happened."""
    return None if moment_ns is None else format_ms(moment_ns)


def format_answer(moment_ns: int) -> str:
    """Format a time as the API's answers may do: three digits and an offset."""
    moment = datetime.fromtimestamp(moment_ns // NS_PER_S, _AN_OFFSET)
    return moment.replace(microsecond=moment_ns % NS_PER_S // 1000).isoformat(timespec="milliseconds")


def format_answer_or_none(moment_ns: int | None) -> str | None:
    """Format a time like `format_answer`, or return None for what has not happened."""
    return None if moment_ns is None else format_answer(moment_ns)
