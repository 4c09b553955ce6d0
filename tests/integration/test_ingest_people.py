"""ingest: whose text it is, and that everybody who texts has a place."""

import asyncio

from msgspec.structs import replace

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.line import LineLoad
from router.store.assignments import Person
from tests.stores import HOUR_MS, LivePool, fingerprint, given, person
from tests.tellings import ADA, BOB, CYD, code_of, contacts_of, hear, text


async def standing(pool: LivePool, code: Code) -> Assignment:
    """Where somebody stands, who must be known."""
    found = await pool.read(code)
    assert found is not None
    return found


async def sign_up(pool: LivePool, someone: Person) -> Assignment:
    """Sign one person up."""
    return given(await pool.sign_up(someone))


async def test_a_code_in_a_text_confirms_its_person(pool: LivePool) -> None:
    """Their place is theirs from when they texted, and from then on they are found by their handle."""
    for _ in range(2):
        await pool.add_line()
    ada = await sign_up(pool, person())
    effect = await hear(pool, text(ADA, ada.home_slot, 3, codes=[Code("CCC222"), ada.code]))
    assert (effect.word, effect.code) == ("confirmed", ada.code)
    found = await standing(pool, ada.code)
    assert (found.state, found.home_slot, found.backups) == (State.CONFIRMED, ada.home_slot, ada.backups)
    assert found.confirmed_at_s == pool.now_ms // 1000 + 3
    assert await code_of(pool, ADA) == ada.code
    assert await contacts_of(pool, ada.code) == [ADA]
    assert (await hear(pool, text(ADA, ada.home_slot, 4, codes=[ada.code]))).word == "heard"
    assert await contacts_of(pool, ada.code) == [ADA]
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[ada.home_slot] == LineLoad(confirmed=1, new_24h=1)


async def test_a_phone_that_the_back_end_named_needs_no_code(pool: LivePool) -> None:
    """Whoever deletes the code from the text is still the person who signed up."""
    await pool.add_line()
    ada = await sign_up(pool, person("u-ada", ADA))
    effect = await hear(pool, text(ADA, 0, 3))
    assert (effect.word, effect.code) == ("confirmed", ada.code)
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_whoever_is_unknown_becomes_known(pool: LivePool) -> None:
    """A stranger's text makes them a person of that line, with backups: everybody on a line is known."""
    for _ in range(3):
        await pool.add_line()
    effect = await hear(pool, text(ADA, 1, 3))
    assert effect.word == "met"
    assert effect.code is not None
    assert effect.code == await code_of(pool, ADA)
    found = await standing(pool, effect.code)
    assert (found.state, found.home_slot, sorted(found.backups)) == (State.CONFIRMED, 1, [0, 2])
    assert await contacts_of(pool, effect.code) == [ADA]
    assert (await hear(pool, text(ADA, 1, 4))).word == "heard"
    assert (await pool.loads())[1] == LineLoad(confirmed=1, new_24h=1)
    assert await pool.loads() == await pool.recount()


async def test_an_address_is_a_handle_too(pool: LivePool) -> None:
    """People write from an e-mail address; with a code it is the signup's, without one it is somebody new."""
    await pool.add_line()
    ada = await sign_up(pool, person("u-ada", ADA))
    assert (await hear(pool, text("ada@example.org", 0, 1, codes=[ada.code]))).code == ada.code
    assert await code_of(pool, "ada@example.org") == ada.code
    assert (await hear(pool, text(ADA, 0, 2))).code == ada.code
    assert (await hear(pool, text("bob@example.org", 0, 3))).word == "met"
    assert (await pool.loads())[0].confirmed == 2


async def test_a_code_binds_once(pool: LivePool) -> None:
    """Whoever texts a code that somebody has confirmed is nobody by it: they are met as themselves."""
    await pool.add_line()
    ada = await sign_up(pool, person())
    words = [(await hear(pool, text(handle, 0, at, codes=[ada.code]))).word for at, handle in enumerate([ADA, BOB])]
    assert words == ["confirmed", "met"]
    assert await code_of(pool, BOB) not in {None, ada.code}
    assert await contacts_of(pool, ada.code) == [ADA]
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=2, new_24h=2)}


