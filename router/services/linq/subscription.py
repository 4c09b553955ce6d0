"""Create or fix the webhook subscription of an environment, and store its secret."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from router.core.act import BY_WORKER, Act
from router.core.errors import Refused
from router.core.events.subscription import (
    Subscription,
    SubscriptionPlan,
    SubscriptionStep,
    is_loopback,
    plan_subscription,
    target_url,
    with_query,
)
from router.providers.linq.api import LinqApi
from router.providers.linq.event_types import RARE, VERSION, WANTED
from router.services.events.webhook_secrets import KeptSecret, WebhookSecrets
from router.services.runtime.clock import StoreClock
from router.settings.linq import PRODUCTION, LinqEnvironment
from router.telemetry.logs import get_logger

KNOWN_EVERYWHERE_S = 3.0
"""Within this time every process has read a new secret: it is three refreshes."""

_SECRET_OUTLIVES_MS = 86_400_000  # a delivery is sent again for half an hour, and may be verified again for longer
_log = get_logger()


class SecretState(StrEnum):
    """Whether deliveries of a subscription can be verified."""

    KEPT = "kept"
    SET = "set"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """What was done.

    Attributes:
        did: "created", "mended", "renewed" or "nothing to do".
        secret: of a new subscription; it is shown only this once.
        ended: how many other subscriptions were ended.
    """

    did: str
    subscription: Subscription
    secret: str | None = None
    ended: int = 0


class LinqSubscription:
    """Checks, creates and fixes the subscription of one environment.

    Args:
        origin: the address at which the provider reaches us.
        pause: waits a number of seconds.
    """

    def __init__(
        self,
        api: LinqApi,
        secrets: WebhookSecrets,
        environment: LinqEnvironment,
        clock: StoreClock,
        *,
        origin: str,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api = api
        self._secrets = secrets
        self._environment = environment
        self._clock = clock
        self._origin = origin
        self._pause = pause

    async def check(self) -> SubscriptionPlan:
        """Return what exists and what should be done; drop the secrets of subscriptions that ended long ago.

        Raises:
            InvalidField: the provider cannot deliver to our address.
            ProviderError: the subscriptions cannot be read.
        """
        url = target_url(
            self._origin,
            self._environment.id,
            VERSION,
            default=PRODUCTION,
            only_local=is_loopback(self._environment.base_url),
        )
        existing = await self._api.subscriptions()
        await self._secrets.forget_ended(
            self._environment.id,
            {one.id for one in existing},
            before_ms=self._clock.now_ms() - _SECRET_OUTLIVES_MS,
            by=BY_WORKER,
        )
        offered = await self._api.event_types()
        return plan_subscription(url, VERSION, WANTED, offered, existing, preferred=self._secrets.known_ids())

    def secret_of(self, subscription: Subscription) -> SecretState:
        """Return whether we can verify what a subscription delivers."""
        if self._secrets.is_known(subscription.id):
            return SecretState.KEPT
        return SecretState.SET if self._secrets.has_set(self._environment.id) else SecretState.UNKNOWN

    async def apply(self, plan: SubscriptionPlan, *, by: Act) -> Subscribed:
        """Carry out the plan.

        Raises:
            Refused: there is a subscription whose secret we do not know.
            ProviderError: it was not done, or we do not know; check again.
        """
        if plan.existing is None:
            return await self._create(plan, plan.url, "created", by)
        if self.secret_of(plan.existing) is SecretState.UNKNOWN:
            raise Refused(
                "A subscription delivers here already, and its secret is not known: nothing it sends can be verified. "
                "Set the secret (SWITCHYARD_LINQ_WEBHOOK_SECRETS), or replace the subscription: "
                f"switchyard linq subscribe --renew{self._option}"
            )
        if plan.step is SubscriptionStep.NOTHING:
            return Subscribed(did="nothing to do", subscription=plan.existing)
        fixed = await self._api.update_subscription(plan.existing.id, plan.url, plan.events)
        _log.info("subscription_fixed", environment=self._environment.id)
        return Subscribed(did="mended", subscription=fixed)

    async def renew(self, plan: SubscriptionPlan, *, by: Act) -> Subscribed:
        """Create a new subscription with a new secret, then end all others that deliver here.

        An address can be subscribed only once, so the new one has a query of its own. For a moment both deliver, and
        an event that comes twice counts once.

        Raises:
            ProviderError: if the new one was created, its secret is stored and the old ones go on; run it again.
        """
        url = with_query(plan.url, renewed=str(self._clock.now_ms()))
        done = await self._create(plan, url, "renewed", by)
        old = [one for one in (plan.existing, *plan.others) if one is not None]
        for one in old:
            await self._api.delete_subscription(one.id)  # its last deliveries may still come, so its secret stays
        return Subscribed(did=done.did, subscription=done.subscription, secret=done.secret, ended=len(old))

    async def _create(self, plan: SubscriptionPlan, url: str, did: str, by: Act) -> Subscribed:
        # A delivery that comes before every process knows the secret is refused, and lost. So the subscription begins
        # with one rare type of event, and gets the others afterwards.
        first = [event for event in RARE if event in plan.events][:1]
        made, secret = await self._api.create_subscription(url, first or plan.events)
        kept = KeptSecret(environment=self._environment.id, secret=secret, url=url, created_at_ms=self._clock.now_ms())
        await self._secrets.keep(made.id, kept, by=by)
        await self._pause(KNOWN_EVERYWHERE_S)
        made = await self._api.update_subscription(made.id, url, plan.events)
        _log.info("subscription_created", environment=self._environment.id, reason=did)
        return Subscribed(did=did, subscription=made, secret=secret)

    @property
    def _option(self) -> str:
        return "" if self._environment.id == PRODUCTION else f" --environment {self._environment.id}"
