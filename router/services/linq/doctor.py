"""Check everything between Linq and us that can go wrong, and name the fix for each fault."""

from router.core.errors import InvalidField, ProviderError, ProviderUnavailable
from router.core.events.diagnosis import Check, CheckResult, DeliveryRecord, check_clock, check_deliveries
from router.core.events.subscription import SubscriptionPlan, SubscriptionStep, is_loopback
from router.core.lines.inventory import Inventory, diff
from router.core.time_units import DAY_MS
from router.providers.linq.api import LinqApi
from router.providers.linq.event_types import ESSENTIAL
from router.services.events.webhook_secrets import WebhookSecrets
from router.services.lines.admin import LineAdmin
from router.services.linq.account import fix_for_key, lines_of, open_account, pools_of
from router.services.linq.reach import fetch_status
from router.services.linq.subscription import LinqSubscription, SecretState
from router.services.pools.admin import PoolAdmin
from router.services.runtime.clock import StoreClock
from router.settings.linq import PRODUCTION, LinqEnvironment
from router.store.deliveries import DeliveryStore

_OK_STATUS = 200


class LinqDoctor:
    """Checks one environment at a time, and changes nothing.

    Args:
        delivery_store: the results of deliveries.
        base_url: what our own links begin with.
    """

    def __init__(
        self,
        pool_admin: PoolAdmin,
        line_admin: LineAdmin,
        secrets: WebhookSecrets,
        clock: StoreClock,
        delivery_store: DeliveryStore,
        *,
        base_url: str,
    ) -> None:
        self._pool_admin = pool_admin
        self._line_admin = line_admin
        self._secrets = secrets
        self._clock = clock
        self._base_url = base_url
        self._delivery_store = delivery_store

    async def examine(self, environment: LinqEnvironment, *, url: str | None = None) -> list[Check]:
        """Return every check, in the order in which to fix the faults.

        Args:
            environment: the one to check.
            url: our origin as the internet sees it, if it is not the base URL.
        """
        if environment.api_key is None:
            missing = Check(
                name="key", verdict=CheckResult.FAIL, finding="there is no API key", mend=fix_for_key(environment.id)
            )
            return [missing, *await self._check_deliveries(environment)]
        origin = url or self._base_url
        async with open_account(environment) as api:
            checks = await self._check_account(api, environment, origin)
        return [*checks, await self._check_reach(origin), *await self._check_deliveries(environment)]

    async def _check_account(self, api: LinqApi, environment: LinqEnvironment, origin: str) -> list[Check]:
        asked_ms = self._clock.now_ms()
        try:
            inventory = await api.lines()
        except ProviderError as error:
            return [Check(name="key", verdict=CheckResult.FAIL, finding=str(error), mend=fix_for_key(environment.id))]
        return [
            Check(
                name="key", verdict=CheckResult.OK, finding=f"Linq accepts it, and lists {len(inventory.lines)} lines"
            ),
            check_clock(inventory.provider_time_ms, asked_ms, self._clock.now_ms()),
            await self._check_lines(inventory, environment),
            *await self._check_subscription(api, environment, origin),
        ]

    async def _check_lines(self, inventory: Inventory, environment: LinqEnvironment) -> Check:
        option = "" if environment.id == PRODUCTION else f" --environment {environment.id}"
        pools = await pools_of(self._pool_admin, environment.id)
        if not pools:
            return Check(
                name="lines",
                verdict=CheckResult.WARN,
                finding="no pool is in this environment",
                mend=f"switchyard pools create main{option}",
            )
        found = diff(inventory, await lines_of(self._line_admin, pools))
        differs = [
            f"{count} {words}"
            for count, words in (
                (len(found.new), "rented and in no pool"),
                (len(found.missing), "in a pool and not rented"),
                (len(found.changed), "changed"),
                (inventory.unreadable, "not readable"),
            )
            if count
        ]
        if differs:
            return Check(
                name="lines", verdict=CheckResult.WARN, finding=", ".join(differs), mend=f"switchyard linq sync{option}"
            )
        return Check(name="lines", verdict=CheckResult.OK, finding=f"{found.same} in our pools, as Linq has them")

    async def _check_subscription(self, api: LinqApi, environment: LinqEnvironment, origin: str) -> list[Check]:
        subscription = LinqSubscription(api, self._secrets, environment, self._clock, origin=origin)
        fix = "switchyard linq subscribe" + ("" if environment.id == PRODUCTION else f" --environment {environment.id}")
        try:
            plan = await subscription.check()
        except InvalidField as fault:
            return [Check(name="subscription", verdict=CheckResult.FAIL, finding=str(fault), mend=fix)]
        except ProviderError as error:
            return [Check(name="subscription", verdict=CheckResult.FAIL, finding=str(error), mend="Try again.")]
        if plan.existing is None:
            return [Check(name="subscription", verdict=CheckResult.FAIL, finding="there is none", mend=fix)]
        return [_judge(plan, fix), *_judge_offer(plan), _judge_secret(subscription.secret_of(plan.existing), fix)]

    async def _check_reach(self, origin: str) -> Check:
        try:
            status = await fetch_status(f"{origin}/healthz")
        except ProviderUnavailable as error:
            return Check(
                name="reachability",
                verdict=CheckResult.FAIL,
                finding=str(error),
                mend="Check DNS, certificate and proxy; a delivery that meets a DNS failure is never tried again.",
            )
        if status != _OK_STATUS:
            return Check(
                name="reachability",
                verdict=CheckResult.FAIL,
                finding=f"{origin}/healthz answers {status}",
                mend="Check the proxy, SWITCHYARD_BASE_URL and SWITCHYARD_ALLOWED_HOSTS.",
            )
        words = "answers" if not is_loopback(origin) else "answers, on this machine alone"
        return Check(name="reachability", verdict=CheckResult.OK, finding=f"{origin} {words} (seen from here)")

    async def _check_deliveries(self, environment: LinqEnvironment) -> list[Check]:
        now_ms = self._clock.now_ms()
        last_taken_ms = await self._delivery_store.last_taken_ms()
        recent = [
            kept
            for kept in await self._delivery_store.rejected()
            if kept.environment == environment.id and now_ms - kept.at_ms < DAY_MS
        ]
        record = DeliveryRecord(
            last_ms=last_taken_ms.get(environment.id),
            rejected=len(recent),
            why_rejected=recent[-1].reason if recent else "",
        )
        return check_deliveries(record, now_ms=now_ms)


