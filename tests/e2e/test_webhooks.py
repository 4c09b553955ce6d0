"""Deliveries to a running gateway: what is believed, what is not, and that no octets of any kind make it stumble."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import redis
from linq import LinqAPIV3
from standardwebhooks import Webhook

from router.store.keys import REJECTED_DELIVERIES
from tests.deliveries import (
    OTHER_SECRET,
    SECRET,
    Headers,
    Linq,
    happen,
    sign,
    sign_as_of_old,
    sign_as_v2,
    somebody,
    status,
    text,
)
from tests.gateways import RunningGateway, start_gateway
from tests.linq_bodies import FLAGGED, make_body
from tests.sample_pools import PATIENT_MS, SamplePool, open_pool
from tests.servers import eventually

REFERENCE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY_LIMIT_BYTES = 262_144
TEN_MINUTES_S, MONTH_S = 600, 30 * 86_400
SECOND_LOOK_S = 20

Delivery = tuple[bytes, Headers]
Alter = Callable[[bytes, dict[str, Any]], Delivery]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """Run a gateway that knows two secrets, one of them that of the specification's example."""
    directory = tmp_path_factory.mktemp("gateway")
    secrets = f"{SECRET},{REFERENCE_SECRET}"
    with start_gateway(directory, LINQ_WEBHOOK_SECRETS=secrets, STORE_TIMEOUT_MS=PATIENT_MS) as running:
        yield running
        assert "request_failed" not in running.log
        assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def pool(gateway: RunningGateway) -> SamplePool:
    """Open a pool that the provider speaks of."""
    return open_pool(gateway, "main", lines=3)


@pytest.fixture
def linq(gateway: RunningGateway) -> Linq:
    """Sign with the secret the gateway knows."""
    return Linq(gateway.base_url)


def known_of(pool: SamplePool) -> list[Any]:
    """All that a delivery could change in a pool."""
    paths = ("/lines", "/events?about=lines&limit=500", "/events?about=people&limit=500")
    return [pool.gateway.api("GET", f"/pools/{pool.id}{path}").json() for path in paths]


def without(name: str) -> Alter:
    """Leave one header out."""
    return lambda body, headers: (body, {kept: value for kept, value in headers.items() if kept != name})


def having(name: str, value: object) -> Alter:
    """Replace one header; a function is given what it was."""
    return lambda body, headers: (body, headers | {name: value(headers[name]) if callable(value) else value})


def unsigned(body: bytes) -> Alter:
    """Put another body under the signature."""
    return lambda _, headers: (body, headers)


def signed_by(secret: str = SECRET, *, late_by_s: int = 0) -> Alter:
    """Sign with a secret, some time ago."""
    return lambda body, headers: (
        body,
        sign(body, name=headers["webhook-id"], secret=secret, at_s=int(headers["webhook-timestamp"]) - late_by_s),
    )


def only_signed_by(sign_otherwise: Callable[[bytes], Headers]) -> Alter:
    """Put another scheme's headers in the place of the usual ones."""
    return lambda body, _: (body, sign_otherwise(body))


BAD = {
    "nothing signed": lambda body, _: (body, {}),
    "no id": without("webhook-id"),
    "no timestamp": without("webhook-timestamp"),
    "no signature": without("webhook-signature"),
    "empty id": having("webhook-id", ""),
    "empty signature": having("webhook-signature", ""),
    "id of another": having("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
    "no comma": having("webhook-signature", lambda was: was.replace(",", "")),
    "two commas": having("webhook-signature", lambda was: was.replace(",", ",,")),
    "no padding": having("webhook-signature", lambda was: was.rstrip("=")),
    "too much padding": having("webhook-signature", lambda was: was + "="),
    "impossible base64": having("webhook-signature", "v1,A"),
    "not ASCII": having("webhook-signature", b"v1,\xfc\xff\xc3"),
    "another version": having("webhook-signature", lambda was: was.replace("v1", "v1a")),
    "ten thousand signatures": having("webhook-signature", "v1,x " * 10_000),
    "another secret": signed_by(OTHER_SECRET),
    "timestamp is a word": having("webhook-timestamp", "soon"),
    "timestamp is huge": having("webhook-timestamp", "9" * 5000),
    "timestamp is no number": having("webhook-timestamp", "NaN"),
    "timestamp has a fraction": having("webhook-timestamp", lambda was: was + ".0"),
    "another timestamp": having("webhook-timestamp", lambda was: str(int(was) + 1)),
    "a month old": signed_by(late_by_s=MONTH_S),
    "of next month": signed_by(late_by_s=-MONTH_S),
    "another body": lambda body, headers: (body + b" ", headers),
    "no body": unsigned(b""),
    "not UTF-8": unsigned(b"\xff\xfe\x00"),
    "deeply nested": unsigned(b"[" * 100_000),
    "the deprecated signature alone": only_signed_by(lambda body: sign_as_of_old(body, key=SECRET.encode())),
    "the signature of V2 alone": only_signed_by(lambda body: sign_as_v2(body, key=SECRET.encode())),
    "a good deprecated one beside a bad one": lambda body, headers: (
        body,
        headers | {"webhook-signature": "v1,x"} | sign_as_of_old(body, key=SECRET.encode()),
    ),
}


@pytest.mark.parametrize("alter", BAD.values(), ids=BAD)
def test_a_bad_delivery_changes_nothing(pool: SamplePool, linq: Linq, alter: Alter) -> None:
    """It is 401 with one code whatever is wrong with it, never an error of ours, and no line or person is touched."""
    flag = status(pool.numbers[0], "FLAGGED")
    before = known_of(pool)
    body, headers = alter(flag.body, sign(flag.body, name=flag.id))
    answer = linq.send(body, headers)
    assert (answer.status, answer.problem["code"]) == (401, "delivery_not_believed")
    assert known_of(pool) == before


ODD_LINES: list[object] = [None, 7, "", "12025550101", ["+12025550101"], {"handle": "+12025550101"}, "+" + "9" * 5000]
ANYTHING = {
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
            ODD_LINES, ["phone_number.status_updated", "message.received", "chat.created"] * 3, strict=False
        )
    },
}


