"""Read the answers of Linq's API as they really are, not as its schema says.

Fields come and go between releases: a line had `health_status`, then both, then `reputation`. So an item is unreadable
only if it lacks a field we need, and a word we do not know becomes UNKNOWN.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from router.core.events.subscription import Subscription
from router.core.line import Reputation, Service, Status
from router.core.lines.inventory import Inventory, ProviderLine
from router.core.lines.line_card import LineCard
from router.core.lines.reputation_audit import Audit, AuditState
from router.core.numbers.typed_number import read_provider_number
from router.core.phone import mask
from router.core.plain_text import clean_line

_MAX_WORDS = 200


class UnreadableResponse(Exception):
    """An answer that lacks something we need."""


def read_inventory(body: object, date: str | None) -> Inventory:
    """Read `GET /v3/phone_numbers`.

    Args:
        body: the parsed JSON.
        date: the `Date` header.

    Raises:
        UnreadableResponse: it has no list.
    """
    items = _list_in(body, "phone_numbers")
    read = [_read_line(item) for item in items]
    not_read = [_shown(item) for item, line in zip(items, read, strict=True) if line is None]
    return Inventory(
        lines=tuple(line for line in read if line is not None),
        unreadable=len(not_read),
        unreadable_numbers=tuple(filter(None, not_read)),
        provider_time_ms=read_http_date(date),
    )


def read_subscriptions(body: object) -> tuple[Subscription, ...]:
    """Read `GET /v3/webhook-subscriptions`.

    Raises:
        UnreadableResponse: it has no list, or one of them has no id or address.
    """
    return tuple(read_subscription(item) for item in _list_in(body, "subscriptions"))


def read_subscription(body: object) -> Subscription:
    """Read one subscription.

    Raises:
        UnreadableResponse: it has no id or address.
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
    """Read the secret of a new subscription. Linq shows it only this once.

    Raises:
        UnreadableResponse: it has no secret.
    """
    return _text(_mapping(body), "signing_secret")


def read_event_types(body: object) -> frozenset[str]:
    """Read `GET /v3/webhook-events`; an item may be a name or an object that has one.

    Raises:
        UnreadableResponse: it has no list.
    """
    items = _list_in(body, "events")
    named = (item.get("event_type") or item.get("name") if isinstance(item, Mapping) else item for item in items)
    return frozenset(name for name in named if isinstance(name, str))


def read_cards(body: object) -> tuple[LineCard, ...]:
    """Read `GET /v3/contact_card`. A card that cannot be read is left out, and so it is created again.

    Raises:
        UnreadableResponse: it has no list.
    """
    return tuple(_read_cards(body))


def read_card(body: object) -> LineCard:
    """Read one card.

    Raises:
        UnreadableResponse: it has no number.
    """
    item = _mapping(body)
    number = read_provider_number(_text(item, "phone_number"))
    if number is None:
        raise UnreadableResponse("its phone_number is not a phone number")
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
        UnreadableResponse: it has no id, or a state we do not know.
    """
    item = _mapping(body)
    try:
        state = AuditState(_text(item, "status").lower())
    except ValueError as error:
        raise UnreadableResponse("its status is a word we do not know") from error
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
    number = read_provider_number(str(item.get("phone_number", "")))
    if number is None:
        return None
    forwards_to = item.get("forwarding_number")
    return ProviderLine(
        number=number,
        service=_read_service(item.get("line_type")),
        reputation=_read_reputation(item.get("reputation") or item.get("health_status")),
        is_flagged=str(item.get("status", "")).upper() == Status.FLAGGED,
        forwards_to=forwards_to if isinstance(forwards_to, str) and forwards_to else None,
    )


def _shown(item: object) -> str:
    """Return what stands for the number of an item that cannot be read, as much of it as logs may hold."""
    number = item.get("phone_number") if isinstance(item, Mapping) else None
    return mask(_words(number)) if isinstance(number, str) else ""


def _read_service(word: object) -> Service | None:
    return next((service for service in Service if service.lower() == str(word).lower()), None)


def _read_reputation(value: object) -> Reputation | None:
    word = value.get("status") if isinstance(value, Mapping) else value
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
        except UnreadableResponse:
            continue


def _actions(items: object) -> Iterator[str]:
    for item in _mappings(items):
        words = ": ".join(filter(None, (_words(item.get("title")), _words(item.get("detail")))))
        if words:
            yield words


def _list_in(body: object, name: str) -> Sequence[object]:
    found = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(found, list):
        raise UnreadableResponse(f"it has no {name}")
    return found


def _mapping(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise UnreadableResponse("it is not an object")
    return body


def _mappings(items: object) -> Iterator[Mapping[str, Any]]:
    return (item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else iter(())


def _text(item: Mapping[str, Any], name: str) -> str:
    text = item.get(name)
    if not isinstance(text, str) or not text:
        raise UnreadableResponse(f"it has no {name}")
    return text


def _texts(items: object) -> Iterator[str]:
    return (item for item in items if isinstance(item, str)) if isinstance(items, list) else iter(())


def _words(text: object) -> str:
    return clean_line(text)[:_MAX_WORDS] if isinstance(text, str) else ""
