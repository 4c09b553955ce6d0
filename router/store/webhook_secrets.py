"""The secrets of the provider's webhook subscriptions, sealed, by subscription."""

from typing import cast

from router.store.connection import translate_errors
from router.store.keys import WEBHOOK_SECRETS
from router.store.scripts import Client


class SealedSecrets:
    """Operations on sealed secrets; what is inside is for the service that seals them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def all(self) -> dict[str, bytes]:
        """Return every sealed secret by the id of its subscription."""
        with translate_errors():
            kept = cast(dict[bytes, bytes], await self._client.hgetall(WEBHOOK_SECRETS))
        return {subscription.decode(): sealed for subscription, sealed in kept.items()}

    async def put(self, subscription_id: str, sealed: bytes) -> None:
        """Keep a sealed secret, whatever was there for its subscription."""
        with translate_errors():
            await self._client.hset(WEBHOOK_SECRETS, subscription_id, sealed)

    async def remove(self, subscription_id: str) -> bool:
        """Forget a secret; False if there was none."""
        with translate_errors():
            return bool(await self._client.hdel(WEBHOOK_SECRETS, subscription_id))
