"""Send events to the customer's app, and log how each fared.

Each event is sent at least once, and always under the same id. The log is written in one step with the end of the
waiting, so a process that is killed in between sends the event again, under that id.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Protocol

from router.core.campaigns.app_delivery import AppDelivery, DeliveryState, Tries, own_pause
from router.core.campaigns.app_news import USUAL_EVENTS, News, type_of
from router.core.campaigns.prompt import SendOutcome, SendResult
from router.core.campaigns.retries import NO_PAUSE, Pause, closed_for, spread
from router.core.links.token import Tokens
from router.core.time_units import MILLISECOND
from router.services.campaigns.messages import Recipients
from router.services.campaigns.news_facts import NewsFacts
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.store.app_news import NewsLog
from router.store.assignments import Assignments
from router.telemetry.logs import get_logger

OLDEST = timedelta(days=1)  # yesterday's news helps nobody; `…/route` has the current answer

_PAGE = 100
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)
_FINAL = {SendOutcome.SENT: DeliveryState.DELIVERED, SendOutcome.FAILED: DeliveryState.REFUSED}
_NEVER_TRIED = Tries()
_log = get_logger()


class App(Protocol):
    """The customer's app, as the `app` channel reaches it."""

    async def send_event(self, kind: str, event_id: str, data: Mapping[str, object]) -> SendResult:
        """Try once. A failure is returned, never raised."""


class AppNewsSender:
    """Sends the news of one pool at a time.

    Args:
        app: None if no app is set up: then waiting news is dropped.
        news: the news that waits to be sent.
        assignments: which line a person has now.
        recipients: reads how people can be reached.
        tokens: makes the links to people's pages.
        base_url: what those links begin with.
        clock: the store's.
        draw: returns a random number from 0 to 1, for the pauses while the app does not answer.
        events: the types that are switched on; the others are dropped.
    """

    def __init__(
        self,
        app: App | None,
        *,
        news: NewsLog,
        assignments: Assignments,
        recipients: Recipients,
        tokens: Tokens,
        base_url: str,
        clock: StoreClock,
        draw: Callable[[], float],
        events: Collection[str] = USUAL_EVENTS,
    ) -> None:
        self._app = app
        self._news = news
        self._facts = NewsFacts(assignments, recipients, tokens, base_url)
        self._clock = clock
        self._draw = draw
        self._events = events
        self._pause = NO_PAUSE
        self._next_pause = _FIRST_PAUSE

    async def send_waiting(self, view: PoolView) -> int:
        """Send the waiting news until the app needs a pause; return how much was sent.

        The oldest goes first, except that news which failed several times waits behind the others.

        Raises:
            StoreUnavailable: news that was sent and not settled is sent again, under the same id.
        """
        sent, after = 0, ""
        while not self._pause.left_ms(self._clock.now_ms()):
            waiting = await self._news.oldest(view.keys, limit=_PAGE, after=after)
            unwanted = [news.id for news in waiting if self._app is None or type_of(news, self._events) is None]
            await self._news.drop(view.keys, unwanted)
            wanted = [news for news in waiting if news.id not in set(unwanted)]
            tries = await self._news.tries(view.keys, [news.id for news in wanted]) if wanted else {}
            for news in sorted(wanted, key=lambda news: tries.get(news.id, _NEVER_TRIED).is_set_aside):
                before = tries.get(news.id, _NEVER_TRIED)
                if self._app is not None and before.next_ms <= self._clock.now_ms():
                    sent += await self._send_one(self._app, view, news, before)
                if self._pause.left_ms(self._clock.now_ms()):
                    break
            if len(waiting) < _PAGE:
                break
            after = waiting[-1].id
        return sent

    async def _send_one(self, app: App, view: PoolView, news: News, before: Tries) -> bool:
        """Try once, and settle the news if that was final; return whether the app has it."""
        name = type_of(news, self._events) or ""
        now_ms = self._clock.now_ms()
        delivery = AppDelivery(
            id="",
            event=event_id(view.pool.id, news),
            type=name,
            news=news,
            state=DeliveryState.EXPIRED,
            tries=before,
            tried_ms=before.last_ms,
        )
        if now_ms - news.waits_since_ms > OLDEST // MILLISECOND:
            await self._news.settle(view.keys, delivery)
            return False
        data = await self._facts.of(view, news)
        if data is None:
            await self._news.settle(view.keys, replace(delivery, state=DeliveryState.DROPPED))
            return False
        result = await app.send_event(name, delivery.event, data)
        tries = Tries(before.count + 1, last_ms=now_ms, reason=result.reason)
        if result.outcome in _FINAL:
            self._next_pause = _FIRST_PAUSE
            if result.outcome is SendOutcome.FAILED:
                _log.warning("news_refused", pool=view.pool.id, kind=news.kind, reason=result.reason)
            state = _FINAL[result.outcome]
            await self._news.settle(view.keys, replace(delivery, state=state, tries=tries, tried_ms=now_ms))
            return result.outcome is SendOutcome.SENT
        await self._wait(view, news, tries, result)
        return False

    async def _wait(self, view: PoolView, news: News, tries: Tries, result: SendResult) -> None:
        # Not at the same moment as other workers, and not before the time that the app asked for.
        now_ms, draw, asked = self._clock.now_ms(), self._draw(), closed_for(result)
        self._pause = Pause.of(asked + spread(self._next_pause, draw), now_ms=now_ms)
        self._next_pause = min(2 * self._next_pause, _LONGEST_PAUSE)
        if tries.is_set_aside:
            own = asked + spread(own_pause(tries.count), draw)
            tries = replace(tries, next_ms=now_ms + own // MILLISECOND)
        await self._news.record_try(view.keys, news.id, tries)
        _log.warning("news_delayed", pool=view.pool.id, kind=news.kind, reason=result.reason)


def event_id(pool: str, news: News) -> str:
    """Return the id of an event: the same each time it is sent, and different for every other event."""
    return news.event or stable_id(f"{pool}:{news.id}")


def stable_id(words: str) -> str:
    """Return the id of the event that these words stand for."""
    return f"sy_{sha256(words.encode()).hexdigest()[:32]}"