def _judge(plan: SubscriptionPlan, fix: str) -> Check:
    if plan.step is SubscriptionStep.MEND:
        return Check(name="subscription", verdict=CheckResult.FAIL, finding="; ".join(plan.faults), mend=fix)
    if plan.others:
        return Check(
            name="subscription",
            verdict=CheckResult.WARN,
            finding=f"{len(plan.others)} more deliver to the same address: every event comes more than once",
            mend=f"{fix} --renew ends all but a new one",
        )
    count = len(plan.events)
    return Check(name="subscription", verdict=CheckResult.OK, finding=f"active, of all lines, {count} types of events")


def _judge_offer(plan: SubscriptionPlan) -> list[Check]:
    if not plan.not_offered:
        return []
    lacks_essential = ESSENTIAL & set(plan.not_offered)
    return [
        Check(
            name="events",
            verdict=CheckResult.FAIL if lacks_essential else CheckResult.WARN,
            finding=f"Linq does not offer this account {', '.join(plan.not_offered)}",
            mend="Ask your Linq representative. Until then run `switchyard linq sync` after every change of lines.",
        )
    ]


def _judge_secret(state: SecretState, fix: str) -> Check:
    if state is SecretState.KEPT:
        return Check(name="secret", verdict=CheckResult.OK, finding="kept, sealed")
    if state is SecretState.SET:
        return Check(
            name="secret",
            verdict=CheckResult.OK,
            finding="one is set; whether it is this subscription's, its first delivery shows",
        )
    return Check(
        name="secret",
        verdict=CheckResult.FAIL,
        finding="it is not known: every delivery is refused, and lost",
        mend=f"{fix} --renew",
    )
