"""Pass a response on, and note its status."""

from typing import Any

from router.web.raw_response import Send


class NotedStatus:
    """A `send` that knows the status of what went through it; 0 before the response begins."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Any) -> None:
        """Pass on one message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)
