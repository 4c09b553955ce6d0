"""quiet: a person wants no prompts, and takes it back; a text changes nothing of it."""

import pytest
from redis.exceptions import ResponseError

from router.core.assignment import Assignment
from router.core.code import Code
from tests.stores import LivePool, given, person
from tests.tellings import ADA, hear, text


async def standing(pool: LivePool, code: Code) -> Assignment:
    """Where somebody stands, who must be known."""
    found = await pool.read(code)
    assert found is not None
    return found


async def test_it_is_kept_until_it_is_taken_back(pool: LivePool) -> None:
    """Twice is as good as once, and nothing else of the person changes."""
    await pool.add_line()
    ada = given(await pool.sign_up(person()))
    for _ in range(2):
        assert await pool.store.assignments.set_quiet(pool.keys, ada.code, is_quiet=True)
        found = await standing(pool, ada.code)
        assert (found.is_quiet, found.is_suppressed, found.state) == (True, False, ada.state)
    assert await pool.store.assignments.set_quiet(pool.keys, ada.code, is_quiet=False)
    assert await standing(pool, ada.code) == ada


async def test_it_outlasts_what_they_text(pool: LivePool) -> None:
    """A stop in words ends with the next text; a wish told on the page does not."""
    await pool.add_line()
    ada = given(await pool.sign_up(person()))
    await pool.store.assignments.set_quiet(pool.keys, ada.code, is_quiet=True)
    await hear(pool, text(ADA, 0, 1, codes=[ada.code], wants_quiet=True))
    found = await standing(pool, ada.code)
    assert (found.is_quiet, found.is_suppressed) == (True, True)
    await hear(pool, text(ADA, 0, 2))
    found = await standing(pool, ada.code)
    assert (found.is_quiet, found.is_suppressed) == (True, False)


async def test_it_goes_along_when_two_records_turn_out_to_be_one_person(pool: LivePool) -> None:
    """Somebody who texted before they signed up keeps what they asked for."""
    await pool.add_line()
    met = (await hear(pool, text(ADA, 0, 1))).code
    assert met is not None
    await pool.store.assignments.set_quiet(pool.keys, met, is_quiet=True)
    ada = given(await pool.sign_up(person()))
    await hear(pool, text(ADA, 0, 2, codes=[ada.code]))
    assert (await standing(pool, ada.code)).is_quiet


async def test_nobody_can_not_be_quiet(pool: LivePool) -> None:
    """A code nobody has is told, and a call that is not whole is refused."""
    assert not await pool.store.assignments.set_quiet(pool.keys, Code("222222"), is_quiet=True)
    for arguments in (("22222", 1), ("222222", "yes"), ()):
        with pytest.raises(ResponseError, match="BAD_ARG"):
            await pool.store.scripts.call("quiet", [pool.keys.records("222")], *arguments)
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await pool.store.scripts.call("route", [pool.keys.records("222")], "222222")
