"""The doctor finds each fault between Linq and us, and names the fix. The audit finds a flag."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from router.core.act import BY_SHELL
from router.core.errors import NotFound, ProviderUnavailable, Refused
from router.core.events.diagnosis import Check, CheckResult
from router.core.lines.reputation_audit import AuditState
from router.core.phone import E164
from router.services.linq.account import find_environment, open_account
from router.services.linq.audit import audit_line
from router.services.linq.doctor import LinqDoctor
from router.services.linq.subscription import LinqSubscription
from router.settings.linq import LinqEnvironment
from tests.kit.linq_accounts import NUMBERS, Account, open_account_of
from tests.kit.sandboxes import RunningSandbox, webhook_sink
from tests.kit.servers import free_port


@pytest.fixture
async def account(linq_sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Account]:
    """Open an account whose lines are in our pool, and that has no subscription."""
    async with open_account_of(linq_sandbox, tmp_path) as account:
        await account.sync()
        yield account


async def examine(
    account: Account, origin: str | None = None, environment: LinqEnvironment | None = None
) -> dict[str, Check]:
    """Do what `switchyard linq doctor` does. Return the checks by name."""
    gateway = account.gateway
    doctor = LinqDoctor(
        gateway.pool_admin,
        gateway.line_admin,
        gateway.webhook_secrets,
        gateway.clock,
        gateway.delivery_store,
        base_url=origin or f"http://127.0.0.1:{free_port()}",
    )
    return {check.name: check for check in await doctor.examine(environment or account.environment)}


async def subscribe(account: Account, origin: str) -> None:
    """Do what `switchyard linq subscribe` does."""
    gateway = account.gateway
    service = LinqSubscription(
        account.linq, gateway.webhook_secrets, account.environment, gateway.clock, origin=origin, pause=account.pause
    )
    await service.apply(await service.check(), by=BY_SHELL)


async def test_a_healthy_account_has_nothing_to_fix(account: Account) -> None:
    """One remark is left: no delivery has come yet."""
    with webhook_sink() as sink:  # it answers GET with 501, which does not count as healthy
        origin = sink.url.removesuffix("/hook")
        await subscribe(account, origin)
        found = await examine(account, origin)
    assert {name: check.verdict for name, check in found.items() if check.verdict is not CheckResult.OK} == {
        "reachability": CheckResult.FAIL,
        "deliveries": CheckResult.WARN,
    }
    assert "answers 501" in found["reachability"].finding
    assert "4 lines" in found["key"].finding
    assert all(bool(check.mend) is (check.verdict is not CheckResult.OK) for check in found.values())


async def test_an_address_that_answers_is_reached(account: Account) -> None:
    """The check calls /healthz. An address without a server is a fault."""
    page = httpx.URL(account.sandbox.page_url)
    assert "answers 404" in (await examine(account, f"http://127.0.0.1:{page.port}"))["reachability"].finding
    assert "does not answer" in (await examine(account))["reachability"].finding


async def test_a_key_that_is_not_accepted_ends_the_questions(account: Account) -> None:
    """Checks that need no key still run."""
    account.plan("/v3/phone_numbers", status=401, code=2004)
    found = await examine(account)
    assert found["key"].verdict is CheckResult.FAIL
    assert "SWITCHYARD_LINQ_API_KEY" in found["key"].mend
    assert found.keys() == {"key", "reachability", "deliveries"}


async def test_without_a_key_linq_cannot_be_asked(account: Account) -> None:
    """The fix names the setting of the key, which differs by environment."""
    staging = LinqEnvironment(id="staging", name="Staging")
    found = await examine(account, environment=staging)
    assert found.keys() == {"key", "deliveries"}
    assert "[linq_environments.staging]" in found["key"].mend
    with pytest.raises(Refused, match="no API key"):
        async with open_account(staging):
            pass


async def test_lines_that_differ_are_counted(account: Account) -> None:
    """The check names the command that fixes them. An environment without a pool is reported."""
    account.release(NUMBERS[0])
    account.sandbox.control("POST", "/lines", {"number": "+12025550199"})
    account.sandbox.set_line(NUMBERS[1], reputation="AT_RISK")
    check = (await examine(account))["lines"]
    assert check.finding == "1 rented and in no pool, 1 in a pool and not rented, 1 changed"
    assert (check.verdict, check.mend) == (CheckResult.WARN, "switchyard linq sync")
    assert account.environment.api_key is not None
    twin = LinqEnvironment(
        id="staging", name="Staging", api_key=account.environment.api_key, base_url=account.sandbox.base_url
    )
    assert "no pool is in this environment" in (await examine(account, environment=twin))["lines"].finding


async def test_a_subscription_is_checked_from_every_side(account: Account) -> None:
    """No subscription, an unknown secret, one that is switched off, two for one address."""
    origin = "http://127.0.0.1:9"
    assert "there is none" in (await examine(account, origin))["subscription"].finding
    hook = f"{origin}/webhooks/linq?version=2026-02-03"
    account.sandbox.subscribe(hook)
    found = await examine(account, origin)
    assert (found["subscription"].verdict, found["secret"].verdict) == (CheckResult.OK, CheckResult.FAIL)
    assert "--renew" in found["secret"].mend
    account.sandbox.subscribe(f"{hook}&x=1")
    assert "1 more" in (await examine(account, origin))["subscription"].finding
    for subscription in await account.linq.subscriptions():
        account.sandbox.api("PUT", f"/webhook-subscriptions/{subscription.id}", json={"is_active": False})
    assert "switched off" in (await examine(account, origin))["subscription"].finding
    account.plan("/v3/webhook-subscriptions", status=500)
    assert (await examine(account, origin))["subscription"].verdict is CheckResult.FAIL


async def test_deliveries_are_read_from_our_own_records(account: Account) -> None:
    """The last trusted delivery is shown, and the rejected ones of the last day."""
    await account.gateway.deliveries.receive("production", b"{}", {b"webhook-id": b"x"})
    await account.gateway.deliveries.flush()
    found = await examine(account)
    assert found["signatures"].verdict is CheckResult.WARN
    assert "1 deliveries" in found["signatures"].finding


async def test_an_environment_is_found_by_its_id(account: Account) -> None:
    """The default is production. An unknown environment is reported together with the configured ones."""
    known = account.gateway.settings.environments()
    assert find_environment(known, None).id == "production"
    with pytest.raises(NotFound, match="Known: production"):
        find_environment(known, "staging")


async def test_an_audit_says_whether_a_line_is_flagged(account: Account) -> None:
    """The audit's report is awaited as long as the patience lasts."""
    flagged, healthy = E164(NUMBERS[3]), E164(NUMBERS[2])
    account.sandbox.set_line(flagged, status="FLAGGED")
    for number, is_flagged in ((flagged, True), (healthy, False)):
        found = await audit_line(account.linq, number, patience=timedelta(minutes=1))
        assert (found.state, found.says_flagged) == (AuditState.COMPLETE, is_flagged)


async def test_an_audit_whose_result_cannot_be_read_is_reported(account: Account) -> None:
    """It runs on meanwhile."""
    number = E164(NUMBERS[1])
    account.plan(f"/v3/phone_numbers/{number}/reputation_audit/", method="GET", status=500)
    with pytest.raises(ProviderUnavailable):
        await audit_line(account.linq, number, patience=timedelta(minutes=1), pause=account.pause)
    assert account.waited_s == []
