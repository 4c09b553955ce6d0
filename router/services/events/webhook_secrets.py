"""Keep the secrets that may have signed a delivery: those in the settings, and those of subscriptions we made.

A subscription's secret is shown once and cannot be changed, so a new secret means a new subscription; for a while both
are valid. They are kept in memory, because a delivery cannot wait for the store.
"""

from collections.abc import Callable, Collection, Mapping

import msgspec

from router.core.act import Act
from router.core.sealer import NONCE_BYTES, Sealer
from router.providers.linq.signatures import Scheme, Verifier
from router.settings.linq import LinqEnvironment
from router.store.webhook_secrets import SealedSecrets
from router.telemetry.logs import get_logger

SEALING_USE = "webhook-secrets"

_log = get_logger()


class KeptSecret(msgspec.Struct, frozen=True, kw_only=True):
    """The secret of one subscription, as it is sealed."""

    environment: str
    secret: str
    url: str
    created_at_ms: int


class WebhookSecrets:
    """Finds and stores secrets.

    Args:
        sealed: stores the secrets of subscriptions.
        sealer: has a key of its own, derived for `SEALING_USE`.
        environments: by id; their settings may contain secrets too.
        schemes: the signature schemes that are accepted.
        random_bytes: returns unguessable bytes.
    """

    def __init__(
        self,
        sealed: SealedSecrets,
        sealer: Sealer,
        environments: Mapping[str, LinqEnvironment],
        schemes: frozenset[Scheme],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._sealed = sealed
        self._sealer = sealer
        self._environments = environments
        self._schemes = schemes
        self._random_bytes = random_bytes
        self._kept: dict[str, KeptSecret] = {}
        self._unreadable: frozenset[str] = frozenset()
        self._of: dict[str, tuple[str, ...]] = {}
        self._verifiers: dict[str, Verifier] = {}
        self._arrange()

    async def refresh(self) -> None:
        """Read all stored secrets again.

        Raises:
            StoreUnavailable: the secrets read before stay in use.
        """
        self._use(await self._sealed.all())

    def of(self, environment: str) -> tuple[str, ...]:
        """Return all secrets that may sign for an environment: stored ones, newest first, then those set."""
        return self._of.get(environment, ())

    def verifier(self, environment: str) -> Verifier:
        """Return what checks the deliveries of an environment; one without secrets rejects all of them."""
        return self._verifiers.get(environment) or Verifier((), self._schemes)

    def is_known(self, subscription_id: str) -> bool:
        """Whether the secret of this subscription is stored."""
        return subscription_id in self._kept

    def known_ids(self) -> frozenset[str]:
        """Return the ids of the subscriptions whose secret is stored."""
        return frozenset(self._kept)

    def has_set(self, environment: str) -> bool:
        """Whether the settings of an environment contain a secret; of which subscription it is, we cannot know."""
        return bool(self._set_in(environment))

    async def keep(self, subscription_id: str, secret: KeptSecret, *, by: Act) -> None:
        """Store the secret of a new subscription; other processes read it at their next refresh."""
        nonce = self._random_bytes(NONCE_BYTES)
        sealed = self._sealer.seal(msgspec.json.encode(secret), nonce, place=subscription_id.encode())
        await self._sealed.put(subscription_id, sealed)
        _log.info("webhook_secret_stored", environment=secret.environment, actor=by.actor)
        await self.refresh()

    async def forget_ended(self, environment: str, live: Collection[str], *, before_ms: int, by: Act) -> None:
        """Drop the secrets that were made before `before_ms` and whose subscription has ended."""
        for name, kept in list(self._kept.items()):
            if kept.environment == environment and name not in live and kept.created_at_ms < before_ms:
                await self._sealed.remove(name)
                _log.info("webhook_secret_removed", environment=environment, actor=by.actor)
        await self.refresh()

    def _use(self, sealed: Mapping[str, bytes]) -> None:
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
            self._arrange()

    def _arrange(self) -> None:
        """Sort the secrets by environment, and build the verifiers: that decodes the secrets, so it is done once."""
        names = {*self._environments, *(secret.environment for secret in self._kept.values())}
        self._of = {name: self._all_of(name) for name in names}
        self._verifiers = {name: Verifier(secrets, self._schemes) for name, secrets in self._of.items()}

    def _all_of(self, environment: str) -> tuple[str, ...]:
        mine = [secret for secret in self._kept.values() if secret.environment == environment]
        newest_first = sorted(mine, key=lambda secret: -secret.created_at_ms)
        return tuple(dict.fromkeys((*(secret.secret for secret in newest_first), *self._set_in(environment))))

    def _set_in(self, environment: str) -> tuple[str, ...]:
        set_up = self._environments.get(environment)
        return () if set_up is None else tuple(secret.get_secret_value() for secret in set_up.webhook_secrets)
