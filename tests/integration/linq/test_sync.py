"""Lines as Linq lists them join our pools and leave them, one whole list at a time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.core.act import BY_SHELL
from router.core.errors import InvalidField, NotFound, ProviderRefused
from router.core.line import Gate, OperatorState, Reputation, Service
from router.core.lines.inventory import GONE_REASON, ListedChange
from router.core.phone import E164
from router.core.pool import PoolId
from router.services.linq.inventory import Difference
from router.services.linq.listed_health import ListedHealth
from tests.kit.linq_accounts import Account, open_account_of
from tests.kit.sandboxes import RunningSandbox

STRANGER = "+12025550199"


@pytest.fixture
async def account(linq_sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Account]:
    """Open an account of four lines, none of which is in our pool yet."""
    async with open_account_of(linq_sandbox, tmp_path) as account:
        yield account


async def gates(account: Account) -> dict[str, Gate]:
    """Return the gate of each line of the pool."""
    return {now.line.number: now.gate for now in await account.gateway.line_admin.all("main")}


async def test_every_line_comes_in_and_warms_up(account: Account) -> None:
    """Kind and reputation come from the list. A second sync finds no difference."""
    rcs = account.sandbox.control("POST", "/lines", {"kind": "RCS"})["line"]["number"]
    account.sandbox.set_line(rcs, reputation="CRITICAL")
    rows = await account.sync()
    assert {(row.difference, row.result) for row in rows} == {(Difference.NEW, "added")}
    lines = {now.line.number: now for now in await account.gateway.line_admin.all("main")}
    assert lines.keys() == set(account.sandbox.lines)
    assert all(now.line.warming_since_ms for now in lines.values())
    assert (lines[rcs].line.service, lines[rcs].gate) == (Service.RCS, Gate.CRITICAL)
    compared = await account.compare()
    assert (compared.rows(), compared.differences.same) == ([], 5)


async def test_a_dry_run_changes_nothing(account: Account) -> None:
    """It shows what would be done, and does nothing."""
    assert len((await account.compare()).rows()) == 4
    assert await account.gateway.line_admin.all("main") == []


async def test_a_line_linq_does_not_list_is_retired(account: Account) -> None:
    """This holds with people on it or without. A line that is listed again comes back to the pool."""
    await account.sync()
    gone = account.sandbox.lines[0]
    account.release(gone)
    (row,) = await account.sync()
    assert (row.number, row.difference, row.result) == (gone, Difference.GONE, "retired")
    retired = (await account.gateway.line_admin.get("main", gone)).line
    assert (retired.health.operator_state, retired.reason) == (OperatorState.RETIRED, GONE_REASON)
    assert (await account.compare()).rows() == []
    account.sandbox.control("POST", "/lines", {"number": gone})
    (row,) = await account.sync()
    assert (row.number, row.difference, row.result) == (gone, Difference.NEW, "added")
    assert (await gates(account))[gone] is Gate.OPEN


async def test_more_than_half_is_retired_only_by_force(account: Account) -> None:
    """Without force they stay, and the rest is done."""
    await account.sync()
    lines = account.sandbox.lines
    for number in lines[:3]:
        account.release(number)
    account.sandbox.set_line(lines[3], reputation="AT_RISK")
    rows = await account.sync()
    assert [row.result.partition(":")[0] for row in rows] == ["kept"] * 3 + ["changed"]
    assert all(row.is_open for row in rows[:3])
    assert set((await gates(account)).values()) == {Gate.OPEN, Gate.AT_RISK}
    assert {row.result for row in await account.sync(force=True)} == {"retired"}
    assert list(await gates(account)) == [lines[3]]


async def test_an_empty_list_retires_no_line(account: Account) -> None:
    """Force does not change this: an empty list is more often another environment's key than the loss of every line."""
    await account.sync()
    for number in account.sandbox.lines:
        account.release(number)
    rows = await account.sync(force=True)
    assert len(rows) == 4
    assert all("empty" in row.result for row in rows)


async def test_a_refused_list_changes_nothing(account: Account) -> None:
    """An error is not a list."""
    await account.sync()
    account.plan("/v3/phone_numbers", status=401, code=2004)
    with pytest.raises(ProviderRefused):
        await account.sync()
    assert set((await gates(account)).values()) == {Gate.OPEN}


async def test_a_line_the_operator_removed_stays_out(account: Account) -> None:
    """It is reported, and not added."""
    await account.sync()
    number = account.sandbox.lines[0]
    await account.gateway.line_admin.remove("main", number, by=BY_SHELL.because("too many complaints"))
    (row,) = await account.sync()
    assert (row.difference, row.result) == (Difference.LEFT_OUT, "")
    assert number not in await gates(account)


async def test_new_lines_need_a_pool_where_there_are_several(account: Account) -> None:
    """The named pool gets them. A line of the other pool is neither new nor missing."""
    await account.gateway.pool_admin.create("east", {}, by=BY_SHELL)
    with pytest.raises(InvalidField, match="name one of east, main"):
        await account.sync()
    assert len(await account.sync("main")) == 4
    account.sandbox.control("POST", "/lines", {"number": STRANGER})
    (row,) = await account.sync("east")
    assert (row.number, row.pool) == (STRANGER, "east")
    assert (await account.compare()).rows() == []
    account.release(STRANGER)
    assert (await account.compare("main")).rows() == []


async def test_a_pool_of_another_environment_is_not_touched(linq_sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Its lines are not missing here, and it cannot be synced with this key."""
    environments = {"staging": {"api_key": "other"}}
    async with open_account_of(linq_sandbox, tmp_path, linq_environments=environments) as account:
        await account.gateway.pool_admin.create("staging", {"environment": "staging"}, by=BY_SHELL)
        await account.sync()
        with pytest.raises(InvalidField, match="'staging', not 'production'"):
            await account.compare("staging")
        with pytest.raises(InvalidField, match="environment"):
            await account.gateway.pool_admin.create("west", {"environment": "nowhere"}, by=BY_SHELL)
        await account.gateway.pool_admin.change("main", {"environment": "staging"}, by=BY_SHELL)
        with pytest.raises(NotFound, match="No pool is in Linq environment 'production'"):
            await account.compare()


async def test_a_later_webhook_stays_in_force(account: Account) -> None:
    """A list is as old as its request. A line missing from it is gone, and a line listed again is back."""
    await account.sync()
    number, health = E164(account.sandbox.lines[0]), ListedHealth(account.gateway.line_reports)
    now_ms = account.gateway.clock.now_ms()
    await health.observe(PoolId("main"), number, ListedChange(at_ms=now_ms, reputation=Reputation.CRITICAL))
    await health.observe(PoolId("main"), number, ListedChange(at_ms=now_ms - 9, reputation=Reputation.HEALTHY))
    assert (await gates(account))[number] is Gate.CRITICAL
    await health.observe(PoolId("main"), number, ListedChange(at_ms=now_ms, is_ours=False))
    assert (await gates(account))[number] is Gate.RELEASED
    await health.observe(PoolId("main"), number, ListedChange(at_ms=now_ms + 9, is_ours=True))
    await health.observe(PoolId("main"), number, ListedChange(at_ms=now_ms + 9, is_flagged=True))
    assert (await gates(account))[number] is Gate.FLAGGED
