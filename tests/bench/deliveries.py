"""Deliveries of a busy hour, signed in advance: a signature is valid for five minutes, so each run signs its own.

The bodies are Linq's own examples with other people, lines and times; each is an event that was never sent before,
unless some are wanted twice.
"""

import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from random import Random

from tests.bench.wire import next_serial
from tests.kit.linq_bodies import FLAGGED, MESSAGE_RECEIVED, MESSAGE_SENT, make_body

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="
PATH = "/webhooks/linq"
MIX = "60 % texts, every second one from a new person, 20 % sent, 15 % delivered, 4 % typing, 1 % reputation"
KNOWN_PEOPLE = 1000

_KEY = b64decode(SECRET.removeprefix("whsec_"))
_FIRST_PERSON = 13_030_000_000
_WORDS = {
    b"+12025551234": b"%(line)s",
    b"+12025559876": b"%(person)s",
    b"2915e81c-5068-4796-ace2-21d2c94ad298": b"%(id)s",
    b"e20feb41-7f67-43f0-89c8-a985cff3b568": b"%(id)s",
    b"7f0c1f4e-3c52-4b6e-9a57-0d9f5a3c1e11": b"%(id)s",
    b"8f392755-6865-4b18-880a-227f9d8b458f": b"chat of %(person)s with %(line)s",
    b"0c961e93-e7bf-4db2-bf7b-ea06826bcab4": b"chat of %(person)s with %(line)s",
    b"2026-02-05T19:31:13.074Z": b"%(now)s",
    b"2026-02-05T19:52:17.219Z": b"%(now)s",
    b"2026-09-20T18:35:05.000Z": b"%(now)s",
    b'"FLAGGED"': b'"ACTIVE"',
    b'"CRITICAL"': b'"HEALTHY"',
}


def _template(body: bytes) -> bytes:
    for word, place in _WORDS.items():
        body = body.replace(word, place)
    return body


_TEXT, _SENT, _STATUS = map(_template, (MESSAGE_RECEIVED, MESSAGE_SENT, FLAGGED))
_DELIVERED = _SENT.replace(b"message.sent", b"message.delivered").replace(
    b'"delivered_at":null', b'"delivered_at":"%(now)s"'
)
_TYPING = make_body("chat.typing_indicator.started", {"chat_id": "chat of %(person)s with %(line)s"}, event_id="%(id)s")
_NEWCOMER = b"a new person"
_WEIGHTS: Mapping[tuple[bytes, bytes], int] = {
    (_TEXT, b""): 30,
    (_TEXT, _NEWCOMER): 30,
    (_SENT, b""): 20,
    (_DELIVERED, b""): 15,
    (_TYPING, b""): 4,
    (_STATUS, b""): 1,
}


class Deliverer:
    """Makes requests that deliver to a pool.

    Args:
        first_line: a number without its plus; the other lines have the numbers after it.
        lines: the number of lines.
    """

    def __init__(self, first_line: int, lines: int) -> None:
        self._random = Random(1)
        self._lines = [b"+%d" % (first_line + place) for place in range(lines)]
        self._ids = count(next_serial())
        self._newcomers = count(_FIRST_PERSON + KNOWN_PEOPLE)

    def introduce(self) -> tuple[bytes, ...]:
        """Send one text from each person who is known afterwards."""
        return tuple(self._request(_TEXT, _FIRST_PERSON + number) for number in range(KNOWN_PEOPLE))

    def requests(self, many: int, *, twice: float = 0.0) -> tuple[bytes, ...]:
        """Return `many` requests in random order; `twice` is the share of them that deliver an event once more."""
        repeated = round(many * twice)
        kinds = self._random.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=many - repeated)
        requests = [self._request(template, self._pick_person(who)) for template, who in kinds]
        requests += self._random.sample(requests, repeated)
        self._random.shuffle(requests)
        return tuple(requests)

    def _pick_person(self, who: bytes) -> int:
        if who == _NEWCOMER:
            return next(self._newcomers)
        return _FIRST_PERSON + self._random.randrange(KNOWN_PEOPLE)

    def _request(self, template: bytes, person: int) -> bytes:
        """Sign an event; each person stays on one line."""
        name, now = f"evt-{next(self._ids)}", datetime.now(UTC)
        words = {
            b"id": name.encode(),
            b"line": self._lines[person % len(self._lines)],
            b"person": b"+%d" % person,
            b"now": now.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode(),
        }
        body, now_s = template % words, int(time.time())
        digest = hmac.digest(_KEY, f"{name}.{now_s}.".encode() + body, "sha256")
        lines = (
            f"POST {PATH} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"webhook-id: {name}",
            f"webhook-timestamp: {now_s}",
            f"webhook-signature: v1,{b64encode(digest).decode()}",
        )
        return "\r\n".join((*lines, "", "")).encode() + body
