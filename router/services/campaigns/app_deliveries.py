"""Let operators see how events for the customer's app fared, send some once more, and try the app."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import token_hex

from router.core.act import Act
from router.core.campaigns.app_delivery import AppDelivery, DeliveryState, Tries
from router.core.campaigns.app_news import TEST_EVENT, News, NewsKind, type_of
from router.core.campaigns.prompt import SendOutcome
from router.core.errors import InvalidField, NotFound, Refused
from router.services.campaigns.app_news import App, event_id
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.store.app_news import LOG_ROWS, NewsLog, read_row_id
from router.telemetry.logs import get_logger

_NO_APP = "No app is set up. Set SWITCHYARD_APP_WEBHOOK_URL and SWITCHYARD_APP_WEBHOOK_SECRETS."
_PAGE = 1000
_ROW_ID = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppTrial:
    """What the app did with a test event.

    Attributes:
        reason: why it did not take it; "" if it did.
    """

    event: str
    is_delivered: bool
    reason: str
    took_ms: int


class AppDeliveries:
    """Reads the delivery logs of pools and fills their queues.

    Args:
        app: None if no app is set up.
        news: queue and log.
        pool_cache: finds pools.
        clock: the store's.
        events: the types that are switched on.
    """

    def __init__(
        self, app: App | None, *, news: NewsLog, pool_cache: PoolCache, clock: StoreClock, events: tuple[str, ...]
    ) -> None:
        self._app = app
        self._news = news
        self._pool_cache = pool_cache
        self._clock = clock
        self._events = events

    async def latest(
        self,
        pool: str,
        *,
        state: DeliveryState | None = None,
        type_: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> list[AppDelivery]:
        """Return settled deliveries, newest first; with the state WAITING what waits, oldest first.

        Args:
            pool: its id.
            state: only those in this state.
            type_: only events of this type.
            before: the id of the last row already read; of what waits, the row after which to go on.
            limit: how many.

        Raises:
            NotFound: there is no such pool.
            InvalidField: `before` is no row's id.
        """
        view = await self._pool_cache.get(pool)
        found: list[AppDelivery] = []
        place = _read_place(before) if before else ""
        while len(found) < limit:
            rows = await self._page(view, place, is_waiting=state is DeliveryState.WAITING)
            found += [row for row in rows if state in {None, row.state} and type_ in {None, row.type}]
            if len(rows) < _PAGE:
                break
            place = rows[-1].id
        return found[:limit]

    async def replay(
        self,
        pool: str,
        *,
        by: Act,
        event: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """Queue settled events once more, each under its own id; return how many. What waits already is left alone.

        Args:
            pool: its id.
            by: who wants it.
            event: the id of one event.
            since: else all that happened from this time on.
            until: up to this time, or up to now.

        Raises:
            NotFound: there is no such pool, or its log has no such event.
            InvalidField: neither an event nor a time, or both, or a time that ends before it begins.
            Refused: no app is set up.
        """
        view = await self._pool_cache.get(pool)
        if (event is None) == (since is None):
            raise InvalidField("event", "name one event, or a time by `since` and `until`")
        if event is not None and until is not None:
            raise InvalidField("until", "it goes with `since`, not with one event")
        if self._app is None:
            raise Refused(_NO_APP)
        now_ms = self._clock.now_ms()
        first_ms, last_ms = _ms_of(since, 0), _ms_of(until, now_ms)
        if first_ms > last_ms:
            raise InvalidField("since", "it must not be later than `until`")
        chosen = {
            row.event: row
            for row in await self._whole_log(view)
            if (row.event == event if event else first_ms <= row.news.at_ms <= last_ms) and row.type != TEST_EVENT
        }
        if event is not None and not chosen:
            raise NotFound(f"The log has no event {event[:60]!r}. It holds the latest {LOG_ROWS:,} of a pool.")
        waiting = await self._waiting_events(view)
        again = sorted(
            (row for name, row in chosen.items() if name not in waiting), key=lambda row: (row.news.at_ms, row.news.id)
        )
        for row in again:
            await self._news.add(view.keys, replace(row.news, event=row.event, again_ms=now_ms))
        _log.info("news_replayed", pool=view.pool.id, count=len(again), actor=by.actor)
        return len(again)

    async def test(self, pool: str, *, by: Act) -> AppTrial:
        """Send the app a test event now, once, and log it.

        Raises:
            NotFound: there is no such pool.
            Refused: no app is set up.
        """
        view = await self._pool_cache.get(pool)
        if self._app is None:
            raise Refused(_NO_APP)
        now_ms = self._clock.now_ms()
        event, began_s = f"sy_test_{token_hex(12)}", time.monotonic()
        at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
        data: Mapping[str, object] = {"pool": view.pool.id, "at": at, "events": list(self._events)}
        result = await self._app.send_event(TEST_EVENT, event, data)
        is_delivered = result.outcome is SendOutcome.SENT
        news = News(id="0-1", kind=NewsKind.PLAIN, at_ms=now_ms, word=TEST_EVENT, data="{}")
        await self._news.settle(
            view.keys,
            AppDelivery(
                id="",
                event=event,
                type=TEST_EVENT,
                news=news,
                state=DeliveryState.DELIVERED if is_delivered else DeliveryState.REFUSED,
                tries=Tries(1, reason=result.reason),
                tried_ms=now_ms,
            ),
        )
        _log.info("news_tested", pool=view.pool.id, actor=by.actor, reason=result.reason)
        took_ms = round((time.monotonic() - began_s) * 1000)
        return AppTrial(event=event, is_delivered=is_delivered, reason=result.reason, took_ms=took_ms)

    async def _page(self, view: PoolView, place: str, *, is_waiting: bool) -> list[AppDelivery]:
        if not is_waiting:
            return await self._news.log(view.keys, before=place, limit=_PAGE)
        waiting = await self._news.oldest(view.keys, limit=_PAGE, after=place)
        tries = await self._news.tries(view.keys, [news.id for news in waiting]) if waiting else {}
        return [self._as_waiting(view, news, tries.get(news.id, Tries())) for news in waiting]

    def _as_waiting(self, view: PoolView, news: News, tries: Tries) -> AppDelivery:
        return AppDelivery(
            id=news.id,
            event=event_id(view.pool.id, news),
            type=type_of(news, self._events) or type_of(news, ("*",)) or "",
            news=news,
            state=DeliveryState.WAITING,
            tries=tries,
            tried_ms=tries.last_ms,
        )

    async def _whole_log(self, view: PoolView) -> list[AppDelivery]:
        return await self._news.log(view.keys, limit=2 * LOG_ROWS)  # the store trims to about LOG_ROWS

    async def _waiting_events(self, view: PoolView) -> set[str]:
        found: set[str] = set()
        place = ""
        while rows := await self._page(view, place, is_waiting=True):
            found |= {row.event for row in rows}
            place = rows[-1].id
        return found


def _read_place(text: str) -> str:
    if not _ROW_ID.fullmatch(text):
        raise InvalidField("before", f"{text[:40]!r} is no row's id; it looks like 1790000000000-0")
    return read_row_id(text)


def _ms_of(moment: datetime | None, otherwise: int) -> int:
    return otherwise if moment is None else int(moment.timestamp() * 1000)
