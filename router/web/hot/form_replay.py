"""Remember the form that a person posted, so that a page about trouble can post it once more for them."""

from collections.abc import MutableMapping
from typing import Any

from router.web.raw_response import BodyTooLarge, Receive, read_body

MAX_FORM_BYTES = 4096


class RememberedForm:
    """An ASGI `receive` that keeps the first bytes that pass through it."""

    __slots__ = ("_body", "_is_whole", "_receive")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._body = b""
        self._is_whole = False

    async def __call__(self) -> MutableMapping[str, Any]:
        """Receive the next message."""
        message = await self._receive()
        if message["type"] == "http.request":
            if len(self._body) <= MAX_FORM_BYTES:
                self._body += message.get("body", b"")
            self._is_whole = not message.get("more_body")
        return message

    async def read(self) -> bytes:
        """Return the whole form; what the handler had not read is read now. Empty if it is too long to post again."""
        if not self._is_whole and len(self._body) <= MAX_FORM_BYTES:
            try:
                await read_body(self, limit_bytes=MAX_FORM_BYTES)
            except BodyTooLarge:
                return b""
        return self._body if len(self._body) <= MAX_FORM_BYTES else b""
