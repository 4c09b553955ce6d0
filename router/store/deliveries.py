"""Webhook deliveries that belong to no pool: rejected, unreadable or unplaced; and counts of all deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.store.keys import HOOK_TALLY, KEPT_DELIVERIES, REJECTED_DELIVERIES, Key
from router.store.server.client import StoreClient, Value

DELIVERIES_KEPT = 500
_TAKEN_MS = ":taken_ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """A delivery as it came.

    Attributes:
        id: its place in the ring; an older delivery has a smaller one.
        reason: why it was not applied.
        sealed: headers and body, sealed.
    """

    id: str
    at_ms: int
    environment: str
    reason: str
    sealed: bytes


class DeliveryStore:
    """Two bounded rings, in which the oldest delivery goes first, and counters."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def reject(self, delivery: KeptDelivery) -> None:
        """Store a delivery that failed a check; the store gives it its `id`."""
        await self._add(REJECTED_DELIVERIES, delivery)

    async def keep(self, delivery: KeptDelivery) -> None:
        """Store a delivery that passed the checks and could not be read or placed; the store gives it its `id`."""
        await self._add(KEPT_DELIVERIES, delivery)

    async def rejected(self) -> list[KeptDelivery]:
        """Return the rejected deliveries, oldest first."""
        return await self._deliveries(REJECTED_DELIVERIES)

    async def kept(self) -> list[KeptDelivery]:
        """Return the deliveries that could not be read or placed, oldest first."""
        return await self._deliveries(KEPT_DELIVERIES)

    async def forget_rejected(self, delivery_id: str) -> None:
        """Delete a rejected delivery that was accepted later."""
        await self._client.xdel(REJECTED_DELIVERIES, delivery_id)

    async def forget_kept(self, delivery_id: str) -> None:
        """Delete a delivery that was placed later."""
        await self._client.xdel(KEPT_DELIVERIES, delivery_id)

    async def add_tally(self, counts: Mapping[str, int], latest: Mapping[str, int]) -> None:
        """Add `counts` to the counters and set the times in `latest`; both are named `<environment>:<what>`."""
        await self._client.count_in_hash(HOOK_TALLY, counts, latest)

    async def tally(self) -> dict[str, int]:
        """Return all counters and times."""
        return {name.decode(): int(value) for name, value in (await self._client.hgetall(HOOK_TALLY)).items()}

    async def last_taken_ms(self) -> dict[str, int]:
        """Return when the last delivery of each environment was accepted."""
        tally = await self.tally()
        return {name.removesuffix(_TAKEN_MS): at for name, at in tally.items() if name.endswith(_TAKEN_MS)}

    async def _add(self, ring: Key, delivery: KeptDelivery) -> None:
        row: dict[str, Value] = {
            "at": delivery.at_ms,
            "environment": delivery.environment,
            "reason": delivery.reason,
            "sealed": delivery.sealed,
        }
        await self._client.xadd(ring, row, about_rows=DELIVERIES_KEPT)

    async def _deliveries(self, ring: Key) -> list[KeptDelivery]:
        return [
            KeptDelivery(
                id=row_id.decode(),
                at_ms=int(row[b"at"]),
                environment=row[b"environment"].decode(),
                reason=row[b"reason"].decode(),
                sealed=row[b"sealed"],
            )
            for row_id, row in await self._client.xrange(ring)
        ]
