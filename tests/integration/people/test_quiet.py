"""quiet: a person turns prompts off, and on again. A text does not change this."""

from router.core.assignment import Assignment
from router.core.code import Code
from tests.kit.builders import ADA, apply_event, text
from tests.kit.stores import LivePool, assigned, person


async def standing(pool: LivePool, code: Code) -> Assignment:
    """Return the state of a person, who must be known."""
    found = await pool.read(code)
    assert found is not None
    return found


async def test_it_holds_until_it_is_taken_back(pool: LivePool) -> None:
    """A second call has no effect, and nothing else of the person changes."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person()))
    for _ in range(2):
        assert await pool.store.assignments.set_quiet(pool.keys, ada.code, is_quiet=True, now_ms=pool.now_ms)
        found = await standing(pool, ada.code)
        assert (found.is_quiet, found.is_suppressed, found.state) == (True, False, ada.state)
    assert await pool.store.assignments.set_quiet(pool.keys, ada.code, is_quiet=False, now_ms=pool.now_ms)
    assert await standing(pool, ada.code) == ada


async def test_it_outlasts_their_texts(pool: LivePool) -> None:
    """A stop in a text ends with START. A choice on the page does not."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person()))
    await pool.store.assignments.set_quiet(pool.keys, ada.code, is_quiet=True, now_ms=pool.now_ms)
    await apply_event(pool, text(ADA, 0, 1, codes=[ada.code], wants_quiet=True))
    found = await standing(pool, ada.code)
    assert (found.is_quiet, found.is_suppressed) == (True, True)
    await apply_event(pool, text(ADA, 0, 2, wants_back=True))
    found = await standing(pool, ada.code)
    assert (found.is_quiet, found.is_suppressed) == (True, False)


async def test_the_page_takes_back_a_stop_that_was_texted(pool: LivePool) -> None:
    """Undo on the page is their last wish. A text of before, which arrives late, does not count against it."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person()))
    await apply_event(pool, text(ADA, 0, 1, codes=[ada.code]))
    await apply_event(pool, text(ADA, 0, 3, wants_quiet=True))
    assert (await standing(pool, ada.code)).is_suppressed
    undone_ms = pool.now_ms + 5000
    assert await pool.store.assignments.set_quiet(pool.keys, ada.code, is_quiet=False, now_ms=undone_ms)
    assert not (await standing(pool, ada.code)).is_suppressed
    await apply_event(pool, text(ADA, 0, 4, wants_quiet=True))
    assert not (await standing(pool, ada.code)).is_suppressed
    await apply_event(pool, text(ADA, 0, 6, wants_quiet=True))
    assert (await standing(pool, ada.code)).is_suppressed


async def test_it_survives_the_merge_of_two_records(pool: LivePool) -> None:
    """A person who texted before they signed up keeps their choice."""
    await pool.add_line()
    met = (await apply_event(pool, text(ADA, 0, 1))).code
    assert met is not None
    await pool.store.assignments.set_quiet(pool.keys, met, is_quiet=True, now_ms=pool.now_ms)
    ada = assigned(await pool.sign_up(person()))
    await apply_event(pool, text(ADA, 0, 2, codes=[ada.code]))
    assert (await standing(pool, ada.code)).is_quiet


async def test_an_unknown_code_cannot_be_quiet(pool: LivePool) -> None:
    """The reply says that the code is unknown."""
    assert not await pool.store.assignments.set_quiet(pool.keys, Code("222222"), is_quiet=True, now_ms=pool.now_ms)
