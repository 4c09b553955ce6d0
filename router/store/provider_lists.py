"""What the provider's lists of lines said so far, by environment: the worker's memory over restarts."""

import msgspec

from router.core.reconcile import Memory
from router.store.connection import translate_errors
from router.store.keys import PROVIDER_LISTS
from router.store.scripts import Client


class ProviderLists:
    """Operations on what is remembered."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def get(self, environment: str) -> Memory:
        """Return what is remembered of an environment's lists; nothing before the first."""
        with translate_errors():
            text = await self._client.hget(PROVIDER_LISTS, environment)
        return Memory() if text is None else msgspec.json.decode(text, type=Memory)

    async def put(self, environment: str, memory: Memory) -> None:
        """Remember, in place of what was there. Of two workers the later one wins: both saw the same lines."""
        with translate_errors():
            await self._client.hset(PROVIDER_LISTS, environment, msgspec.json.encode(memory))
