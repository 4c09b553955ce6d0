"""What the provider's lists of lines reported so far, by environment, so that a worker knows it after a restart."""

import msgspec

from router.core.lines.reconcile import Memory
from router.store.keys import PROVIDER_LISTS
from router.store.server.client import StoreClient


class ProviderLists:
    """Operations on these reports."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def get(self, environment: str) -> Memory:
        """Return what an environment's lists reported; empty before the first list."""
        text = await self._client.hget(PROVIDER_LISTS, environment)
        return Memory() if text is None else msgspec.json.decode(text, type=Memory)

    async def put(self, environment: str, memory: Memory) -> None:
        """Replace what is stored. Of two workers the later one wins: both saw the same lines."""
        await self._client.hset(PROVIDER_LISTS, environment, msgspec.json.encode(memory))
