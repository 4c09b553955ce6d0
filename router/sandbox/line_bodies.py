"""The data of `phone_number.*` and account webhooks."""

from dataclasses import dataclass

from router.core.line import Reputation, Status
from router.sandbox.behaviour import StatusBody
from router.sandbox.moments import format_ms
from router.sandbox.records import Card, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A line's status and reputation, before and after; either may be unchanged."""

    number: str
    old_status: Status
    new_status: Status
    old_reputation: Reputation
    new_reputation: Reputation
    changed_ns: int


def status_data(change: StatusChange, generation: StatusBody) -> Json:
    """Return the data of `phone_number.status_updated` in one of its four generations.

    A has only the status, B adds health_status, C has it under both names, D only as `reputation`.
    """
    data: Json = {
        "phone_number": change.number,
        "previous_status": change.old_status,
        "new_status": change.new_status,
    }
    if generation in {"B", "C"}:
        data |= {"previous_health_status": change.old_reputation, "new_health_status": change.new_reputation}
    if generation in {"C", "D"}:
        data |= {"previous_reputation": change.old_reputation, "new_reputation": change.new_reputation}
    return data | {"changed_at": format_ms(change.changed_ns)}


def owned_data(number: str, *, now_ns: int) -> Json:
    """Return the data of `phone_number.assigned` and `phone_number.released`."""
    return {"phone_number": number, "changed_at": format_ms(now_ns)}


def account_data(summary: str, *, now_ns: int, by_api: bool, **subject: object) -> Json:
    """Return the data that all account events share, with the event's subject."""
    return {
        "summary": summary,
        "occurred_at": format_ms(now_ns),
        "actor": {"type": "api"} if by_api else {"type": "team_member", "id": "tm-sandbox", "name": "Sandbox"},
        "origin": "api" if by_api else "dashboard",
        **subject,
    }


def card_subject(card: Card) -> Json:
    """Return a card as the subject of an account event."""
    return {
        "id": card.id,
        "first_name": card.first_name,
        "last_name": card.last_name,
        "image_url": card.image_url,
    }


def environment_subject(name: str) -> Json:
    """Return an environment as the subject of an account event."""
    return {"name": name, "type": "environment"}