async def test_twenty_people_who_text_one_code_at_once_are_twenty_people(pool: LivePool) -> None:
    """One of them has the place; none of the others is mixed up with them."""
    await pool.add_line()
    ada = await sign_up(pool, person())
    handles = [f"+1202555{number:04}" for number in range(20)]
    effects = await asyncio.gather(*(hear(pool, text(handle, 0, 1, codes=[ada.code])) for handle in handles))
    assert sorted(effect.word for effect in effects) == ["confirmed"] + ["met"] * 19
    assert len({effect.code for effect in effects}) == 20
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=20, new_24h=20)}


async def test_a_reservation_that_ran_out_is_honoured(pool: LivePool) -> None:
    """By its code or by the phone; the place had been given back, and is taken again."""
    await pool.add_line()
    ada, bob = await sign_up(pool, person()), await sign_up(pool, person("u-bob", BOB))
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 2
    assert (await hear(pool, text(ADA, 0, 7200, codes=[ada.code]))).word == "confirmed"
    assert (await hear(pool, text(BOB, 0, 7201))).word == "confirmed"
    assert [(await standing(pool, someone.code)).state for someone in (ada, bob)] == [State.CONFIRMED] * 2
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=2, new_24h=2)}


async def test_an_erased_person_who_texts_is_new(pool: LivePool) -> None:
    """Neither their handle, nor their conversation, nor what a process remembers leads to who they were."""
    await pool.add_line()
    ada = await sign_up(pool, person())
    await hear(pool, text(ADA, 0, 1, codes=[ada.code]))
    assert await pool.store.assignments.forget(pool.keys, ada.code, [fingerprint(ADA)])
    again = text(ADA, 0, 2)
    assert (await hear(pool, again)).word == "met"
    assert await pool.read(ada.code) is None
    assert await code_of(pool, ADA) != ada.code
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=2)}


async def test_a_person_named_wrongly_is_not_touched(pool: LivePool) -> None:
    """With a code that is not the sender's nothing is written; with the one that the store names it is as always."""
    for _ in range(2):
        await pool.add_line()
    ada = await sign_up(pool, person("u-ada", ADA))
    cyd = await sign_up(pool, person("u-cyd", CYD))
    await hear(pool, text(CYD, cyd.home_slot, 1))
    event = text(ADA, ada.home_slot, 2, codes=[cyd.code])
    before = pool.store.keyspace()
    for known in (None, cyd.code):
        (effect,) = await pool.tell(replace(event, known=known))
        assert (effect.word, effect.code, effect.must_ask_again) == ("elsewhere", ada.code, True)
    assert pool.store.keyspace() == before
    (effect,) = await pool.tell(replace(event, known=ada.code))
    assert (effect.word, effect.code) == ("confirmed", ada.code)


async def test_a_stranger_taken_for_somebody_is_met(pool: LivePool) -> None:
    """A hint from memory about a handle that nobody has any more is ignored."""
    await pool.add_line()
    cyd = await sign_up(pool, person("u-cyd", CYD))
    (effect,) = await pool.tell(replace(text(ADA, 0, 1), known=cyd.code))
    assert effect.word == "met"
    assert (await standing(pool, cyd.code)).state is State.RESERVED


async def test_a_person_met_finds_no_place_in_a_crowd(pool: LivePool) -> None:
    """Where every candidate code is taken nothing is done; with others the text goes through."""
    await pool.add_line()
    first = text(ADA, 0, 1)
    await hear(pool, first)
    assert first.sender is not None
    taken = (await code_of(pool, ADA) or "")[3:]
    crowded = replace(text(BOB, 0, 2), sender=replace(first.sender, fingerprint=fingerprint(BOB), suffixes=taken * 4))
    before = pool.store.keyspace()
    (effect,) = await pool.tell(crowded)
    assert (effect.word, effect.code, effect.must_ask_again) == ("crowded", None, True)
    assert pool.store.keyspace() == before
    roomier = replace(first.sender, fingerprint=fingerprint(BOB), suffixes=taken * 3 + "222")
    (effect,) = await pool.tell(replace(crowded, sender=roomier))
    assert (effect.word, effect.code) == ("met", first.sender.prefix + "222")


async def test_people_met_on_one_line_fan_out(pool: LivePool) -> None:
    """Their backups are spread over all other lines, so that no one line has to take them all."""
    for _ in range(4):
        await pool.add_line()
    codes = [(await hear(pool, text(f"+1202555{number:04}", 0, 1))).code for number in range(12)]
    first_backups = [(await standing(pool, code)).backups[0] for code in codes if code]
    assert sorted(first_backups) == [1] * 4 + [2] * 4 + [3] * 4
