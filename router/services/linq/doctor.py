"""Check everything between Linq and us that can go wrong, and say for each fault how to mend it."""

from router.core.diagnosis import Check, Deliveries, Verdict, check_clock, check_deliveries
from router.core.errors import InvalidField, ProviderError, ProviderUnavailable
from router.core.inventory import Inventory, diff
from router.core.subscription import Step, SubscriptionPlan, is_loopback
from router.linq_settings import PRODUCTION, LinqEnvironment
from router.providers.linq.api import LinqApi
from router.providers.linq.event_types import ESSENTIAL
from router.providers.reach import fetch_status
from router.services.clock import StoreClock
from router.services.lines import LineAdmin
from router.services.linq.account import lines_of, mend_key, open_account, pools_of
from router.services.linq.subscription import LinqSubscription, SecretState
from router.services.linq.webhook_secrets import WebhookSecrets
from router.services.pools import PoolAdmin
from router.store.hook_log import HookLog

_OK_STATUS = 200
_DAY_MS = 86_400_000


class LinqDoctor:
    """Examines one environment at a time, and changes nothing.

    Args:
        hook_log: what came of deliveries.
        base_url: of our own links.
    """

    def __init__(
        self,
        pool_admin: PoolAdmin,
        line_admin: LineAdmin,
        secrets: WebhookSecrets,
        clock: StoreClock,
        hook_log: HookLog,
        *,
        base_url: str,
    ) -> None:
        self._pool_admin = pool_admin
        self._line_admin = line_admin
        self._secrets = secrets
        self._clock = clock
        self._base_url = base_url
        self._hook_log = hook_log

    async def examine(self, environment: LinqEnvironment, *, url: str | None = None) -> list[Check]:
        """Return every check, in the order in which faults should be mended.

        Args:
            environment: which one.
            url: our origin as the internet sees it, where it is not the base URL.
        """
        if environment.api_key is None:
            missing = Check(
                name="key", verdict=Verdict.FAIL, finding="there is no API key", mend=mend_key(environment.id)
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
            return [Check(name="key", verdict=Verdict.FAIL, finding=str(error), mend=mend_key(environment.id))]
        return [
            Check(name="key", verdict=Verdict.OK, finding=f"Linq accepts it, and lists {len(inventory.lines)} lines"),
            check_clock(inventory.told_at_ms, asked_ms, self._clock.now_ms()),
            await self._check_lines(inventory, environment),
            *await self._check_subscription(api, environment, origin),
        ]

    async def _check_lines(self, inventory: Inventory, environment: LinqEnvironment) -> Check:
        option = "" if environment.id == PRODUCTION else f" --environment {environment.id}"
        pools = await pools_of(self._pool_admin, environment.id)
        if not pools:
            return Check(
                name="lines",
                verdict=Verdict.WARN,
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
                name="lines", verdict=Verdict.WARN, finding=", ".join(differs), mend=f"switchyard linq sync{option}"
            )
        return Check(name="lines", verdict=Verdict.OK, finding=f"{found.same} in our pools, as Linq has them")

    async def _check_subscription(self, api: LinqApi, environment: LinqEnvironment, origin: str) -> list[Check]:
        subscription = LinqSubscription(api, self._secrets, environment, self._clock, origin=origin)
        mend = "switchyard linq subscribe" + (
            "" if environment.id == PRODUCTION else f" --environment {environment.id}"
        )
        try:
            plan = await subscription.look()
        except InvalidField as fault:
            return [Check(name="subscription", verdict=Verdict.FAIL, finding=str(fault), mend=mend)]
        except ProviderError as error:
            return [Check(name="subscription", verdict=Verdict.FAIL, finding=str(error), mend="Try again.")]
        if plan.existing is None:
            return [Check(name="subscription", verdict=Verdict.FAIL, finding="there is none", mend=mend)]
        return [_judge(plan, mend), *_judge_offer(plan), _judge_secret(subscription.secret_of(plan.existing), mend)]

    async def _check_reach(self, origin: str) -> Check:
        try:
            status = await fetch_status(f"{origin}/healthz")
        except ProviderUnavailable as error:
            return Check(
                name="reachability",
                verdict=Verdict.FAIL,
                finding=str(error),
                mend="Check DNS, certificate and proxy; a delivery that meets a DNS failure is never tried again.",
            )
        if status != _OK_STATUS:
            return Check(
                name="reachability",
                verdict=Verdict.FAIL,
                finding=f"{origin}/healthz answers {status}",
                mend="Check the proxy, SWITCHYARD_BASE_URL and SWITCHYARD_ALLOWED_HOSTS.",
            )
        words = "answers" if not is_loopback(origin) else "answers, on this machine alone"
        return Check(name="reachability", verdict=Verdict.OK, finding=f"{origin} {words} (seen from here)")

    async def _check_deliveries(self, environment: LinqEnvironment) -> list[Check]:
        now_ms = self._clock.now_ms()
        last_taken_ms = await self._hook_log.last_taken_ms()
        recent = [
            kept
            for kept in await self._hook_log.rejected()
            if kept.environment == environment.id and now_ms - kept.at_ms < _DAY_MS
        ]
        told = Deliveries(
            last_ms=last_taken_ms.get(environment.id),
            rejected=len(recent),
            why_rejected=recent[-1].reason if recent else "",
        )
        return check_deliveries(told, now_ms=now_ms)


def _judge(plan: SubscriptionPlan, mend: str) -> Check:
    if plan.step is Step.MEND:
        return Check(name="subscription", verdict=Verdict.FAIL, finding="; ".join(plan.faults), mend=mend)
    if plan.others:
        return Check(
            name="subscription",
            verdict=Verdict.WARN,
            finding=f"{len(plan.others)} more deliver to the same address: every event comes more than once",
            mend=f"{mend} --renew ends all but a new one",
        )
    count = len(plan.events)
    return Check(name="subscription", verdict=Verdict.OK, finding=f"active, of all lines, {count} types of events")


def _judge_offer(plan: SubscriptionPlan) -> list[Check]:
    if not plan.not_offered:
        return []
    lacks_essential = ESSENTIAL & set(plan.not_offered)
    return [
        Check(
            name="events",
            verdict=Verdict.FAIL if lacks_essential else Verdict.WARN,
            finding=f"Linq does not offer this account {', '.join(plan.not_offered)}",
            mend="Ask your Linq representative. Until then run `switchyard linq sync` after every change of lines.",
        )
    ]


def _judge_secret(state: SecretState, mend: str) -> Check:
    if state is SecretState.KEPT:
        return Check(name="secret", verdict=Verdict.OK, finding="kept, sealed")
    if state is SecretState.SET:
        return Check(
            name="secret",
            verdict=Verdict.OK,
            finding="one is set; whether it is this subscription's, its first delivery shows",
        )
    return Check(
        name="secret",
        verdict=Verdict.FAIL,
        finding="it is not known: every delivery is refused, and lost",
        mend=f"{mend} --renew",
    )
