"""ingest: somebody we know texts a code that waits for somebody; afterwards they are one person, or rightly two."""

import pytest

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.line import LineLoad
from tests.stores import HOUR_MS, LivePool, fingerprint, given, person
from tests.tellings import ADA, code_of, contacts_of, hear, text

AGAIN = ("u-ada-2", "+12025550198")


async def standing(pool: LivePool, code: Code) -> Assignment:
    """Where somebody stands, who must be known."""
    found = await pool.read(code)
    assert found is not None
    return found


async def become_known(pool: LivePool, how: str) -> Code:
    """Let ada text the first line, as somebody met, signed up on the page, or named by a back end."""
    if how == "met":
        code = (await hear(pool, text(ADA, 0, 1))).code
        assert code is not None
        return code
    ada = given(await pool.sign_up(person(*(["u-ada", ADA] if how == "back end" else []))))
    await hear(pool, text(ADA, ada.home_slot, 1, codes=[ada.code]))
    return ada.code


@pytest.mark.parametrize("by", ["page", "back end"])
async def test_somebody_met_is_who_the_code_says(pool: LivePool, by: str) -> None:
    """Of the person met nothing is left but the signup, and they count once."""
    await pool.add_line()
    met = await become_known(pool, "met")
    signup = given(await pool.sign_up(person(*(AGAIN if by == "back end" else ()))))
    assert (await pool.loads())[0] == LineLoad(reserved=1, confirmed=1, new_24h=2)
    effect = await hear(pool, text(ADA, 0, 2, codes=[signup.code]))
    assert (effect.word, effect.code) == ("confirmed", signup.code)
    assert await pool.read(met) is None
    assert await contacts_of(pool, met) == []
    assert ADA in await contacts_of(pool, signup.code)
    assert await code_of(pool, ADA) == signup.code
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_somebody_met_yesterday_takes_nothing_from_todays_arrivals(pool: LivePool) -> None:
    """Only an arrival of this hour is taken back: an older one is counted in its own."""
    await pool.add_line()
    await become_known(pool, "met")
    await pool.let_pass(25 * HOUR_MS)
    signup = given(await pool.sign_up(person()))
    await pool.sign_up_all([person() for _ in range(3)])
    await hear(pool, text(ADA, 0, 90_001, codes=[signup.code]))
    assert await pool.loads() == await pool.recount() == {0: LineLoad(reserved=3, confirmed=1, new_24h=4)}


@pytest.mark.parametrize("by", ["page", "back end"])
async def test_a_visitor_who_signs_up_again_is_who_the_new_code_says(pool: LivePool, by: str) -> None:
    """The old signup is released with its place, and nothing personal stays with it."""
    for _ in range(2):
        await pool.add_line()
    old = await become_known(pool, "page")
    signup = given(await pool.sign_up(person(*(AGAIN if by == "back end" else ()))))
    assert signup.home_slot == 1
    effect = await hear(pool, text(ADA, 1, 2, codes=[signup.code]))
    assert (effect.word, effect.code) == ("confirmed", signup.code)
    assert (await standing(pool, old)).state is State.RELEASED
    assert await contacts_of(pool, old) == []
    assert (await hear(pool, text(ADA, 1, 3))).code == signup.code
    assert await pool.loads() == await pool.recount()
    assert [load.confirmed for load in (await pool.loads()).values()] == [0, 1]


async def test_a_known_person_who_signs_up_on_the_page_stays_who_they_are(pool: LivePool) -> None:
    """The page's signup is released; they move to the line they texted."""
    for _ in range(2):
        await pool.add_line()
    ada = await become_known(pool, "back end")
    visit = given(await pool.sign_up(person()))
    assert visit.home_slot == 1
    effect = await hear(pool, text(ADA, 1, 2, codes=[visit.code]))
    assert (effect.word, effect.code) == ("moved", ada)
    assert (await standing(pool, visit.code)).state is State.RELEASED
    assert (await standing(pool, ada)).home_slot == 1
    assert await code_of(pool, ADA) == ada
    assert await pool.loads() == await pool.recount()
    assert [load.confirmed for load in (await pool.loads()).values()] == [0, 1]


async def test_two_people_of_the_back_end_may_share_a_phone(pool: LivePool) -> None:
    """Both have their place; who texts from the phone is the one it belonged to first."""
    await pool.add_line()
    ada = await become_known(pool, "back end")
    bob = given(await pool.sign_up(person(*AGAIN)))
    effect = await hear(pool, text(ADA, 0, 2, codes=[bob.code]))
    assert (effect.word, effect.code) == ("heard", ada)
    assert [(await standing(pool, code)).state for code in (ada, bob.code)] == [State.CONFIRMED] * 2
    assert await code_of(pool, ADA) == ada
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=2, new_24h=2)}


@pytest.mark.parametrize("how", ["met", "page"])
async def test_who_the_back_end_names_later_is_known_as_well(pool: LivePool, how: str) -> None:
    """Once it named them by their phone, a signup on the page does not part its user from them."""
    await pool.add_line()
    ada = await become_known(pool, how)
    assert given(await pool.sign_up(person("u-ada", ADA, known=ada))).code == ada
    visit = given(await pool.sign_up(person()))
    effect = await hear(pool, text(ADA, 0, 2, codes=[visit.code]))
    assert effect.code == ada
    assert await pool.store.assignments.code_of(pool.keys, fingerprint("u-ada")) == ada
    assert given(await pool.sign_up(person("u-ada", ADA, known=ada))).code == ada
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[0].confirmed == 1


@pytest.mark.parametrize("how", ["met", "page"])
async def test_an_expired_code_is_as_good(pool: LivePool, how: str) -> None:
    """Whoever comes back after an hour is one person as well."""
    await pool.add_line()
    await become_known(pool, how)
    signup = given(await pool.sign_up(person()))
    await pool.let_pass(2 * HOUR_MS)
    await pool.sweep()
    assert (await hear(pool, text(ADA, 0, 7200, codes=[signup.code]))).code == signup.code
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[0].confirmed == 1


async def test_a_code_text_that_comes_after_a_newer_one_keeps_what_that_said(pool: LivePool) -> None:
    """Out of order, the person was met first: where they texted last, and that they asked to stop, still holds."""
    for _ in range(2):
        await pool.add_line()
    signup = given(await pool.sign_up(person()))
    other = 1 - signup.home_slot
    assert (await hear(pool, text(ADA, other, 9, opts_out=True))).word == "opted_out"
    effect = await hear(pool, text(ADA, signup.home_slot, 5, codes=[signup.code]))
    assert (effect.word, effect.code) == ("confirmed", signup.code)
    found = await standing(pool, signup.code)
    assert (found.state, found.home_slot) == (State.OPTED_OUT, other)
    assert await pool.loads() == await pool.recount()
    assert [load.confirmed for load in (await pool.loads()).values()].count(1) == 1
