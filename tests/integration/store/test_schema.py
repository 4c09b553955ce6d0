"""The tests compare a store with the table at the top of `router/store/keys.py`."""

from tests.kit.schema import SCHEMA, unknown_keys
from tests.kit.stores import LivePool, Store, assigned, person


def test_every_row_of_the_table_is_read() -> None:
    """There are fifty-one kinds of keys. Those that expire have a lifetime."""
    assert len(SCHEMA) == 51
    assert sum(rule.life is not None for rule in SCHEMA) == 9


async def test_a_key_outside_the_table_is_found(store: Store) -> None:
    """Another name, another type, a lifetime too long, and a lifetime on a permanent key are each reported."""
    with store.raw_client() as client:
        client.set("sy:{main}:visits", 1)
        client.set("sy:{main}:due", 1)
        client.hset("sy:{main}:traffic:20833", "0:in", "1")
        client.set("sy:{main}:config", "{}", ex=60)
        found = unknown_keys(client)
        client.flushall()
    assert sorted(found) == [
        "sy:{main}:config: string, TTL 60 s",
        "sy:{main}:due: string, TTL -1 s",
        "sy:{main}:traffic:20833: hash, TTL -1 s",
        "sy:{main}:visits: string, TTL -1 s",
    ]


async def test_temporary_keys_have_their_ttl(pool: LivePool) -> None:
    """An idempotency key lives two days from its last use, and the counts of a day forty."""
    await pool.add_line()
    await pool.confirm(assigned(await pool.sign_up(person("ada", once=("key", "body")))).code)
    with pool.store.raw_client() as client:
        lives = {name.decode().split(":")[2]: client.ttl(name) for name in client.scan_iter(match="sy:{main}:*:*")}
    assert 172_790 < lives["k"] <= 172_800
    assert 3_455_990 < lives["traffic"] <= 3_456_000
