"""apply_events: a person we know texts a waiting code. Two records then become one person, or rightly stay two."""

import pytest

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.line import LineLoad
from tests.kit.builders import ADA, apply_event, code_of, contacts_of, text
from tests.kit.stores import HOUR_MS, LivePool, assigned, fingerprint, person

AGAIN = ("u-ada-2", "+12025550198")


async def standing(pool: LivePool, code: Code) -> Assignment:
    """Return the state of a person, who must be known."""
    found = await pool.read(code)
    assert found is not None
    return found


async def become_known(pool: LivePool, how: str) -> Code:
    """Make Ada known: she texted as a stranger, signed up on the page, or was named by a back end."""
    if how == "met":
        code = (await apply_event(pool, text(ADA, 0, 1))).code
        assert code is not None
        return code
    ada = assigned(await pool.sign_up(person(*(["u-ada", ADA] if how == "back end" else []))))
    await apply_event(pool, text(ADA, ada.home_slot, 1, codes=[ada.code]))
    return ada.code


@pytest.mark.parametrize("by", ["page", "back end"])
async def test_a_stranger_becomes_the_person_the_code_names(pool: LivePool, by: str) -> None:
    """Only the signup remains of the two records, and the person counts once."""
    await pool.add_line()
    met = await become_known(pool, "met")
    signup = assigned(await pool.sign_up(person(*(AGAIN if by == "back end" else ()))))
    assert (await pool.loads())[0] == LineLoad(reserved=1, confirmed=1, new_24h=2)
    effect = await apply_event(pool, text(ADA, 0, 2, codes=[signup.code]))
    assert (effect.word, effect.code) == ("confirmed", signup.code)
    assert await pool.read(met) is None
    assert await contacts_of(pool, met) == []
    assert ADA in await contacts_of(pool, signup.code)
    assert await code_of(pool, ADA) == signup.code
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_a_stranger_of_yesterday_leaves_today_s_arrivals_alone(pool: LivePool) -> None:
    """Only an arrival of this hour is taken back. An older one counts in its own hour."""
    await pool.add_line()
    await become_known(pool, "met")
    await pool.advance(25 * HOUR_MS)
    signup = assigned(await pool.sign_up(person()))
    await pool.sign_up_all([person() for _ in range(3)])
    await apply_event(pool, text(ADA, 0, 90_001, codes=[signup.code]))
    assert await pool.loads() == await pool.recount() == {0: LineLoad(reserved=3, confirmed=1, new_24h=4)}


@pytest.mark.parametrize("by", ["page", "back end"])
async def test_a_visitor_who_signs_up_again_becomes_the_person_the_new_code_names(pool: LivePool, by: str) -> None:
    """The old signup is released with its place, and no personal data stays with it."""
    for _ in range(2):
        await pool.add_line()
    old = await become_known(pool, "page")
    signup = assigned(await pool.sign_up(person(*(AGAIN if by == "back end" else ()))))
    assert signup.home_slot == 1
    effect = await apply_event(pool, text(ADA, 1, 2, codes=[signup.code]))
    assert (effect.word, effect.code) == ("confirmed", signup.code)
    assert (await standing(pool, old)).state is State.RELEASED
    assert await contacts_of(pool, old) == []
    assert (await apply_event(pool, text(ADA, 1, 3))).code == signup.code
    assert await pool.loads() == await pool.recount()
    assert [load.confirmed for load in (await pool.loads()).values()] == [0, 1]


async def test_a_known_person_who_signs_up_on_the_page_stays_who_they_are(pool: LivePool) -> None:
    """The page's signup is released. The person moves to the line they texted."""
    for _ in range(2):
        await pool.add_line()
    ada = await become_known(pool, "back end")
    visit = assigned(await pool.sign_up(person()))
    assert visit.home_slot == 1
    effect = await apply_event(pool, text(ADA, 1, 2, codes=[visit.code]))
    assert (effect.word, effect.code) == ("moved", ada)
    assert (await standing(pool, visit.code)).state is State.RELEASED
    assert (await standing(pool, ada)).home_slot == 1
    assert await code_of(pool, ADA) == ada
    assert await pool.loads() == await pool.recount()
    assert [load.confirmed for load in (await pool.loads()).values()] == [0, 1]


async def test_two_people_of_the_back_end_may_share_a_phone(pool: LivePool) -> None:
    """Both have their place. A text from the phone is by the person it belonged to first."""
    await pool.add_line()
    ada = await become_known(pool, "back end")
    bob = assigned(await pool.sign_up(person(*AGAIN)))
    effect = await apply_event(pool, text(ADA, 0, 2, codes=[bob.code]))
    assert (effect.word, effect.code) == ("heard", ada)
    assert [(await standing(pool, code)).state for code in (ada, bob.code)] == [State.CONFIRMED] * 2
    assert await code_of(pool, ADA) == ada
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=2, new_24h=2)}


@pytest.mark.parametrize("how", ["met", "page"])
async def test_a_person_the_back_end_names_later_stays_known(pool: LivePool, how: str) -> None:
    """Once the server named them by their phone, a later page signup does not separate them from their user."""
    await pool.add_line()
    ada = await become_known(pool, how)
    assert assigned(await pool.sign_up(person("u-ada", ADA, known=ada))).code == ada
    visit = assigned(await pool.sign_up(person()))
    effect = await apply_event(pool, text(ADA, 0, 2, codes=[visit.code]))
    assert effect.code == ada
    assert await pool.store.assignments.code_of(pool.keys, fingerprint("u-ada")) == ada
    assert assigned(await pool.sign_up(person("u-ada", ADA, known=ada))).code == ada
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[0].confirmed == 1


@pytest.mark.parametrize("how", ["met", "page"])
async def test_an_expired_code_still_counts(pool: LivePool, how: str) -> None:
    """A person who comes back after an hour is one person as well."""
    await pool.add_line()
    await become_known(pool, how)
    signup = assigned(await pool.sign_up(person()))
    await pool.advance(2 * HOUR_MS)
    await pool.sweep()
    assert (await apply_event(pool, text(ADA, 0, 7200, codes=[signup.code]))).code == signup.code
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[0].confirmed == 1


async def test_a_late_text_with_a_code_keeps_what_a_newer_text_said(pool: LivePool) -> None:
    """Out of order, they first texted without a code. Their last line and their opt-out still hold."""
    for _ in range(2):
        await pool.add_line()
    signup = assigned(await pool.sign_up(person()))
    other = 1 - signup.home_slot
    assert (await apply_event(pool, text(ADA, other, 9, opts_out=True))).word == "opted_out"
    effect = await apply_event(pool, text(ADA, signup.home_slot, 5, codes=[signup.code]))
    assert (effect.word, effect.code) == ("confirmed", signup.code)
    found = await standing(pool, signup.code)
    assert (found.state, found.home_slot) == (State.OPTED_OUT, other)
    assert await pool.loads() == await pool.recount()
    assert [load.confirmed for load in (await pool.loads()).values()].count(1) == 1
