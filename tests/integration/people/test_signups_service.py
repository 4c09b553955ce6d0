"""The services between the web and the store: requests share calls, fail fast, and see each other's changes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.assignment import Outcome, Signup, State
from router.core.errors import IdempotencyMismatch, InvalidField, NotFound
from router.core.lines.line_rules import LineSpec
from router.core.people.personal_data import Identity
from router.core.phone import E164
from router.core.pool import PoolId
from router.gateway import Gateway
from router.services.people.signups import SignupRequest
from router.settings.settings import Settings
from router.store.assignments import MAX_BATCH
from router.wiring.open import open_gateway
from tests.kit.stores import PATIENCE_MS, Store, assigned

ALPHA, BRAVO = "+12025550101", "+12025550102"


@pytest.fixture
async def gateway(store: Store, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway with one pool of two lines."""
    settings = Settings(redis_url=SecretStr(store.url), data_dir=tmp_path / "data", store_timeout_ms=PATIENCE_MS)
    async with open_gateway(settings) as gateway:
        await gateway.pool_admin.create("main", {}, by=BY_SHELL)
        for number in (ALPHA, BRAVO):
            await gateway.line_admin.add("main", LineSpec(number=number, warm=True), by=BY_SHELL)
        yield gateway


def ask(user: str) -> SignupRequest:
    """Return the request of one user."""
    return SignupRequest(identity=Identity(user=user))


async def sign_up(gateway: Gateway, request: SignupRequest) -> Signup:
    """Sign up one person."""
    return await gateway.signups.sign_up((await gateway.pool_cache.get("main")), request)


def calls_of(store: Store, command: str) -> int:
    """Return how often the server has run a command."""
    with store.raw_client() as client:
        return int(client.info("commandstats").get(f"cmdstat_{command}", {}).get("calls", 0))


async def test_requests_that_wait_go_in_one_call(gateway: Gateway, store: Store) -> None:
    """300 people at once need no more than a dozen calls, and each gets their own answer."""
    before = calls_of(store, "fcall")
    signups = await asyncio.gather(*(sign_up(gateway, ask(f"u-{number}")) for number in range(300)))
    assert calls_of(store, "fcall") - before <= 12
    assert all(signup.is_new for signup in signups)
    assert len({assigned(signup).code for signup in signups}) == 300
    again = await asyncio.gather(*(sign_up(gateway, ask(f"u-{number}")) for number in range(300)))
    assert [assigned(signup).code for signup in again] == [assigned(signup).code for signup in signups]


async def test_reads_that_wait_go_in_one_call(gateway: Gateway, store: Store) -> None:
    """A page that many people reload at once costs the store a handful of calls. An unknown code gives no person."""
    signup = assigned(await sign_up(gateway, ask("ada")))
    view = await gateway.pool_cache.get("main")
    await gateway.assignments.forget(view.keys, assigned(await sign_up(gateway, ask("bob"))).code, [])
    before = calls_of(store, "fcall")
    found = await asyncio.gather(*(gateway.signups.find(view, signup.code) for _ in range(300)))
    assert calls_of(store, "fcall") - before <= 300 / MAX_BATCH + 2
    assert set(found) == {signup}


async def test_one_unknown_code_spoils_no_other_answer(gateway: Gateway) -> None:
    """A request for an erased person in a shared call gets its own error, and the others get their line."""
    view = await gateway.pool_cache.get("main")
    ada, bob = [assigned(await sign_up(gateway, ask(user))) for user in ("ada", "bob")]
    await gateway.assignments.forget(view.keys, bob.code, [])
    found = await asyncio.gather(*(gateway.signups.find(view, code) for code in (ada.code, bob.code, ada.code)))
    assert found == [ada, None, ada]


async def test_200_requests_of_one_person_count_once(gateway: Gateway) -> None:
    """Retries, double clicks and two processes give one assignment and one place."""
    request = SignupRequest(identity=Identity(user="ada", phone="+12025550199"), idempotency_key="key")
    signups = await asyncio.gather(*(sign_up(gateway, request) for _ in range(200)))
    assert len({assigned(signup).code for signup in signups}) == 1
    assert sum(signup.outcome is Outcome.NEW for signup in signups) == 1
    assert sum(now.load.reserved for now in await gateway.line_admin.all("main")) == 1


async def test_a_person_is_found_by_any_name_they_gave(gateway: Gateway) -> None:
    """A phone leads to its person, although their code is stored in the bucket of their user id."""
    first = await sign_up(gateway, SignupRequest(identity=Identity(user="ada", phone="+12025550199")))
    by_phone = await sign_up(gateway, SignupRequest(identity=Identity(phone="+12025550199")))
    both = await sign_up(gateway, SignupRequest(identity=Identity(phone="+12025550199", email="Ada@Example.com")))
    by_mail = await sign_up(gateway, SignupRequest(identity=Identity(email="ada@example.com")))
    assert by_phone.assignment == both.assignment == by_mail.assignment == first.assignment


