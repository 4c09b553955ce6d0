"""What no pool keeps of the provider's deliveries: those we could not believe, read or place; their number; alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from router.store.connection import translate_errors
from router.store.keys import ALERTS, HOOK_TALLY, KEPT_DELIVERIES, REJECTED_DELIVERIES, alert_told
from router.store.scripts import Client

DELIVERIES_KEPT = 500
ALERTS_KEPT = 1000
_TAKEN_MS = ":taken_ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """A delivery as it came.

    Attributes:
        id: its place in the ring, the older the smaller.
        reason: why it was not taken in.
        sealed: headers and body, sealed.
    """

    id: str
    at_ms: int
    environment: str
    reason: str
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAlert:
    """Something an operator should know.

    Attributes:
        kind: a stable word. subject: what it is about, a line's number masked.
    """

    id: str
    at_ms: int
    kind: str
    subject: str
    message: str


class HookLog:
    """Bounded rings and counters; what is oldest goes first."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def reject(self, delivery: KeptDelivery) -> None:
        """Keep a delivery that was not believed; its `id` is given here."""
        await self._add(REJECTED_DELIVERIES, DELIVERIES_KEPT, _spell(delivery))

    async def keep(self, delivery: KeptDelivery) -> None:
        """Keep a delivery that was believed, and could not be read or placed."""
        await self._add(KEPT_DELIVERIES, DELIVERIES_KEPT, _spell(delivery))

    async def rejected(self) -> list[KeptDelivery]:
        """Return the ring of rejected deliveries, oldest first."""
        return await self._deliveries(REJECTED_DELIVERIES)

    async def kept(self) -> list[KeptDelivery]:
        """Return the ring of deliveries that found no place, oldest first."""
        return await self._deliveries(KEPT_DELIVERIES)

    async def forget_rejected(self, delivery_id: str) -> None:
        """Drop a rejected delivery that was taken in after all."""
        with translate_errors():
            await self._client.xdel(REJECTED_DELIVERIES, delivery_id)

    async def forget_kept(self, delivery_id: str) -> None:
        """Drop a delivery that found its place after all."""
        with translate_errors():
            await self._client.xdel(KEPT_DELIVERIES, delivery_id)

    async def add_alert(self, alert: KeptAlert) -> None:
        """Keep an alert; its `id` is given here."""
        row = {"at": alert.at_ms, "kind": alert.kind, "subject": alert.subject, "message": alert.message}
        await self._add(ALERTS, ALERTS_KEPT, row)

    async def claim_alert(self, kind: str, subject: str, *, pause_ms: int) -> bool:
        """Whether nobody has told this for so long; who asks first is the one to tell it."""
        with translate_errors():
            return bool(await self._client.set(alert_told(kind, subject), b"", nx=True, px=pause_ms))

    async def alerts(self, *, limit: int = 50) -> list[KeptAlert]:
        """Return the latest alerts, newest first."""
        with translate_errors():
            rows = await self._client.xrevrange(ALERTS, count=limit)
        return [
            KeptAlert(
                id=_text(row_id),
                at_ms=int(row[b"at"]),
                kind=_text(row[b"kind"]),
                subject=_text(row[b"subject"]),
                message=_text(row[b"message"]),
            )
            for row_id, row in cast(Any, rows)
        ]

    async def add_tally(self, counts: Mapping[str, int], latest: Mapping[str, int]) -> None:
        """Add to counters, and set `latest` (times), by `<environment>:<what>`."""
        with translate_errors():
            pipeline = self._client.pipeline(transaction=False)
            for name, times in counts.items():
                pipeline.hincrby(HOOK_TALLY, name, times)
            if latest:
                pipeline.hset(HOOK_TALLY, mapping=cast(Any, latest))
            await pipeline.execute()

    async def tally(self) -> dict[str, int]:
        """Return all counters and times."""
        with translate_errors():
            kept = await self._client.hgetall(HOOK_TALLY)
        return {_text(name): int(value) for name, value in cast(dict[bytes, bytes], kept).items()}

    async def last_taken_ms(self) -> dict[str, int]:
        """Return when the last delivery of each environment was taken in."""
        tally = await self.tally()
        return {name.removesuffix(_TAKEN_MS): at for name, at in tally.items() if name.endswith(_TAKEN_MS)}

    async def _add(self, ring: str, kept: int, row: dict[Any, Any]) -> None:
        with translate_errors():
            await self._client.xadd(ring, row, maxlen=kept, approximate=True)

    async def _deliveries(self, ring: str) -> list[KeptDelivery]:
        with translate_errors():
            rows = await self._client.xrange(ring)
        return [
            KeptDelivery(
                id=_text(row_id),
                at_ms=int(row[b"at"]),
                environment=_text(row[b"environment"]),
                reason=_text(row[b"reason"]),
                sealed=row[b"sealed"],
            )
            for row_id, row in cast(Any, rows)
        ]


def _spell(delivery: KeptDelivery) -> dict[str, Any]:
    return {
        "at": delivery.at_ms,
        "environment": delivery.environment,
        "reason": delivery.reason,
        "sealed": delivery.sealed,
    }


def _text(value: bytes) -> str:
    return value.decode()
