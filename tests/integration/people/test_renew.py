"""renew: other backups for people whose lines are gone, and a line for those whom none of theirs can carry."""

from dataclasses import replace

import pytest

from router.core.assignment import NO_HOME, Assignment, State
from router.core.code import Code
from router.core.line import LineHealth, OperatorState, Reputation, Status
from router.store.assignments import AssignPolicy
from tests.kit.stores import FLAGGED, HEALTHY, RESERVATION_S, ROOMY, LivePool, assigned, person

NOBODY = Code("222222")
RETIRED = LineHealth(operator_state=OperatorState.RETIRED)
RELEASED = LineHealth(status=Status.RELEASED)
AT_RISK = LineHealth(reputation=Reputation.AT_RISK)


async def open_for_ada(
    pool: LivePool, *, lines: int = 5, backups: int = 2, excluded: tuple[int, ...] = ()
) -> Assignment:
    """Open a pool of some lines, and confirm Ada on one."""
    pool.policy = AssignPolicy(RESERVATION_S, backups)
    for _ in range(lines):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", excluded=excluded)))
    await pool.confirm(ada.code)
    return ada


async def renewed(pool: LivePool, code: Code) -> Assignment:
    """Renew a person as the service does, and read them again."""
    found = await pool.read(code)
    assert found is not None
    assert found.must_renew
    (answer,) = await pool.store.assignments.renew(pool.keys, [code], backups=pool.policy.backups)
    assert answer == await pool.read(code)
    assert answer is not None
    return answer


@pytest.mark.parametrize("gone", [RETIRED, RELEASED])
async def test_a_backup_that_is_gone_is_replaced(pool: LivePool, gone: LineHealth) -> None:
    """It is in no answer from the moment it is gone. The other backup keeps its place, and a fresh one joins it."""
    ada = await open_for_ada(pool)
    first, second = ada.backups
    await pool.change_line(first, health=gone)
    found = await pool.read(ada.code)
    assert found is not None
    assert (found.slot, found.backups) == (ada.home_slot, (second,))
    answer = await renewed(pool, ada.code)
    assert (answer.slot, answer.backups[0], len(answer.backups)) == (ada.home_slot, second, 2)
    assert first not in answer.backups
    assert not answer.must_renew


@pytest.mark.parametrize("gone", [RETIRED, RELEASED])
@pytest.mark.parametrize("lost", [FLAGGED, RETIRED, RELEASED])
async def test_nobody_is_stranded_while_a_line_has_room(pool: LivePool, lost: LineHealth, gone: LineHealth) -> None:
    """Both backups are gone, then the person's own line is lost too: they are led to a line with room."""
    ada = await open_for_ada(pool)
    for slot in ada.backups:
        await pool.change_line(slot, health=gone)
    await pool.change_line(ada.home_slot, health=lost)
    answer = await renewed(pool, ada.code)
    assert answer.slot not in {None, ada.home_slot, *ada.backups}
    assert answer.home_slot == (ada.home_slot if lost is FLAGGED else NO_HOME)
    assert answer.is_rerouted
    assert len(answer.backups) == 2
    assert await pool.recount() == await pool.loads()


@pytest.mark.parametrize("state", [State.RESERVED, State.CONFIRMED, State.EXPIRED])
async def test_a_pool_without_backups_strands_nobody(pool: LivePool, state: State) -> None:
    """Someone whose own line is dead gets one other line, even if cards of the pool have no backups."""
    pool.policy = AssignPolicy(RESERVATION_S, 0)
    for _ in range(3):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    if state is State.CONFIRMED:
        await pool.confirm(ada.code)
    if state is State.EXPIRED:
        await pool.advance((RESERVATION_S + 120) * 1000)
        assert await pool.sweep() == 1
    await pool.change_line(ada.home_slot, health=FLAGGED)
    before = await pool.loads()
    answer = await renewed(pool, ada.code)
    assert (answer.state, answer.is_rerouted, len(answer.backups)) == (state, True, 1)
    assert await pool.loads() == before


async def test_a_flagged_backup_stays_on_the_card(pool: LivePool) -> None:
    """It comes back in a day. It makes room only for the line that carries the person meanwhile."""
    ada = await open_for_ada(pool)
    await pool.change_line(ada.backups[0], health=FLAGGED)
    found = await pool.read(ada.code)
    assert found is not None
    assert (found.must_renew, found.backups) == (False, ada.backups)
    await pool.change_line(ada.backups[1], health=FLAGGED)
    await pool.change_line(ada.home_slot, health=FLAGGED)
    answer = await renewed(pool, ada.code)
    assert answer.slot == answer.backups[0] not in {ada.home_slot, *ada.backups}
    assert answer.backups[1] == ada.backups[0]