async def test_a_visitor_is_known_by_cookie_or_by_the_page_they_saw(gateway: Gateway) -> None:
    """A double click counts once, a cookie leads back to the person, and a visitor with neither is new."""
    view = await gateway.pool_cache.get("main")
    first, twice = [await gateway.signups.visit(view, known=None, nonce=b"one page") for _ in range(2)]
    assert (first.is_new, twice.is_new, twice.assignment) == (True, True, first.assignment)
    back = await gateway.signups.visit(view, known=assigned(first).code, nonce=b"another page")
    assert (back.is_new, back.assignment) == (False, first.assignment)
    assert (await gateway.signups.visit(view, known=None, nonce=None)).is_new


async def test_an_impossible_request_gets_the_reason(gateway: Gateway) -> None:
    """A used key with another request, and a wish for a number the pool does not have."""
    await sign_up(gateway, replace(ask("ada"), idempotency_key="key"))
    with pytest.raises(IdempotencyMismatch):
        await sign_up(gateway, replace(ask("bob"), idempotency_key="key"))
    with pytest.raises(IdempotencyMismatch):
        await sign_up(gateway, replace(ask("ada"), idempotency_key="key", prefer=E164(ALPHA)))
    with pytest.raises(InvalidField, match="0199"):
        await sign_up(gateway, replace(ask("cyd"), prefer=E164("+12025550199")))


async def test_wishes_reach_the_store(gateway: Gateway) -> None:
    """A preferred number is given, and an excluded one is not. An excluded number without a line is no fault."""
    slots = (await gateway.pool_cache.get("main")).slots
    preferred = await sign_up(gateway, replace(ask("ada"), prefer=E164(BRAVO)))
    assert assigned(preferred).home_slot == slots[E164(BRAVO)]
    spared = await sign_up(gateway, replace(ask("bob"), exclude=(E164(BRAVO), E164("+12025550199"))))
    assert assigned(spared).home_slot == slots[E164(ALPHA)]


async def test_a_change_by_another_process_is_seen_at_the_next_refresh(gateway: Gateway) -> None:
    """New pools, lines and settings of one gateway are known to the other. Nothing is read without need."""
    async with open_gateway(gateway.settings) as other:
        await other.pool_admin.create("second", {"name": "Second"}, by=BY_SHELL)
        await other.pool_admin.change("main", {"greeting": "Hello"}, by=BY_SHELL)
        await other.line_admin.add("main", LineSpec(number="+12025550103"), by=BY_SHELL)
    assert gateway.pool_cache.cached("second") is None
    await gateway.pool_cache.refresh()
    second, view = gateway.pool_cache.cached("second"), gateway.pool_cache.cached("main")
    assert second is not None
    assert second.pool.name == "Second"
    assert view is not None
    assert view.pool.greeting == "Hello"
    assert "+12025550103" in view.slots
    assert [known.pool.id for known in gateway.pool_cache.all()] == ["main", "second"]
    await gateway.pool_cache.refresh()
    assert gateway.pool_cache.cached("main") is view


async def test_a_pool_that_another_process_made_a_moment_ago_is_found(gateway: Gateway) -> None:
    """A link that arrives before the next refresh works."""
    async with open_gateway(gateway.settings) as other:
        await other.pool_admin.create("second", {"name": "Second"}, by=BY_SHELL)
    assert (await gateway.pool_cache.get("second")).pool.name == "Second"
    with pytest.raises(NotFound):
        await gateway.pool_cache.get("third")


async def test_an_assignment_to_an_unknown_line_is_loaded(gateway: Gateway) -> None:
    """A person put on a line that another process just added gets its number."""
    old = await gateway.pool_cache.get("main")
    async with open_gateway(gateway.settings) as other:
        added = await other.line_admin.add("main", LineSpec(number="+12025550103", warm=True), by=BY_SHELL)
        signup = assigned(await sign_up(other, replace(ask("ada"), prefer=E164("+12025550103"))))
    assert added.line.slot not in old.lines
    view = await gateway.signups.view_of(old, signup)
    assert view.numbers([signup.home_slot]) == ("+12025550103",)
    assert await gateway.signups.view_of(view, signup) is view


@pytest.mark.parametrize("store_server", ["valkey"], indirect=True)
async def test_open_pages_hear_that_the_text_came(gateway: Gateway) -> None:
    """Each page that watches a person gets the news, and a page of a person who was erased gets that."""
    ada, bob = [assigned(await sign_up(gateway, ask(user))) for user in ("ada", "bob")]
    main, watch = PoolId("main"), gateway.watcher.watch
    watching = asyncio.create_task(gateway.watcher.run())
    try:
        async with watch(main, bob.code) as erased, watch(main, ada.code) as one, watch(main, ada.code) as two:
            await gateway.assignments.forget((await gateway.pool_cache.get(main)).keys, bob.code, [])
            assert await gateway.signups.confirm((await gateway.pool_cache.get(main)), ada.code) == "confirmed"
            for page in (one, two):
                found = await asyncio.wait_for(page.get(), timeout=5)
                assert found is not None
                assert (found.code, found.state) == (ada.code, State.CONFIRMED)
            assert await asyncio.wait_for(erased.get(), timeout=5) is None
            assert not watching.done()
    finally:
        watching.cancel()