@pytest.mark.parametrize("body", ANYTHING.values(), ids=ANYTHING)
def test_whatever_is_signed_is_taken(pool: SamplePool, linq: Linq, body: bytes) -> None:
    """Linq never repeats what was answered 4xx, so a good signature is enough for a 2xx; nothing stumbles over it."""
    before = known_of(pool)
    assert linq.send(body, sign(body, name="msg_1.2")).status == 200
    assert known_of(pool) == before


@pytest.mark.parametrize("secret", [SECRET, REFERENCE_SECRET])
def test_library_and_sdk_agree_with_the_gateway(pool: SamplePool, linq: Linq, secret: str) -> None:
    """What the `standardwebhooks` library signs, the official SDK takes, and so does the gateway: the text confirms."""
    signup = pool.sign_up(f"signed with {secret}")
    said = text(signup["line"], somebody(), f"Grüße, 你好 👋 {signup['code']}")
    now = datetime.now(UTC)
    headers = {
        "webhook-id": said.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(said.id, now, said.body.decode()),
    }
    assert headers == sign(said.body, name=said.id, secret=secret, at_s=int(now.timestamp()))
    client = LinqAPIV3(api_key="none is used", base_url=linq.base_url)
    assert client.webhooks.unwrap(said.body.decode(), headers=headers, key=secret).event_id == said.id
    assert linq.send(said.body, headers).status == 200
    assert pool.gateway.api("GET", f"/pools/main/signups/{signup['id']}").json()["state"] == "confirmed"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (
            b'{"test": 2432232314}',
            {
                "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp": "1614265330",
                "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            },
        ),
    ],
)
def test_a_reference_vector_fails_by_its_age_alone(
    gateway: RunningGateway, linq: Linq, body: bytes, headers: Headers
) -> None:
    """The specification's example of 2021 is told from a forgery: the alert says that it is old."""
    assert linq.send(body, headers).status == 401
    eventually("an alert that tells of the age", lambda: "production too_old" in gateway.log)


def test_a_late_delivery_is_taken_at_the_second_look(pool: SamplePool, linq: Linq) -> None:
    """One that is ten minutes old is refused, which Linq's own log shows; it is kept, and counts a little later."""
    signup = pool.sign_up("late")
    said = text(signup["line"], somebody(), signup["code"])
    late = sign(said.body, name=said.id, at_s=int(time.time()) - TEN_MINUTES_S)

    def is_kept() -> bool:
        """Only two of a second are."""
        with redis.Redis.from_url(pool.gateway.store_url) as store:
            before = store.xlen(REJECTED_DELIVERIES)
            assert linq.send(said.body, late).status == 401
            return bool(cast(int, store.xlen(REJECTED_DELIVERIES)) > cast(int, before))

    def is_confirmed() -> bool:
        return bool(pool.gateway.api("GET", f"/pools/main/signups/{signup['id']}").json()["state"] == "confirmed")

    eventually("a late delivery that is kept", is_kept)
    eventually("a second look", is_confirmed, within_s=SECOND_LOOK_S)
    assert [row["word"] for row in known_of(pool)[2] if row["event"] == said.id] == ["confirmed"]


def test_a_signature_may_stand_in_a_list(pool: SamplePool, linq: Linq) -> None:
    """While Linq has two secrets for a subscription it sends both signatures; one that fits is enough."""
    signup = pool.sign_up("listed")
    said = text(signup["line"], somebody(), signup["code"])
    old, good = (sign(said.body, name=said.id, secret=secret) for secret in (OTHER_SECRET, SECRET))
    listed = f"v1a,x {old['webhook-signature']!s} {good['webhook-signature']!s}"
    assert linq.send(said.body, good | {"webhook-signature": listed}).status == 200
    assert pool.gateway.api("GET", f"/pools/main/signups/{signup['id']}").json()["state"] == "confirmed"


@pytest.mark.parametrize("size", [BODY_LIMIT_BYTES + 1, 2_000_000])
def test_a_body_beyond_the_limit_is_413(linq: Linq, size: int) -> None:
    """Nobody can fill the memory, with a signature or without."""
    body = b" " * size
    assert linq.send(body, sign(body, name="long")).status == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_delivers(linq: Linq, method: str) -> None:
    """Any other method is 405 and told which one it is."""
    answer = linq.send(b"", {}, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_a_second_delivery_is_taken_and_does_nothing(pool: SamplePool, linq: Linq) -> None:
    """The same event again, signed anew, is 200, and the log tells it once."""
    signup = pool.sign_up("twice")
    said = text(signup["line"], somebody(), signup["code"])
    assert {linq.deliver(said).status for _ in range(5)} == {200}
    assert [row["word"] for row in known_of(pool)[2] if row["event"] == said.id] == ["confirmed"]


def test_answers_are_not_kept(linq: Linq) -> None:
    """No proxy may answer a delivery in our place."""
    answer = linq.deliver(happen("chat.typing_indicator.started", {}))
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
