"""The customer's own back end: it signs up people it knows, by id, e-mail or phone, over the API."""

import asyncio
from dataclasses import dataclass
from urllib.parse import quote

import httpx

_WAITLISTED = 202
_PAUSES_S = (0.5, 1.0, 2.0)  # the same request with the same key is safe to send again


@dataclass(frozen=True, slots=True)
class SignupState:
    """A person's state and line, as the gateway answers."""

    state: str
    line: str | None


class SignupsApi:
    """Calls the API with a key of its own.

    Raises (all of it):
        httpx.HTTPError: the gateway did not do it.
    """

    def __init__(self, client: httpx.AsyncClient, pool: str) -> None:
        self._client = client
        self._path = f"/api/v1/pools/{quote(pool)}/signups"

    async def sign_up(self, known_by: str, address: str) -> str | None:
        """Sign a person up, and return the link to show them; None while no line has room."""
        for pause_s in _PAUSES_S:
            answer = await self._client.post(self._path, json={known_by: address}, headers={"Idempotency-Key": address})
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(pause_s)
        answer.raise_for_status()
        if answer.status_code == _WAITLISTED:
            return None
        return str(answer.json()["page_url"])

    async def look_up(self, signup: str) -> SignupState:
        """Return a person's state and line."""
        answer = await self._client.get(f"{self._path}/{quote(signup)}")
        answer.raise_for_status()
        body = answer.json()
        return SignupState(str(body["state"]), body["line"])
