"""Find the data of an event for the customer's app at the moment it is sent, so that no personal data is queued."""

import json
from datetime import UTC, datetime

from router.core.campaigns.app_news import News, NewsKind
from router.core.links.token import PAGE, Tokens
from router.core.people.origin import decode_origin
from router.core.phone import display
from router.services.campaigns.messages import Recipients
from router.services.pools.pool_cache import PoolView
from router.store.assignments import Assignments

Facts = dict[str, object]


class NewsFacts:
    """Reads what an event says.

    Args:
        assignments: which line a person has now.
        recipients: reads how people can be reached.
        tokens: makes the links to people's pages.
        base_url: what those links begin with.
    """

    def __init__(self, assignments: Assignments, recipients: Recipients, tokens: Tokens, base_url: str) -> None:
        self._assignments = assignments
        self._recipients = recipients
        self._tokens = tokens
        self._base_url = base_url

    async def of(self, view: PoolView, news: News) -> Facts | None:
        """Return the event's data; None if it is not true any more, or its person was erased.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        at: Facts = {"at": datetime.fromtimestamp(news.at_ms / 1000, UTC).isoformat(timespec="milliseconds")}
        if news.kind is NewsKind.PLAIN:
            return {"pool": view.pool.id, **json.loads(news.data), **at}
        if news.kind is NewsKind.CAMPAIGN:
            return _of_campaign(view, news) | at
        if news.kind in {NewsKind.FLAGGED, NewsKind.RECOVERED}:
            return _of_line(view, news) | at if news.old_slot in view.lines else None
        facts = await self._of_person(view, news)
        return None if facts is None else facts | at

    async def _of_person(self, view: PoolView, news: News) -> Facts | None:
        (assignment,) = await self._assignments.read(view.keys, [news.code])
        if assignment is None or assignment.slot is None:
            return None
        lines = _lines_of(view, news, assignment.slot)
        if lines is None:
            return None
        (sealed,) = await self._assignments.contacts_of(view.keys, [news.code])
        recipient = self._recipients.open(sealed)
        source = decode_origin(assignment.origin).source
        return {
            "pool": view.pool.id,
            "signup": news.code,
            "user": recipient.user,
            "phone": recipient.phone,
            "email": recipient.email,
            **lines,
            "page_url": f"{self._base_url}/t/{self._tokens.mint(PAGE, view.pool.id, news.code)}",
            **({"source": source} if source else {}),
        }


def _lines_of(view: PoolView, news: News, home_slot: int) -> Facts | None:
    """Return the numbers that the event names; None if a person who texted a wrong line may text that one again."""
    if news.kind is NewsKind.CONFIRMED:
        return {"line": view.lines[news.old_slot].number} if news.old_slot in view.lines else None
    is_wrong = news.kind is NewsKind.WRONG_LINE
    new_slot = home_slot if is_wrong else news.new_slot
    if new_slot == news.old_slot or not {news.old_slot, new_slot} <= view.lines.keys():
        return None
    number = view.lines[new_slot].number
    return {
        "texted_number" if is_wrong else "old_number": view.lines[news.old_slot].number,
        "new_number": number,
        "new_number_display": display(number),
    }


def _of_line(view: PoolView, news: News) -> Facts:
    line = view.lines[news.old_slot]
    return {"pool": view.pool.id, "line": line.number, "label": line.label}


def _of_campaign(view: PoolView, news: News) -> Facts:
    line = view.lines.get(news.old_slot)
    return {
        "pool": view.pool.id,
        "campaign": news.campaign,
        "line": line.number if line else None,
        "cause": news.cause,
        "why": news.why,
    }
