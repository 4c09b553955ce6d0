"""apply_events: finding the sender of a text, so that every sender has a place."""

import asyncio

from msgspec.structs import replace

from router.core.assignment import Assignment, State
from router.core.code import Code
from router.core.line import LineLoad
from router.store.assignments import AssignRequest
from tests.kit.builders import ADA, BOB, CYD, apply_event, code_of, contacts_of, text
from tests.kit.stores import HOUR_MS, LivePool, assigned, fingerprint, person


async def standing(pool: LivePool, code: Code) -> Assignment:
    """Return the state of a person, who must be known."""
    found = await pool.read(code)
    assert found is not None
    return found


async def sign_up(pool: LivePool, someone: AssignRequest) -> Assignment:
    """Sign up one person."""
    return assigned(await pool.sign_up(someone))


async def test_a_code_in_a_text_confirms_its_person(pool: LivePool) -> None:
    """They have their place from the time of the text. From then on they are found by their handle."""
    for _ in range(2):
        await pool.add_line()
    ada = await sign_up(pool, person())
    effect = await apply_event(pool, text(ADA, ada.home_slot, 3, codes=[Code("CCC222"), ada.code]))
    assert (effect.word, effect.code) == ("confirmed", ada.code)
    found = await standing(pool, ada.code)
    assert (found.state, found.home_slot, found.backups) == (State.CONFIRMED, ada.home_slot, ada.backups)
    assert found.confirmed_at_s == pool.now_ms // 1000 + 3
    assert await code_of(pool, ADA) == ada.code
    assert await contacts_of(pool, ada.code) == [ADA]
    assert (await apply_event(pool, text(ADA, ada.home_slot, 4, codes=[ada.code]))).word == "heard"
    assert await contacts_of(pool, ada.code) == [ADA]
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[ada.home_slot] == LineLoad(confirmed=1, new_24h=1)


async def test_a_phone_the_back_end_gave_needs_no_code(pool: LivePool) -> None:
    """A person who deletes the code from the text is still the person who signed up."""
    await pool.add_line()
    ada = await sign_up(pool, person("u-ada", ADA))
    effect = await apply_event(pool, text(ADA, 0, 3))
    assert (effect.word, effect.code) == ("confirmed", ada.code)
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_an_unknown_sender_becomes_known(pool: LivePool) -> None:
    """A stranger's text makes them a person of that line, with backups: every sender on a line is known."""
    for _ in range(3):
        await pool.add_line()
    effect = await apply_event(pool, text(ADA, 1, 3))
    assert effect.word == "met"
    assert effect.code is not None
    assert effect.code == await code_of(pool, ADA)
    found = await standing(pool, effect.code)
    assert (found.state, found.home_slot, sorted(found.backups)) == (State.CONFIRMED, 1, [0, 2])
    assert await contacts_of(pool, effect.code) == [ADA]
    assert (await apply_event(pool, text(ADA, 1, 4))).word == "heard"
    assert (await pool.loads())[1] == LineLoad(confirmed=1, new_24h=1)
    assert await pool.loads() == await pool.recount()


async def test_an_address_is_a_handle_too(pool: LivePool) -> None:
    """People write from an e-mail address. With a code it belongs to the signup; without one it is a new person."""
    await pool.add_line()
    ada = await sign_up(pool, person("u-ada", ADA))
    assert (await apply_event(pool, text("ada@example.org", 0, 1, codes=[ada.code]))).code == ada.code
    assert await code_of(pool, "ada@example.org") == ada.code
    assert (await apply_event(pool, text(ADA, 0, 2))).code == ada.code
    assert (await apply_event(pool, text("bob@example.org", 0, 3))).word == "met"
    assert (await pool.loads())[0].confirmed == 2


async def test_a_code_binds_once(pool: LivePool) -> None:
    """A sender who texts a confirmed code of another person does not become that person. They get their own record."""
    await pool.add_line()
    ada = await sign_up(pool, person())
    texts = [text(handle, 0, at, codes=[ada.code]) for at, handle in enumerate([ADA, BOB])]
    words = [(await apply_event(pool, event)).word for event in texts]
    assert words == ["confirmed", "met"]
    assert await code_of(pool, BOB) not in {None, ada.code}
    assert await contacts_of(pool, ada.code) == [ADA]
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=2, new_24h=2)}


