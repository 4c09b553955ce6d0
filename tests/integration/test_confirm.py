"""confirm: a person texted, so their place is theirs."""

import asyncio
from collections import Counter

import pytest
from redis.exceptions import ResponseError

from router.core.assignment import State
from router.core.code import Code
from router.core.line import LineLimits, LineLoad
from tests.stores import HOUR_MS, MINUTE_MS, ROOMY, LivePool, given, person


async def test_a_text_turns_a_reservation_into_a_place(pool: LivePool) -> None:
    """The person counts as confirmed from then on, and no sweep takes their place."""
    await pool.add_line()
    ada = given(await pool.sign_up(person("ada")))
    pool.now_ms += MINUTE_MS
    assert await pool.confirm(ada.code) == "confirmed"
    found = await pool.read(ada.code)
    assert found is not None
    assert (found.state, found.confirmed_at_s) == (State.CONFIRMED, pool.now_ms // 1000)
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 0
    assert await pool.loads() == {0: LineLoad(confirmed=1, new_24h=1)} == await pool.recount()


async def test_a_code_confirms_once(pool: LivePool) -> None:
    """Of twenty texts at once one is news; the others change nothing."""
    await pool.add_line()
    ada = given(await pool.sign_up(person("ada")))
    words = await asyncio.gather(*(pool.confirm(ada.code) for _ in range(20)))
    assert Counter(words) == {"confirmed": 1, "already": 19}
    assert await pool.loads() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_a_late_text_is_honoured(pool: LivePool) -> None:
    """Whoever texts after their reservation ran out is on the line, even if it is full by now."""
    await pool.add_line(LineLimits(weight=1, capacity=1, target=1))
    ada = given(await pool.sign_up(person("ada")))
    pool.now_ms += 2 * HOUR_MS
    await pool.sweep()
    bob = given(await pool.sign_up(person("bob")))
    assert await pool.confirm(ada.code) == "confirmed"
    assert await pool.confirm(bob.code) == "confirmed"
    assert await pool.loads() == {0: LineLoad(confirmed=2, new_24h=2)} == await pool.recount()


async def test_a_code_of_nobody_is_unknown(pool: LivePool) -> None:
    """Nothing is written for it."""
    await pool.add_line()
    before = pool.store.keyspace()
    assert await pool.confirm(Code("CCC222")) == "unknown"
    assert pool.store.keyspace() == before


@pytest.mark.parametrize("arguments", [(), (1,), ("now", "CCC222"), (1, "CCC22"), (1, "CCC2222")], ids=str)
async def test_a_malformed_call_is_refused(pool: LivePool, arguments: tuple[int | str, ...]) -> None:
    """BAD_ARG, and nothing is written."""
    await pool.add_line(ROOMY)
    await pool.sign_up(person(prefix="CCC", suffixes="222" * 4))
    names = [*pool.keys.picking, pool.keys.records("CCC"), pool.keys.traffic(0)]
    before = pool.store.keyspace()
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await pool.store.scripts.change("confirm", names, *arguments)
    with pytest.raises(ResponseError, match="BAD_ARG"):
        await pool.store.scripts.change("confirm", names[:3], 1, "CCC222")
    assert pool.store.keyspace() == before
