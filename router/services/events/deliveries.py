"""Receive webhook deliveries: verify each, read it and apply it, or ask for it again if the fault is ours."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

import msgspec

from router.core.errors import NotFound
from router.core.events.events import Irrelevant, UnreadableEvent
from router.core.sealer import NONCE_BYTES, Sealer
from router.providers.linq.parse import parse_event
from router.providers.linq.signatures import Fault, Rejected
from router.services.alerts import Alerts
from router.services.events.apply import EventApplier
from router.services.events.webhook_secrets import WebhookSecrets
from router.services.runtime.clock import StoreClock
from router.settings.linq import LinqEnvironment
from router.store.deliveries import DeliveryStore, KeptDelivery
from router.telemetry.logs import get_logger

SEALING_USE = "deliveries"
MAX_KEPT_BYTES = 65_536
LATEST = timedelta(days=7)  # a day less than the store remembers events; a later replay would count twice
_KEPT_HEADERS = (b"webhook-", b"x-webhook-", b"content-type")
_REJECTIONS_KEPT_A_SECOND = 2
_NO_POOL = "no pool has its line"
_CLOCKS_AGREE_MS = 60_000
_log = get_logger()


class DeliveryOutcome(Enum):
    """The result of a delivery, and what we answer the provider.

    TAKEN: its effects are stored, never send it again. REJECTED: no secret we know signed it. NOT_NOW: it may be
    genuine, and the fault may be ours; send it again.
    """

    TAKEN = "taken"
    REJECTED = "rejected"
    NOT_NOW = "not_now"


class SealedDelivery(msgspec.Struct, frozen=True, array_like=True):
    """The part of a delivery that is kept when it could not be applied."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reverified:
    """How many kept deliveries were applied after all.

    Attributes:
        taken: verified now, and applied. still_rejected: no secret we have verifies them.
        unreadable: sealed under another secret key, or cut because they were too long.
    """

    taken: int
    still_rejected: int
    unreadable: int


