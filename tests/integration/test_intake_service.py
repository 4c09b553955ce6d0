"""Signed deliveries, taken in by the services with a real store: which are believed, and what is kept of the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.errors import NotFound
from router.core.line import Gate
from router.core.line_rules import LineSpec
from router.core.sealer import Sealer
from router.linq_settings import LinqEnvironment
from router.providers.linq.signatures import Scheme
from router.services.intake.deliveries import Deliveries, Verdict
from router.services.linq.webhook_secrets import WebhookSecrets
from router.settings import Settings
from router.store.webhook_secrets import SealedSecrets
from router.wiring import Gateway, open_gateway
from tests.deliveries import OTHER_SECRET, SECRET, Happening, happen, moment, somebody, status, text
from tests.intakes import (
    ALPHA,
    BRAVO,
    CHARLIE,
    PRODUCTION,
    STAGING,
    deliver,
    gate_of,
    kinds_of_alerts,
    open_intake,
    tally,
    two_environments,
)
from tests.stores import Store


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    """Set up two environments."""
    return two_environments(store.url, tmp_path)


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Open a gateway on both."""
    async with open_intake(settings) as gateway:
        yield gateway


def deliveries_with(
    gateway: Gateway,
    *secrets: str,
    wall_ms: Callable[[], float] | None = None,
    sealer: Sealer = Sealer(b"of this test only" + b"." * 15),  # noqa: B008  # it has no state
) -> Deliveries:
    """Give the same store another process that believes these secrets."""
    environments = {
        PRODUCTION: LinqEnvironment(id=PRODUCTION, name="Production", webhook_secrets=tuple(map(SecretStr, secrets)))
    }
    return Deliveries(
        events=gateway.event_intake,
        secrets=WebhookSecrets(SealedSecrets(gateway.client), sealer, environments, gateway.random_bytes),
        schemes=frozenset({Scheme.STANDARD}),
        environments=environments,
        hook_log=gateway.hook_log,
        sealer=sealer,
        alerts=gateway.alerts,
        clock=gateway.clock,
        wall_ms=wall_ms or (lambda: float(gateway.clock.now_ms())),
        random_bytes=gateway.random_bytes,
    )


async def test_a_secret_is_good_for_its_environment(gateway: Gateway) -> None:
    """Each signs for its own lines; with the other's secret, or at an address nobody has, nothing happens."""
    for happening, secret, to, verdict in (
        (status(ALPHA, "FLAGGED"), OTHER_SECRET, PRODUCTION, Verdict.REJECTED),
        (status(CHARLIE, "FLAGGED"), SECRET, STAGING, Verdict.REJECTED),
        (status(ALPHA, "FLAGGED"), OTHER_SECRET, STAGING, Verdict.TAKEN),
    ):
        assert await deliver(gateway.deliveries, happening, secret=secret, to=to) is verdict
    gates = [await gate_of(gateway, pool, number) for pool, number in (("main", ALPHA), ("trial", CHARLIE))]
    assert gates == [Gate.OPEN, Gate.OPEN]
    assert await deliver(gateway.deliveries, status(ALPHA, "FLAGGED")) is Verdict.TAKEN
    assert (
        await deliver(gateway.deliveries, status(CHARLIE, "FLAGGED"), secret=OTHER_SECRET, to=STAGING) is Verdict.TAKEN
    )
    gates = [await gate_of(gateway, pool, number) for pool, number in (("main", ALPHA), ("trial", CHARLIE))]
    assert gates == [Gate.FLAGGED, Gate.FLAGGED]
    with pytest.raises(NotFound):
        await deliver(gateway.deliveries, status(ALPHA, "ACTIVE"), to="nowhere")


async def test_an_event_of_a_line_nobody_has_is_kept(gateway: Gateway) -> None:
    """It is taken, so that it does not come again, kept until there is a pool, and operators are told once."""
    flag = status("+12025550999", "FLAGGED")
    assert await deliver(gateway.deliveries, flag) is Verdict.TAKEN
    assert await deliver(gateway.deliveries, text("+12025550999", somebody(), "Hi")) is Verdict.TAKEN
    reasons = [kept.reason for kept in await gateway.hook_log.kept()]
    assert reasons == [
        "no pool has its line (phone_number.status_updated)",
        "no pool has its line (message.received)",
    ]
    assert await kinds_of_alerts(gateway) == ["delivery_kept", "delivery_kept"]
    assert await deliver(gateway.deliveries, status("+12025550999", "FLAGGED")) is Verdict.TAKEN
    assert len(await kinds_of_alerts(gateway)) == 2
    assert (await tally(gateway))["production:kept"] == 3


async def test_a_line_added_a_moment_ago_is_found(gateway: Gateway, settings: Settings) -> None:
    """Another process added it, and this one has not looked since."""
    async with open_gateway(settings) as other:
        await other.pool_admin.create("new", {})
        await other.line_admin.add("new", LineSpec(number="+12025550104"))
        await other.line_admin.add("main", LineSpec(number="+12025550105"))
    assert gateway.directory.find("new") is None
    for pool, number in (("new", "+12025550104"), ("main", "+12025550105")):
        assert await deliver(gateway.deliveries, status(number, "FLAGGED")) is Verdict.TAKEN
        assert await gate_of(gateway, pool, number) is Gate.FLAGGED
    assert await gateway.hook_log.kept() == []


