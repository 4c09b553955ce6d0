"""Deliveries to a running gateway: which it trusts, which it does not, and that no bytes make it fail."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import redis
from linq import LinqAPIV3
from standardwebhooks import Webhook

from router.store.keys import REJECTED_DELIVERIES
from tests.kit.deliveries import (
    OTHER_SECRET,
    SECRET,
    WORDS,
    Headers,
    Linq,
    find_secrets,
    make_event,
    new_person,
    sign,
    status,
    text,
)
from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.odd_deliveries import ANYTHING, BAD, BODY_LIMIT_BYTES, Alter
from tests.kit.sample_pools import PATIENT_MS, SamplePool, open_pool
from tests.kit.servers import eventually

REFERENCE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEN_MINUTES_S = 600
SECOND_LOOK_S = 20
ELSEWHERE = 120


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """Run a gateway with two secrets, one of them from the specification's example."""
    directory = tmp_path_factory.mktemp("gateway")
    secrets = f"{SECRET},{REFERENCE_SECRET}"
    with start_gateway(directory, LINQ_WEBHOOK_SECRETS=secrets, STORE_TIMEOUT_MS=PATIENT_MS) as running:
        yield running
    assert "request_failed" not in running.log
    assert "Traceback" not in running.log
    assert find_secrets(running.log) == set()


@pytest.fixture(scope="module")
def pool(gateway: RunningGateway) -> SamplePool:
    """Open a pool that the provider's events name."""
    return open_pool(gateway, "main", lines=3)


@pytest.fixture
def linq(gateway: RunningGateway) -> Linq:
    """Sign with the secret the gateway knows."""
    return Linq(gateway.base_url)


def known_of(pool: SamplePool) -> list[Any]:
    """Return everything in a pool that a delivery could change."""
    paths = ("/lines", "/events?about=lines&limit=500", "/events?about=people&limit=500")
    return [pool.gateway.api("GET", f"/pools/{pool.id}{path}").json() for path in paths]


@pytest.mark.parametrize("alter", BAD.values(), ids=BAD)
def test_a_bad_delivery_changes_nothing(pool: SamplePool, linq: Linq, alter: Alter) -> None:
    """It is 401 with one code whatever is wrong with it, never an error of ours. No line or person changes."""
    flag = status(pool.numbers[0], "FLAGGED")
    before = known_of(pool)
    body, headers = alter(flag.body, sign(flag.body, name=flag.id))
    answer = linq.send(body, headers)
    assert (answer.status, answer.problem["code"]) == (401, "delivery_not_believed")
    assert known_of(pool) == before


@pytest.mark.parametrize("body", ANYTHING.values(), ids=ANYTHING)
def test_any_signed_delivery_is_accepted(pool: SamplePool, linq: Linq, body: bytes) -> None:
    """Linq never repeats a delivery that was answered 4xx, so a good signature is enough for a 2xx.

    No body makes it fail.
    """
    before = known_of(pool)
    assert linq.send(body, sign(body, name="msg_1.2")).status == 200
    assert known_of(pool) == before


@pytest.mark.parametrize("secret", [SECRET, REFERENCE_SECRET])
def test_library_and_sdk_agree_with_the_gateway(pool: SamplePool, linq: Linq, secret: str) -> None:
    """What the `standardwebhooks` library signs, the official SDK and the gateway accept: the text confirms."""
    signup = pool.sign_up(f"signed with {secret}")
    delivery = text(signup["line"], new_person(), f"Grüße, 你好 👋 {signup['code']}")
    now = datetime.now(UTC)
    headers = {
        "webhook-id": delivery.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery.id, now, delivery.body.decode()),
    }
    assert headers == sign(delivery.body, name=delivery.id, secret=secret, at_s=int(now.timestamp()))
    client = LinqAPIV3(api_key="none is used", base_url=linq.base_url)
    assert client.webhooks.unwrap(delivery.body.decode(), headers=headers, key=secret).event_id == delivery.id
    assert linq.send(delivery.body, headers).status == 200
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
def test_a_reference_vector_fails_only_by_its_age(
    gateway: RunningGateway, linq: Linq, body: bytes, headers: Headers
) -> None:
    """The specification's example of 2021 is not treated as a forgery: the alert says that it is old."""
    assert linq.send(body, headers).status == 401
    eventually("an alert that names the age", lambda: "production too_old" in gateway.log)


