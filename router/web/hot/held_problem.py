"""Hold back a problem that the inner application answers, until it is decided whether a page goes out in its place."""

from collections.abc import MutableMapping, Sequence
from typing import Any

from router.web.problems import PROBLEM_JSON
from router.web.raw_response import Header, Send

_FIRST_ERROR = 400


class HeldProblem:
    """An ASGI `send` that passes everything on but problem+json.

    Attributes:
        status, headers: of the problem that it holds back; None and empty if the answer went out.
    """

    def __init__(self, send: Send) -> None:
        self.status: int | None = None
        self.headers: Sequence[Header] = ()
        self._send = send
        self._messages: list[MutableMapping[str, Any]] = []

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        """Send a message, or hold it back."""
        if message["type"] == "http.response.start" and message["status"] >= _FIRST_ERROR:
            kinds = [value for name, value in message["headers"] if name.lower() == b"content-type"]
            if kinds and kinds[0].startswith(PROBLEM_JSON.encode()):
                self.status, self.headers = message["status"], message["headers"]
        if self.status is None:
            await self._send(message)
        else:
            self._messages.append(message)

    async def let_go(self) -> None:
        """Send the problem after all."""
        for message in self._messages:
            await self._send(message)
