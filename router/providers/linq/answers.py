"""Read the answers of Linq's API as they come, not as its schema says.

Fields come and go between releases: a line had `health_status`, then both, then `reputation`. So an item that lacks
what we do not need is read, one that lacks what we need is counted as unreadable, and a word we do not know is UNKNOWN.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from router.core.errors import InvalidNumber
from router.core.inventory import Inventory, ProviderLine
from router.core.line import Reputation, Service, Status
from router.core.line_card import LineCard
from router.core.phone import parse_e164
from router.core.plain_text import clean_line
from router.core.reputation_audit import Audit, AuditState
from router.core.subscription import Subscription

_MAX_WORDS = 200


class Unreadable(Exception):
    """An answer without what we must know."""


def read_inventory(body: object, told_at: str | None) -> Inventory:
    """Read `GET /v3/phone_numbers`.

    Args:
        body: the parsed JSON.
        told_at: the `Date` header.

    Raises:
        Unreadable: it holds no list.
    """
    lines, unreadable = [], 0
    for item in _list_in(body, "phone_numbers"):
        line = _read_line(item)
        unreadable += line is None
        lines += [] if line is None else [line]
    return Inventory(lines=tuple(lines), unreadable=unreadable, told_at_ms=read_http_date(told_at))


def read_subscriptions(body: object) -> tuple[Subscription, ...]:
    """Read `GET /v3/webhook-subscriptions`.

    Raises:
        Unreadable: it holds no list, or one of them has no id or address.
    """
    return tuple(read_subscription(item) for item in _list_in(body, "subscriptions"))


def read_subscription(body: object) -> Subscription:
    """Read one subscription.

    Raises:
        Unreadable: it has no id or address.
    """
    item = _mapping(body)
    return Subscription(
        id=_text(item, "id"),
        target_url=_text(item, "target_url"),
        events=frozenset(_texts(item.get("subscribed_events"))),
        is_active=item.get("is_active") is True,
        numbers=tuple(_texts(item.get("phone_numbers"))),
    )


def read_secret(body: object) -> str:
    """Read the secret of a new subscription, which is told this once.

    Raises:
        Unreadable: there is none.
    """
    return _text(_mapping(body), "signing_secret")


def read_event_types(body: object) -> frozenset[str]:
    """Read `GET /v3/webhook-events`; an item may be a name or an object that has one.

    Raises:
        Unreadable: it holds no list.
    """
    items = _list_in(body, "events")
    named = (item.get("event_type") or item.get("name") if isinstance(item, Mapping) else item for item in items)
    return frozenset(name for name in named if isinstance(name, str))


def read_cards(body: object) -> tuple[LineCard, ...]:
    """Read `GET /v3/contact_card`; one that can not be read is left out, and is then set anew.

    Raises:
        Unreadable: it holds no list.
    """
    return tuple(_read_cards(body))


def read_card(body: object) -> LineCard:
    """Read one card.

    Raises:
        Unreadable: it has no number.
    """
    item = _mapping(body)
    try:
        number = parse_e164(_text(item, "phone_number"))
    except InvalidNumber as error:
        raise Unreadable("its phone_number is none") from error
    image_url = item.get("image_url")
    return LineCard(
        number=number,
        first_name=_words(item.get("first_name")),
        last_name=_words(item.get("last_name")),
        image_url=image_url if isinstance(image_url, str) and image_url else None,
        is_active=item.get("is_active") is not False,
    )


def read_audit(body: object) -> Audit:
    """Read an audit, just started or finished.

    Raises:
        Unreadable: it has no id, or a state we do not know.
    """
    item = _mapping(body)
    try:
        state = AuditState(_text(item, "status").lower())
    except ValueError as error:
        raise Unreadable("its status is a word we do not know") from error
    report = item.get("report")
    report = report if isinstance(report, Mapping) else {}
    return Audit(
        id=_text(item, "audit_id"),
        state=state,
        severity=_words(report.get("severity")),
        driver=_words(report.get("primary_driver")),
        drivers=tuple(
            (_words(driver.get("key")), _words(driver.get("summary"))) for driver in _mappings(report.get("drivers"))
        ),
        actions=tuple(_actions(report.get("action_items"))),
        error=_words(item.get("error")),
    )


def read_http_date(text: str | None) -> int | None:
    """Return a `Date` header as milliseconds since 1970, or None."""
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def _read_line(item: object) -> ProviderLine | None:
    if not isinstance(item, Mapping):
        return None
    try:
        number = parse_e164(str(item.get("phone_number", "")))
    except InvalidNumber:
        return None
    forwards_to = item.get("forwarding_number")
    return ProviderLine(
        number=number,
        service=_read_service(item.get("line_type")),
        reputation=_read_reputation(item.get("reputation") or item.get("health_status")),
        is_flagged=str(item.get("status", "")).upper() == Status.FLAGGED,
        forwards_to=forwards_to if isinstance(forwards_to, str) and forwards_to else None,
    )


def _read_service(word: object) -> Service | None:
    return next((service for service in Service if service.lower() == str(word).lower()), None)


def _read_reputation(told: object) -> Reputation | None:
    word = told.get("status") if isinstance(told, Mapping) else told
    if not isinstance(word, str) or not word:
        return None
    try:
        return Reputation(word.upper())
    except ValueError:
        return Reputation.UNKNOWN


def _read_cards(body: object) -> Iterator[LineCard]:
    for item in _list_in(body, "contact_cards"):
        try:
            yield read_card(item)
        except Unreadable:
            continue


def _actions(items: object) -> Iterator[str]:
    for item in _mappings(items):
        words = ": ".join(filter(None, (_words(item.get("title")), _words(item.get("detail")))))
        if words:
            yield words


def _list_in(body: object, name: str) -> Sequence[object]:
    found = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(found, list):
        raise Unreadable(f"it holds no {name}")
    return found


def _mapping(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise Unreadable("it is no object")
    return body


def _mappings(items: object) -> Iterator[Mapping[str, Any]]:
    return (item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else iter(())


def _text(item: Mapping[str, Any], name: str) -> str:
    text = item.get(name)
    if not isinstance(text, str) or not text:
        raise Unreadable(f"it has no {name}")
    return text


def _texts(items: object) -> Iterator[str]:
    return (item for item in items if isinstance(item, str)) if isinstance(items, list) else iter(())


def _words(text: object) -> str:
    return clean_line(text)[:_MAX_WORDS] if isinstance(text, str) else ""
