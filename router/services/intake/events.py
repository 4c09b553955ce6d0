"""Apply an event to every pool that it concerns, once, and say what must be said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from msgspec.structs import replace as replace_struct

from router.core.errors import StoreUnavailable
from router.core.events import AccountChanged, Event, LineJoined, LineLeft, LineMoved, MessageReceived
from router.core.phone import E164, mask
from router.core.pool import PoolId
from router.core.suspicion import SuspicionRules
from router.linq_settings import LinqEnvironment
from router.observe.logs import get_logger
from router.services.alerts import Alerts
from router.services.clock import StoreClock
from router.services.coalescer import Coalescer
from router.services.decision_log import DecisionLog
from router.services.directory import Directory, PoolView
from router.services.intake.known_people import KnownPeople
from router.services.intake.observing import Observer
from router.store.ingest import MAX_BATCH, Effect, Ingest
from router.store.observations import Observation

BY_HAND = "by hand"

_MAX_TRIES = 5
_MAX_ASKING = 2048
_LINE_KINDS = frozenset({"report", "suspect"})
_ALERTS = {
    "flagged": "New people go elsewhere from now on. Those on the line are answered with their backups.",
    "recovered": "The provider says it works again. It starts with a small share of new people.",
    "released": "Nobody can be reached on it any more; new people go elsewhere.",
    "status_unknown": "We do not know this status, so the line takes nobody new.",
    "suspected": "Its messages fail, so it takes nobody new for a while. Check it: switchyard linq audit",
}
_log = get_logger()


class EventIntake:
    """Takes in events.

    Args:
        ingest: applies observations to a pool's store.
        directory: which pool has which line.
        observer: says what of an event a pool must know.
        alerts: tells operators.
        clock: the store's.
        environments: by id; a moved line is named by their names.
        rules: when failing messages bench a line.
    """

    def __init__(
        self,
        *,
        ingest: Ingest,
        directory: Directory,
        observer: Observer,
        alerts: Alerts,
        clock: StoreClock,
        environments: Mapping[str, LinqEnvironment],
        rules: SuspicionRules,
    ) -> None:
        self._ingest = ingest
        self._directory = directory
        self._observer = observer
        self._alerts = alerts
        self._clock = clock
        self._environments = environments
        self._rules = rules
        self._known = KnownPeople()
        self._catching_up: Coalescer[None, None] = Coalescer(self._catch_up, max_batch=_MAX_ASKING)
        self._sending: dict[PoolId, Coalescer[Observation, Effect]] = {}
        self._decisions: dict[PoolId, DecisionLog] = {}

    async def take(self, environment: str, event: Event) -> list[str]:
        """Apply an event; when this returns, its effects are in the store.

        Returns:
            A word for each pool it concerned; none where no pool has its line, or nothing of it is a pool's business.

        Raises:
            StoreUnavailable: it is not known whether it was applied; it must be delivered again.
        """
        event = self._settle_move(environment, event)
        if isinstance(event.about, AccountChanged):
            await self._tell_account(environment, event.type, event.about)
        line = getattr(event.about, "line", None)
        views = self._views(environment, line)
        if not views and line is not None:
            await self._catching_up.ask(None)  # a line may have been added a moment ago, by another process
            views = self._views(environment, line)
        words = []
        for view in views:
            observation = self._observer.observe(event, view, now_ms=self._clock.now_ms())
            if observation is not None:
                words.append(await self.apply(view, observation))
        return [word for word in words if word != "unplaced"]

    async def apply(self, view: PoolView, observation: Observation) -> str:
        """Apply one observation to one pool, and tell operators of what happened to its line.

        Raises:
            StoreUnavailable: as `take`.
        """
        effect = await self._send_known(view, observation)
        if observation.kind in _LINE_KINDS or effect.word == "suspected":
            await self._tell_line(view, observation, effect)
        return effect.word

    def _settle_move(self, environment: str, event: Event) -> Event:
        """A line that moved between environments has left ours, or joined it."""
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
        ours = [view for view in self._directory.all() if view.pool.environment == environment]
        return ours if line is None else [view for view in ours if line in view.slots]

    async def _catch_up(self, asking: Sequence[None]) -> list[None]:
        """Look once for all who ask: an account may have many lines that no pool has."""
        await self._directory.refresh()
        return [None for _ in asking]

    async def _send_known(self, view: PoolView, observation: Observation) -> Effect:
        fingerprint = observation.sender.fingerprint if observation.sender else b""
        known = self._known.find(fingerprint, observation.chat)
        if known is not None:
            observation = replace_struct(observation, known=known)
        sender = self._coalescer(view.pool.id)
        for _ in range(_MAX_TRIES):
            effect = await sender.ask(observation)
            if not effect.must_ask_again:
                if effect.code is not None:
                    self._known.remember(effect.code, fingerprint, observation.chat)
                return effect
            if effect.code is not None:
                observation = replace_struct(observation, known=effect.code)
            elif observation.sender is not None:
                observation = replace_struct(observation, sender=self._observer.redraw(observation.sender))
        raise StoreUnavailable("The event's person could not be settled in several tries. Deliver it again.")

    def _coalescer(self, pool: PoolId) -> Coalescer[Observation, Effect]:
        sending = self._sending.get(pool)
        if sending is None:
            sending = self._sending[pool] = Coalescer(partial(self._send, pool), max_batch=MAX_BATCH)
            self._decisions[pool] = DecisionLog(pool, "events_taken")
        return sending

    async def _send(self, pool: PoolId, observations: Sequence[Observation]) -> list[Effect]:
        view = await self._directory.seek(pool)
        effects = await self._ingest.take(
            view.keys,
            observations,
            backups=view.policy.backups,
            rules=self._rules,
            lines=len(view.lines),
            now_ms=self._clock.now_ms(),
        )
        self._decisions[pool].note([effect.word for effect in effects])
        return effects

    async def _tell_line(self, view: PoolView, observation: Observation, effect: Effect) -> None:
        slot = effect.slot if observation.slot is None else observation.slot
        line = None if slot is None else view.lines.get(slot)
        if line is None or effect.word in {"duplicate", "stale", "unchanged"}:
            return
        _log.info(
            "line_reported", pool=view.pool.id, line=mask(line.number), state=effect.word, event_type=observation.type
        )
        if effect.word in _ALERTS and observation.type != BY_HAND:  # an operator knows what they did
            shown = f"Line {mask(line.number)} of pool {view.pool.id!r}: {effect.word}. {_ALERTS[effect.word]}"
            await self._alerts.tell(f"line_{effect.word}", f"{view.pool.id} {mask(line.number)}", shown)

    async def _tell_account(self, environment: str, event_type: str, about: AccountChanged) -> None:
        if about.is_urgent:
            message = f"Linq, {environment}: {about.summary}"
            logged = f"Linq, {environment}: {event_type}. What happened: switchyard linq doctor"
            await self._alerts.tell("account", f"{environment} {event_type}", message, logged=logged)


def concerns_a_line(event: Event) -> bool:
    """Whether some pool should have known the line of this event; a text is always somebody's."""
    return isinstance(event.about, MessageReceived) or getattr(event.about, "line", None) is not None
