"""Which secrets, environments and schemes a gateway trusts is set by its operator, and nothing else opens it."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kit.deliveries import (
    OTHER_SECRET,
    PATH,
    SECRET,
    Linq,
    find_secrets,
    new_person,
    sign,
    sign_as_legacy,
    sign_as_v2,
    status,
    text,
)
from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.linq_bodies import V2_MESSAGE_RECEIVED
from tests.kit.sample_pools import PATIENT_MS, SamplePool, open_pool

STAGING = f"{PATH}/staging"
V2_SECRET = "my own words"
ALL_SCHEMES = "standard,legacy,v2"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """Run a gateway with two environments of the account, each with its own secret."""
    directory = tmp_path_factory.mktemp("gateway")
    file = directory / "switchyard.toml"
    file.write_text(f'[linq_environments.staging]\nwebhook_secrets = ["{OTHER_SECRET}"]\n')
    with start_gateway(directory, LINQ_WEBHOOK_SECRETS=SECRET, STORE_TIMEOUT_MS=PATIENT_MS) as running:
        yield running
    assert find_secrets(running.log) == set()


@pytest.fixture(scope="module")
def production(gateway: RunningGateway) -> SamplePool:
    """Open a pool whose lines are rented in the first environment."""
    return open_pool(gateway, "main", lines=2)


@pytest.fixture(scope="module")
def staging(gateway: RunningGateway) -> SamplePool:
    """Open a pool whose lines are rented in the other."""
    return open_pool(gateway, "trial", lines=2, environment="staging")


def gate_of(pool: SamplePool, number: str) -> str:
    """Return the gate of a line."""
    return str(pool.gateway.api("GET", f"/pools/{pool.id}/lines/{number}").json()["gate"])


def test_each_environment_has_its_own_secret(
    gateway: RunningGateway, production: SamplePool, staging: SamplePool
) -> None:
    """A secret opens only its own address, and only for events of that environment's pools."""
    flag = status(staging.numbers[0], "FLAGGED")
    for linq in (Linq(gateway.base_url, SECRET, STAGING), Linq(gateway.base_url, OTHER_SECRET, PATH)):
        assert linq.deliver(flag).status == 401
    assert Linq(gateway.base_url, SECRET, PATH).deliver(flag).status == 200
    assert gate_of(staging, staging.numbers[0]) == "open"
    assert Linq(gateway.base_url, OTHER_SECRET, STAGING).deliver(flag).status == 200
    assert gate_of(staging, staging.numbers[0]) == "flagged"


def test_an_environment_reports_on_its_own_pools(
    gateway: RunningGateway, production: SamplePool, staging: SamplePool
) -> None:
    """A delivery of one environment about a line of the other is accepted, and does nothing."""
    foreign = status(production.numbers[1], "FLAGGED")
    assert Linq(gateway.base_url, OTHER_SECRET, STAGING).deliver(foreign).status == 200
    assert gate_of(production, production.numbers[1]) == "open"


def test_a_number_in_two_environments_is_two_lines(
    gateway: RunningGateway, production: SamplePool, staging: SamplePool
) -> None:
    """Each environment's reports count for its own pool, even where both rent the same number."""
    shared = "+12025550177"
    for pool in (production, staging):
        gateway.api("POST", f"/pools/{pool.id}/lines", json={"number": shared, "warm": True})
    assert Linq(gateway.base_url, OTHER_SECRET, STAGING).deliver(status(shared, "FLAGGED")).status == 200
    assert [gate_of(pool, shared) for pool in (production, staging)] == ["open", "flagged"]


@pytest.mark.parametrize("path", [f"{PATH}/nowhere", f"{PATH}/staging/more", f"{PATH}/%2e%2e", f"{PATH}/sta%00ging"])
def test_an_unknown_environment_is_404(gateway: RunningGateway, path: str) -> None:
    """With any signature, nothing is at such an address."""
    flag = status("+12025550101", "FLAGGED")
    for secret in (SECRET, OTHER_SECRET):
        assert Linq(gateway.base_url, secret, path).deliver(flag).status == 404


def test_the_first_environment_has_a_name_too(gateway: RunningGateway, production: SamplePool) -> None:
    """`/webhooks/linq/production` is the same address as the short one."""
    delivery = text(production.numbers[0], new_person(), "Hi")
    assert Linq(gateway.base_url, SECRET, f"{PATH}/production").deliver(delivery).status == 200
    rows = gateway.api("GET", f"/pools/{production.id}/events?about=people").json()
    assert [row["word"] for row in rows if row["event"] == delivery.id] == ["met"]


def test_further_schemes_are_trusted_where_they_are_enabled(tmp_path: Path) -> None:
    """The deprecated signature, by either of its keys, and V2's are accepted once the operator enables them."""
    secrets = f"{SECRET},{V2_SECRET}"
    with start_gateway(
        tmp_path, LINQ_WEBHOOK_SECRETS=secrets, LINQ_SIGNATURES=ALL_SCHEMES, STORE_TIMEOUT_MS=PATIENT_MS
    ) as gateway:
        pool = open_pool(gateway, "main", lines=1)
        gateway.api("POST", "/pools/main/lines", json={"number": "+15559876543", "warm": True})
        linq, line = Linq(gateway.base_url), pool.numbers[0]
        delivery = [text(line, new_person(), "Hi") for _ in range(3)]
        by_scheme = [
            (delivery[0].body, sign(delivery[0].body, name=delivery[0].id)),
            (delivery[1].body, sign_as_legacy(delivery[1].body, key=SECRET.encode())),
            (delivery[2].body, sign_as_legacy(delivery[2].body, key=b64decode(SECRET.removeprefix("whsec_")))),
            (V2_MESSAGE_RECEIVED, sign_as_v2(V2_MESSAGE_RECEIVED, key=V2_SECRET.encode())),
        ]
        assert [linq.send(body, headers).status for body, headers in by_scheme] == [200] * 4
        rows = gateway.api("GET", "/pools/main/events?about=people").json()
        assert [row["word"] for row in rows] == ["met"] * 4
        weak_beside_bad = by_scheme[0][1] | {"webhook-signature": "v1,x"} | by_scheme[1][1]
        assert linq.send(delivery[0].body, weak_beside_bad).status == 401


def test_without_a_secret_a_delivery_must_come_again(tmp_path: Path) -> None:
    """Its signature cannot be checked, so it is 503, never 401, and counts once the secret is set."""
    with start_gateway(tmp_path, STORE_TIMEOUT_MS=PATIENT_MS) as gateway:
        pool = open_pool(gateway, "main", lines=1)
        flag = status(pool.numbers[0], "FLAGGED")
        answer = Linq(gateway.base_url).deliver(flag)
        assert (answer.status, answer.problem["code"]) == (503, "delivery_not_verifiable")
        assert answer.headers["retry-after"] == "1"
        assert gate_of(pool, pool.numbers[0]) == "open"
    with start_gateway(tmp_path, LINQ_WEBHOOK_SECRETS=SECRET, STORE_TIMEOUT_MS=PATIENT_MS) as gateway:
        assert Linq(gateway.base_url).deliver(flag).status == 200
        assert gate_of(replace(pool, gateway=gateway), pool.numbers[0]) == "flagged"
