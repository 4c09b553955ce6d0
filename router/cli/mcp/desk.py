"""Where the tools get their answers: a gateway that is open for the length of one call, as for one command.

Nothing stays open between calls, so a gateway that restarts meanwhile is found again, and its store is never held.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from mcp.server.mcpserver.exceptions import ToolError

from router.cli.session import only_pool
from router.core.errors import SwitchyardError
from router.gateway import Gateway
from router.settings.secret_key import SecretKeyError
from router.settings.settings import Settings
from router.wiring.open import open_gateway

Result = TypeVar("Result")


class Desk:
    """Opens the gateway that the settings describe, for one call after the other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()  # two calls at once could both start the embedded store

    async def ask(self, work: Callable[[Gateway], Awaitable[Result]]) -> Result:
        """Do one thing with the gateway.

        Raises:
            ToolError: what went wrong, for the model to read: a stable code and a sentence.
        """
        try:
            async with self._turn, open_gateway(self._settings) as gateway:
                return await work(gateway)
        except SwitchyardError as error:
            raise ToolError(f"{error.code}: {error}") from error
        except SecretKeyError as error:
            raise ToolError(f"secret_key: {error}") from error

    async def ask_pool(self, pool: str | None, work: Callable[[Gateway, str], Awaitable[Result]]) -> Result:
        """Do one thing with one pool: the named one, else the only one.

        Raises:
            ToolError: as `ask`, or the pool must be named.
        """
        return await self.ask(lambda gateway: work(gateway, pool or only_pool(gateway, "pool")))
