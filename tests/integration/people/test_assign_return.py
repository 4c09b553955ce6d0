"""assign: what returning people get after their reservation expired or their line died."""

import pytest

from router.core.assignment import Outcome, Reason, State
from router.core.line import LineHealth, LineLimits, LineLoad, OperatorState
from tests.kit.stores import FLAGGED, HEALTHY, HOUR_MS, MINUTE_MS, RESERVATION_S, ROOMY, LivePool, assigned, person

ONE_PLACE = LineLimits(weight=1, capacity=1, target=1)


@pytest.mark.parametrize("health", [FLAGGED, LineHealth(operator_state=OperatorState.RETIRED)])
async def test_a_reserved_person_of_a_dead_line_moves_to_their_own_backup(pool: LivePool, health: LineHealth) -> None:
    """They move once, to a number that may be on their card already. Their place on the dead line is free."""
    for _ in range(4):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    await pool.change_line(ada.home_slot, health=health)
    moved = await pool.sign_up(person("ada"))
    assert (moved.outcome, moved.reason, moved.is_new) == (Outcome.MOVED, Reason.BACKUP, False)
    assert assigned(moved).home_slot == ada.backups[0]
    assert ada.home_slot not in assigned(moved).backups
    assert await pool.loads() == await pool.recount()
    again = await pool.sign_up(person("ada"))
    assert (again.outcome, again.assignment) == (Outcome.EXISTING, moved.assignment)


async def test_without_a_live_backup_the_rotation_decides(pool: LivePool) -> None:
    """With their line and their backups dead, a reserved person has no number until a line accepts people."""
    for _ in range(3):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    for slot in (ada.home_slot, *ada.backups):
        await pool.change_line(slot, health=FLAGGED)
    stranded = await pool.sign_up(person("ada"))
    assert (stranded.outcome, stranded.reason, assigned(stranded).slot) == (Outcome.EXISTING, Reason.NO_ROOM, None)
    fresh = await pool.add_line()
    moved = await pool.sign_up(person("ada"))
    assert (moved.outcome, moved.reason, assigned(moved).home_slot) == (Outcome.MOVED, Reason.ROTATION, fresh)
    assert await pool.loads() == await pool.recount()


async def test_a_reserved_person_gets_a_full_backup_that_is_alive(pool: LivePool) -> None:
    """When no line accepts people, they get a backup that can carry them, and still count where they were."""
    await pool.add_line(ONE_PLACE)
    backup = await pool.add_line(ONE_PLACE)
    ada = assigned(await pool.sign_up(person("ada", wished=0)))
    await pool.sign_up(person("bob"))
    await pool.change_line(0, health=FLAGGED)
    signup = await pool.sign_up(person("ada"))
    assert (signup.outcome, signup.reason, assigned(signup).slot, assigned(signup).home_slot) == (
        Outcome.EXISTING,
        Reason.BACKUP,
        backup,
        ada.home_slot,
    )
    assert await pool.loads() == await pool.recount()


async def test_a_confirmed_person_is_routed_and_returns(pool: LivePool) -> None:
    """A new signup does not move a person who texted. They get a live backup, and their line once it is back."""
    for _ in range(3):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    await pool.confirm(ada.code)
    loads = await pool.loads()
    await pool.change_line(ada.home_slot, health=FLAGGED)
    routed = await pool.sign_up(person("ada"))
    assert (routed.outcome, routed.reason) == (Outcome.EXISTING, Reason.BACKUP)
    assert (assigned(routed).slot, assigned(routed).home_slot) == (ada.backups[0], ada.home_slot)
    assert await pool.loads() == loads
    await pool.change_line(ada.home_slot, health=HEALTHY)
    home = await pool.sign_up(person("ada"))
    assert (home.reason, assigned(home).slot, assigned(home).state) == (Reason.EXISTING, ada.home_slot, State.CONFIRMED)


async def test_an_expired_person_returns_to_their_own_line(pool: LivePool) -> None:
    """If it has room, they are renewed there, even out of turn. They count as one person who came once."""
    for _ in range(3):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 1
    renewed = await pool.sign_up(person("ada"))
    assert (renewed.outcome, renewed.reason) == (Outcome.RENEWED, Reason.EXISTING)
    assert (assigned(renewed).home_slot, assigned(renewed).state) == (ada.home_slot, State.RESERVED)
    assert assigned(renewed).expires_at_s == pool.now_ms // 1000 + RESERVATION_S
    assert (await pool.loads())[ada.home_slot] == LineLoad(reserved=1, new_24h=1)
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 1


async def test_an_expired_person_whose_line_is_full_gets_a_backup(pool: LivePool) -> None:
    """Their place went to another person, so a number from their card comes first."""
    await pool.add_line(ONE_PLACE)
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", wished=0)))
    pool.now_ms += 2 * HOUR_MS
    await pool.sweep()
    await pool.sign_up(person("bob", wished=0))
    renewed = await pool.sign_up(person("ada"))
    assert (renewed.outcome, renewed.reason, assigned(renewed).home_slot) == (Outcome.RENEWED, Reason.BACKUP, 1)
    assert ada.backups == (1,)
    assert await pool.loads() == await pool.recount()


async def test_an_expired_person_still_reads_their_line_when_all_are_full(pool: LivePool) -> None:
    """A page never goes dead: with every line full they still read their number, without holding a place."""
    await pool.add_line(ONE_PLACE)
    ada = assigned(await pool.sign_up(person("ada")))
    pool.now_ms += 2 * HOUR_MS
    await pool.sweep()
    await pool.sign_up(person("bob"))
    signup = await pool.sign_up(person("ada"))
    assert (signup.outcome, assigned(signup).slot, assigned(signup).state) == (
        Outcome.EXISTING,
        ada.home_slot,
        State.EXPIRED,
    )
    assert (await pool.loads())[0].reserved == 1


async def test_a_reservation_is_renewed_in_its_last_half(pool: LivePool) -> None:
    """An early reload changes nothing. A later one gives the whole time again, and the old deadline has no effect."""
    await pool.add_line(ROOMY)
    ada = assigned(await pool.sign_up(person("ada")))
    pool.now_ms += 29 * MINUTE_MS
    before = pool.store.keyspace()
    assert (await pool.sign_up(person("ada"))).assignment == ada
    assert pool.store.keyspace() == before
    pool.now_ms += 2 * MINUTE_MS
    renewed = await pool.sign_up(person("ada"))
    assert assigned(renewed).expires_at_s == pool.now_ms // 1000 + RESERVATION_S
    pool.now_ms += 31 * MINUTE_MS
    assert await pool.sweep() == 0
    assert (await pool.loads())[0].reserved == 1
    pool.now_ms += 31 * MINUTE_MS
    assert await pool.sweep() == 1
