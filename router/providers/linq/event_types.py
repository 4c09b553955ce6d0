"""The Linq events we subscribe to, and the version of their bodies that we request.

The catalogue grows, and not every account is offered all of it, so we subscribe only to those the account is offered.
Source: docs.linqapp.com, webhook events.
"""

VERSION = "2026-02-03"

WANTED = (
    "message.received",
    "message.sent",
    "message.delivered",
    "message.read",
    "message.failed",
    "reaction.added",
    "chat.created",
    "phone_number.status_updated",
    "phone_number.assigned",
    "phone_number.released",
    "phone_number.forwarding_updated",
    "environment.line_moved",
    "environment.renamed",
    "environment.deleted",
    "contact_card.deleted",
    "webhook_subscription.disabled",
    "webhook_subscription.deleted",
    "webhook_subscription.target_url_changed",
    "webhook_subscription.events.updated",
    "webhook_subscription.phone_numbers.updated",
    "api_token.expiry_scheduled",
    "api_token.expired",
    "api_token.deleted",
)

ESSENTIAL = frozenset({"phone_number.status_updated", "message.received"})
"""Without these we never learn that a line was flagged or that a person wrote."""

RARE = ("environment.deleted", "api_token.expired", "webhook_subscription.deleted", "message.failed")
"""Types with which a subscription may begin while not every process has its secret."""
