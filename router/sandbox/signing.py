"""Sign webhooks both ways: by Standard Webhooks, and with the older headers that Linq still sends too.

The older signature uses the secret's text as its key, like Linq's own command line relay. Only the newer one decodes
the part after `whsec_`. Source: https://docs.linqapp.com/channel/imessage/guides/webhooks and
https://github.com/standard-webhooks/standard-webhooks.
"""

import hmac
from base64 import b64decode, b64encode

from router.sandbox.behaviour import Signatures

SECRET_PREFIX = "whsec_"  # noqa: S105 - the start of a secret, not a secret
SECRET_BYTES = 32


def make_secret(random: bytes) -> str:
    """Format random bytes as a signing secret."""
    return SECRET_PREFIX + b64encode(random).decode()


def is_secret(text: str) -> bool:
    """Whether a text can be decoded as a signing secret."""
    try:
        return text.startswith(SECRET_PREFIX) and bool(b64decode(text.removeprefix(SECRET_PREFIX), validate=True))
    except ValueError:
        return False


def standard_signature(secret: str, event_id: str, timestamp_s: int, body: bytes) -> str:
    """Return `v1,` and the base64 of HMAC-SHA256 over id, timestamp and body."""
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{event_id}.{timestamp_s}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()


def legacy_signature(secret: str, timestamp_s: int, body: bytes) -> str:
    """Return the hex of HMAC-SHA256 over timestamp and body."""
    return hmac.digest(secret.encode(), f"{timestamp_s}.".encode() + body, "sha256").hex()


def signed_headers(
    *,
    secret: str,
    event_id: str,
    event_type: str,
    subscription_id: str,
    timestamp_s: int,
    body: bytes,
    signatures: Signatures = "both",
) -> dict[str, str]:
    """Return the signature headers of one delivery."""
    headers: dict[str, str] = {}
    if signatures != "legacy":
        headers |= {
            "webhook-id": event_id,
            "webhook-timestamp": str(timestamp_s),
            "webhook-signature": standard_signature(secret, event_id, timestamp_s, body),
        }
    if signatures != "standard":
        headers |= {
            "X-Webhook-Event": event_type,
            "X-Webhook-Subscription-ID": subscription_id,
            "X-Webhook-Timestamp": str(timestamp_s),
            "X-Webhook-Signature": legacy_signature(secret, timestamp_s, body),
        }
    return headers
