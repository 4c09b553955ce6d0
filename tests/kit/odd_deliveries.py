"""Bad deliveries, named by what is wrong with them, and correctly signed bodies of any kind."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.kit.deliveries import OTHER_SECRET, SECRET, Headers, sign, sign_as_legacy, sign_as_v2
from tests.kit.linq_bodies import FLAGGED, make_body

BODY_LIMIT_BYTES = 262_144
MONTH_S = 30 * 86_400

Delivery = tuple[bytes, Headers]
Alter = Callable[[bytes, dict[str, Any]], Delivery]


def without_header(name: str) -> Alter:
    """Leave one header out."""
    return lambda body, headers: (body, {other: value for other, value in headers.items() if other != name})


def with_header(name: str, value: object) -> Alter:
    """Replace one header; a function receives the old value."""
    return lambda body, headers: (body, headers | {name: value(headers[name]) if callable(value) else value})


def unsigned(body: bytes) -> Alter:
    """Put another body under the signature."""
    return lambda _, headers: (body, headers)


def signed_by(secret: str = SECRET, *, late_by_s: int = 0) -> Alter:
    """Sign with a secret, `late_by_s` seconds ago."""
    return lambda body, headers: (
        body,
        sign(body, name=headers["webhook-id"], secret=secret, at_s=int(headers["webhook-timestamp"]) - late_by_s),
    )


def only_signed_by(sign_otherwise: Callable[[bytes], Headers]) -> Alter:
    """Replace the usual headers with those of another scheme."""
    return lambda body, _: (body, sign_otherwise(body))


BAD: Mapping[str, Alter] = {
    "nothing signed": lambda body, _: (body, {}),
    "no id": without_header("webhook-id"),
    "no timestamp": without_header("webhook-timestamp"),
    "no signature": without_header("webhook-signature"),
    "empty id": with_header("webhook-id", ""),
    "empty signature": with_header("webhook-signature", ""),
    "id of another": with_header("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
    "no comma": with_header("webhook-signature", lambda was: was.replace(",", "")),
    "two commas": with_header("webhook-signature", lambda was: was.replace(",", ",,")),
    "no padding": with_header("webhook-signature", lambda was: was.rstrip("=")),
    "too much padding": with_header("webhook-signature", lambda was: was + "="),
    "impossible base64": with_header("webhook-signature", "v1,A"),
    "not ASCII": with_header("webhook-signature", b"v1,\xfc\xff\xc3"),
    "another version": with_header("webhook-signature", lambda was: was.replace("v1", "v1a")),
    "ten thousand signatures": with_header("webhook-signature", "v1,x " * 10_000),
    "another secret": signed_by(OTHER_SECRET),
    "timestamp is a word": with_header("webhook-timestamp", "soon"),
    "timestamp is huge": with_header("webhook-timestamp", "9" * 5000),
    "timestamp is no number": with_header("webhook-timestamp", "NaN"),
    "timestamp has a fraction": with_header("webhook-timestamp", lambda was: was + ".0"),
    "another timestamp": with_header("webhook-timestamp", lambda was: str(int(was) + 1)),
    "a month old": signed_by(late_by_s=MONTH_S),
    "of next month": signed_by(late_by_s=-MONTH_S),
    "another body": lambda body, headers: (body + b" ", headers),
    "no body": unsigned(b""),
    "not UTF-8": unsigned(b"\xff\xfe\x00"),
    "deeply nested": unsigned(b"[" * 100_000),
    "the deprecated signature alone": only_signed_by(lambda body: sign_as_legacy(body, key=SECRET.encode())),
    "the signature of V2 alone": only_signed_by(lambda body: sign_as_v2(body, key=SECRET.encode())),
    "a good deprecated one next to a bad one": lambda body, headers: (
        body,
        headers | {"webhook-signature": "v1,x"} | sign_as_legacy(body, key=SECRET.encode()),
    ),
}
"""What to do to a good delivery."""

_ODD_LINES: list[object] = [None, 7, "", "12025550101", ["+12025550101"], {"handle": "+12025550101"}, "+" + "9" * 5000]
ANYTHING: Mapping[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "a number": b"7",
    "a list": b"[{}]",
    "torn": FLAGGED[:200],
    "not UTF-8": b'{"event_type":"\xff\xfe"}',
    "nested lists": b"[" * 100_000,
    "nested objects": b'{"data":' * 30_000,
    "a number of 5000 digits": b'{"event_type":"message.received","data":{"sent_at":%s}}' % (b"9" * 5000),
    "an infinite number": b'{"event_type":"message.failed","data":{"code":1e999}}',
    "half a surrogate pair": b'{"event_type":"\\ud800","event_id":"\\udfff"}',
    "NUL everywhere": b'{"event_type":"a\\u0000b","event_id":"\\u0000","data":{"\\u0000":"\\u0000"}}',
    "an unknown type": make_body("line.teleported", {"to": "Mars"}),
    "a type of another type": make_body(["message.received"], {}),
    "no data": make_body("message.received", None),
    "data of another type": make_body("phone_number.status_updated", ["+12025550101"]),
    "an id of another type": make_body("message.received", {}, event_id={"id": 7}),
    "an endless id": make_body("message.received", {}, event_id="x" * 100_000),
    "an endless type": make_body("x" * 100_000, {}),
    "an impossible date": make_body(
        "phone_number.released", {"phone_number": "+12025550101", "changed_at": "25:00"}, created_at=None
    ),
    "a distant date": make_body("message.received", {"sent_at": "9999-12-31T23:59:59Z", "sender_handle": "+1303"}),
    "200 KB": make_body("message.edited", {"text": "x" * 200_000}),
    "as much as may be": make_body("message.edited", {}).ljust(BODY_LIMIT_BYTES),
    **{
        f"a line that is {str(odd)[:20]!r}": make_body(
            event_type, {"phone_number": odd, "new_status": odd, "changed_at": "2026-09-20T18:35:05Z", "chat": odd}
        )
        for odd, event_type in zip(
            _ODD_LINES, ["phone_number.status_updated", "message.received", "chat.created"] * 3, strict=False
        )
    },
}
"""Bodies that may arrive with a good signature, and say nothing about a pool."""