def test_a_late_delivery_is_accepted_at_the_second_try(pool: SamplePool, linq: Linq) -> None:
    """A delivery ten minutes old is refused, as Linq's own log shows. It is stored, and counts a little later."""
    signup = pool.sign_up("late")
    delivery = text(signup["line"], new_person(), signup["code"])
    late = sign(delivery.body, name=delivery.id, at_s=int(time.time()) - TEN_MINUTES_S)

    def is_stored() -> bool:
        """Only two a second are stored."""
        with redis.Redis.from_url(pool.gateway.store_url) as store:
            before = store.xlen(REJECTED_DELIVERIES)
            assert linq.send(delivery.body, late).status == 401
            return bool(cast(int, store.xlen(REJECTED_DELIVERIES)) > cast(int, before))

    def is_confirmed() -> bool:
        return bool(pool.gateway.api("GET", f"/pools/main/signups/{signup['id']}").json()["state"] == "confirmed")

    eventually("a late delivery that is stored", is_stored)
    eventually("a second try", is_confirmed, within_s=SECOND_LOOK_S)
    assert [row["word"] for row in known_of(pool)[2] if row["event"] == delivery.id] == ["confirmed"]


def test_a_signature_may_stand_in_a_list(pool: SamplePool, linq: Linq) -> None:
    """While Linq has two secrets for a subscription it sends both signatures. One that fits is enough."""
    signup = pool.sign_up("listed")
    delivery = text(signup["line"], new_person(), signup["code"])
    old, good = (sign(delivery.body, name=delivery.id, secret=secret) for secret in (OTHER_SECRET, SECRET))
    listed = f"v1a,x {old['webhook-signature']!s} {good['webhook-signature']!s}"
    assert linq.send(delivery.body, good | {"webhook-signature": listed}).status == 200
    assert pool.gateway.api("GET", f"/pools/main/signups/{signup['id']}").json()["state"] == "confirmed"


def test_private_data_stays_out_of_the_log(pool: SamplePool, linq: Linq) -> None:
    """No log has a person's text, their number, or what the account's own people did."""
    person, line, stranger = new_person(), pool.numbers[0], "+12025559999"
    summary = {"summary": f"{WORDS}: Ada ({person}) did it", "occurred_at": "2026-09-20T18:00:00Z"}
    deliveries = [
        text(line, person, WORDS),
        text(stranger, person, WORDS),
        make_event(f"{person}.teleported", {"to": WORDS}),
        make_event("message.received", {"parts": [{"type": "text", "value": WORDS}], "from": person}),
        make_event("webhook_subscription.disabled", summary),
        make_event("api_token.expired", summary),
        make_event("message.failed", {"reason": f"{WORDS} {person}", "chat_id": person, "code": 4002}),
    ]
    assert {linq.deliver(each).status for each in deliveries} == {200}
    assert replace(linq, secret=OTHER_SECRET).deliver(text(line, person, WORDS)).status == 401
    eventually("alerts of the account", lambda: pool.gateway.log.count('"kind": "account"') > 0)
    assert find_secrets(pool.gateway.log) == set()


@pytest.mark.parametrize("size", [BODY_LIMIT_BYTES + 1, 2_000_000])
def test_a_body_beyond_the_limit_is_413(linq: Linq, size: int) -> None:
    """No caller can fill the memory, with a signature or without."""
    body = b" " * size
    assert linq.send(body, sign(body, name="long")).status == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_delivers(linq: Linq, method: str) -> None:
    """Any other method is 405, and the answer names the right one."""
    answer = linq.send(b"", {}, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_lines_of_no_pool_are_searched_together(gateway: RunningGateway, linq: Linq) -> None:
    """An account may have busy lines that no pool has.

    Many deliveries share one search in the store, and all are accepted.
    """
    deliveries = [text("+12025558888", new_person(), "Hi") for _ in range(ELSEWHERE)]

    def searches() -> int:
        with redis.Redis.from_url(gateway.store_url) as store:
            return int(store.info("commandstats")["cmdstat_smembers"]["calls"])

    before = searches()
    with ThreadPoolExecutor(ELSEWHERE // 4) as senders:
        assert {answer.status for answer in senders.map(linq.deliver, deliveries)} == {200}
    assert searches() - before < ELSEWHERE / 2


def test_a_second_delivery_is_accepted_and_does_nothing(pool: SamplePool, linq: Linq) -> None:
    """The same event, signed anew, is 200, and the log has it once."""
    signup = pool.sign_up("twice")
    delivery = text(signup["line"], new_person(), signup["code"])
    assert {linq.deliver(delivery).status for _ in range(5)} == {200}
    assert [row["word"] for row in known_of(pool)[2] if row["event"] == delivery.id] == ["confirmed"]


def test_answers_are_not_cached(linq: Linq) -> None:
    """No proxy may answer a delivery in our place."""
    answer = linq.deliver(make_event("chat.typing_indicator.started", {}))
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