class Deliveries:
    """Receives the deliveries of every environment.

    Args:
        events: applies the events.
        secrets: verifies deliveries by the secrets that may have signed them.
        environments: the environments that are set up, by id.
        delivery_store: keeps deliveries that could not be applied.
        sealer: has a key of its own, derived for `SEALING_USE`.
        alerts: alerts operators.
        clock: the store's.
        wall_ms: this machine's wall clock; if it differs from the store's, a "too old" may be our fault.
        random_bytes: returns unguessable bytes.
    """

    def __init__(
        self,
        *,
        events: EventApplier,
        secrets: WebhookSecrets,
        environments: Mapping[str, LinqEnvironment],
        delivery_store: DeliveryStore,
        sealer: Sealer,
        alerts: Alerts,
        clock: StoreClock,
        wall_ms: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._events = events
        self._secrets = secrets
        self._environments = environments
        self._delivery_store = delivery_store
        self._sealer = sealer
        self._alerts = alerts
        self._clock = clock
        self._wall_ms = wall_ms
        self._random_bytes = random_bytes
        self._counts: Counter[str] = Counter()
        self._latest_ms: dict[str, int] = {}
        self._second, self._kept_this_second = 0, 0

    async def receive(self, environment: str, raw: bytes, headers: Mapping[bytes, bytes]) -> DeliveryOutcome:
        """Verify and apply one delivery; TAKEN means that its effects are in the store.

        Raises:
            NotFound: there is no such environment.
            StoreUnavailable: send it again.
        """
        if environment not in self._environments:
            raise NotFound(f"There is no Linq environment {environment[:40]!r}.")
        now_ms = self._clock.now_ms()
        verdict = self._secrets.verifier(environment).verify(raw, headers, now_ms // 1000)
        if isinstance(verdict, Rejected):
            return await self._reject(environment, raw, headers, verdict.reason)
        self._latest_ms[f"{environment}:taken_ms"] = now_ms
        await self._apply(environment, raw, headers)
        return DeliveryOutcome.TAKEN

    async def reverify(self) -> Reverified:
        """Verify again every rejected delivery that was kept, now that a missing secret may have been added.

        Here a delivery may be as old as LATEST: a late event is still true, and is applied at most once.

        Raises:
            StoreUnavailable: the deliveries not yet checked are still kept.
        """
        taken = rejected = unreadable = 0
        for kept in await self._delivery_store.rejected():
            plain = self._sealer.open(kept.sealed)
            if plain is None:
                unreadable += 1
                continue
            delivery = msgspec.msgpack.decode(plain, type=SealedDelivery)
            headers = dict(delivery.headers)
            verifier = self._secrets.verifier(kept.environment)
            now_s = self._clock.now_ms() // 1000
            if isinstance(verifier.verify(delivery.body, headers, now_s, tolerance=LATEST), Rejected):
                rejected += 1
                continue
            await self._apply(kept.environment, delivery.body, headers)
            await self._delivery_store.forget_rejected(kept.id)
            taken += 1
        return Reverified(taken, rejected, unreadable)

    async def place_kept(self) -> int:
        """Apply again the deliveries that found no pool with their line, now that lines may have been added.

        Returns:
            How many found a pool.

        Raises:
            StoreUnavailable: the deliveries not yet checked are still kept.
        """
        placed = 0
        for kept in await self._delivery_store.kept():
            if not kept.reason.startswith(_NO_POOL) or (plain := self._sealer.open(kept.sealed)) is None:
                continue
            event = parse_event(msgspec.msgpack.decode(plain, type=SealedDelivery).body)
            if await self._events.apply(kept.environment, event):
                await self._delivery_store.forget_kept(kept.id)
                placed += 1
        return placed

    async def flush(self) -> None:
        """Add this process's counts to the store's counters.

        Raises:
            StoreUnavailable: the counts are added the next time.
        """
        if not self._counts and not self._latest_ms:
            return
        counts, latest = self._counts, self._latest_ms
        self._counts, self._latest_ms = Counter(), {}
        try:
            await self._delivery_store.add_tally(counts, latest)
        except BaseException:
            self._counts.update(counts)
            self._latest_ms = latest | self._latest_ms
            raise

    async def _apply(self, environment: str, raw: bytes, headers: Mapping[bytes, bytes]) -> None:
        event = parse_event(raw)
        words = await self._events.apply(environment, event)
        self._counts.update(f"{environment}:{word}" for word in words)
        about = event.about
        if isinstance(about, UnreadableEvent):
            await self._keep(environment, raw, headers, f"{about.why} ({event.type})")
        elif not words and event.concerns_a_line:
            await self._keep(environment, raw, headers, f"{_NO_POOL} ({event.type})")
        elif not words:
            self._counts[f"{environment}:{'irrelevant' if isinstance(about, Irrelevant) else 'noted'}"] += 1

    async def _keep(self, environment: str, raw: bytes, headers: Mapping[bytes, bytes], reason: str) -> None:
        """Keep a signed delivery that could not be applied. If even that fails, the provider must send it again."""
        self._counts[f"{environment}:kept"] += 1
        await self._delivery_store.keep(self._seal(environment, raw, headers, reason))
        await self._alerts.send("delivery_kept", f"{environment} {reason}", f"A delivery was kept unread: {reason}.")

    async def _reject(
        self, environment: str, raw: bytes, headers: Mapping[bytes, bytes], reason: Fault
    ) -> DeliveryOutcome:
        self._counts[f"{environment}:rejected"] += 1
        self._latest_ms[f"{environment}:rejected_ms"] = self._clock.now_ms()
        if self._may_keep_rejected():
            await self._delivery_store.reject(self._seal(environment, raw, headers, reason))
        message = f"Linq, {environment}: a delivery was rejected ({reason}). Check: switchyard linq doctor"
        await self._alerts.send("delivery_rejected", f"{environment} {reason}", message)
        return DeliveryOutcome.NOT_NOW if self._is_our_fault(reason) else DeliveryOutcome.REJECTED

    def _is_our_fault(self, reason: Fault) -> bool:
        """Without a secret, or with a doubtful clock, we cannot judge: NOT_NOW makes the provider send it again."""
        if reason in {Fault.TOO_OLD, Fault.TOO_NEW}:
            return abs(self._wall_ms() - self._clock.now_ms()) > _CLOCKS_AGREE_MS
        return reason is Fault.NO_SECRET

    def _may_keep_rejected(self) -> bool:
        """Limit what is kept: a stranger who posts all day must not push the provider's deliveries out of the ring."""
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
