"""What the tests hold a store against is the table that `router/store/keys.py` opens with."""

from tests.schema import SCHEMA, strangers
from tests.stores import LivePool, Store, given, person


def test_every_row_of_the_table_is_read() -> None:
    """Forty-six kinds of keys; those that pass by themselves have a life."""
    assert len(SCHEMA) == 46
    assert sum(rule.life is not None for rule in SCHEMA) == 7


async def test_what_is_not_in_the_table_is_found(store: Store) -> None:
    """Another name, another type, a life too long and a life where there should be none are each told."""
    with store.behind() as client:
        client.set("sy:{main}:visits", 1)
        client.set("sy:{main}:due", 1)
        client.hset("sy:{main}:traffic:20833", "0:in", "1")
        client.set("sy:{main}:config", "{}", ex=60)
        found = strangers(client)
        client.flushall()
    assert sorted(found) == [
        "sy:{main}:config: string, TTL 60 s",
        "sy:{main}:due: string, TTL -1 s",
        "sy:{main}:traffic:20833: hash, TTL -1 s",
        "sy:{main}:visits: string, TTL -1 s",
    ]


async def test_what_is_kept_for_a_time_only_has_its_ttl(pool: LivePool) -> None:
    """An idempotency key lives two days from its last use, and the counts of a day forty."""
    await pool.add_line()
    await pool.confirm(given(await pool.sign_up(person("ada", once=("key", "body")))).code)
    with pool.store.behind() as client:
        lives = {name.decode().split(":")[2]: client.ttl(name) for name in client.scan_iter(match="sy:{main}:*:*")}
    assert 172_790 < lives["k"] <= 172_800
    assert 3_455_990 < lives["traffic"] <= 3_456_000
