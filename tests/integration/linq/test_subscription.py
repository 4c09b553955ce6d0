"""Linq delivers to us: the subscription is made, fixed and replaced, and its secret is where it is needed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.errors import InvalidField, ProviderUnavailable, Refused
from router.core.events.subscription import SubscriptionStep
from router.providers.linq.event_types import WANTED
from router.services.events.webhook_secrets import KeptSecret
from router.services.linq.subscription import LinqSubscription, SecretState
from router.settings.linq import LinqEnvironment
from router.wiring.open import open_gateway
from tests.kit.linq_accounts import Account, open_account_of
from tests.kit.sandboxes import RunningSandbox, webhook_sink

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
    """Return the service behind `switchyard linq subscribe`."""
    gateway = account.gateway
    return LinqSubscription(
        account.linq,
        gateway.webhook_secrets,
        environment or account.environment,
        gateway.clock,
        origin=origin,
        pause=account.pause,
    )


async def test_a_missing_subscription_is_made(account: Account) -> None:
    """It covers every event we want, at the pinned version. Its secret is shown once, and stored sealed."""
    service = subscription_of(account)
    done = await service.apply(await service.check(), by=BY_SHELL)
    assert done.did == "created"
    assert done.secret is not None
    (made,) = await account.linq.subscriptions()
    assert made.target_url == f"{ORIGIN}/webhooks/linq?version=2026-02-03"
    assert (made.events, made.is_active, made.numbers) == (frozenset(WANTED), True, ())
    assert account.gateway.webhook_secrets.of("production") == (done.secret,)
    assert service.secret_of(made) is SecretState.KEPT
    stored = await account.gateway.client.hgetall("sy:{registry}:webhook_secrets")
    assert done.secret not in repr(stored)
    again = await service.check()
    assert again.step is SubscriptionStep.NOTHING
    assert (await service.apply(again, by=BY_SHELL)).did == "nothing to do"
    assert len(await account.linq.subscriptions()) == 1


async def test_nothing_is_delivered_before_every_process_can_verify_it(account: Account) -> None:
    """A new subscription begins with an event that hardly ever occurs, and gets the others after a pause."""
    with webhook_sink() as sink:
        service = subscription_of(account, sink.url.removesuffix("/hook"))
        account.plan("/v3/webhook-subscriptions", method="PUT", status=500)
        with pytest.raises(ProviderUnavailable):
            await service.apply(await service.check(), by=BY_SHELL)
        assert account.waited_s == [3.0]
        account.sandbox.text("+12025559876", account.sandbox.lines[0], "Hi")
        account.sandbox.settle()
        assert sink.of_type("message.received") == []
        done = await service.apply(await service.check(), by=BY_SHELL)
        assert (done.did, done.secret) == ("mended", None)
        assert service.secret_of(done.subscription) is SecretState.KEPT
        account.sandbox.text("+12025559876", account.sandbox.lines[0], "Hi again")
        sink.wait_for("message.received")


async def test_faults_are_fixed_and_additions_stay(account: Account) -> None:
    """One call corrects it. The secret stays the same."""
    service = subscription_of(account)
    done = await service.apply(await service.check(), by=BY_SHELL)
    before = account.gateway.webhook_secrets.of("production")
    path = f"/webhook-subscriptions/{done.subscription.id}"
    wrong = {
        "target_url": f"{ORIGIN}/webhooks/linq?version=2025-01-01",
        "subscribed_events": ["message.sent", "poll.sent"],
        "is_active": False,
        "phone_numbers": account.sandbox.lines[:1],
    }
    assert account.sandbox.api("PUT", path, json=wrong).is_success
    plan = await service.check()
    assert (plan.step, len(plan.faults)) == (SubscriptionStep.MEND, 4)
    fixed = (await service.apply(plan, by=BY_SHELL)).subscription
    assert (await service.check()).step is SubscriptionStep.NOTHING
    assert fixed.events == {*WANTED, "poll.sent"}
    assert (fixed.is_active, fixed.numbers) == (True, ())
    assert account.gateway.webhook_secrets.of("production") == before


async def test_a_subscription_with_an_unknown_secret_is_not_touched(account: Account) -> None:
    """It is reported, with both fixes. After a renewal we have the new secret, and the old subscription is gone."""
    old_secret = account.sandbox.subscribe(f"{ORIGIN}/webhooks/linq?version=2026-02-03", "message.received")
    service = subscription_of(account)
    plan = await service.check()
    with pytest.raises(Refused, match="linq subscribe --renew"):
        await service.apply(plan, by=BY_SHELL)
    done = await service.renew(plan, by=BY_SHELL)
    assert (done.did, done.ended) == ("renewed", 1)
    assert done.secret not in {None, old_secret}
    (left,) = await account.linq.subscriptions()
    assert left.target_url.startswith(f"{ORIGIN}/webhooks/linq?version=2026-02-03&renewed=")
    assert left.events == set(WANTED)
    assert (await service.check()).step is SubscriptionStep.NOTHING


async def test_the_old_secret_counts_for_another_day(account: Account) -> None:
    """Deliveries of the old subscription may still be on their way."""
    service = subscription_of(account)
    first = await service.apply(await service.check(), by=BY_SHELL)
    second = await service.renew(await service.check(), by=BY_SHELL)
    secrets = account.gateway.webhook_secrets
    assert secrets.of("production") == (second.secret, first.secret)
    live = {second.subscription.id}
    now_ms = account.gateway.clock.now_ms()
    await secrets.forget_ended("staging", set(), before_ms=now_ms + DAY_MS, by=BY_SHELL)
    assert len(secrets.of("production")) == 2
    await secrets.forget_ended("production", live, before_ms=now_ms + 1, by=BY_SHELL)
    assert secrets.of("production") == (second.secret,)


async def test_a_renewal_that_stopped_half_way_is_done_again(account: Account) -> None:
    """Two subscriptions deliver for a while. The next renewal ends both."""
    service = subscription_of(account)
    await service.apply(await service.check(), by=BY_SHELL)
    account.plan("/v3/webhook-subscriptions", method="DELETE", status=500)
    with pytest.raises(ProviderUnavailable):
        await service.renew(await service.check(), by=BY_SHELL)
    plan = await service.check()
    assert len(plan.others) == 1
    assert (await service.renew(plan, by=BY_SHELL)).ended == 2
    assert len(await account.linq.subscriptions()) == 1


async def test_an_address_linq_cannot_reach_is_refused_before_the_call(account: Account) -> None:
    """A sandbox on this machine is the exception."""
    real = LinqEnvironment(id="production", name="Production", base_url="https://api.linqapp.com/api/partner")
    with pytest.raises(InvalidField, match="not https"):
        await subscription_of(account, "http://192.168.1.4:8000", real).check()
    assert (await subscription_of(account, "http://192.168.1.4:8000").check()).step is SubscriptionStep.CREATE


async def test_each_environment_has_its_own_secrets(linq_sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Stored secrets come before those in the settings. An unknown environment has none."""
    environments = {"staging": {"webhook_secrets": ["whsec_c2V0"]}}
    async with open_account_of(linq_sandbox, tmp_path, linq_environments=environments) as account:
        secrets = account.gateway.webhook_secrets
        assert (secrets.of("production"), secrets.of("staging"), secrets.of("x")) == ((), ("whsec_c2V0",), ())
        made = KeptSecret(environment="staging", secret="whsec_bmV3", url=ORIGIN, created_at_ms=1)
        await secrets.keep("s-1", made, by=BY_SHELL)
        assert secrets.of("staging") == ("whsec_bmV3", "whsec_c2V0")
        assert secrets.of("staging") is secrets.of("staging")
        assert secrets.verifier("staging") is secrets.verifier("staging")
        assert secrets.of("production") == ()


async def test_another_process_knows_a_secret_at_its_next_refresh(account: Account, tmp_path: Path) -> None:
    """A process with another secret key cannot read it, and goes on with the secrets in its settings."""
    made = KeptSecret(environment="production", secret="whsec_bmV3", url=ORIGIN, created_at_ms=1)
    await account.gateway.webhook_secrets.keep("s-1", made, by=BY_SHELL)
    twin = account.gateway.settings.model_copy(update={"linq_webhook_secrets": (SecretStr("whsec_c2V0"),)})
    async with open_gateway(twin) as gateway:
        assert gateway.webhook_secrets.of("production") == ("whsec_bmV3", "whsec_c2V0")
    stranger = twin.model_copy(update={"secret_key": SecretStr("x" * 32), "data_dir": tmp_path / "other"})
    async with open_gateway(stranger) as gateway:
        assert gateway.webhook_secrets.of("production") == ("whsec_c2V0",)
        assert not gateway.webhook_secrets.is_known("s-1")
