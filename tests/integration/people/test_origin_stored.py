"""Where a person came from and what they agreed to: stored with their record, given once, and never lost."""

import pytest

from router.core.assignment import Outcome
from router.core.code import Code
from router.core.people.origin import ConsentGiven, Origin, decode_origin, encode_origin
from tests.kit.builders import apply_event, text
from tests.kit.stores import FLAGGED, HOUR_MS, LivePool, assigned, person

FLYER = Origin(source="flyer", consent=ConsentGiven(version="0a1b2c3d", is_ours=True, at_s=1_800_000_000))
LONGEST = Origin(source="z" * 32, consent=ConsentGiven(version="Z" * 32, is_ours=False, at_s=2**32 - 1))
POSTER = Origin(source="poster")


async def origin_of(pool: LivePool, code: str) -> Origin:
    """Return what the store says of a person."""
    found = await pool.read(Code(code))
    assert found is not None
    return decode_origin(found.origin)


@pytest.mark.parametrize("origin", [Origin(), POSTER, FLYER, LONGEST])
@pytest.mark.parametrize("excluded", [(), (1, 2), tuple(range(1, 51))])
async def test_an_origin_is_stored_with_a_new_person(pool: LivePool, origin: Origin, excluded: tuple[int, ...]) -> None:
    """The reply has it at once, and so does every later read; the lines they excluded stand beside it."""
    await pool.add_line()
    new = person("ada", contact=b"sealed", once=("once", "ada"), excluded=excluded, origin=encode_origin(origin))
    signed_up = await pool.sign_up(new)
    assert signed_up.outcome is Outcome.NEW
    assert decode_origin(assigned(signed_up).origin) == origin
    assert await origin_of(pool, assigned(signed_up).code) == origin
    assert decode_origin(assigned(await pool.sign_up(new)).origin) == origin


async def test_the_first_origin_stays(pool: LivePool) -> None:
    """Another link, later, changes nothing; a person of whom nothing was known gets it then."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", origin=encode_origin(FLYER))))
    await pool.sign_up(person("ada", origin=encode_origin(POSTER)))
    assert await origin_of(pool, ada.code) == FLYER
    bob = assigned(await pool.sign_up(person("bob")))
    await pool.sign_up(person("bob", origin=encode_origin(POSTER)))
    await pool.sign_up(person("bob", excluded=(7,), origin=encode_origin(FLYER)))
    assert await origin_of(pool, bob.code) == POSTER


async def test_an_origin_outlives_waiting_expiry_and_a_text(pool: LivePool) -> None:
    """A person on the waitlist keeps it, and so does one whose place expired and who texts at last."""
    await pool.add_line(health=FLAGGED)
    waiting = await pool.sign_up(person("ada", contact=b"sealed", origin=encode_origin(FLYER)))
    assert waiting.outcome is Outcome.WAITLIST
    code = assigned(waiting).code
    assert await origin_of(pool, code) == FLYER
    await pool.add_line()
    assert assigned(await pool.sign_up(person("ada"))).slot == 1
    pool.now_ms += 3 * HOUR_MS
    assert await pool.sweep() == 1
    await apply_event(pool, text("ada's phone", 1, 5, codes=[code]))
    assert await origin_of(pool, code) == FLYER
