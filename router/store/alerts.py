"""Alerts for operators, the latest of the whole installation."""

from dataclasses import dataclass

from router.store.keys import ALERTS, alert_told
from router.store.server.client import StoreClient, Value

ALERTS_KEPT = 1000


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


class AlertStore:
    """A bounded ring of alerts: the oldest goes first."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def add_alert(self, alert: KeptAlert) -> None:
        """Store an alert; the store gives it its `id`."""
        row: dict[str, Value] = {
            "at": alert.at_ms,
            "kind": alert.kind,
            "subject": alert.subject,
            "message": alert.message,
        }
        await self._client.xadd(ALERTS, row, about_rows=ALERTS_KEPT)

    async def claim_alert(self, kind: str, subject: str, *, pause_ms: int) -> bool:
        """Tell whether no process claimed this kind and subject within `pause_ms`; the caller then raises the alert."""
        return await self._client.set_if_absent(alert_told(kind, subject), b"", lifetime_ms=pause_ms)

    async def is_claimed(self, kind: str, subject: str) -> bool:
        """Whether a process claimed this kind and subject, and its pause is not over."""
        return await self._client.get(alert_told(kind, subject)) is not None

    async def alerts(self, *, limit: int = 50) -> list[KeptAlert]:
        """Return the latest alerts, newest first."""
        return [
            KeptAlert(
                id=row_id.decode(),
                at_ms=int(row[b"at"]),
                kind=row[b"kind"].decode(),
                subject=row[b"subject"].decode(),
                message=row[b"message"].decode(),
            )
            for row_id, row in await self._client.xrevrange(ALERTS, limit=limit)
        ]