async def test_twenty_people_who_text_one_code_at_once_are_twenty_people(pool: LivePool) -> None:
    """One of them has the place. None of the others is confused with them."""
    await pool.add_line()
    ada = await sign_up(pool, person())
    handles = [f"+1202555{number:04}" for number in range(20)]
    effects = await asyncio.gather(*(apply_event(pool, text(handle, 0, 1, codes=[ada.code])) for handle in handles))
    assert sorted(effect.word for effect in effects) == ["confirmed"] + ["met"] * 19
    assert len({effect.code for effect in effects}) == 20
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=20, new_24h=20)}


async def test_a_reservation_that_ran_out_is_honoured(pool: LivePool) -> None:
    """It is found by its code or by the phone. The place had been given back, and is theirs again."""
    await pool.add_line()
    ada, bob = await sign_up(pool, person()), await sign_up(pool, person("u-bob", BOB))
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 2
    assert (await apply_event(pool, text(ADA, 0, 7200, codes=[ada.code]))).word == "confirmed"
    assert (await apply_event(pool, text(BOB, 0, 7201))).word == "confirmed"
    assert [(await standing(pool, someone.code)).state for someone in (ada, bob)] == [State.CONFIRMED] * 2
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=2, new_24h=2)}


async def test_an_erased_person_who_texts_is_new(pool: LivePool) -> None:
    """Their handle, their conversation and a process's memory do not lead to the old record."""
    await pool.add_line()
    ada = await sign_up(pool, person())
    await apply_event(pool, text(ADA, 0, 1, codes=[ada.code]))
    assert await pool.store.assignments.forget(pool.keys, ada.code, [fingerprint(ADA)])
    again = text(ADA, 0, 2)
    assert (await apply_event(pool, again)).word == "met"
    assert await pool.read(ada.code) is None
    assert await code_of(pool, ADA) != ada.code
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=2)}


async def test_a_person_named_wrongly_is_not_touched(pool: LivePool) -> None:
    """If the hinted record is not the sender's, nothing is written.

    With the record the store names, it works as always.
    """
    for _ in range(2):
        await pool.add_line()
    ada = await sign_up(pool, person("u-ada", ADA))
    cyd = await sign_up(pool, person("u-cyd", CYD))
    await apply_event(pool, text(CYD, cyd.home_slot, 1))
    event = text(ADA, ada.home_slot, 2, codes=[cyd.code])
    before = pool.store.keyspace()
    for known in (None, cyd.code):
        (effect,) = await pool.apply(replace(event, known=known))
        assert (effect.word, effect.code, effect.must_ask_again) == ("elsewhere", ada.code, True)
    assert pool.store.keyspace() == before
    (effect,) = await pool.apply(replace(event, known=ada.code))
    assert (effect.word, effect.code) == ("confirmed", ada.code)


async def test_a_stranger_with_a_wrong_hint_is_new(pool: LivePool) -> None:
    """A hint from memory about a handle without an owner is ignored."""
    await pool.add_line()
    cyd = await sign_up(pool, person("u-cyd", CYD))
    (effect,) = await pool.apply(replace(text(ADA, 0, 1), known=cyd.code))
    assert effect.word == "met"
    assert (await standing(pool, cyd.code)).state is State.RESERVED


async def test_a_stranger_needs_a_free_code(pool: LivePool) -> None:
    """Where every candidate code is in use, nothing is done. With other codes the text goes through."""
    await pool.add_line()
    first = text(ADA, 0, 1)
    await apply_event(pool, first)
    assert first.sender is not None
    taken = (await code_of(pool, ADA) or "")[3:]
    crowded = replace(text(BOB, 0, 2), sender=replace(first.sender, fingerprint=fingerprint(BOB), suffixes=taken * 4))
    before = pool.store.keyspace()
    (effect,) = await pool.apply(crowded)
    assert (effect.word, effect.code, effect.must_ask_again) == ("crowded", None, True)
    assert pool.store.keyspace() == before
    roomier = replace(first.sender, fingerprint=fingerprint(BOB), suffixes=taken * 3 + "222")
    (effect,) = await pool.apply(replace(crowded, sender=roomier))
    assert (effect.word, effect.code) == ("met", first.sender.prefix + "222")


async def test_strangers_of_one_line_fan_out(pool: LivePool) -> None:
    """Their backups are spread over all other lines, so no single line has to carry all of them."""
    for _ in range(4):
        await pool.add_line()
    codes = [(await apply_event(pool, text(f"+1202555{number:04}", 0, 1))).code for number in range(12)]
    first_backups = [(await standing(pool, code)).backups[0] for code in codes if code]
    assert sorted(first_backups) == [1] * 4 + [2] * 4 + [3] * 4
