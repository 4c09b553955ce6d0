"""Tell the customer's app who moved, and who texted a line where nobody can answer: at least once, under one id."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol

from router.core.news import News, NewsKind
from router.core.phone import display
from router.core.prompt import Outcome, SendResult
from router.core.retries import closed_for, spread
from router.core.token import PAGE, Tokens
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.directory import PoolView
from router.services.migration.recipients import Recipients
from router.store.assignments import Assignments
from router.store.news import NewsLog

OLDEST = timedelta(days=1)  # news of yesterday help nobody, and the route says what holds

_PAGE = 100
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)
_MS = timedelta(milliseconds=1)
_log = get_logger()


class App(Protocol):
    """The customer's app, as the channel of that name reaches it."""

    async def send_event(self, kind: str, event_id: str, data: Mapping[str, object]) -> SendResult:
        """Try once; what goes wrong is told, never raised."""


class NewsTeller:
    """Tells the news of one pool at a time.

    Args:
        app: None where none is set up: then nobody is told, and nothing is kept.
        news: what waits.
        assignments: which line is a person's now.
        recipients: opens what people gave us.
        tokens: makes the links to their pages.
        base_url: of those links.
        clock: the store's.
        draw: at random from 0 to 1, for the pauses while the app does not answer.
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
    ) -> None:
        self._app = app
        self._news = news
        self._assignments = assignments
        self._recipients = recipients
        self._tokens = tokens
        self._base_url = base_url
        self._clock = clock
        self._draw = draw
        self._closed_ms = (0, 0)  # since when, and until when
        self._pause = _FIRST_PAUSE

    async def tell(self, view: PoolView) -> int:
        """Tell what waits, in its order, until the app wants a pause; return how much of it was told.

        Raises:
            StoreUnavailable: what was told and not dropped is told again, under the same id.
        """
        told = 0
        while not self._is_closed():
            waiting = await self._news.oldest(view.keys, limit=_PAGE)
            settled: list[str] = []
            for news in waiting:
                outcome = await self._tell_one(view, news)
                if outcome is None:
                    break
                told += outcome is Outcome.SENT
                settled.append(news.id)
            await self._news.drop(view.keys, settled)
            if len(settled) < _PAGE:
                break
        return told

    async def _tell_one(self, view: PoolView, news: News) -> Outcome | None:
        """Return what became of it for good; None if it must be told again later."""
        if self._app is None or self._clock.now_ms() - news.at_ms > OLDEST // _MS:
            return Outcome.FAILED
        data = await self._told_of(view, news)
        if data is None:
            return Outcome.FAILED
        result = await self._app.send_event(news.kind.event, event_id(view.pool.id, news), data)
        if result.outcome in {Outcome.SENT, Outcome.FAILED}:
            self._pause = _FIRST_PAUSE
            if result.outcome is Outcome.FAILED:
                _log.warning("news_refused", pool=view.pool.id, kind=news.kind, reason=result.reason)
            return result.outcome
        # Beside other workers, and behind what the app asks for, as far as that is believed.
        pause = closed_for(result) + spread(self._pause, self._draw())
        now_ms = self._clock.now_ms()
        self._closed_ms = now_ms, now_ms + pause // _MS
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        _log.warning("news_delayed", pool=view.pool.id, kind=news.kind, reason=result.reason)
        return None

    def _is_closed(self) -> bool:
        since_ms, until_ms = self._closed_ms
        return since_ms <= self._clock.now_ms() < until_ms  # a clock that was set back opens it

    async def _told_of(self, view: PoolView, news: News) -> dict[str, object] | None:
        """Return what to say; None of a person who was erased, or whom the line they texted carries again."""
        (assignment,) = await self._assignments.read(view.keys, [news.code])
        if assignment is None or assignment.slot is None:
            return None
        is_wrong = news.kind is NewsKind.WRONG_LINE
        right = assignment.slot if is_wrong else news.right
        if right == news.left or not {news.left, right} <= view.lines.keys():
            return None
        (sealed,) = await self._assignments.contacts_of(view.keys, [news.code])
        recipient = self._recipients.open(sealed)
        number = view.lines[right].number
        return {
            "pool": view.pool.id,
            "signup": news.code,
            "user": recipient.user,
            "phone": recipient.phone,
            "email": recipient.email,
            "texted_number" if is_wrong else "old_number": view.lines[news.left].number,
            "new_number": number,
            "new_number_display": display(number),
            "page_url": f"{self._base_url}/t/{self._tokens.mint(PAGE, view.pool.id, news.code)}",
            "at": datetime.fromtimestamp(news.at_ms / 1000, UTC).isoformat(timespec="milliseconds"),
        }


def event_id(pool: str, news: News) -> str:
    """The id of an event: the same however often it is told, and of no other."""
    return f"sy_{sha256(f'{pool}:{news.id}'.encode()).hexdigest()[:32]}"
