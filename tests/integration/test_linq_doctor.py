"""The doctor finds each fault between Linq and us, and says what mends it; the audit finds a flag."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from router.core.diagnosis import Check, Verdict
from router.core.errors import NotFound, ProviderUnavailable, Refused
from router.core.phone import E164
from router.core.reputation_audit import AuditState
from router.linq_settings import LinqEnvironment
from router.services.linq.account import find_environment, open_account
from router.services.linq.audit import audit_line
from router.services.linq.doctor import LinqDoctor
from router.services.linq.subscription import LinqSubscription
from tests.linq_accounts import NUMBERS, Account, open_account_of
from tests.sandboxes import RunningSandbox, webhook_sink
from tests.servers import free_port


@pytest.fixture
async def account(linq_sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Account]:
    """Open an account whose lines are in our pool, and that has no subscription."""
    async with open_account_of(linq_sandbox, tmp_path) as account:
        await account.sync()
        yield account


async def examine(
    account: Account, origin: str | None = None, environment: LinqEnvironment | None = None
) -> dict[str, Check]:
    """Do what `switchyard linq doctor` does; checks by name."""
    gateway = account.gateway
    doctor = LinqDoctor(
        gateway.pool_admin,
        gateway.line_admin,
        gateway.webhook_secrets,
        gateway.clock,
        gateway.hook_log,
        base_url=origin or f"http://127.0.0.1:{free_port()}",
    )
    return {check.name: check for check in await doctor.examine(environment or account.environment)}


async def subscribe(account: Account, origin: str) -> None:
    """Do what `switchyard linq subscribe` does."""
    gateway = account.gateway
    service = LinqSubscription(
        account.linq, gateway.webhook_secrets, account.environment, gateway.clock, origin=origin, pause=account.pause
    )
    await service.apply(await service.look())


async def test_a_healthy_account_has_nothing_to_mend(account: Account) -> None:
    """But that no delivery has come yet."""
    with webhook_sink() as sink:  # it answers GET with 501, which is no health
        origin = sink.url.removesuffix("/hook")
        await subscribe(account, origin)
        found = await examine(account, origin)
    assert {name: check.verdict for name, check in found.items() if check.verdict is not Verdict.OK} == {
        "reachability": Verdict.FAIL,
        "deliveries": Verdict.WARN,
    }
    assert "answers 501" in found["reachability"].finding
    assert "4 lines" in found["key"].finding
    assert all(bool(check.mend) is (check.verdict is not Verdict.OK) for check in found.values())


async def test_an_address_that_answers_is_reached(account: Account) -> None:
    """By way of /healthz; nobody there is a fault."""
    page = httpx.URL(account.sandbox.page_url)
    assert "answers 404" in (await examine(account, f"http://127.0.0.1:{page.port}"))["reachability"].finding
    assert "does not answer" in (await examine(account))["reachability"].finding


async def test_a_key_that_is_not_accepted_ends_the_questions(account: Account) -> None:
    """What needs no key is still looked at."""
    account.plan("/v3/phone_numbers", status=401, code=2004)
    found = await examine(account)
    assert found["key"].verdict is Verdict.FAIL
    assert "SWITCHYARD_LINQ_API_KEY" in found["key"].mend
    assert found.keys() == {"key", "reachability", "deliveries"}


async def test_without_a_key_there_is_nobody_to_ask(account: Account) -> None:
    """The mend names the place of the key, which differs by environment."""
    staging = LinqEnvironment(id="staging", name="Staging")
    found = await examine(account, environment=staging)
    assert found.keys() == {"key", "deliveries"}
    assert "[linq_environments.staging]" in found["key"].mend
    with pytest.raises(Refused, match="no API key"):
        async with open_account(staging):
            pass


async def test_lines_that_differ_are_counted(account: Account) -> None:
    """With the command that brings them in order; an environment without a pool is told."""
    account.release(NUMBERS[0])
    account.sandbox.control("POST", "/lines", {"number": "+12025550199"})
    account.sandbox.set_line(NUMBERS[1], reputation="AT_RISK")
    check = (await examine(account))["lines"]
    assert check.finding == "1 rented and in no pool, 1 in a pool and not rented, 1 changed"
    assert (check.verdict, check.mend) == (Verdict.WARN, "switchyard linq sync")
    assert account.environment.api_key is not None
    twin = LinqEnvironment(
        id="staging", name="Staging", api_key=account.environment.api_key, base_url=account.sandbox.base_url
    )
    assert "no pool is in this environment" in (await examine(account, environment=twin))["lines"].finding


async def test_a_subscription_is_looked_at_from_every_side(account: Account) -> None:
    """None, one whose secret nobody knows, one that is switched off, two for one address."""
    origin = "http://127.0.0.1:9"
    assert "there is none" in (await examine(account, origin))["subscription"].finding
    hook = f"{origin}/webhooks/linq?version=2026-02-03"
    account.sandbox.subscribe(hook)
    found = await examine(account, origin)
    assert (found["subscription"].verdict, found["secret"].verdict) == (Verdict.OK, Verdict.FAIL)
    assert "--renew" in found["secret"].mend
    account.sandbox.subscribe(f"{hook}&x=1")
    assert "1 more" in (await examine(account, origin))["subscription"].finding
    for subscription in await account.linq.subscriptions():
        account.sandbox.api("PUT", f"/webhook-subscriptions/{subscription.id}", json={"is_active": False})
    assert "switched off" in (await examine(account, origin))["subscription"].finding
    account.plan("/v3/webhook-subscriptions", status=500)
    assert (await examine(account, origin))["subscription"].verdict is Verdict.FAIL


async def test_deliveries_are_told_from_our_own_records(account: Account) -> None:
    """The last that was believed, and those of the last day that were not."""
    await account.gateway.deliveries.take("production", b"{}", {b"webhook-id": b"x"})
    await account.gateway.deliveries.flush()
    found = await examine(account)
    assert found["signatures"].verdict is Verdict.WARN
    assert "1 deliveries" in found["signatures"].finding


async def test_an_environment_is_found_by_its_id(account: Account) -> None:
    """Production unless named; one that is not set up is told with those that are."""
    known = account.gateway.settings.environments()
    assert find_environment(known, None).id == "production"
    with pytest.raises(NotFound, match="Known: production"):
        find_environment(known, "staging")


async def test_an_audit_says_whether_a_line_is_flagged(account: Account) -> None:
    """Its report is waited for as long as patience lasts."""
    flagged, healthy = E164(NUMBERS[3]), E164(NUMBERS[2])
    account.sandbox.set_line(flagged, status="FLAGGED")
    for number, is_flagged in ((flagged, True), (healthy, False)):
        found = await audit_line(account.linq, number, patience=timedelta(minutes=1))
        assert (found.state, found.says_flagged) == (AuditState.COMPLETE, is_flagged)


async def test_an_audit_that_can_not_be_asked_about_is_told(account: Account) -> None:
    """It runs on meanwhile."""
    number = E164(NUMBERS[1])
    account.plan(f"/v3/phone_numbers/{number}/reputation_audit/", method="GET", status=500)
    with pytest.raises(ProviderUnavailable):
        await audit_line(account.linq, number, patience=timedelta(minutes=1), pause=account.pause)
    assert account.waited_s == []
