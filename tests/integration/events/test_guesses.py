"""apply_events: a code that was read with a guess binds less readily than one that stands in the text."""

from typing import Any

import pytest
from msgspec.structs import replace

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.line import LineLoad
from router.store.pool_events import PoolEvent
from tests.kit.builders import ADA, BOB, apply_event, code_of, contacts_of, rows, text
from tests.kit.stores import HOUR_MS, LivePool, assigned, person


def guess(handle: str, slot: int, at: float, *codes: Code, certain: tuple[Code, ...] = (), **fields: Any) -> PoolEvent:
    """Make a text that may mean each of these codes."""
    return replace(text(handle, slot, at, codes=certain, **fields), guesses=codes)


@pytest.fixture
async def reserved(pool: LivePool) -> list[Assignment]:
    """Two lines, and a reservation on each."""
    for _ in range(2):
        await pool.add_line()
    signups = [assigned(await pool.sign_up(person())) for _ in range(2)]
    return sorted(signups, key=lambda signup: signup.home_slot)


async def test_a_guess_that_fits_one_reservation_of_the_line_binds(pool: LivePool, reserved: list[Assignment]) -> None:
    """The sender is the person of the reservation, and the log of events says that it was a guess."""
    first, _ = reserved
    effect = await apply_event(pool, guess(ADA, 0, 1, Code("CCC222"), first.code))
    assert (effect.word, effect.code) == ("confirmed", first.code)
    assert await code_of(pool, ADA) == first.code
    assert await contacts_of(pool, first.code) == [ADA]
    assert rows(pool, pool.keys.people_events)[-1]["detail"] == "code guessed"
    assert await pool.loads() == await pool.recount()


async def test_a_guess_that_fits_two_live_codes_binds_neither(pool: LivePool, reserved: list[Assignment]) -> None:
    """Even if only one of them is on the line that was texted."""
    effect = await apply_event(pool, guess(ADA, 0, 1, *(signup.code for signup in reserved)))
    assert effect.word == "met"
    for signup in reserved:
        found = await pool.read(signup.code)
        assert found is not None
        assert found.state is State.RESERVED


async def test_a_guess_does_not_bind_on_another_line(pool: LivePool, reserved: list[Assignment]) -> None:
    """A code that stands in the text does."""
    first, _ = reserved
    assert (await apply_event(pool, guess(ADA, 1, 1, first.code))).word == "met"
    assert (await apply_event(pool, text(BOB, 1, 2, codes=[first.code]))).code == first.code


async def test_a_certain_code_counts_more_than_a_guess(pool: LivePool, reserved: list[Assignment]) -> None:
    """The guess is not looked at."""
    first, second = reserved
    assert (await apply_event(pool, guess(ADA, 0, 1, first.code, certain=(second.code,)))).code == second.code


async def test_a_guess_does_not_move_a_person_of_a_signup(pool: LivePool, reserved: list[Assignment]) -> None:
    """They stay who they are, and the reservation waits for its own person."""
    first, second = reserved
    await apply_event(pool, text(ADA, 1, 1, codes=[second.code]))
    assert (await apply_event(pool, guess(ADA, 0, 2, first.code))).code == second.code
    known = assigned(await pool.sign_up(person("u-bob", BOB)))
    assert (await apply_event(pool, guess(BOB, 0, 3, first.code))).code == known.code
    found = await pool.read(first.code)
    assert found is not None
    assert found.state is State.RESERVED


async def test_a_stranger_who_types_the_code_later_becomes_its_person(
    pool: LivePool, reserved: list[Assignment]
) -> None:
    """They texted without the code first. One record remains."""
    first, _ = reserved
    met = (await apply_event(pool, text(ADA, 0, 1))).code
    assert met is not None
    assert (await apply_event(pool, guess(ADA, 0, 2, first.code))).code == first.code
    assert await pool.read(met) is None
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[0] == LineLoad(confirmed=1, new_24h=1)


async def test_a_guess_binds_no_reservation_that_ran_out(pool: LivePool, reserved: list[Assignment]) -> None:
    """Codes that ran out stay for ever, so a guess would meet one sooner or later."""
    first, _ = reserved
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 2
    assert (await apply_event(pool, guess(ADA, 0, 7200, first.code))).word == "met"
    assert (await apply_event(pool, text(BOB, 0, 7201, codes=[first.code]))).word == "confirmed"
