"""Contacts left on the waitlist page: whom nobody writes to, although somebody typed their number or address."""

import pytest
from msgspec.structs import replace

from router.core.campaigns.prompt import Recipient
from router.core.code import Code
from router.core.people.personal_data import Identity, PersonalData
from router.services.people.left_contacts import LeftContacts
from router.services.pools.pool_cache import PoolCache, PoolView
from tests.kit.builders import apply_event, text
from tests.kit.stores import MAIN, LivePool, assigned, person

PHONE, EMAIL = "+12025550190", "ada@example.com"
NEWCOMER = Code("WWWWWW")
DATA = PersonalData(b"of these tests only")
MONTH_S = 30 * 86400


async def view_of(pool: LivePool) -> PoolView:
    """Return the pool as services know it."""
    return await PoolCache(pool.store.pools, pool.store.lines).get(MAIN)


async def known_person(pool: LivePool, **identity: str) -> Code:
    """Sign up a person whom a back end knows by a number or an address, and who texts their line."""
    (kind, value), *_ = Identity(**identity).known()
    sealed = DATA.seal(Identity(**identity), bytes(12))
    fingerprint = DATA.fingerprint(kind, MAIN, value)
    signup = await pool.sign_up(replace(person("known"), identities=(fingerprint,), contact=sealed))
    code = assigned(signup).code
    await apply_event(pool, text("known's phone", assigned(signup).home_slot, 1, codes=[code]))
    return code


@pytest.mark.parametrize("identity", [{"phone": PHONE}, {"email": EMAIL}])
@pytest.mark.parametrize("wish", ["none", "opts_out", "wants_quiet", "page"])
async def test_nobody_writes_to_a_person_who_asked_us_to_stop(
    pool: LivePool, identity: dict[str, str], wish: str
) -> None:
    """Whoever typed their number or address, and in whatever way they asked. Others are written to."""
    await pool.add_line()
    left, view = LeftContacts(pool.store.assignments, DATA), await view_of(pool)
    code = await known_person(pool, **identity)
    if wish == "page":
        await pool.store.assignments.set_quiet(pool.keys, code, is_quiet=True, now_ms=pool.now_ms)
        await left.set_quiet(view, code, is_quiet=True)
    elif wish != "none":
        event = text("known's phone", 0, 2, opts_out=wish == "opts_out", wants_quiet=wish == "wants_quiet")
        await apply_event(pool, event)
    typed = Recipient(phone=identity.get("phone"), email=identity.get("email"))
    other = Recipient(user="u-1", phone="+12025550191")
    kept = await left.without_refused(view, {NEWCOMER: typed, Code("XXXXXX"): other})
    assert kept == {NEWCOMER: typed if wish == "none" else Recipient(), Code("XXXXXX"): other}


async def test_a_wish_outlives_the_signup_and_can_be_taken_back(pool: LivePool) -> None:
    """A visitor who refused on their page is not written to at the same address for another place either."""
    await pool.add_line()
    left, view = LeftContacts(pool.store.assignments, DATA), await view_of(pool)
    code = await known_person(pool, email="elsewhere@example.com")
    sealed = DATA.seal(Identity(email=EMAIL), bytes(12))
    await pool.sign_up(replace(person("left"), known=code, prefix=code[:3], contact=sealed))
    typed = Recipient(email="ADA@example.com")
    await left.set_quiet(view, code, is_quiet=True)
    assert await left.without_refused(view, {NEWCOMER: typed}) == {NEWCOMER: Recipient()}
    await left.set_quiet(view, code, is_quiet=False)
    assert await left.without_refused(view, {NEWCOMER: typed}) == {NEWCOMER: typed}


async def test_a_contact_counts_as_left_for_a_month(pool: LivePool) -> None:
    """The case of an address does not matter; a phone number and an address are never taken for each other."""
    await pool.add_line()
    left, view = LeftContacts(pool.store.assignments, DATA), await view_of(pool)
    in_may = left.left_in(view, Identity(email=EMAIL), at_s=MONTH_S)
    assert in_may == left.left_in(view, Identity(email="Ada@Example.com"), at_s=2 * MONTH_S - 1)
    assert in_may != left.left_in(view, Identity(email=EMAIL), at_s=2 * MONTH_S)
    assert in_may != left.left_in(view, Identity(phone=PHONE), at_s=MONTH_S)
    all_months = left.left_between(view, Identity(email=EMAIL), from_s=MONTH_S, to_s=3 * MONTH_S)
    assert in_may in all_months
    assert len(all_months) == 4
    assert left.left_between(view, Identity(), from_s=MONTH_S, to_s=3 * MONTH_S) == []
