"""API keys of the whole installation, by id."""

import msgspec

from router.core.access import ApiKey
from router.store.keys import API_KEYS
from router.store.server.client import StoreClient


class ApiKeys:
    """Operations on API keys."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def all(self) -> list[ApiKey]:
        """Return every key, oldest first."""
        kept = await self._client.hgetall(API_KEYS)
        keys = [msgspec.json.decode(text, type=ApiKey) for text in kept.values()]
        return sorted(keys, key=lambda key: (key.created_at_ms, key.id))

    async def put(self, key: ApiKey) -> None:
        """Store a key, in place of one with the same id."""
        await self._client.hset(API_KEYS, key.id, msgspec.json.encode(key))

    async def add(self, key: ApiKey) -> bool:
        """Store a key unless one has its id; return whether it was stored."""
        return await self._client.hsetnx(API_KEYS, key.id, msgspec.json.encode(key))

    async def remove(self, key_id: str) -> bool:
        """Delete a key; False if there was none."""
        return await self._client.hdel(API_KEYS, key_id)
