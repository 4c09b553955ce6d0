"""Take in a delivery of the provider: believe it or not, read it, apply it; have it sent again if the fault is ours."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

import msgspec

from router.core.errors import NotFound
from router.core.events import Irrelevant, Unreadable
from router.core.sealer import NONCE_BYTES, Sealer
from router.linq_settings import LinqEnvironment
from router.observe.logs import get_logger
from router.providers.linq.parse import parse_event
from router.providers.linq.signatures import Fault, Rejected, Scheme, Verifier
from router.services.alerts import Alerts
from router.services.clock import StoreClock
from router.services.intake.events import EventIntake, concerns_a_line
from router.services.linq.webhook_secrets import WebhookSecrets
from router.store.hook_log import HookLog, KeptDelivery

SEALING_USE = "deliveries"
MAX_KEPT_BYTES = 65_536
LATEST = timedelta(days=7)  # a day less than the store remembers events: beyond, a replay would count once more
_KEPT_HEADERS = (b"webhook-", b"x-webhook-", b"content-type")
_REJECTIONS_KEPT_A_SECOND = 2
_NO_POOL = "no pool has its line"
_CLOCKS_AGREE_MS = 60_000
_log = get_logger()


class Verdict(Enum):
    """What became of a delivery, and what the provider is told.

    TAKEN: never send it again. REJECTED: it is not the provider's, or not by a secret we know. NOT_NOW: it may be the
    provider's, and the fault may be ours; send it again.
    """

    TAKEN = "taken"
    REJECTED = "rejected"
    NOT_NOW = "not_now"


class SealedDelivery(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a delivery that could not be taken in."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reverified:
    """What became of kept deliveries.

    Attributes:
        taken: believed now, and applied. still_rejected: not believed by any secret we have.
        unreadable: kept under another secret key, or cut because they were long.
    """

    taken: int
    still_rejected: int
    unreadable: int


class Deliveries:
    """Takes in deliveries of every environment.

    Args:
        events: applies what was read.
        secrets: which may have signed.
        schemes: ways of signing that are accepted.
        environments: those that are set up, by id.
        hook_log: keeps what could not be taken in.
        sealer: with a key of its own, derived for `SEALING_USE`.
        alerts: tells operators.
        clock: the store's.
        wall_ms: this machine's wall clock; if it and the store's differ, what is too old may not be.
        random_bytes: unguessable bytes.
    """

    def __init__(
        self,
        *,
        events: EventIntake,
        secrets: WebhookSecrets,
        schemes: frozenset[Scheme],
        environments: Mapping[str, LinqEnvironment],
        hook_log: HookLog,
        sealer: Sealer,
        alerts: Alerts,
        clock: StoreClock,
        wall_ms: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._events = events
        self._secrets = secrets
        self._schemes = schemes
        self._environments = environments
        self._hook_log = hook_log
        self._sealer = sealer
        self._alerts = alerts
        self._clock = clock
        self._wall_ms = wall_ms
        self._random_bytes = random_bytes
        self._verifiers: dict[str, tuple[tuple[str, ...], Verifier]] = {}
        self._counts: Counter[str] = Counter()
        self._latest_ms: dict[str, int] = {}
        self._second, self._kept_this_second = 0, 0

    async def take(self, environment: str, raw: bytes, headers: Mapping[bytes, bytes]) -> Verdict:
        """Take in one delivery; TAKEN is said only when its effects are in the store.

        Raises:
            NotFound: there is no such environment.
            StoreUnavailable: send it again.
        """
        if environment not in self._environments:
            raise NotFound(f"There is no Linq environment {environment[:40]!r}.")
        now_ms = self._clock.now_ms()
        verdict = self._verifier(environment).verify(raw, headers, now_ms // 1000)
        if isinstance(verdict, Rejected):
            return await self._reject(environment, raw, headers, verdict.reason)
        self._latest_ms[f"{environment}:taken_ms"] = now_ms
        await self._apply(environment, raw, headers)
        return Verdict.TAKEN

    async def reverify(self) -> Reverified:
        """Look again at every rejected delivery that was kept, now that secrets may have been mended.

        Here one may be as old as LATEST: an event that is late is still true, and is applied once at most.

        Raises:
            StoreUnavailable: those not yet looked at are still kept.
        """
        taken = rejected = unreadable = 0
        for kept in await self._hook_log.rejected():
            plain = self._sealer.open(kept.sealed)
            if plain is None:
                unreadable += 1
                continue
            delivery = msgspec.msgpack.decode(plain, type=SealedDelivery)
            headers = dict(delivery.headers)
            verifier = self._verifier(kept.environment)
            now_s = self._clock.now_ms() // 1000
            if isinstance(verifier.verify(delivery.body, headers, now_s, tolerance=LATEST), Rejected):
                rejected += 1
                continue
            await self._apply(kept.environment, delivery.body, headers)
            await self._hook_log.forget_rejected(kept.id)
            taken += 1
        return Reverified(taken, rejected, unreadable)

    async def place_kept(self) -> int:
        """Look again at deliveries that found no pool with their line, now that lines may have been added.

        Returns:
            How many found their place.

        Raises:
            StoreUnavailable: those not yet looked at are still kept.
        """
        placed = 0
        for kept in await self._hook_log.kept():
            if not kept.reason.startswith(_NO_POOL) or (plain := self._sealer.open(kept.sealed)) is None:
                continue
            event = parse_event(msgspec.msgpack.decode(plain, type=SealedDelivery).body)
            if await self._events.take(kept.environment, event):
                await self._hook_log.forget_kept(kept.id)
                placed += 1
        return placed

    async def flush(self) -> None:
        """Add what was counted in this process to the store's counters.

        Raises:
            StoreUnavailable: the counts wait for the next time.
        """
        if not self._counts and not self._latest_ms:
            return
        counts, latest = self._counts, self._latest_ms
        self._counts, self._latest_ms = Counter(), {}
        try:
            await self._hook_log.add_tally(counts, latest)
        except BaseException:
            self._counts.update(counts)
            self._latest_ms = latest | self._latest_ms
            raise

    async def _apply(self, environment: str, raw: bytes, headers: Mapping[bytes, bytes]) -> None:
        event = parse_event(raw)
        words = await self._events.take(environment, event)
        self._counts.update(f"{environment}:{word}" for word in words)
        about = event.about
        if isinstance(about, Unreadable):
            await self._keep(environment, raw, headers, f"{about.why} ({event.type})")
        elif not words and concerns_a_line(event):
            await self._keep(environment, raw, headers, f"{_NO_POOL} ({event.type})")
        elif not words:
            self._counts[f"{environment}:{'irrelevant' if isinstance(about, Irrelevant) else 'noted'}"] += 1

    async def _keep(self, environment: str, raw: bytes, headers: Mapping[bytes, bytes], reason: str) -> None:
        """Keep what was signed and not understood. If even that fails, it must come again: the store is out."""
        self._counts[f"{environment}:kept"] += 1
        await self._hook_log.keep(self._seal(environment, raw, headers, reason))
        await self._alerts.tell("delivery_kept", f"{environment} {reason}", f"A delivery was kept unread: {reason}.")

    async def _reject(self, environment: str, raw: bytes, headers: Mapping[bytes, bytes], reason: Fault) -> Verdict:
        self._counts[f"{environment}:rejected"] += 1
        self._latest_ms[f"{environment}:rejected_ms"] = self._clock.now_ms()
        if self._may_keep_one_more():
            await self._hook_log.reject(self._seal(environment, raw, headers, reason))
        message = f"Linq, {environment}: a delivery was not believed ({reason}). Check: switchyard linq doctor"
        await self._alerts.tell("delivery_rejected", f"{environment} {reason}", message)
        return Verdict.NOT_NOW if self._is_our_fault(reason) else Verdict.REJECTED

    def _is_our_fault(self, reason: Fault) -> bool:
        """Without a secret, or with a clock in doubt, we can not tell; what is told "not now" comes again."""
        if reason in {Fault.TOO_OLD, Fault.TOO_NEW}:
            return abs(self._wall_ms() - self._clock.now_ms()) > _CLOCKS_AGREE_MS
        return reason is Fault.NO_SECRET

    def _may_keep_one_more(self) -> bool:
        """A stranger who knocks all day must not push the provider's deliveries out of the ring."""
        second = self._clock.now_ms() // 1000
        if second != self._second:
            self._second, self._kept_this_second = second, 0
        self._kept_this_second += 1
        return self._kept_this_second <= _REJECTIONS_KEPT_A_SECOND

    def _seal(self, environment: str, raw: bytes, headers: Mapping[bytes, bytes], reason: str) -> KeptDelivery:
        kept_headers = [(name, value) for name, value in headers.items() if name.startswith(_KEPT_HEADERS)]
        plain = msgspec.msgpack.encode(SealedDelivery(kept_headers, raw[:MAX_KEPT_BYTES]))
        return KeptDelivery(
            id="",
            at_ms=self._clock.now_ms(),
            environment=environment,
            reason=reason,
            sealed=self._sealer.seal(plain, self._random_bytes(NONCE_BYTES)),
        )

    def _verifier(self, environment: str) -> Verifier:
        secrets = self._secrets.of(environment)
        made = self._verifiers.get(environment)
        if made is None or made[0] is not secrets:
            made = self._verifiers[environment] = (secrets, Verifier(secrets, self._schemes))
        return made[1]
