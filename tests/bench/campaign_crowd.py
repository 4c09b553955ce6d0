"""A pool whose first line is flagged and full of people; it is written at once, since a million signups take long."""

from collections.abc import Iterator
from os import urandom
from typing import Any, cast

from router.core.assignment import State
from router.core.campaigns.campaign import Campaign, CampaignState
from router.core.campaigns.cause import Cause
from router.core.code import BUCKETS, three_characters
from router.core.line import LineLimits
from router.core.people.personal_data import Identity, PersonalData
from router.core.pool import PoolId
from router.store.assignments import frame
from router.store.campaigns import Campaigns
from router.store.formats import NO_SLOT, RECORD
from router.store.keys import PoolKeys
from tests.kit.campaigns import SECRET, Migration, open_migration
from tests.kit.stores import Store

_PIPELINED = 500
ROOMY = LineLimits(weight=10_000, capacity=100_000, target=100_000)


async def open_crowd(store: Store, *, people: int, lines: int, now_ms: int) -> Migration:
    """Make the pool, its people, and a campaign that may begin.

    Args:
        store: an empty store.
        people: the number of people on the first line.
        lines: the number of lines that can take them; each person has two of them on their card.
        now_ms: the store's time.
    """
    migration = await open_migration(store, lines=lines + 1, limits=ROOMY)
    migration.pool.now_ms = now_ms
    await migration.flag(0)
    await _write_people(store, migration.keys, people, lines, now_ms)
    await Campaigns(store.client, store.scripts).put(
        migration.keys, _campaign(migration.settings.id, now_ms), is_new=True
    )
    return migration


def _campaign(pool: PoolId, now_ms: int) -> Campaign:
    return Campaign(
        id=f"{pool}.0.flagged1",
        pool=pool,
        slot=0,
        epoch=1,
        cause=Cause.FLAGGED,
        state=CampaignState.RUNNING,
        created_at_ms=now_ms,
        hold_until_ms=now_ms,
    )


async def _write_people(store: Store, keys: PoolKeys, people: int, lines: int, now_ms: int) -> None:
    personal_data = PersonalData(SECRET)
    sealed = frame(personal_data.seal(Identity(email="somebody@example.org"), urandom(12)))
    pipeline: Any = store.client.connection.pipeline(transaction=False)
    for bucket, numbers in enumerate(_shares(people)):
        prefix = three_characters(bucket)
        records = {three_characters(7 * place): _record(number, lines, now_ms) for place, number in enumerate(numbers)}
        if not records:
            continue
        pipeline.hset(keys.records(prefix), mapping=cast(Any, records))
        pipeline.hset(keys.contacts(prefix), mapping=cast(Any, dict.fromkeys(records, sealed)))
        if len(pipeline) >= _PIPELINED:
            await pipeline.execute()
    await pipeline.execute()


def _shares(people: int) -> Iterator[range]:
    """Spread people over the buckets as evenly as codes do."""
    for bucket in range(BUCKETS):
        yield range(people * bucket // BUCKETS, people * (bucket + 1) // BUCKETS)


def _record(number: int, lines: int, now_ms: int) -> bytes:
    now_s = now_ms // 1000
    heard_s = now_s - 1 - (number * 7919) % 1_000_000
    backups = (1 + number % lines, 1 + (number + 1) % lines, NO_SLOT)
    return RECORD.pack(State.CONFIRMED, 0, 0, *backups, heard_s, 0, heard_s, heard_s, 1, 0, 0)
