"""Signed deliveries, handled by the services with a real store: which are trusted, and what is stored of the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.errors import NotFound
from router.core.line import Gate
from router.core.lines.line_rules import LineSpec
from router.core.sealer import Sealer
from router.gateway import Gateway
from router.providers.linq.signatures import Scheme
from router.services.events.deliveries import Deliveries, DeliveryOutcome
from router.services.events.webhook_secrets import WebhookSecrets
from router.settings.linq import LinqEnvironment
from router.settings.settings import Settings
from router.store.webhook_secrets import SealedSecrets
from router.wiring.open import open_gateway
from tests.kit.deliveries import OTHER_SECRET, SECRET, ProviderEvent, make_event, moment, new_person, status, text
from tests.kit.stores import Store
from tests.kit.webhook_gateways import (
    ALPHA,
    BRAVO,
    CHARLIE,
    PRODUCTION,
    STAGING,
    deliver,
    gate_of,
    kinds_of_alerts,
    open_two_pools,
    tally,
    two_environments,
)


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    """Set up two environments."""
    return two_environments(store.url, tmp_path)


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Open a gateway on both."""
    async with open_two_pools(settings) as gateway:
        yield gateway


def deliveries_with(
    gateway: Gateway,
    *secrets: str,
    wall_ms: Callable[[], float] | None = None,
    sealer: Sealer = Sealer(b"of this test only" + b"." * 15),  # noqa: B008  # it has no state
) -> Deliveries:
    """Open another process on the same store that trusts these secrets."""
    environments = {
        PRODUCTION: LinqEnvironment(id=PRODUCTION, name="Production", webhook_secrets=tuple(map(SecretStr, secrets)))
    }
    return Deliveries(
        events=gateway.event_applier,
        secrets=WebhookSecrets(
            SealedSecrets(gateway.client), sealer, environments, frozenset({Scheme.STANDARD}), gateway.random_bytes
        ),
        environments=environments,
        delivery_store=gateway.delivery_store,
        sealer=sealer,
        alerts=gateway.alerts,
        clock=gateway.clock,
        wall_ms=wall_ms or (lambda: float(gateway.clock.now_ms())),
        random_bytes=gateway.random_bytes,
    )


async def test_a_secret_counts_for_its_environment(gateway: Gateway) -> None:
    """Each secret signs for its own lines. With the other's secret, or at an unknown address, nothing happens."""
    for event, secret, to, verdict in (
        (status(ALPHA, "FLAGGED"), OTHER_SECRET, PRODUCTION, DeliveryOutcome.REJECTED),
        (status(CHARLIE, "FLAGGED"), SECRET, STAGING, DeliveryOutcome.REJECTED),
        (status(ALPHA, "FLAGGED"), OTHER_SECRET, STAGING, DeliveryOutcome.TAKEN),
    ):
        assert await deliver(gateway.deliveries, event, secret=secret, to=to) is verdict
    gates = [await gate_of(gateway, pool, number) for pool, number in (("main", ALPHA), ("trial", CHARLIE))]
    assert gates == [Gate.OPEN, Gate.OPEN]
    assert await deliver(gateway.deliveries, status(ALPHA, "FLAGGED")) is DeliveryOutcome.TAKEN
    assert (
        await deliver(gateway.deliveries, status(CHARLIE, "FLAGGED"), secret=OTHER_SECRET, to=STAGING)
        is DeliveryOutcome.TAKEN
    )
    gates = [await gate_of(gateway, pool, number) for pool, number in (("main", ALPHA), ("trial", CHARLIE))]
    assert gates == [Gate.FLAGGED, Gate.FLAGGED]
    with pytest.raises(NotFound):
        await deliver(gateway.deliveries, status(ALPHA, "ACTIVE"), to="nowhere")


async def test_an_event_of_an_unknown_line_is_stored(gateway: Gateway) -> None:
    """It is accepted, so it does not come again, and stored until there is a pool. Operators get one alert."""
    flag = status("+12025550999", "FLAGGED")
    assert await deliver(gateway.deliveries, flag) is DeliveryOutcome.TAKEN
    assert await deliver(gateway.deliveries, text("+12025550999", new_person(), "Hi")) is DeliveryOutcome.TAKEN
    reasons = [stored.reason for stored in await gateway.delivery_store.kept()]
    assert reasons == [
        "no pool has its line (phone_number.status_updated)",
        "no pool has its line (message.received)",
    ]
    assert await kinds_of_alerts(gateway) == ["delivery_kept", "delivery_kept"]
    assert await deliver(gateway.deliveries, status("+12025550999", "FLAGGED")) is DeliveryOutcome.TAKEN
    assert len(await kinds_of_alerts(gateway)) == 2
    assert (await tally(gateway))["production:kept"] == 3


async def test_a_line_added_a_moment_ago_is_found(gateway: Gateway, settings: Settings) -> None:
    """Another process added it, and this process has not checked since."""
    async with open_gateway(settings) as other:
        await other.pool_admin.create("new", {}, by=BY_SHELL)
        await other.line_admin.add("new", LineSpec(number="+12025550104"), by=BY_SHELL)
        await other.line_admin.add("main", LineSpec(number="+12025550105"), by=BY_SHELL)
    assert gateway.pool_cache.cached("new") is None
    for pool, number in (("new", "+12025550104"), ("main", "+12025550105")):
        assert await deliver(gateway.deliveries, status(number, "FLAGGED")) is DeliveryOutcome.TAKEN
        assert await gate_of(gateway, pool, number) is Gate.FLAGGED
    assert await gateway.delivery_store.kept() == []


