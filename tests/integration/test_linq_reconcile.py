"""The worker's own look at Linq's list: what it takes in, and what it leaves to a human."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.core.errors import ProviderUnavailable
from router.core.line import Gate, Service
from router.core.reconcile import MIN_ABSENCE_MS
from router.services.linq.listed_health import ListedHealth
from router.store.provider_lists import ProviderLists
from router.worker.reconcile import Reconciler, ReconcileReport, tick
from tests.linq_accounts import NUMBERS, Account, open_account_of
from tests.sandboxes import RunningSandbox


@pytest.fixture
async def account(linq_sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Account]:
    """Open an account whose lines are in our pool, and known to the worker."""
    async with open_account_of(linq_sandbox, tmp_path) as account:
        await account.sync()
        await look(account)
        yield account


async def look(account: Account, *, after_ms: int = 0) -> ReconcileReport:
    """Tick once, so long after now."""
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
    """Where each line of the pool stands."""
    return {now.line.number: now.gate for now in await account.gateway.line_admin.all("main")}


async def told(account: Account) -> list[str]:
    """What operators were told, the first thing first."""
    return [alert.kind for alert in reversed(await account.gateway.hook_log.alerts())]


async def test_nothing_new_is_nothing_done(account: Account) -> None:
    """The list agrees with what we have."""
    assert await look(account) == ReconcileReport(listed=4, is_complete=True, observed=0, gone=0, held_back=0, new=0)
    assert await told(account) == []


async def test_a_reputation_that_no_webhook_told_is_taken_in(account: Account) -> None:
    """Once; and a flag is not seen at all."""
    account.sandbox.set_line(NUMBERS[0], reputation="CRITICAL")
    account.sandbox.set_line(NUMBERS[1], status="FLAGGED")
    assert (await look(account)).observed == 1
    assert await gates(account) == dict.fromkeys(NUMBERS, Gate.OPEN) | {NUMBERS[0]: Gate.CRITICAL}
    assert (await look(account)).observed == 0


async def test_a_line_is_taken_out_on_the_second_list_that_misses_it(account: Account) -> None:
    """Some minutes later; back on a list, it is back in the pool."""
    account.release(NUMBERS[0])
    for after_ms in (0, MIN_ABSENCE_MS - 1000):
        assert (await look(account, after_ms=after_ms)).gone == 0
    assert (await look(account, after_ms=MIN_ABSENCE_MS + 1000)).gone == 1
    assert (await gates(account))[NUMBERS[0]] is Gate.RELEASED
    assert (await told(account))[-1] == "line_released"
    account.sandbox.control("POST", "/lines", {"number": NUMBERS[0]})
    assert (await look(account, after_ms=MIN_ABSENCE_MS + 2000)).observed == 1
    assert (await gates(account))[NUMBERS[0]] is Gate.OPEN


async def test_what_the_worker_saw_outlives_it(account: Account) -> None:
    """A second worker, or the same after a restart, counts on from there."""
    account.release(NUMBERS[0])
    await look(account)
    memory = await ProviderLists(account.gateway.client).get("production")
    assert sorted(memory.seen) == [*NUMBERS]
    assert list(memory.missing_since_ms) == [NUMBERS[0]]
    assert (await ProviderLists(account.gateway.client).get("staging")).seen == frozenset()


async def test_most_of_a_pool_never_goes_by_itself(account: Account) -> None:
    """A human is told instead, once."""
    for number in NUMBERS[:3]:
        account.release(number)
    await look(account)
    for turn in (1, 2):
        report = await look(account, after_ms=turn * MIN_ABSENCE_MS)
        assert (report.gone, report.held_back) == (0, 3)
    assert set((await gates(account)).values()) == {Gate.OPEN}
    assert await told(account) == ["lines_differ"]


async def test_a_new_line_is_told_of_and_put_nowhere(account: Account) -> None:
    """Which pool it is for, and when, is an operator's to say."""
    account.sandbox.control("POST", "/lines", {"number": "+12025550199"})
    assert (await look(account)).new == 1
    assert set(await gates(account)) == set(NUMBERS)
    assert await told(account) == ["lines_differ"]


async def test_a_line_of_another_kind_is_corrected(account: Account) -> None:
    """A line that can not do iMessage must not be offered by an iMessage link."""
    await account.gateway.line_admin.change("main", NUMBERS[0], {"service": Service.RCS})
    await look(account)
    assert (await account.gateway.line_admin.get("main", NUMBERS[0])).line.service is Service.IMESSAGE


async def test_without_an_answer_nothing_is_done(account: Account) -> None:
    """The next tick asks again."""
    account.plan("/v3/phone_numbers", status=503)
    with pytest.raises(ProviderUnavailable):
        await look(account)
    assert set((await gates(account)).values()) == {Gate.OPEN}