async def test_a_line_at_risk_is_the_last_resort(pool: LivePool) -> None:
    """A person is led to it only if no better line has room, and never to a line that is full or critical."""
    ada = await open_for_ada(pool, lines=3)
    for slot in ada.backups:
        await pool.change_line(slot, health=RETIRED)
    risky = await pool.add_line(health=AT_RISK)
    await pool.add_line(health=LineHealth(reputation=Reputation.CRITICAL))
    await pool.add_line(limits=replace(ROOMY, capacity=0, target=0))
    await pool.change_line(ada.home_slot, health=FLAGGED)
    assert (await renewed(pool, ada.code)).slot == risky


async def test_without_room_nothing_is_written(pool: LivePool) -> None:
    """The person has no line then. As soon as a line has room, they do."""
    ada = await open_for_ada(pool, lines=1)
    await pool.change_line(ada.home_slot, health=FLAGGED)
    before = pool.store.keyspace()
    assert (await renewed(pool, ada.code)).slot is None
    assert pool.store.keyspace() == before
    fresh = await pool.add_line()
    assert (await renewed(pool, ada.code)).slot == fresh


async def test_an_excluded_line_is_never_given_later(pool: LivePool) -> None:
    """What a signup excluded holds for ever: for backups, for a signup that repeats, and for the waitlist."""
    ada = await open_for_ada(pool, lines=4, excluded=(3,))
    for slot in ada.backups:
        await pool.change_line(slot, health=RETIRED)
    await pool.change_line(ada.home_slot, health=FLAGGED)
    assert (await renewed(pool, ada.code)).slot is None
    again = await pool.sign_up(person("ada"))
    assert assigned(again).slot is None
    fresh = await pool.add_line()
    assert assigned(await pool.sign_up(person("ada"))).slot == fresh


async def test_a_known_person_is_led_on_by_signing_up_again(pool: LivePool) -> None:
    """The signup does it in its own step."""
    ada = await open_for_ada(pool)
    for slot in (ada.home_slot, *ada.backups):
        await pool.change_line(slot, health=RETIRED)
    again = assigned(await pool.sign_up(person("ada")))
    assert again.code == ada.code
    assert again.slot not in {None, ada.home_slot, *ada.backups}
    assert again == await pool.read(ada.code)


async def test_their_own_line_is_shown_again_when_it_is_back(pool: LivePool) -> None:
    """A line that was retired and is ours again is theirs again."""
    ada = await open_for_ada(pool)
    await pool.change_line(ada.home_slot, health=RETIRED)
    found = await pool.read(ada.code)
    assert found is not None
    assert ada.home_slot not in found.slots
    await pool.change_line(ada.home_slot, health=HEALTHY)
    assert await pool.read(ada.code) == replace_state(ada, State.CONFIRMED, found)


def replace_state(ada: Assignment, state: State, found: Assignment) -> Assignment:
    """Return Ada as she signed up, after her text."""
    return Assignment(
        ada.code,
        state,
        ada.home_slot,
        ada.home_slot,
        ada.backups,
        ada.tier,
        ada.created_at_s,
        found.expires_at_s,
        found.confirmed_at_s,
        ada.marks,
    )


async def test_people_of_a_dead_line_spread_over_all_others(pool: LivePool) -> None:
    """However many are stranded at once, no other line gets far more of them than its share."""
    pool.policy = AssignPolicy(RESERVATION_S, 0)
    dead = await pool.add_line()
    codes = [assigned(signup).code for signup in await pool.sign_up_all([person(f"p-{i}") for i in range(300)])]
    others = [await pool.add_line() for _ in range(5)]
    await pool.change_line(dead, health=FLAGGED)
    found = []
    for at in range(0, len(codes), 100):
        found += await pool.store.assignments.renew(pool.keys, codes[at : at + 100], backups=0)
    slots = [one.slot for one in found if one is not None]
    counts = {slot: slots.count(slot) for slot in others}
    assert sum(counts.values()) == 300
    assert min(counts.values()) > 300 / 5 * 0.6
    assert max(counts.values()) < 300 / 5 * 1.4


async def test_a_second_call_changes_nothing(pool: LivePool) -> None:
    """A reply that was lost costs nothing, and an unknown code gets None."""
    ada = await open_for_ada(pool)
    await pool.change_line(ada.backups[0], health=RETIRED)
    answer = await renewed(pool, ada.code)
    before = pool.store.keyspace()
    again = await pool.store.assignments.renew(pool.keys, [ada.code, NOBODY], backups=2)
    assert again == [answer, None]
    assert pool.store.keyspace() == before
