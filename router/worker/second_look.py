"""Look again at deliveries that could not be taken in: a secret may have been mended, or a line added."""

from dataclasses import dataclass

from router.services.intake.deliveries import Deliveries


@dataclass(frozen=True, slots=True)
class SecondLookReport:
    """What one tick did.

    Attributes:
        believed: rejected deliveries that a secret of ours signed after all.
        placed: deliveries whose line is in a pool now.
    """

    believed: int
    placed: int


async def tick(deliveries: Deliveries) -> SecondLookReport:
    """Take in what can be taken in now.

    Raises:
        StoreUnavailable: what was not looked at is still kept.
    """
    reverified = await deliveries.reverify()
    return SecondLookReport(reverified.taken, await deliveries.place_kept())
