"""read: a person's current state, and the line to text."""

import pytest

from router.core.assignment import NO_HOME, State
from router.core.code import Code
from router.core.line import LineHealth, OperatorState
from tests.kit.stores import FLAGGED, HEALTHY, RESERVATION_S, START_MS, LivePool, assigned, person

NOBODY = Code("222222")


async def test_a_person_is_read_as_they_were_signed_up(pool: LivePool) -> None:
    """A read returns what assign answered, with the time of the reservation."""
    slot, other = await pool.add_line(), await pool.add_line()
    signed_up = assigned(await pool.sign_up(person("ada")))
    assert await pool.read(signed_up.code) == signed_up
    assert (signed_up.state, signed_up.home_slot, signed_up.slot) == (State.RESERVED, slot, slot)
    assert signed_up.backups == (other,)
    assert signed_up.created_at_s == START_MS // 1000
    assert signed_up.expires_at_s == START_MS // 1000 + RESERVATION_S
    assert signed_up.confirmed_at_s == 0


async def test_many_are_read_in_one_call(pool: LivePool) -> None:
    """Answers come in the order of the codes. An unknown code gives None in its place."""
    await pool.add_line()
    ada, bob = [assigned(signup) for signup in await pool.sign_up_all([person("ada"), person("bob")])]
    assert await pool.store.assignments.read(pool.keys, [bob.code, NOBODY, ada.code]) == [bob, None, ada]
    assert await pool.store.assignments.read(pool.keys, []) == []


@pytest.mark.parametrize("health", [FLAGGED, LineHealth(operator_state=OperatorState.RETIRED)])
async def test_people_of_a_dead_line_are_routed_until_it_is_back(pool: LivePool, health: LineHealth) -> None:
    """They get their first live backup, their second when that dies too, and none when all are dead.

    Then their own again.
    """
    slots = [await pool.add_line() for _ in range(3)]
    ada = assigned(await pool.sign_up(person("ada")))
    await pool.confirm(ada.code)
    found_slots = []
    for slot in (ada.home_slot, *ada.backups):
        await pool.change_line(slot, health=health)
        found = await pool.read(ada.code)
        assert found is not None
        found_slots.append(found.slot)
        assert found.home_slot == (ada.home_slot if health is FLAGGED else NO_HOME)
    assert found_slots == [*ada.backups, None]
    for slot in slots:
        await pool.change_line(slot, health=HEALTHY)
    found = await pool.read(ada.code)
    assert found is not None
    assert (found.slot, found.is_rerouted, found.state) == (ada.home_slot, False, State.CONFIRMED)


@pytest.mark.parametrize("operator_state", [OperatorState.DRAIN, OperatorState.MAINT])
async def test_people_stay_on_a_line_that_is_closed_to_new_people(
    pool: LivePool, operator_state: OperatorState
) -> None:
    """Drain and maintenance close a line to new people, not to its own."""
    home, _ = await pool.add_line(), await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    await pool.change_line(home, health=LineHealth(operator_state=operator_state))
    assert await pool.read(ada.code) == ada


async def test_reading_writes_nothing(pool: LivePool) -> None:
    """The store is the same, byte for byte, whichever code is read."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    before = pool.store.keyspace()
    await pool.store.assignments.read(pool.keys, [ada.code, NOBODY])
    assert pool.store.keyspace() == before
