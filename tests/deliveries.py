"""Deliveries to a running gateway: what may happen on a line, signed and sent as Linq does it.

    linq = Linq(gateway.base_url)
    assert linq.deliver(text(line, "+13035550142", "Hi Acme! K7M2Q9")).status == 200

Each delivery comes over a connection of its own. The signature is made here by hand, so that octets of any kind can be
signed; tests/e2e/test_webhooks.py holds it against the library.
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

from tests.linq_bodies import make_body

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfIxLJgSJs="
PATH = "/webhooks/linq"
PATIENCE_S = 15
WORDS = "a word of their own"
"""What every person writes beside the rest."""

_people = count(13_035_550_000)
_PRIVATE = re.compile(rf"1303555\d{{4}}|1202555\d{{4}}|{WORDS}|MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw|C2FVsBQIhrscChlQIMV")

Headers = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_s: float

    @property
    def problem(self) -> dict[str, Any]:
        """Its problem+json."""
        told: dict[str, Any] = json.loads(self.body)
        return told


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as the provider tells it, the same on every delivery."""

    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Linq:
    """One subscription: where it delivers to, and the secret it signs with."""

    base_url: str
    secret: str = SECRET
    path: str = PATH

    def deliver(self, happening: Happening) -> Answer:
        """Deliver once, signed now."""
        return self.send(happening.body, sign(happening.body, name=happening.id, secret=self.secret))

    def send(self, body: bytes, headers: Headers, *, method: str = "POST") -> Answer:
        """Send any octets with any headers over a new connection."""
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
    """Return the headers of Standard Webhooks; signed now unless told when."""
    at_s = int(time.time()) if at_s is None else at_s
    key = b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{name}.{at_s}.".encode() + body, "sha256")
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at_s),
        "webhook-signature": "v1," + b64encode(digest).decode(),
    }


def sign_as_of_old(body: bytes, *, key: bytes, at_s: int | None = None) -> dict[str, str]:
    """Return the deprecated headers that come beside the others, or alone from Linq's own command line."""
    at_s = int(time.time()) if at_s is None else at_s
    digest = hmac.digest(key, f"{at_s}.".encode() + body, "sha256")
    return {"X-Webhook-Timestamp": str(at_s), "X-Webhook-Signature": digest.hex()}


def sign_as_v2(body: bytes, *, key: bytes) -> dict[str, str]:
    """Return the header of Linq's V2, which signs no time."""
    return {"X-Webhook-Signature": "sha256=" + hmac.digest(key, body, "sha256").hex()}


def somebody() -> str:
    """Return the number of somebody new."""
    return f"+{next(_people)}"


def told_secrets(log: str) -> set[str]:
    """Find numbers of lines and people, what people wrote, and secrets in a log, where none of it may be."""
    return set(_PRIVATE.findall(log))


def happen(event_type: object, data: object, **envelope: object) -> Happening:
    """Let anything happen, under a new id."""
    name = str(uuid4())
    return Happening(name, make_body(event_type, data, event_id=name, created_at=moment(), **envelope))


def text(line: str, person: str, words: str, *, at_s: float | None = None) -> Happening:
    """Let a person text a line."""
    parts = [{"type": "text", "value": words}, {"type": "text", "value": WORDS}]
    said = {"direction": "inbound", "sender_handle": _handle(person), "parts": parts}
    return happen("message.received", _message(line, person, at_s) | said)


def sent(line: str, person: str, *, at_s: float | None = None) -> Happening:
    """Let the customer's app write from a line."""
    said = {"direction": "outbound", "sender_handle": _handle(line, is_me=True), "parts": []}
    return happen("message.sent", _message(line, person, at_s) | said)


def delivered(line: str, person: str, *, at_s: float | None = None) -> Happening:
    """Let a message of the app arrive on the phone."""
    message = _message(line, person, at_s)
    said = {"direction": "outbound", "sender_handle": _handle(line, is_me=True), "parts": []}
    return happen("message.delivered", message | said | {"delivered_at": message["sent_at"]})


def failed(line: str, person: str, *, at_s: float | None = None) -> Happening:
    """Let a message of the app fail; the event names the conversation and no line."""
    said = {"chat_id": _chat(line, person), "message_id": str(uuid4()), "code": 4002}
    return happen("message.failed", said | {"failed_at": moment(at_s)})


def status(line: str, word: str, *, reputation: str = "HEALTHY", at_s: float | None = None) -> Happening:
    """Let the provider flag a line, or take the flag back; unless told when, later than it last reported anything."""
    said = {
        "phone_number": line,
        "previous_status": "ACTIVE" if word == "FLAGGED" else "FLAGGED",
        "new_status": word,
        "previous_reputation": "HEALTHY",
        "new_reputation": reputation,
        "changed_at": later() if at_s is None else moment(at_s),
    }
    return happen("phone_number.status_updated", said)


def later() -> str:
    """Spell the present, or the next millisecond if that is told: of one moment the more severe report holds."""
    return moment(_reported.next_ms() / 1000)


def moment(at_s: float | None = None) -> str:
    """Spell a time, or the present, as Linq does."""
    told = datetime.fromtimestamp(time.time() if at_s is None else at_s, UTC)
    return told.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class _Reported:
    """When the provider last reported anything of a line."""

    latest_ms: int = 0

    def next_ms(self) -> int:
        self.latest_ms = max(int(time.time() * 1000), self.latest_ms + 1)
        return self.latest_ms


_reported = _Reported()


def _message(line: str, person: str, at_s: float | None) -> dict[str, object]:
    """What every message tells."""
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
