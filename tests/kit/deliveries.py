"""Webhook deliveries to a running gateway: provider events, signed and sent as Linq does it.

    linq = Linq(gateway.base_url)
    assert linq.deliver(text(line, "+13035550142", "Hi Acme! K7M2Q9")).status == 200

Each delivery uses its own connection. The signature is made here by hand, so that any bytes can be signed;
tests/e2e/test_webhooks.py compares it with the library's.
"""

import hmac
import json
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.kit.linq_bodies import make_body

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfIxLJgSJs="
PATH = "/webhooks/linq"
PATIENCE_S = 15
WORDS = "a word of their own"
"""A part of every person's text."""

_people = count(13_035_550_000)
_PRIVATE = re.compile(rf"1303555\d{{4}}|1202555\d{{4}}|{WORDS}|MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw|C2FVsBQIhrscChlQIMV")

Headers = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """The gateway's response."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_s: float

    @property
    def problem(self) -> dict[str, Any]:
        """Return the problem+json of the body."""
        problem: dict[str, Any] = json.loads(self.body)
        return problem


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event as the provider sends it, the same on every delivery."""

    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Linq:
    """One subscription: the address it delivers to, and the secret it signs with."""

    base_url: str
    secret: str = SECRET
    path: str = PATH

    def deliver(self, event: ProviderEvent) -> Answer:
        """Deliver once, signed now."""
        return self.send(event.body, sign(event.body, name=event.id, secret=self.secret))

    def send(self, body: bytes, headers: Headers, *, method: str = "POST") -> Answer:
        """Send any bytes with any headers over a new connection."""
        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=PATIENCE_S)
        began = time.monotonic()
        try:
            connection.request(method, self.path, body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            said = response.read()
        finally:
            connection.close()
        kept = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, kept, said, time.monotonic() - began)


def sign(body: bytes, *, name: str, secret: str = SECRET, at_s: int | None = None) -> dict[str, str]:
    """Return the headers of Standard Webhooks, signed now unless `at_s` is given."""
    at_s = int(time.time()) if at_s is None else at_s
    key = b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{name}.{at_s}.".encode() + body, "sha256")
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at_s),
        "webhook-signature": "v1," + b64encode(digest).decode(),
    }


def sign_as_legacy(body: bytes, *, key: bytes, at_s: int | None = None) -> dict[str, str]:
    """Return the deprecated headers: Linq sends them besides the others, and its own command line sends them alone."""
    at_s = int(time.time()) if at_s is None else at_s
    digest = hmac.digest(key, f"{at_s}.".encode() + body, "sha256")
    return {"X-Webhook-Timestamp": str(at_s), "X-Webhook-Signature": digest.hex()}


def sign_as_v2(body: bytes, *, key: bytes) -> dict[str, str]:
    """Return the header of Linq's V2, which signs no time."""
    return {"X-Webhook-Signature": "sha256=" + hmac.digest(key, body, "sha256").hex()}


def new_person() -> str:
    """Return a phone number that no test has used yet."""
    return f"+{next(_people)}"


def find_secrets(log: str) -> set[str]:
    """Find phone numbers, people's words and secrets in a log, which must hold none of them."""
    return set(_PRIVATE.findall(log))


def make_event(event_type: object, data: object, **envelope: object) -> ProviderEvent:
    """Make an event of any type, with a new id."""
    name = str(uuid4())
    return ProviderEvent(name, make_body(event_type, data, event_id=name, created_at=moment(), **envelope))


def text(line: str, person: str, words: str, *, further: str = WORDS, at_s: float | None = None) -> ProviderEvent:
    """Make a text from a person to a line, of two parts; of one if `further` is empty."""
    parts = [{"type": "text", "value": value} for value in (words, further) if value]
    said = {"direction": "inbound", "sender_handle": _handle(person), "parts": parts}
    return make_event("message.received", _message(line, person, at_s) | said)


def sent(line: str, person: str, *, at_s: float | None = None) -> ProviderEvent:
    """Make a message that the customer's app sent from a line."""
    said = {"direction": "outbound", "sender_handle": _handle(line, is_me=True), "parts": []}
    return make_event("message.sent", _message(line, person, at_s) | said)


def delivered(line: str, person: str, *, at_s: float | None = None) -> ProviderEvent:
    """Report that a message of the app arrived on the phone."""
    message = _message(line, person, at_s)
    said = {"direction": "outbound", "sender_handle": _handle(line, is_me=True), "parts": []}
    return make_event("message.delivered", message | said | {"delivered_at": message["sent_at"]})


def failed(line: str, person: str, *, at_s: float | None = None) -> ProviderEvent:
    """Report that a message of the app failed; the event names the conversation and no line."""
    said = {"chat_id": _chat(line, person), "message_id": str(uuid4()), "code": 4002}
    return make_event("message.failed", said | {"failed_at": moment(at_s)})


def status(line: str, word: str, *, reputation: str = "HEALTHY", at_s: float | None = None) -> ProviderEvent:
    """Report a line's status. Without `at_s` it is later than every earlier report of any line."""
    said = {
        "phone_number": line,
        "previous_status": "ACTIVE" if word == "FLAGGED" else "FLAGGED",
        "new_status": word,
        "previous_reputation": "HEALTHY",
        "new_reputation": reputation,
        "changed_at": later() if at_s is None else moment(at_s),
    }
    return make_event("phone_number.status_updated", said)


def later() -> str:
    """Return the present in Linq's format, or a millisecond after the last report: of equal times the severer wins."""
    return moment(_reported.next_ms() / 1000)


def moment(at_s: float | None = None) -> str:
    """Format a time, or the present, as Linq does."""
    at = datetime.fromtimestamp(time.time() if at_s is None else at_s, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class _Reported:
    """The time of the latest report about any line."""

    latest_ms: int = 0

    def next_ms(self) -> int:
        self.latest_ms = max(int(time.time() * 1000), self.latest_ms + 1)
        return self.latest_ms


_reported = _Reported()


def _message(line: str, person: str, at_s: float | None) -> dict[str, object]:
    """Return the fields that every message has."""
    return {
        "id": str(uuid4()),
        "chat": {"id": _chat(line, person), "is_group": False, "owner_handle": _handle(line, is_me=True)},
        "sent_at": moment(at_s),
        "delivered_at": None,
        "read_at": None,
        "service": "iMessage",
        "idempotency_key": None,
        "preferred_service": None,
    }


def _chat(line: str, person: str) -> str:
    return f"chat of {line} with {person}"


def _handle(handle: str, *, is_me: bool = False) -> dict[str, object]:
    return {"handle": handle, "is_me": is_me, "service": "iMessage", "status": "active", "left_at": None}
