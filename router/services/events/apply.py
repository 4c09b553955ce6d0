"""Apply a provider event once to every pool it concerns, and alert operators where they need to know."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from msgspec.structs import replace as replace_struct

from router.core.errors import StoreUnavailable
from router.core.events.events import AccountChanged, Event, LineJoined, LineLeft, LineMoved
from router.core.lines.suspicion import SuspicionRules
from router.core.phone import E164, mask
from router.core.pool import PoolId
from router.services.alerts import Alerts
from router.services.events.known_people import KnownPeople
from router.services.events.translate import EventTranslator
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.services.runtime.coalescer import Coalescer
from router.services.runtime.decision_log import DecisionLog
from router.settings.linq import LinqEnvironment
from router.store.events import MAX_BATCH, Effect, EventScript
from router.store.pool_events import PoolEvent
from router.telemetry.logs import get_logger

BY_HAND = "by hand"

_MAX_TRIES = 5  # to agree with the store on whose event it is
_MAX_WAITING = 2048
_LINE_KINDS = frozenset({"report", "suspect"})
_ALERTS = {
    "flagged": "New people go elsewhere from now on. Those on the line are answered with their backups.",
    "recovered": "The provider says it works again. It starts with a small share of new people.",
    "released": "Nobody can be reached on it any more; new people go elsewhere.",
    "status_unknown": "We do not know this status, so the line takes nobody new.",
    "suspected": "Its messages fail, so it takes nobody new for a while. Check it: switchyard linq audit",
}
_log = get_logger()


class EventApplier:
    """Applies events.

    Args:
        event_script: changes a pool's store.
        pool_cache: finds the pools that have a line.
        translator: translates an event for one pool.
        alerts: alerts operators.
        clock: the store's.
        environments: by id; a `LineMoved` names them by their names.
        rules: when failing messages bench a line.
    """

    def __init__(
        self,
        *,
        event_script: EventScript,
        pool_cache: PoolCache,
        translator: EventTranslator,
        alerts: Alerts,
        clock: StoreClock,
        environments: Mapping[str, LinqEnvironment],
        rules: SuspicionRules,
    ) -> None:
        self._script = event_script
        self._pool_cache = pool_cache
        self._translator = translator
        self._alerts = alerts
        self._clock = clock
        self._environments = environments
        self._rules = rules
        self._known = KnownPeople()
        self._refreshing: Coalescer[None, None] = Coalescer(self._refresh, max_batch=_MAX_WAITING)
        self._sending: dict[PoolId, Coalescer[PoolEvent, Effect]] = {}
        self._decisions: dict[PoolId, DecisionLog] = {}

    async def apply(self, environment: str, event: Event) -> list[str]:
        """Apply an event; when this returns, its effects are in the store.

        Returns:
            A word for each pool it concerned; empty if no pool has its line, or no pool needs what it says.

        Raises:
            StoreUnavailable: we do not know whether it was applied; it must be delivered again.
        """
        event = self._as_seen_from(environment, event)
        if isinstance(event.about, AccountChanged):
            await self._report_account(environment, event.type, event.about)
        views = self._views(environment, event.line)
        if not views and event.line is not None:
            await self._refreshing.ask(None)  # a line may have been added a moment ago, by another process
            views = self._views(environment, event.line)
        words = []
        for view in views:
            pool_event = self._translator.translate(event, view, now_ms=self._clock.now_ms())
            if pool_event is not None:
                words.append(await self.apply_to(view, pool_event))
        return [word for word in words if word != "unplaced"]

    async def apply_to(self, view: PoolView, pool_event: PoolEvent) -> str:
        """Apply an event to one pool, and alert operators if it changed a line.

        Raises:
            StoreUnavailable: as `apply`.
        """
        effect = await self._apply_once(view, pool_event)
        if pool_event.kind in _LINE_KINDS or effect.word == "suspected":
            await self._report_line(view, pool_event, effect)
        return effect.word

    def _as_seen_from(self, environment: str, event: Event) -> Event:
        """Return a move between environments as what it is for this one: the line joined, or it left."""
        about = event.about
        if not isinstance(about, LineMoved):
            return event
        ours = self._environments[environment].name.casefold()
        if (about.went_to or "").casefold() == ours:
            return replace(event, about=LineJoined(line=about.line, changed_at_us=about.changed_at_us))
        if (about.came_from or "").casefold() == ours:
            return replace(event, about=LineLeft(line=about.line, changed_at_us=about.changed_at_us))
        summary = "a line moved between environments that are not ours by name; run: switchyard linq sync"
        return replace(event, about=AccountChanged(summary=summary, line=about.line, is_urgent=True))

    def _views(self, environment: str, line: E164 | None) -> list[PoolView]:
        ours = [view for view in self._pool_cache.all() if view.pool.environment == environment]
        return ours if line is None else [view for view in ours if line in view.slots]

    async def _refresh(self, asking: Sequence[None]) -> list[None]:
        """Refresh once for all who ask: an account may have many lines that no pool has."""
        await self._pool_cache.refresh()
        return [None for _ in asking]

    async def _apply_once(self, view: PoolView, pool_event: PoolEvent) -> Effect:
        fingerprint = pool_event.sender.fingerprint if pool_event.sender else b""
        known = self._known.find(fingerprint, pool_event.chat)
        if known is not None:
            pool_event = replace_struct(pool_event, known=known)
        sender = self._coalescer(view.pool.id)
        for _ in range(_MAX_TRIES):
            effect = await sender.ask(pool_event)
            if not effect.must_ask_again:
                if effect.code is not None:
                    self._known.remember(effect.code, fingerprint, pool_event.chat)
                return effect
            if effect.code is not None:
                pool_event = replace_struct(pool_event, known=effect.code)
            elif pool_event.sender is not None:
                pool_event = replace_struct(pool_event, sender=self._translator.redraw(pool_event.sender))
        raise StoreUnavailable("We could not settle whose event this is in several tries. Deliver it again.")

    def _coalescer(self, pool: PoolId) -> Coalescer[PoolEvent, Effect]:
        sending = self._sending.get(pool)
        if sending is None:
            sending = self._sending[pool] = Coalescer(partial(self._send, pool), max_batch=MAX_BATCH)
            self._decisions[pool] = DecisionLog(pool, "events_applied")
        return sending

    async def _send(self, pool: PoolId, pool_events: Sequence[PoolEvent]) -> list[Effect]:
        view = await self._pool_cache.get(pool)
        effects = await self._script.apply(
            view.keys,
            pool_events,
            backups=view.policy.backups,
            rules=self._rules,
            lines=len(view.lines),
            now_ms=self._clock.now_ms(),
        )
        self._decisions[pool].record([effect.word for effect in effects])
        return effects

    async def _report_line(self, view: PoolView, pool_event: PoolEvent, effect: Effect) -> None:
        slot = effect.slot if pool_event.slot is None else pool_event.slot
        line = None if slot is None else view.lines.get(slot)
        if line is None or effect.word in {"duplicate", "stale", "unchanged"}:
            return
        _log.info(
            "line_reported", pool=view.pool.id, line=mask(line.number), state=effect.word, event_type=pool_event.type
        )
        if effect.word in _ALERTS and pool_event.type != BY_HAND:  # an operator knows what they did
            shown = f"Line {mask(line.number)} of pool {view.pool.id!r}: {effect.word}. {_ALERTS[effect.word]}"
            await self._alerts.send(f"line_{effect.word}", f"{view.pool.id} {mask(line.number)}", shown)

    async def _report_account(self, environment: str, event_type: str, about: AccountChanged) -> None:
        if about.is_urgent:
            message = f"Linq, {environment}: {about.summary}"
            logged = f"Linq, {environment}: {event_type}. What happened: switchyard linq doctor"
            await self._alerts.send("account", f"{environment} {event_type}", message, logged=logged)
