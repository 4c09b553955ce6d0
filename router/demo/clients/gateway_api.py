"""The gateway as its operator sees it: lines and events, over its API."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from router.core.errors import NotFound
from router.demo.output.run_events import Position

_PATIENCE_S = 10.0
_ROWS = 500
_FULL_WEIGHT = 100  # what a line's effective weight is a percent of: weight 100 times 100 %
_RECENT_S = 30.0


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the event log."""

    event: str
    type: str
    word: str
    line: str
    detail: str


@dataclass(slots=True)
class _Log:
    """How far one of the two logs has been read."""

    about: str
    read_to: str | None = None


@dataclass(slots=True)
class GatewayApi:
    """Calls the API with the operator's key.

    Raises (all of it):
        httpx.HTTPError: the gateway did not answer.
    """

    client: httpx.AsyncClient
    pool: str
    people_log: _Log = field(default_factory=lambda: _Log("people"))
    lines_log: _Log = field(default_factory=lambda: _Log("lines"))
    _texts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _given: deque[tuple[float, dict[str, int]]] = field(default_factory=deque)

    async def positions(self, now_s: float) -> list[Position]:
        """Return the state of each line.

        Args:
            now_s: any clock that only goes on; shares are of the people of the last half minute by it.
        """
        explained = await self._ask("/explain")
        given = await self.given()
        self._given.append((now_s, given))
        while now_s - self._given[0][0] > _RECENT_S:
            self._given.popleft()
        before = self._given[0][1]
        new = {line: count - before.get(line, 0) for line, count in given.items()}
        total = sum(new.values())
        return [
            Position(
                line=line["number"],
                people=line["people"],
                weight_percent=line["effective_weight"] / _FULL_WEIGHT,
                due=line["share_due"],
                recent=new.get(line["number"], 0) / total if total else 0.0,
                gate=line["gate"],
                texts_in=self._texts[line["number"], "message.received"],
                texts_out=self._texts[line["number"], "message.sent"],
            )
            for line in explained["lines"]
        ]

    async def given(self) -> dict[str, int]:
        """Return how many people were ever given each line, by the gateway's own count."""
        return {line["number"]: line["people_so_far"] for line in await self._ask("/lines")}

    async def new_people_events(self) -> list[LogRow]:
        """Return what happened to people since the last call, oldest first; messages are counted as well."""
        rows = await self._news(self.people_log)
        self._texts.update((row.line, row.type) for row in rows)
        return rows

    async def new_line_events(self) -> list[LogRow]:
        """Return what happened to lines since the last call, oldest first."""
        return await self._news(self.lines_log)

    async def _news(self, log: _Log) -> list[LogRow]:
        found: list[dict[str, Any]] = []
        before: dict[str, str] = {}
        while True:
            page = await self._ask("/events", about=log.about, limit=str(_ROWS), **before)
            fresh = [row for row in page if log.read_to is None or _workspace(row["id"]) > _workspace(log.read_to)]
            found += fresh
            if len(fresh) < _ROWS:
                break
            before = {"before": fresh[-1]["id"]}
        if found:
            log.read_to = found[0]["id"]
        return [
            LogRow(row["event"], row["type"], row["word"], row["line"] or "", row["detail"]) for row in reversed(found)
        ]

    async def _ask(self, path: str, **query: str) -> Any:
        answer = await self.client.get(f"/api/v1/pools/{quote(self.pool)}{path}", params=query)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NotFound(f"The pool {self.pool!r} is gone.")
        answer.raise_for_status()
        return answer.json()


def open_api(gateway_url: str, key: str) -> httpx.AsyncClient:
    """Open connections to the API with a key."""
    return httpx.AsyncClient(
        base_url=gateway_url, headers={"Authorization": f"Bearer {key}"}, timeout=_PATIENCE_S, trust_env=False
    )


def _workspace(row_id: str) -> tuple[int, int]:
    milliseconds, _, number = row_id.partition("-")
    return int(milliseconds), int(number)
