"""Linq delivers to us: the subscription is made, mended and replaced, and its secret is where it is needed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.errors import InvalidField, ProviderUnavailable, Refused
from router.core.subscription import Step
from router.linq_settings import LinqEnvironment
from router.providers.linq.event_types import WANTED
from router.services.linq.subscription import LinqSubscription, SecretState
from router.services.linq.webhook_secrets import KeptSecret
from router.wiring import open_gateway
from tests.linq_accounts import Account, open_account_of
from tests.sandboxes import RunningSandbox, webhook_sink

ORIGIN = "https://go.example.com"
DAY_MS = 86_400_000


@pytest.fixture
async def account(linq_sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Account]:
    """Open an account without subscriptions."""
    async with open_account_of(linq_sandbox, tmp_path) as account:
        yield account


def subscription_of(
    account: Account, origin: str = ORIGIN, environment: LinqEnvironment | None = None
) -> LinqSubscription:
    """What `switchyard linq subscribe` works with."""
    gateway = account.gateway
    return LinqSubscription(
        account.linq,
        gateway.webhook_secrets,
        environment or account.environment,
        gateway.clock,
        origin=origin,
        pause=account.pause,
    )


async def test_where_there_is_none_one_is_made(account: Account) -> None:
    """For every event we want, at the pinned version; its secret is told once, and kept sealed in the store."""
    service = subscription_of(account)
    done = await service.apply(await service.look())
    assert done.did == "created"
    assert done.secret is not None
    (made,) = await account.linq.subscriptions()
    assert made.target_url == f"{ORIGIN}/webhooks/linq?version=2026-02-03"
    assert (made.events, made.is_active, made.numbers) == (frozenset(WANTED), True, ())
    assert account.gateway.webhook_secrets.of("production") == (done.secret,)
    assert service.secret_of(made) is SecretState.KEPT
    kept = await account.gateway.client.hgetall("sy:{registry}:webhook_secrets")
    assert done.secret not in repr(kept)
    again = await service.look()
    assert again.step is Step.NOTHING
    assert (await service.apply(again)).did == "nothing to do"
    assert len(await account.linq.subscriptions()) == 1


async def test_nothing_is_delivered_before_every_process_can_verify_it(account: Account) -> None:
    """A new subscription begins with an event that hardly ever occurs, and gets the others after a pause."""
    with webhook_sink() as sink:
        service = subscription_of(account, sink.url.removesuffix("/hook"))
        account.plan("/v3/webhook-subscriptions", method="PUT", status=500)
        with pytest.raises(ProviderUnavailable):
            await service.apply(await service.look())
        assert account.waited_s == [3.0]
        account.sandbox.text("+12025559876", account.sandbox.lines[0], "Hi")
        account.sandbox.settle()
        assert sink.of_type("message.received") == []
        done = await service.apply(await service.look())
        assert (done.did, done.secret) == ("mended", None)
        assert service.secret_of(done.subscription) is SecretState.KEPT
        account.sandbox.text("+12025559876", account.sandbox.lines[0], "Hi again")
        sink.wait_for("message.received")


async def test_what_is_wrong_is_mended_and_what_was_added_stays(account: Account) -> None:
    """One call brings it in order; the secret is the same."""
    service = subscription_of(account)
    done = await service.apply(await service.look())
    before = account.gateway.webhook_secrets.of("production")
    path = f"/webhook-subscriptions/{done.subscription.id}"
    wrong = {
        "target_url": f"{ORIGIN}/webhooks/linq?version=2025-01-01",
        "subscribed_events": ["message.sent", "poll.sent"],
        "is_active": False,
        "phone_numbers": account.sandbox.lines[:1],
    }
    assert account.sandbox.api("PUT", path, json=wrong).is_success
    plan = await service.look()
    assert (plan.step, len(plan.faults)) == (Step.MEND, 4)
    mended = (await service.apply(plan)).subscription
    assert (await service.look()).step is Step.NOTHING
    assert mended.events == {*WANTED, "poll.sent"}
    assert (mended.is_active, mended.numbers) == (True, ())
    assert account.gateway.webhook_secrets.of("production") == before


async def test_a_subscription_nobody_can_verify_is_not_touched(account: Account) -> None:
    """It is told, with both mends; renewed, there is one whose secret we have, and the old one is gone."""
    old_secret = account.sandbox.subscribe(f"{ORIGIN}/webhooks/linq?version=2026-02-03", "message.received")
    service = subscription_of(account)
    plan = await service.look()
    with pytest.raises(Refused, match="linq subscribe --renew"):
        await service.apply(plan)
    done = await service.renew(plan)
    assert (done.did, done.ended) == ("renewed", 1)
    assert done.secret not in {None, old_secret}
    (left,) = await account.linq.subscriptions()
    assert left.target_url.startswith(f"{ORIGIN}/webhooks/linq?version=2026-02-03&renewed=")
    assert left.events == set(WANTED)
    assert (await service.look()).step is Step.NOTHING


async def test_the_old_secret_stays_good_for_a_day(account: Account) -> None:
    """What the old subscription sent may still be on its way."""
    service = subscription_of(account)
    first = await service.apply(await service.look())
    second = await service.renew(await service.look())
    secrets = account.gateway.webhook_secrets
    assert secrets.of("production") == (second.secret, first.secret)
    live = {second.subscription.id}
    now_ms = account.gateway.clock.now_ms()
    await secrets.forget_ended("staging", set(), before_ms=now_ms + DAY_MS)
    assert len(secrets.of("production")) == 2
    await secrets.forget_ended("production", live, before_ms=now_ms + 1)
    assert secrets.of("production") == (second.secret,)


async def test_a_renewal_that_stopped_half_way_is_done_again(account: Account) -> None:
    """Two deliver for a while; the next renewal ends both."""
    service = subscription_of(account)
    await service.apply(await service.look())
    account.plan("/v3/webhook-subscriptions", method="DELETE", status=500)
    with pytest.raises(ProviderUnavailable):
        await service.renew(await service.look())
    plan = await service.look()
    assert len(plan.others) == 1
    assert (await service.renew(plan)).ended == 2
    assert len(await account.linq.subscriptions()) == 1


async def test_an_address_linq_can_not_reach_is_refused_before_it_is_asked(account: Account) -> None:
    """Unless Linq is a sandbox on this machine."""
    real = LinqEnvironment(id="production", name="Production", base_url="https://api.linqapp.com/api/partner")
    with pytest.raises(InvalidField, match="not https"):
        await subscription_of(account, "http://192.168.1.4:8000", real).look()
    assert (await subscription_of(account, "http://192.168.1.4:8000").look()).step is Step.CREATE


async def test_each_environment_has_its_own_secrets(linq_sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Kept ones before those that were set; what is not set up has none."""
    environments = {"staging": {"webhook_secrets": ["whsec_c2V0"]}}
    async with open_account_of(linq_sandbox, tmp_path, linq_environments=environments) as account:
        secrets = account.gateway.webhook_secrets
        assert (secrets.of("production"), secrets.of("staging"), secrets.of("x")) == ((), ("whsec_c2V0",), ())
        made = KeptSecret(environment="staging", secret="whsec_bmV3", url=ORIGIN, created_at_ms=1)
        await secrets.keep("s-1", made)
        assert secrets.of("staging") == ("whsec_bmV3", "whsec_c2V0")
        assert secrets.of("staging") is secrets.of("staging")
        assert secrets.of("production") == ()


async def test_another_process_knows_a_secret_at_its_next_refresh(account: Account, tmp_path: Path) -> None:
    """One that has another secret key can not read it, and goes on with those that were set."""
    made = KeptSecret(environment="production", secret="whsec_bmV3", url=ORIGIN, created_at_ms=1)
    await account.gateway.webhook_secrets.keep("s-1", made)
    twin = account.gateway.settings.model_copy(update={"linq_webhook_secrets": (SecretStr("whsec_c2V0"),)})
    async with open_gateway(twin) as gateway:
        assert gateway.webhook_secrets.of("production") == ("whsec_bmV3", "whsec_c2V0")
    stranger = twin.model_copy(update={"secret_key": SecretStr("x" * 32), "data_dir": tmp_path / "other"})
    async with open_gateway(stranger) as gateway:
        assert gateway.webhook_secrets.of("production") == ("whsec_c2V0",)
        assert not gateway.webhook_secrets.is_known("s-1")
