"""Decide when failing messages raise a suspicion: the line may be flagged, though nobody told us.

A guess may be wrong, so it benches at most one line of a pool, or a fifth of its lines. Statements from the provider
have no such limit. Source: Envoy's outlier detection (max_ejection_percent) and HAProxy's error-limit.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspicionRules:
    """How many failures are too many.

    Attributes:
        half_life: after this time a message counts half.
        min_failed: with fewer failures, counted in this way, a line is not suspected.
        failed_permille: the share of sent messages that must fail, counted in this way, for a suspicion.
        benched_permille: the share of a pool's lines that a guess may bench at once; at least one line.
        ends_after: a suspicion ends by itself this long after the line's last message.
    """

    half_life: timedelta = timedelta(minutes=10)
    min_failed: int = 5
    failed_permille: int = 500
    benched_permille: int = 200
    ends_after: timedelta = timedelta(minutes=30)

    def most_benched(self, lines: int) -> int:
        """Return how many of a pool's lines a guess may bench at once."""
        return max(1, lines * self.benched_permille // 1000)
