"""Retry deliveries that could not be applied: a secret may have been fixed since, or a line added."""

from dataclasses import dataclass

from router.services.events.deliveries import Deliveries


@dataclass(frozen=True, slots=True)
class RetryReport:
    """What one tick did.

    Attributes:
        believed: rejected deliveries that a secret of ours signed after all.
        placed: deliveries whose line is in a pool now.
    """

    believed: int
    placed: int


async def tick(deliveries: Deliveries) -> RetryReport:
    """Apply what can be applied now.

    Raises:
        StoreUnavailable: what was not retried is still stored.
    """
    reverified = await deliveries.reverify()
    return RetryReport(reverified.taken, await deliveries.place_kept())
