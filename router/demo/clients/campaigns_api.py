"""Campaigns, as an operator reads them over the API."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any
from urllib.parse import quote

import httpx

from router.demo.output.run_events import CampaignNow

_PAGE = 1000
_LIVE = frozenset({"holding", "running", "paused"})
_ASKED = ("sending", "sent", "unknown", "opened")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """A campaign: its state, the reason, and its hold-down in seconds; 0 when that is over."""

    now: CampaignNow
    why: str
    hold_down_s: int

    @property
    def is_live(self) -> bool:
        """Whether it may still prompt people."""
        return self.now.state in _LIVE


@dataclass(frozen=True, slots=True)
class PromptedPerson:
    """A person's state in a campaign; `target` is the number they were asked to text, or None."""

    signup: str
    state: str
    reason: str
    target: str | None


class CampaignsApi:
    """Calls the API with the operator's key.

    Raises (all of it):
        httpx.HTTPError: the gateway did not answer.
    """

    def __init__(self, client: httpx.AsyncClient, pool: str) -> None:
        self._client = client
        self._pool = pool

    async def all(self) -> list[CampaignRow]:
        """Return all campaigns of the pool, the newest first."""
        return [_read(told) for told in await self._ask("", pool=self._pool)]

    async def people(self, campaign: str) -> list[PromptedPerson]:
        """Return all people of a campaign."""
        found: list[PromptedPerson] = []
        after: dict[str, str] = {}
        while True:
            page = await self._ask(f"/{quote(campaign)}/people", limit=str(_PAGE), **after)
            found += [PromptedPerson(body["signup"], body["state"], body["reason"], body["target"]) for body in page]
            if len(page) < _PAGE:
                return found
            after = {"after": found[-1].signup}

    async def _ask(self, path: str, **query: str) -> Any:
        answer = await self._client.get(f"/api/v1/campaigns{path}", params=query)
        answer.raise_for_status()
        return answer.json()


def _read(body: Any) -> CampaignRow:
    counts = body["counts"]
    until, since = body["hold_until"], datetime.fromisoformat(body["created_at"])
    held = None if until is None else datetime.fromisoformat(until) - since
    return CampaignRow(
        now=CampaignNow(
            id=body["id"],
            line=body["line"],
            state=body["state"],
            people=body["people"],
            moved=counts.get("moved", 0),
            asked=sum(counts.get(state, 0) for state in _ASKED),
            waiting=counts.get("waiting", 0),
            skipped=counts.get("skipped", 0) + counts.get("failed", 0),
        ),
        why=body["why"],
        hold_down_s=max(0, ceil(held.total_seconds())) if held else 0,
    )
