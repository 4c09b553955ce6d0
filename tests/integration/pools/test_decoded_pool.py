"""A server uses the decoded pool in its memory only while it agrees with the keys."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from os import urandom
from pathlib import Path

import pytest

from router.core.line import LineLoad
from router.store.assignments import Assignments
from router.store.lines import Lines
from router.store.server import scripts
from router.store.server.scripts import Scripts, library_source
from tests.kit.servers import Server, start_valkey
from tests.kit.stores import FLAGGED, ROOMY, LivePool, assigned, open_pool, opened_store, person

WEIGHTS = (1, 2, 5)


async def open_lines(pool: LivePool) -> None:
    """Add a line of each weight."""
    for weight in WEIGHTS:
        await pool.add_line(replace(ROOMY, weight=weight))


async def arrive(pool: LivePool, people: int) -> Counter[int]:
    """Sign up strangers one by one, and count the people of each line."""
    return Counter([assigned(await pool.sign_up(person())).home_slot for _ in range(people)])


async def of_another_release(pool: LivePool, monkeypatch: pytest.MonkeyPatch) -> LivePool:
    """The same pool in a gateway whose library has other names, and so its own memory."""
    source, digest = library_source()
    monkeypatch.setattr(scripts, "library_source", lambda: (source.replace(digest, "0" * 12), "0" * 12))
    store = pool.store
    other = Scripts(store.client, urandom)
    changed = replace(store, scripts=other, assignments=Assignments(store.client, other), lines=Lines(other))
    return replace(pool, store=changed)


async def test_two_releases_share_a_pool(pool: LivePool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever wrote last, the next pick goes on from there. Shares stay exact, and no person is counted twice."""
    await open_lines(pool)
    other = await of_another_release(pool, monkeypatch)
    shares: Counter[int] = Counter()
    for turn in range(32):
        shares += await arrive(other if turn % 3 else pool, 1 + turn % 4)
    assert shares == {0: 10, 1: 20, 2: 50}
    await other.change_line(0, health=FLAGGED)
    assert 0 not in await arrive(pool, 10)
    assert await pool.loads() == await pool.recount()


async def test_a_lost_library_is_loaded_again(pool: LivePool) -> None:
    """After FUNCTION FLUSH the next call loads the library and succeeds. The lost memory is decoded again."""
    await open_lines(pool)
    shares: Counter[int] = Counter()
    for _ in range(4):
        shares += await arrive(pool, 20)
        with pool.store.raw_client() as client:
            client.function_flush()
    assert shares == {0: 10, 1: 20, 2: 50}
    assert await pool.loads() == await pool.recount()


async def test_a_pool_that_was_wiped_is_not_remembered(pool: LivePool) -> None:
    """After FLUSHALL a pool of the same name starts empty."""
    await open_lines(pool)
    await arrive(pool, 9)
    with pool.store.raw_client() as client:
        client.flushall()
    again = await open_pool(pool.store)
    await again.add_line()
    assert await arrive(again, 1) == {0: 1}
    assert await again.loads() == {0: LineLoad(reserved=1, new_24h=1)}


async def test_a_lost_header_costs_turns_and_no_count(pool: LivePool) -> None:
    """Without the header the rotation begins anew from the people on each line.

    Loads are as before, and shares recover.
    """
    await open_lines(pool)
    await arrive(pool, 40)
    with pool.store.raw_client() as client:
        client.delete(pool.keys.rotation)
    assert await pool.loads() == await pool.recount()
    shares = await arrive(pool, 160)
    assert all(abs(shares[slot] - 20 * weight) <= 2 for slot, weight in enumerate(WEIGHTS))
    assert await pool.loads() == await pool.recount()


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_restarted_server_goes_on_where_it_was(tmp_path: Path, end: str) -> None:
    """With every write on disk before its answer, turn and counts are those of the last answer."""
    durable = {"appendonly": "yes", "appendfsync": "always"}
    with start_valkey(tmp_path, extra=durable) as first:
        async with _opened_pool(first) as pool:
            await open_lines(pool)
            shares = await arrive(pool, 30)
            getattr(first, end)()
    with start_valkey(tmp_path, port=first.port, extra=durable) as second:
        async with opened_store(second.url) as store:
            pool = LivePool(store)
            shares += await arrive(pool, 50)
            assert shares == {0: 10, 1: 20, 2: 50}
            assert await pool.loads() == await pool.recount()


@asynccontextmanager
async def _opened_pool(server: Server) -> AsyncIterator[LivePool]:
    async with opened_store(server.url) as store:
        yield await open_pool(store)