async def test_an_unreadable_delivery_is_stored(gateway: Gateway) -> None:
    """A signed body is never refused, whatever it holds. A body without use is only counted."""
    strange = [
        ProviderEvent("1", b"\xff\x00 no JSON"),
        make_event("phone_number.repainted", {"phone_number": ALPHA}),
        make_event("message.received", {"chat": {"id": "c"}}),
        make_event("chat.typing_indicator.started", {"chat_id": "c"}),
    ]
    for event in strange:
        assert await deliver(gateway.deliveries, event) is DeliveryOutcome.TAKEN
    reasons = [stored.reason for stored in await gateway.delivery_store.kept()]
    assert reasons == ["not JSON ()", "unknown type (phone_number.repainted)", "no sender (message.received)"]
    assert await tally(gateway) == {"production:kept": 3, "production:irrelevant": 1}


async def test_a_text_without_a_line_belongs_to_its_conversation_s_line(gateway: Gateway) -> None:
    """A known conversation gives the line. Otherwise the text is stored.

    A failure without either does not stop the others.
    """
    ada, bob = new_person(), new_person()
    known = text(ALPHA, ada, "Hi")
    owner = f'"owner_handle": {{"handle": "{ALPHA}"'.encode()
    assert await deliver(gateway.deliveries, known) is DeliveryOutcome.TAKEN
    for person in (ada, bob):
        delivery = text(ALPHA, person, "Hi again")
        assert owner in delivery.body
        lost = ProviderEvent(delivery.id, delivery.body.replace(owner, b'"owner_handle": {"handle": null'))
        assert await deliver(gateway.deliveries, lost) is DeliveryOutcome.TAKEN
    assert [stored.reason for stored in await gateway.delivery_store.kept()] == [
        "no pool has its line (message.received)"
    ]
    nowhere = make_event("message.failed", {"code": 4001, "failed_at": moment()})
    flag = status(ALPHA, "FLAGGED")
    at_once = await asyncio.gather(deliver(gateway.deliveries, nowhere), deliver(gateway.deliveries, flag))
    assert set(at_once) == {DeliveryOutcome.TAKEN}
    assert (await tally(gateway)).items() >= {
        "production:met": 1,
        "production:heard": 1,
        "production:flagged": 1,
    }.items()


async def test_rejected_deliveries_are_stored_and_tried_again(gateway: Gateway) -> None:
    """Two are stored a second, so a stranger cannot push the provider's out.

    Once the secret is fixed, they are applied.
    """
    wrong = deliveries_with(gateway, OTHER_SECRET)
    flag = status(ALPHA, "FLAGGED")
    verdicts = [await deliver(wrong, event) for event in (flag, *(status(BRAVO, "FLAGGED") for _ in range(9)))]
    assert verdicts == [DeliveryOutcome.REJECTED] * 10
    stored = await gateway.delivery_store.rejected()
    assert 2 <= len(stored) < 10
    assert {row.reason for row in stored} == {"bad_signature"}
    assert await kinds_of_alerts(gateway) == ["delivery_rejected"]
    assert (await wrong.reverify()).still_rejected == len(stored)
    fixed = deliveries_with(gateway, OTHER_SECRET, SECRET)
    assert (await fixed.reverify()).taken == len(stored)
    assert await gateway.delivery_store.rejected() == []
    assert await gate_of(gateway, "main", ALPHA) is Gate.FLAGGED
    assert await deliver(fixed, flag) is DeliveryOutcome.TAKEN
    assert (await gateway.line_admin.get("main", ALPHA)).provider.flags == 1


async def test_deliveries_sealed_under_another_key_stay(gateway: Gateway) -> None:
    """They cannot be read. They are counted, and pushed out in time."""
    await deliver(deliveries_with(gateway), status(ALPHA, "FLAGGED"))
    other = deliveries_with(gateway, SECRET, sealer=Sealer(b"k" * 32))
    result = await other.reverify()
    assert (result.taken, result.unreadable) == (0, 1)
    assert len(await gateway.delivery_store.rejected()) == 1


async def test_without_a_secret_it_must_come_again(gateway: Gateway) -> None:
    """We cannot verify it, and the provider never repeats a delivery that was answered 401."""
    assert await deliver(deliveries_with(gateway), status(ALPHA, "FLAGGED")) is DeliveryOutcome.NOT_NOW
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN
    assert [row.reason for row in await gateway.delivery_store.rejected()] == ["no_secret"]


@pytest.mark.parametrize(("behind_s", "reason"), [(600, "too_old"), (-600, "too_new")])
async def test_with_a_clock_in_doubt_it_must_come_again(gateway: Gateway, behind_s: int, reason: str) -> None:
    """If the clocks of this machine and the store differ, a delivery that seems too old or too new may be fine."""
    at_s = gateway.clock.now_ms() // 1000 - behind_s
    doubtful = deliveries_with(gateway, SECRET, wall_ms=lambda: gateway.clock.now_ms() - behind_s * 1000)
    assert await deliver(doubtful, status(ALPHA, "FLAGGED"), at_s=at_s) is DeliveryOutcome.NOT_NOW
    certain = deliveries_with(gateway, SECRET)
    assert await deliver(certain, status(BRAVO, "FLAGGED"), at_s=at_s) is DeliveryOutcome.REJECTED
    assert await deliver(doubtful, status(BRAVO, "FLAGGED"), secret=OTHER_SECRET, at_s=at_s) is DeliveryOutcome.REJECTED
    assert {row.reason for row in await gateway.delivery_store.rejected()} <= {reason, "bad_signature"}
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN
