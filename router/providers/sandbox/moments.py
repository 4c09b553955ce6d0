"""How Linq spells moments: envelopes to the nanosecond, fields to the millisecond, API answers with an offset.

All moments are nanoseconds since 1970.
"""

from datetime import UTC, datetime, timedelta, timezone

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000
_AN_OFFSET = timezone(timedelta(hours=-5))  # any: it is there so that nobody relies on a Z


def spell_ns(moment_ns: int) -> str:
    """Return it as `created_at` of a webhook has it: nine digits and a Z."""
    second, fraction = divmod(moment_ns, NS_PER_S)
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def spell_ms(moment_ns: int) -> str:
    """Return it as the fields of a webhook's data have it: three digits and a Z."""
    return spell_ns(moment_ns)[:23] + "Z"


def spell_ms_or_none(moment_ns: int | None) -> str | None:
    """Return it spelled, or None for what has not happened."""
    return None if moment_ns is None else spell_ms(moment_ns)


def spell_answer(moment_ns: int) -> str:
    """Return it as answers of the API may have it: three digits and an offset."""
    moment = datetime.fromtimestamp(moment_ns // NS_PER_S, _AN_OFFSET)
    return moment.replace(microsecond=moment_ns % NS_PER_S // 1000).isoformat(timespec="milliseconds")


def spell_answer_or_none(moment_ns: int | None) -> str | None:
    """Return it spelled, or None for what has not happened."""
    return None if moment_ns is None else spell_answer(moment_ns)