async def test_what_can_not_be_read_is_kept(gateway: Gateway) -> None:
    """A signed body is never refused, whatever it holds; what is of no use to us is only counted."""
    strange = [
        Happening("1", b"\xff\x00 no JSON"),
        happen("phone_number.repainted", {"phone_number": ALPHA}),
        happen("message.received", {"chat": {"id": "c"}}),
        happen("chat.typing_indicator.started", {"chat_id": "c"}),
    ]
    for happening in strange:
        assert await deliver(gateway.deliveries, happening) is Verdict.TAKEN
    reasons = [kept.reason for kept in await gateway.hook_log.kept()]
    assert reasons == ["not JSON ()", "unknown type (phone_number.repainted)", "no sender (message.received)"]
    assert await tally(gateway) == {"production:kept": 3, "production:irrelevant": 1}


async def test_a_text_that_names_no_line_is_of_its_conversations(gateway: Gateway) -> None:
    """Where the conversation is known; else it is kept, and so does no failure without either stop the others."""
    ada, bob = somebody(), somebody()
    known = text(ALPHA, ada, "Hi")
    owner = f'"owner_handle": {{"handle": "{ALPHA}"'.encode()
    assert await deliver(gateway.deliveries, known) is Verdict.TAKEN
    for person in (ada, bob):
        said = text(ALPHA, person, "Hi again")
        assert owner in said.body
        lost = Happening(said.id, said.body.replace(owner, b'"owner_handle": {"handle": null'))
        assert await deliver(gateway.deliveries, lost) is Verdict.TAKEN
    assert [kept.reason for kept in await gateway.hook_log.kept()] == ["no pool has its line (message.received)"]
    nowhere = happen("message.failed", {"code": 4001, "failed_at": moment()})
    flag = status(ALPHA, "FLAGGED")
    at_once = await asyncio.gather(deliver(gateway.deliveries, nowhere), deliver(gateway.deliveries, flag))
    assert set(at_once) == {Verdict.TAKEN}
    assert (await tally(gateway)).items() >= {
        "production:met": 1,
        "production:heard": 1,
        "production:flagged": 1,
    }.items()


async def test_rejected_deliveries_are_kept_and_looked_at_again(gateway: Gateway) -> None:
    """Two a second, so that a stranger can not push the provider's out; what a mended secret signed is taken then."""
    wrong = deliveries_with(gateway, OTHER_SECRET)
    flag = status(ALPHA, "FLAGGED")
    verdicts = [await deliver(wrong, happening) for happening in (flag, *(status(BRAVO, "FLAGGED") for _ in range(9)))]
    assert verdicts == [Verdict.REJECTED] * 10
    kept = await gateway.hook_log.rejected()
    assert 2 <= len(kept) < 10
    assert {row.reason for row in kept} == {"bad_signature"}
    assert await kinds_of_alerts(gateway) == ["delivery_rejected"]
    assert (await wrong.reverify()).still_rejected == len(kept)
    mended = deliveries_with(gateway, OTHER_SECRET, SECRET)
    assert (await mended.reverify()).taken == len(kept)
    assert await gateway.hook_log.rejected() == []
    assert await gate_of(gateway, "main", ALPHA) is Gate.FLAGGED
    assert await deliver(mended, flag) is Verdict.TAKEN
    assert (await gateway.line_admin.get("main", ALPHA)).provider.flags == 1


async def test_deliveries_sealed_under_another_key_stay(gateway: Gateway) -> None:
    """Nobody can look at them; they are counted, and pushed out in time."""
    await deliver(deliveries_with(gateway), status(ALPHA, "FLAGGED"))
    other = deliveries_with(gateway, SECRET, sealer=Sealer(b"k" * 32))
    looked = await other.reverify()
    assert (looked.taken, looked.unreadable) == (0, 1)
    assert len(await gateway.hook_log.rejected()) == 1


async def test_without_a_secret_it_must_come_again(gateway: Gateway) -> None:
    """We can not tell, and the provider never repeats what was answered 401."""
    assert await deliver(deliveries_with(gateway), status(ALPHA, "FLAGGED")) is Verdict.NOT_NOW
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN
    assert [row.reason for row in await gateway.hook_log.rejected()] == ["no_secret"]


@pytest.mark.parametrize(("behind_s", "reason"), [(600, "too_old"), (-600, "too_new")])
async def test_with_a_clock_in_doubt_it_must_come_again(gateway: Gateway, behind_s: int, reason: str) -> None:
    """If this machine and the store tell different times, what seems too old or too new may not be."""
    at_s = gateway.clock.now_ms() // 1000 - behind_s
    doubtful = deliveries_with(gateway, SECRET, wall_ms=lambda: gateway.clock.now_ms() - behind_s * 1000)
    assert await deliver(doubtful, status(ALPHA, "FLAGGED"), at_s=at_s) is Verdict.NOT_NOW
    certain = deliveries_with(gateway, SECRET)
    assert await deliver(certain, status(BRAVO, "FLAGGED"), at_s=at_s) is Verdict.REJECTED
    assert await deliver(doubtful, status(BRAVO, "FLAGGED"), secret=OTHER_SECRET, at_s=at_s) is Verdict.REJECTED
    assert {row.reason for row in await gateway.hook_log.rejected()} <= {reason, "bad_signature"}
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN
