"""What a look at the connection to a provider found, check by check, each fault with its mend."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from router.core.silence import silent_since_ms

MAX_SKEW = timedelta(seconds=60)
FATAL_SKEW = timedelta(minutes=4)  # at five, signatures count as too old


class Verdict(StrEnum):
    """How a check went; a warning works today."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        mend: what to do; empty where all is well.
    """

    name: str
    verdict: Verdict
    finding: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """What came of an environment's webhooks, as our own records say.

    Attributes:
        last_ms: when the last verified delivery came; None for never.
        rejected: deliveries of the last day whose signature was not believed, as far as they were kept.
        why_rejected: why the latest of them was not.
    """

    last_ms: int | None = None
    rejected: int = 0
    why_rejected: str = ""


def check_clock(told_at_ms: int | None, asked_ms: int, answered_ms: int) -> Check:
    """Compare the provider's clock with ours, allowing for the way and for its whole seconds."""
    if told_at_ms is None:
        return Check(name="clock", verdict=Verdict.WARN, finding="Linq did not say what time it is")
    ahead_ms = max(asked_ms - told_at_ms - 1000, told_at_ms - answered_ms, 0)
    ahead_s = ahead_ms / 1000
    if ahead_s <= MAX_SKEW.total_seconds():
        return Check(name="clock", verdict=Verdict.OK, finding=f"within {MAX_SKEW.total_seconds():.0f} s of Linq's")
    return Check(
        name="clock",
        verdict=Verdict.FAIL if ahead_s >= FATAL_SKEW.total_seconds() else Verdict.WARN,
        finding=f"{ahead_s:.0f} s from Linq's; at 300 s every delivery is refused as too old or too new",
        mend="Let the machine (and that of the store) keep time by NTP.",
    )


def check_deliveries(told: Deliveries, *, now_ms: int) -> list[Check]:
    """Judge what came: silence is normal at night, and also what a broken webhook looks like."""
    checks = []
    if told.rejected:
        checks.append(
            Check(
                name="signatures",
                verdict=Verdict.WARN,
                finding=f"{told.rejected} deliveries of the last day were not believed ({told.why_rejected})",
                mend="If they were Linq's, a secret is missing: switchyard linq subscribe --renew",
            )
        )
    if told.last_ms is None:
        checks.append(
            Check(
                name="deliveries",
                verdict=Verdict.WARN,
                finding="nothing was ever delivered",
                mend="Text one of your lines: its event should be here within seconds.",
            )
        )
        return checks
    is_silent = silent_since_ms(told.last_ms, now_ms=now_ms) is not None
    checks.append(
        Check(
            name="deliveries",
            verdict=Verdict.WARN if is_silent else Verdict.OK,
            finding=f"the last one came {_ago(max(0, now_ms - told.last_ms))} ago",
            mend="A flagged line shows only in a delivery. Text a line, or ask: switchyard linq audit +1…"
            if is_silent
            else "",
        )
    )
    return checks


def _ago(silent_ms: int) -> str:
    hours, minutes = divmod(silent_ms // 60_000, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
