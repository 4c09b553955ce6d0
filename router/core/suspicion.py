"""When failing messages raise a suspicion: the line may be flagged though nobody told us.

Inference may be wrong, so it benches at most one line of a pool, or a fifth of them; what the provider states is not
capped. Source: Envoy's outlier detection (max_ejection_percent) and HAProxy's error-limit.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspicionRules:
    """How many failures are too many.

    Attributes:
        half_life: after it a message counts for half.
        min_failed: failures, so counted, below which a line is not suspected.
        failed_permille: failures to messages sent, so counted, from which it is.
        benched_permille: share of a pool's lines that inference may bench at once; one line at least.
        ends_after: how long after its last message a suspicion ends by itself.
    """

    half_life: timedelta = timedelta(minutes=10)
    min_failed: int = 5
    failed_permille: int = 500
    benched_permille: int = 200
    ends_after: timedelta = timedelta(minutes=30)

    def most_benched(self, lines: int) -> int:
        """How many of a pool's lines may be benched by inference at once."""
        return max(1, lines * self.benched_permille // 1000)
