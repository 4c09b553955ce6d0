"""Each line gets its pool's contact card, with no more calls than Linq allows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from router.core.act import BY_SHELL
from router.core.errors import ProviderRefused
from router.core.phone import E164
from router.services.linq.account import lines_of, pools_of
from router.services.linq.cards import MAX_CALLS, CardResult, CardWish, LinqCards, photo_url, wishes_of
from tests.kit.linq_accounts import NUMBERS, Account, open_account_of
from tests.kit.sandboxes import RunningSandbox

ORIGIN = "https://go.example.com"


@pytest.fixture
async def account(linq_sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Account]:
    """Open an account whose lines are in our pool, and have no cards."""
    async with open_account_of(linq_sandbox, tmp_path) as account:
        await account.sync()
        yield account


async def wishes(account: Account) -> list[CardWish]:
    """Return the cards that the lines should have."""
    pools = await pools_of(account.gateway.pool_admin, "production")
    return wishes_of(pools, await lines_of(account.gateway.line_admin, pools), ORIGIN)


async def set_cards(
    account: Account, *, patience: timedelta = timedelta(minutes=2), resend_photo: bool = False
) -> list[CardResult]:
    """Do what `switchyard linq cards` does."""
    cards = LinqCards(account.linq, pause=account.pause, patience=patience)
    wanted = await wishes(account)
    return await cards.set_all(wanted, await cards.plan(wanted, resend_photo=resend_photo))


def results(found: list[CardResult]) -> list[str]:
    """Return each line's result, in a word."""
    return [result.result.partition(":")[0] for result in found]


async def test_each_line_gets_the_card_of_its_pool(account: Account) -> None:
    """One call for each. A second run makes no call. A new name is a change."""
    first = await set_cards(account)
    assert (results(first), [result.calls for result in first]) == (["set"] * 4, [1] * 4)
    assert {card.name for card in (await account.linq.cards()).values()} == {"Acme"}
    again = await set_cards(account)
    assert (results(again), [result.calls for result in again]) == (["as it should be"] * 4, [0] * 4)
    await account.gateway.pool_admin.change("main", {"name": "Acme AI"}, by=BY_SHELL)
    assert results(await set_cards(account)) == ["set"] * 4
    assert {card.name for card in (await account.linq.cards()).values()} == {"Acme AI"}


async def test_the_pool_s_photo_is_on_it(account: Account) -> None:
    """It needs https. It is sent again only on demand, because Linq stores a copy under its own address."""
    file = BytesIO()
    Image.new("RGB", (64, 64), "navy").save(file, format="PNG")
    pool = await account.gateway.pool_admin.set_photo("main", file.getvalue(), by=BY_SHELL)
    assert photo_url(pool, ORIGIN) == f"{ORIGIN}/j/main/logo.jpg?v={pool.revision}"
    assert photo_url(pool, "http://192.168.1.4:8000") is None
    assert photo_url(replace(pool, has_photo=False), ORIGIN) is None
    await set_cards(account)
    assert all(card.image_url for card in (await account.linq.cards()).values())
    assert results(await set_cards(account)) == ["as it should be"] * 4
    assert results(await set_cards(account, resend_photo=True)) == ["set"] * 4


async def test_a_retired_line_needs_no_card(account: Account) -> None:
    """No call is made for it."""
    await account.gateway.line_admin.remove("main", NUMBERS[0], by=BY_SHELL.because("a test"))
    assert [wish.number for wish in await wishes(account)] == [*NUMBERS[1:]]


async def test_a_setup_that_did_not_complete_is_done_again(account: Account) -> None:
    """It is tried again after a moment, three times at most, as Linq allows in ten minutes."""
    account.plan("/v3/contact_card", method="POST", status=500, code=2022)
    found = await set_cards(account)
    assert sorted((result.calls, result.result) for result in found) == [(1, "set")] * 3 + [(2, "set")]
    assert account.waited_s == [2.0]
    account.plan("/v3/contact_card", method="PATCH", status=500, code=2022, times=100)
    await account.gateway.pool_admin.change("main", {"name": "Other"}, by=BY_SHELL)
    found = await set_cards(account)
    assert (results(found), {result.calls for result in found}) == (["not yet"] * 4, {MAX_CALLS})
    assert all(result.is_open for result in found)


async def test_a_card_made_meanwhile_is_changed(account: Account) -> None:
    """Linq refuses a second setup. The existing card is corrected."""
    wanted = await wishes(account)
    cards = LinqCards(account.linq, pause=account.pause)
    steps = await cards.plan(wanted)
    await account.linq.create_card(E164(NUMBERS[0]), "Somebody", None)
    found = {result.wish.number: result for result in await cards.set_all(wanted, steps)}
    assert (found[E164(NUMBERS[0])].result, found[E164(NUMBERS[0])].calls) == ("set", 2)
    assert (await account.linq.cards())[E164(NUMBERS[0])].name == "Acme"
    assert account.waited_s == []


async def test_a_throttled_line_waits_half_a_minute(account: Account) -> None:
    """An earlier try would make the wait longer. With less patience it is left to another run."""
    account.plan("/v3/contact_card", method="POST", status=503, code=4004)
    assert results(await set_cards(account)) == ["set"] * 4
    assert account.waited_s == [30.0]
    account.plan("/v3/contact_card", method="PATCH", status=503, code=4004)
    await account.gateway.pool_admin.change("main", {"name": "Other"}, by=BY_SHELL)
    found = await set_cards(account, patience=timedelta(seconds=29))
    assert sorted(results(found)) == ["not yet", "set", "set", "set"]
    assert account.waited_s == [30.0]


async def test_linq_says_how_long_to_wait(account: Account) -> None:
    """A line without calls left waits as long as Linq says, if that is acceptable. The others do not wait."""
    account.plan("/v3/contact_card", method="POST", status=429, code=1007, retry_after_s=45)
    assert results(await set_cards(account)) == ["set"] * 4
    assert account.waited_s == [45.0]
    account.plan("/v3/contact_card", method="PATCH", status=429, code=1007, retry_after_s=500)
    await account.gateway.pool_admin.change("main", {"name": "Other"}, by=BY_SHELL)
    found = await set_cards(account)
    assert sorted(results(found)) == ["not yet", "set", "set", "set"]
    assert "asks to wait 500 s" in next(result.result for result in found if result.is_open)


async def test_one_line_s_fault_is_its_own(account: Account) -> None:
    """The other lines are set. A key that is not accepted ends the run: every line would fail the same way."""
    account.plan("/v3/contact_card", method="POST", status=403, code=2006)
    assert sorted(results(await set_cards(account))) == ["error", "set", "set", "set"]
    account.plan("/v3/contact_card", method="POST", status=401, code=2004)
    with pytest.raises(ProviderRefused):
        await set_cards(account)


async def test_progress_is_reported_line_by_line(account: Account) -> None:
    """Each line is reported once, when it is done."""
    wanted = await wishes(account)
    cards = LinqCards(account.linq, pause=account.pause)
    reported: list[CardResult] = []
    found = await cards.set_all(wanted, await cards.plan(wanted), report=reported.append)
    assert reported == found
