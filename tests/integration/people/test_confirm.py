"""confirm: a person texted, so their place is theirs."""

import asyncio
from collections import Counter

from router.core.assignment import State
from router.core.code import Code
from router.core.line import LineLimits, LineLoad
from tests.kit.stores import HOUR_MS, MINUTE_MS, LivePool, assigned, person


async def test_a_text_turns_a_reservation_into_a_place(pool: LivePool) -> None:
    """From then on they count as confirmed, and no sweep gives their place away."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    pool.now_ms += MINUTE_MS
    assert await pool.confirm(ada.code) == "confirmed"
    found = await pool.read(ada.code)
    assert found is not None
    assert (found.state, found.confirmed_at_s) == (State.CONFIRMED, pool.now_ms // 1000)
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 0
    assert await pool.loads() == {0: LineLoad(confirmed=1, new_24h=1)} == await pool.recount()


async def test_a_code_confirms_once(pool: LivePool) -> None:
    """Of twenty texts at once one is news. The others change nothing."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    words = await asyncio.gather(*(pool.confirm(ada.code) for _ in range(20)))
    assert Counter(words) == {"confirmed": 1, "already": 19}
    assert await pool.loads() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_a_late_text_is_honoured(pool: LivePool) -> None:
    """A person who texts after their reservation expired is on the line, even if it is full by now."""
    await pool.add_line(LineLimits(weight=1, capacity=1, target=1))
    ada = assigned(await pool.sign_up(person("ada")))
    pool.now_ms += 2 * HOUR_MS
    await pool.sweep()
    bob = assigned(await pool.sign_up(person("bob")))
    assert await pool.confirm(ada.code) == "confirmed"
    assert await pool.confirm(bob.code) == "confirmed"
    assert await pool.loads() == {0: LineLoad(confirmed=2, new_24h=2)} == await pool.recount()


async def test_a_code_without_an_owner_is_unknown(pool: LivePool) -> None:
    """Nothing is written for it."""
    await pool.add_line()
    before = pool.store.keyspace()
    assert await pool.confirm(Code("CCC222")) == "unknown"
    assert pool.store.keyspace() == before
