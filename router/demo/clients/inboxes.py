"""The inboxes of people apart from their lines: prompts that reached the sandbox's app, mail server and Twilio."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

_PATIENCE_S = 10.0
_SHOULD_TEXT = "person.should_text"
_LINK = re.compile(r"https?://\S+/t/[^\s/]+(?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt as it arrived.

    Attributes:
        address: whom it is for: the customer's id of them, their mailbox or their phone.
        id: the same for every delivery of the same prompt; empty where the channel has no such thing.
    """

    channel: str
    address: str
    text: str
    link: str
    id: str = ""


class Inboxes:
    """Reads each arrival once.

    Raises (all of it):
        httpx.HTTPError: the sandbox did not answer.
    """

    def __init__(self, sandbox_url: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{sandbox_url}/sandbox/api/sinks", timeout=_PATIENCE_S, trust_env=False
        )
        self._read_to = dict.fromkeys(_READERS, 0)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def refuse_texts(self, numbers: Sequence[str]) -> None:
        """Let Twilio refuse texts to these phones, as it does after a STOP to the customer's own number."""
        (await self._client.put("/sms/opted-out", json={"numbers": list(numbers)})).raise_for_status()

    async def new_prompts(self) -> list[Prompt]:
        """Return the prompts that arrived since the last call; other events for the app are skipped."""
        answer = await self._client.get("")
        answer.raise_for_status()
        told = answer.json()["sinks"]
        found: list[Prompt] = []
        for channel, read in _READERS.items():
            if told[channel]["arrivals"] > self._read_to[channel]:
                found += [prompt for one in await self._new(channel) if (prompt := read(one)) is not None]
        return found

    async def _new(self, channel: str) -> list[Any]:
        answer = await self._client.get(f"/{channel}/arrivals")
        answer.raise_for_status()
        told = answer.json()
        new = told["total"] - self._read_to[channel]
        self._read_to[channel] = told["total"]
        return [one for one in reversed(told["arrivals"][:new]) if one["is_taken"]]


def _read_app(arrival: Any) -> Prompt | None:
    event = arrival["body"]
    if not isinstance(event, dict) or event.get("type") != _SHOULD_TEXT:
        return None
    told = event["data"]
    return Prompt(
        channel="app",
        address=told["phone"] or told["email"] or told["user"],
        text=told["text"],
        link=told["page_url"],
        id=arrival["headers"]["webhook-id"],
    )


def _read_email(arrival: Any) -> Prompt | None:
    return _prompt("email", arrival["to"][0], arrival["text"])


def _read_sms(arrival: Any) -> Prompt | None:
    return _prompt("sms", arrival["body"]["To"], arrival["body"]["Body"])


def _prompt(channel: str, address: str, text: str) -> Prompt | None:
    link = _LINK.search(text)
    return None if link is None else Prompt(channel=channel, address=address, text=text, link=link[0])


_READERS: dict[str, Callable[[Any], Prompt | None]] = {"app": _read_app, "email": _read_email, "sms": _read_sms}
