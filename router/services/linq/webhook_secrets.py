"""Which secrets may have signed a delivery: those that were set, and those of the subscriptions we made ourselves.

A subscription's secret is shown once and can not be changed, so a new secret is a new subscription; for a while both
are good. They are kept at hand, because a delivery can not wait for the store.
"""

from collections.abc import Callable, Collection, Mapping

import msgspec

from router.core.sealer import NONCE_BYTES, Sealer
from router.linq_settings import LinqEnvironment
from router.observe.logs import get_logger
from router.store.webhook_secrets import SealedSecrets

SEALING_USE = "webhook-secrets"

_log = get_logger()


class KeptSecret(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed of one subscription."""

    environment: str
    secret: str
    url: str
    created_at_ms: int


class WebhookSecrets:
    """Finds and keeps secrets.

    Args:
        sealed: where they lie.
        sealer: with a key of its own, derived for `SEALING_USE`.
        environments: by id; those have secrets of their own too.
        random_bytes: unguessable bytes.
    """

    def __init__(
        self,
        sealed: SealedSecrets,
        sealer: Sealer,
        environments: Mapping[str, LinqEnvironment],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._sealed = sealed
        self._sealer = sealer
        self._environments = environments
        self._random_bytes = random_bytes
        self._kept: dict[str, KeptSecret] = {}
        self._unreadable: frozenset[str] = frozenset()
        self._of: dict[str, tuple[str, ...]] = {name: self._set_in(name) for name in environments}

    async def refresh(self) -> None:
        """Read all kept secrets again.

        Raises:
            StoreUnavailable: the old view goes on.
        """
        self._take(await self._sealed.all())

    def of(self, environment: str) -> tuple[str, ...]:
        """Return all secrets that may sign for an environment: kept ones, the newest first, then those that were set.

        The same tuple until something changed, so that what is built on it can be kept by it.
        """
        return self._of.get(environment, ())

    def is_known(self, subscription_id: str) -> bool:
        """Whether we have the secret of this subscription for certain."""
        return subscription_id in self._kept

    def known_ids(self) -> frozenset[str]:
        """Ids of the subscriptions whose secret we have."""
        return frozenset(self._kept)

    def has_set(self, environment: str) -> bool:
        """Whether a secret was set for an environment; of which subscription it is, nobody can tell."""
        return bool(self._set_in(environment))

    async def keep(self, subscription_id: str, secret: KeptSecret) -> None:
        """Keep the secret of a new subscription; other processes know it at their next refresh."""
        nonce = self._random_bytes(NONCE_BYTES)
        sealed = self._sealer.seal(msgspec.json.encode(secret), nonce, place=subscription_id.encode())
        await self._sealed.put(subscription_id, sealed)
        _log.info("webhook_secret_kept", environment=secret.environment)
        await self.refresh()

    async def forget_ended(self, environment: str, live: Collection[str], *, before_ms: int) -> None:
        """Forget secrets made before a moment whose subscription is not among the live ones of its environment."""
        for name, kept in list(self._kept.items()):
            if kept.environment == environment and name not in live and kept.created_at_ms < before_ms:
                await self._sealed.remove(name)
        await self.refresh()

    def _take(self, sealed: Mapping[str, bytes]) -> None:
        opened = {name: self._sealer.open(octets, place=name.encode()) for name, octets in sealed.items()}
        kept = {
            name: msgspec.json.decode(plain, type=KeptSecret) for name, plain in opened.items() if plain is not None
        }
        unreadable = frozenset(opened.keys() - kept.keys())
        if unreadable - self._unreadable:
            _log.warning("webhook_secret_unreadable", count=len(unreadable))
        self._unreadable = unreadable
        if kept != self._kept:
            self._kept = kept
            self._of = {
                name: self._all_of(name) for name in {*self._environments, *(s.environment for s in kept.values())}
            }

    def _all_of(self, environment: str) -> tuple[str, ...]:
        mine = [secret for secret in self._kept.values() if secret.environment == environment]
        newest_first = sorted(mine, key=lambda secret: -secret.created_at_ms)
        return tuple(dict.fromkeys((*(secret.secret for secret in newest_first), *self._set_in(environment))))

    def _set_in(self, environment: str) -> tuple[str, ...]:
        set_up = self._environments.get(environment)
        return () if set_up is None else tuple(secret.get_secret_value() for secret in set_up.webhook_secrets)
