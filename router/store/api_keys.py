"""API keys of the whole installation, by id."""

import msgspec

from router.core.access import ApiKey
from router.store.connection import translate_errors
from router.store.keys import API_KEYS
from router.store.scripts import Client


class ApiKeys:
    """Operations on API keys."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def all(self) -> list[ApiKey]:
        """Return every key, oldest first."""
        with translate_errors():
            kept = await self._client.hgetall(API_KEYS)
        keys = [msgspec.json.decode(text, type=ApiKey) for text in kept.values()]
        return sorted(keys, key=lambda key: (key.created_at_ms, key.id))

    async def put(self, key: ApiKey) -> None:
        """Keep a key, whatever was there under its id."""
        with translate_errors():
            await self._client.hset(API_KEYS, key.id, msgspec.json.encode(key))

    async def add(self, key: ApiKey) -> bool:
        """Keep a key unless there is one under its id; say whether it was kept."""
        with translate_errors():
            return bool(await self._client.hsetnx(API_KEYS, key.id, msgspec.json.encode(key)))

    async def remove(self, key_id: str) -> bool:
        """Forget a key; False if there was none."""
        with translate_errors():
            return bool(await self._client.hdel(API_KEYS, key_id))
