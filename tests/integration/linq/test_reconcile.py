"""The worker's own poll of Linq's list: what it applies, and what it leaves to a human."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.core.act import BY_SHELL
from router.core.errors import ProviderUnavailable
from router.core.line import Gate, Service
from router.core.lines.reconcile import MIN_ABSENCE_MS
from router.services.linq.listed_health import ListedHealth
from router.store.provider_lists import ProviderLists
from router.worker.reconcile import Reconciler, ReconcileReport, tick
from tests.kit.linq_accounts import NUMBERS, Account, open_account_of
from tests.kit.sandboxes import RunningSandbox


@pytest.fixture
async def account(linq_sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Account]:
    """Open an account whose lines are in our pool, and known to the worker."""
    async with open_account_of(linq_sandbox, tmp_path) as account:
        await account.sync()
        await poll(account)
        yield account


async def poll(account: Account, *, after_ms: int = 0) -> ReconcileReport:
    """Tick once, after this delay."""
    gateway = account.gateway
    reconciler = Reconciler(
        pool_admin=gateway.pool_admin,
        line_admin=gateway.line_admin,
        lists=ProviderLists(gateway.client),
        observe=ListedHealth(gateway.line_reports).observe,
        alerts=gateway.alerts,
    )
    return await tick(reconciler, account.linq, account.environment, now_ms=gateway.clock.now_ms() + after_ms)


async def gates(account: Account) -> dict[str, Gate]:
    """Return the gate of each line of the pool."""
    return {now.line.number: now.gate for now in await account.gateway.line_admin.all("main")}


async def alerts(account: Account) -> list[str]:
    """Return the alerts that operators got, oldest first."""
    return [alert.kind for alert in reversed(await account.gateway.alert_store.alerts())]


async def test_nothing_new_is_nothing_done(account: Account) -> None:
    """The list agrees with our lines."""
    assert await poll(account) == ReconcileReport(listed=4, is_complete=True, observed=0, gone=0, held_back=0, new=0)
    assert await alerts(account) == []


async def test_a_reputation_that_no_webhook_reported_is_applied(account: Account) -> None:
    """It is applied once. A flag is not seen at all."""
    account.sandbox.set_line(NUMBERS[0], reputation="CRITICAL")
    account.sandbox.set_line(NUMBERS[1], status="FLAGGED")
    assert (await poll(account)).observed == 1
    assert await gates(account) == dict.fromkeys(NUMBERS, Gate.OPEN) | {NUMBERS[0]: Gate.CRITICAL}
    assert (await poll(account)).observed == 0


async def test_a_line_is_taken_out_on_the_second_list_that_misses_it(account: Account) -> None:
    """The second list comes some minutes later. A line that is listed again comes back to the pool."""
    account.release(NUMBERS[0])
    for after_ms in (0, MIN_ABSENCE_MS - 1000):
        assert (await poll(account, after_ms=after_ms)).gone == 0
    assert (await poll(account, after_ms=MIN_ABSENCE_MS + 1000)).gone == 1
    assert (await gates(account))[NUMBERS[0]] is Gate.RELEASED
    assert (await alerts(account))[-1] == "line_released"
    account.sandbox.control("POST", "/lines", {"number": NUMBERS[0]})
    assert (await poll(account, after_ms=MIN_ABSENCE_MS + 2000)).observed == 1
    assert (await gates(account))[NUMBERS[0]] is Gate.OPEN


async def test_what_the_worker_saw_outlives_it(account: Account) -> None:
    """A second worker, or the same one after a restart, counts on from there."""
    account.release(NUMBERS[0])
    await poll(account)
    memory = await ProviderLists(account.gateway.client).get("production")
    assert sorted(memory.seen) == [*NUMBERS]
    assert list(memory.missing_since_ms) == [NUMBERS[0]]
    assert (await ProviderLists(account.gateway.client).get("staging")).seen == frozenset()


async def test_most_of_a_pool_is_never_removed_automatically(account: Account) -> None:
    """A human gets one alert instead."""
    for number in NUMBERS[:3]:
        account.release(number)
    await poll(account)
    for turn in (1, 2):
        report = await poll(account, after_ms=turn * MIN_ABSENCE_MS)
        assert (report.gone, report.held_back) == (0, 3)
    assert set((await gates(account)).values()) == {Gate.OPEN}
    assert await alerts(account) == ["lines_differ"]


async def test_a_new_line_is_reported_and_not_added(account: Account) -> None:
    """An operator decides which pool it is for, and when."""
    account.sandbox.control("POST", "/lines", {"number": "+12025550199"})
    assert (await poll(account)).new == 1
    assert set(await gates(account)) == set(NUMBERS)
    assert await alerts(account) == ["lines_differ"]


async def test_a_line_of_another_kind_is_corrected(account: Account) -> None:
    """A line without iMessage must not be offered by an iMessage link."""
    await account.gateway.line_admin.change("main", NUMBERS[0], {"service": Service.RCS}, by=BY_SHELL)
    await poll(account)
    assert (await account.gateway.line_admin.get("main", NUMBERS[0])).line.service is Service.IMESSAGE


async def test_without_an_answer_nothing_is_done(account: Account) -> None:
    """The next tick tries again."""
    account.plan("/v3/phone_numbers", status=503)
    with pytest.raises(ProviderUnavailable):
        await poll(account)
    assert set((await gates(account)).values()) == {Gate.OPEN}
