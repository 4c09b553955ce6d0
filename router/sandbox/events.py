"""A webhook event, with its body in either webhook version."""

from dataclasses import dataclass
from typing import get_args
from urllib.parse import parse_qs, urlsplit

import msgspec
from linq.types.webhook_event_type import WebhookEventType

from router.sandbox.moments import format_ns
from router.sandbox.records import Json

OLD_VERSION = "2025-01-01"
NEW_VERSION = "2026-02-03"
PARTNER_ID = "7ac8224b-c41a-54fb-96ed-e28a94f97ff6"

EVENT_TYPES: tuple[str, ...] = get_args(WebhookEventType)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxEvent:
    """One event, the same for every subscription and every try.

    Attributes:
        data: its data under version 2026-02-03.
        old_data: its data under version 2025-01-01, where that differs.
        line: the number it comes from; subscriptions may filter by it.
        is_for_all: deliver it to all subscriptions, like an event type that nobody foresaw.
        raw: bytes to send in place of a body.
    """

    id: str
    type: str
    trace_id: str
    created_ns: int
    data: Json
    old_data: Json | None = None
    line: str | None = None
    is_for_all: bool = False
    raw: bytes | None = None

    def encode(self, version: str) -> bytes:
        """Return the body's bytes in a version."""
        return msgspec.json.encode(self.body(version)) if self.raw is None else self.raw

    def body(self, version: str) -> Json:
        """Return the whole body in a version."""
        return {
            "api_version": "v3",
            "webhook_version": version,
            "event_type": self.type,
            "event_id": self.id,
            "created_at": format_ns(self.created_ns),
            "trace_id": self.trace_id,
            "partner_id": PARTNER_ID,
            "data": self.old_data if version == OLD_VERSION and self.old_data is not None else self.data,
        }


def version_of(target_url: str) -> str:
    """Return the webhook version in a subscription's address, or the latest if it names none."""
    asked = parse_qs(urlsplit(target_url).query).get("version", [])
    return OLD_VERSION if OLD_VERSION in asked else NEW_VERSION
