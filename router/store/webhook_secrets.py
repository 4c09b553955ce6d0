"""The secrets of the provider's webhook subscriptions, sealed, by subscription."""

from router.store.keys import WEBHOOK_SECRETS
from router.store.server.client import StoreClient


class SealedSecrets:
    """Operations on sealed secrets; only the service that seals them can open them."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def all(self) -> dict[str, bytes]:
        """Return every sealed secret by the id of its subscription."""
        kept = await self._client.hgetall(WEBHOOK_SECRETS)
        return {subscription.decode(): sealed for subscription, sealed in kept.items()}

    async def put(self, subscription_id: str, sealed: bytes) -> None:
        """Store a sealed secret, in place of one for the same subscription."""
        await self._client.hset(WEBHOOK_SECRETS, subscription_id, sealed)

    async def remove(self, subscription_id: str) -> bool:
        """Delete a secret; False if there was none."""
        return await self._client.hdel(WEBHOOK_SECRETS, subscription_id)
