"""overview: all lines of a pool at one moment."""

from router.core.line import Gate, LineLimits, LineLoad, Tier
from tests.kit.stores import CLOSED, LivePool, assigned, person


async def test_a_pool_without_lines_is_empty(pool: LivePool) -> None:
    """The list is empty, and that is no fault."""
    assert await pool.lines() == {}


async def test_every_line_is_shown_with_its_gate_and_its_load(pool: LivePool) -> None:
    """Limits come back as they were set, and each gate by its name."""
    for health, limits in CLOSED.values():
        await pool.add_line(limits, health)
    last = await pool.add_line(LineLimits(weight=7, capacity=3, target=2, new_people_per_day=1, is_warming=True))
    ada, bob = [assigned(signup) for signup in await pool.sign_up_all([person(), person()])]
    await pool.confirm(ada.code)
    shown = await pool.lines()
    assert [now.gate for now in shown.values()] == [*CLOSED, Gate.TARGET]
    assert {now.tier for slot, now in shown.items() if slot != last} == {Tier.NONE}
    assert shown[last].limits == LineLimits(weight=7, capacity=3, target=2, new_people_per_day=1, is_warming=True)
    assert shown[last].load == LineLoad(reserved=1, confirmed=1, new_24h=2)
    assert (shown[last].tier, shown[last].picks) == (Tier.RESERVE, 2)
    await pool.store.assignments.forget(pool.keys, bob.code, [])
    assert (await pool.lines())[last].gate is Gate.WARM_UP


async def test_reading_writes_nothing(pool: LivePool) -> None:
    """The store is the same, byte for byte."""
    await pool.add_line()
    before = pool.store.keyspace()
    await pool.lines()
    assert pool.store.keyspace() == before
