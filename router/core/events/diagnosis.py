"""Results of checking the connection to a provider, each fault with its fix."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from router.core.lines.silence import silent_since_ms

MAX_SKEW = timedelta(seconds=60)
MAX_ZONES_AGE = timedelta(days=180)  # governments give a few weeks' notice, so half a year may miss a change
FATAL_SKEW = timedelta(minutes=4)  # at five minutes, signatures count as too old


class CheckResult(StrEnum):
    """The result of a check. With a warning, things still work today."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was checked.

    Attributes:
        mend: how to fix it; empty where all is well.
    """

    name: str
    verdict: CheckResult
    finding: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """What our own records say about an environment's webhook deliveries.

    Attributes:
        last_ms: when the last verified delivery came; None for never.
        rejected: how many deliveries of the last day had a bad signature, as far as they were stored.
        why_rejected: why the latest of them was rejected.
    """

    last_ms: int | None = None
    rejected: int = 0
    why_rejected: str = ""


def check_zones(version: str, place: str, age_days: int, others: Sequence[str]) -> Check:
    """Report which time zone data decides whether it is night where a person is.

    Args:
        version: as IANA names it; empty if the files do not say.
        place: where it is.
        age_days: how old it is at least.
        others: the versions of the copies that are not used.
    """
    named = version or "of an unknown version"
    unused = f"; not used: {', '.join(other or 'an unknown version' for other in others)}" if others else ""
    finding = f"{named}, from {place}, {age_days} days old{unused}"
    if version and age_days <= MAX_ZONES_AGE.days:
        return Check(name="time zones", verdict=CheckResult.OK, finding=finding)
    return Check(
        name="time zones",
        verdict=CheckResult.WARN,
        finding=finding,
        mend="Update the system's tzdata, or Switchyard. Where clocks changed since, hours are wrong.",
    )


def check_clock(provider_time_ms: int | None, asked_ms: int, answered_ms: int) -> Check:
    """Compare the provider's clock with ours, allowing for network time and for its whole seconds."""
    if provider_time_ms is None:
        return Check(name="clock", verdict=CheckResult.WARN, finding="Linq did not say what time it is")
    ahead_ms = max(asked_ms - provider_time_ms - 1000, provider_time_ms - answered_ms, 0)
    ahead_s = ahead_ms / 1000
    if ahead_s <= MAX_SKEW.total_seconds():
        return Check(name="clock", verdict=CheckResult.OK, finding=f"within {MAX_SKEW.total_seconds():.0f} s of Linq's")
    return Check(
        name="clock",
        verdict=CheckResult.FAIL if ahead_s >= FATAL_SKEW.total_seconds() else CheckResult.WARN,
        finding=f"{ahead_s:.0f} s from Linq's; at 300 s every delivery is refused as too old or too new",
        mend="Set this machine's clock, and that of the store, by NTP.",
    )


def check_deliveries(record: DeliveryRecord, *, now_ms: int) -> list[Check]:
    """Check the deliveries that came. Silence is normal at night, but a broken webhook looks the same."""
    checks = []
    if record.rejected:
        checks.append(
            Check(
                name="signatures",
                verdict=CheckResult.WARN,
                finding=f"{record.rejected} deliveries of the last day had bad signatures ({record.why_rejected})",
                mend="If they came from Linq, a secret is missing: switchyard linq subscribe --renew",
            )
        )
    if record.last_ms is None:
        checks.append(
            Check(
                name="deliveries",
                verdict=CheckResult.WARN,
                finding="nothing was ever delivered",
                mend="Text one of your lines: its event should be here within seconds.",
            )
        )
        return checks
    is_silent = silent_since_ms(record.last_ms, now_ms=now_ms) is not None
    checks.append(
        Check(
            name="deliveries",
            verdict=CheckResult.WARN if is_silent else CheckResult.OK,
            finding=f"the last one came {_ago(max(0, now_ms - record.last_ms))} ago",
            mend="A flagged line shows only in a delivery. Text a line, or ask: switchyard linq audit +1…"
            if is_silent
            else "",
        )
    )
    return checks


def _ago(silent_ms: int) -> str:
    hours, minutes = divmod(silent_ms // 60_000, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
