"""Parse Linq's events about the account: keys, webhook subscriptions, environments, members, contact cards.

All have one shape, with a summary for people. An event is urgent if it may cost us events or access.
"""

from collections.abc import Mapping
from functools import partial

from router.core.events.events import About, AccountChanged
from router.core.plain_text import clean_line, shorten
from router.providers.linq.json_readers import Body, Reader, read_line

_MAX_SUMMARY_OCTETS = 200

_URGENT = (
    "api_token.deleted",
    "api_token.expired",
    "api_token.expiry_scheduled",
    "environment.deleted",
    "webhook_subscription.deleted",
    "webhook_subscription.disabled",
    "webhook_subscription.events.updated",
    "webhook_subscription.phone_numbers.updated",
    "webhook_subscription.target_url_changed",
)
_ORDINARY = (
    "api_token.activated",
    "api_token.created",
    "api_token.renamed",
    "contact_card.created",
    "contact_card.deleted",
    "contact_card.updated",
    "environment.created",
    "environment.renamed",
    "phone_number.forwarding_updated",
    "team_member.added",
    "team_member.signed_in",
    "team_member.signed_out",
    "webhook_subscription.created",
    "webhook_subscription.enabled",
    "webhook_subscription.routing_headers_cleared",
    "webhook_subscription.routing_headers_set",
    "zero_day_retention.updated",
)


def _read_change(data: Body, _created_at_us: int | None, *, event_type: str, is_urgent: bool) -> About:
    summary = data.get("summary")
    return AccountChanged(
        summary=(shorten(clean_line(summary), _MAX_SUMMARY_OCTETS) if isinstance(summary, str) else "") or event_type,
        line=read_line(data.get("phone_number")),
        is_urgent=is_urgent,
    )


READERS: Mapping[str, Reader] = {
    event_type: partial(_read_change, event_type=event_type, is_urgent=event_type in _URGENT)
    for event_type in (*_URGENT, *_ORDINARY)
}
