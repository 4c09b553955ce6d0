"""The sandbox's Linq account, through its control API: people text, lines go bad and recover."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import httpx

_PATIENCE_S = 10.0
_NOT_DELIVERED = 409
_DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """An event that the gateway answered with 2xx: when, in seconds since 1970, and how long after it happened."""

    at_s: float
    after_s: float


class SandboxAccount:
    """Calls the control API.

    Raises (all of it):
        httpx.HTTPError: the sandbox did not do it.
    """

    def __init__(self, sandbox_url: str, gateway_url: str) -> None:
        self._gateway_url = gateway_url
        self._client = httpx.AsyncClient(base_url=f"{sandbox_url}/sandbox/api", timeout=_PATIENCE_S, trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def answer_everybody(self, text: str) -> None:
        """Let the customer's app answer each text with this text."""
        (await self._client.patch("/settings", json={"auto_reply": text})).raise_for_status()

    async def text(self, person: str, line: str, text: str) -> bool:
        """Let a person text a line; return whether the text arrived. Texts to a flagged line do not."""
        answer = await self._client.post("/texts", json={"from": person, "to": line, "text": text})
        if answer.status_code == _NOT_DELIVERED:
            return False
        answer.raise_for_status()
        return True

    async def set_health(self, line: str, **health: str) -> str:
        """Change a line's `status` or `reputation`, and return the id of the event that reports it."""
        answer = await self._client.post(f"/lines/{quote(line)}/status", json=health)
        answer.raise_for_status()
        return str(answer.json()["events"][0]["id"])

    async def answered(self, event_id: str) -> AcceptedEvent | None:
        """Return when the gateway answered an event with 2xx, or None if it has not yet."""
        answer = await self._client.get("/deliveries", params={"event_id": event_id})
        answer.raise_for_status()
        # Whoever watches may have subscribed an address of their own.
        tries = [one for one in answer.json()["deliveries"] if one["target_url"].startswith(self._gateway_url)]
        first_s = min((_begun_s(one) for one in tries), default=0.0)
        done = [_begun_s(one) + one["duration_ms"] / 1000 for one in tries if one["outcome"] == _DELIVERED]
        return AcceptedEvent(min(done), min(done) - first_s) if done else None


def _begun_s(one: dict[str, str]) -> float:
    return datetime.fromisoformat(one["at"]).timestamp()
