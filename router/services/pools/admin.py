"""Let operators read, create, change and delete pools."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import time
from functools import partial
from typing import TypedDict, TypeVar

from router.core.act import Act
from router.core.channel import ChannelName
from router.core.errors import Conflict, InvalidField, NotFound
from router.core.language import Language, LanguageRule
from router.core.links.photo import shrink_photo
from router.core.pool import DEFAULT_ENVIRONMENT, CapacityFrom, Consent, Entry, Pool, parse_pool_id
from router.core.pools.pool_rules import check_pool
from router.services.pools.limits import refresh_limits
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.store.lines import Lines
from router.store.pools import Pools
from router.telemetry.logs import get_logger

Written = TypeVar("Written")

_log = get_logger()


class PoolFields(TypedDict, total=False):
    """The settings a caller may change; settings left out stay as they are. Meanings as in `Pool`."""

    name: str
    text: str
    greeting: str
    colour: str
    website: str
    entry: Entry
    over_provisioning: float
    messages_per_line_per_day: int
    messages_per_person_per_day: float
    capacity_from: CapacityFrom
    new_people_per_day: int | None
    conversations_started_per_day: int | None
    warm_up_days: float
    order_days: float
    reservation_minutes: int
    backups: int
    prompts_from: time
    prompts_until: time
    time_zone: str
    environment: str
    prompt_channels: tuple[ChannelName, ...]
    prompt_texts: Mapping[str, str]
    language: LanguageRule
    default_language: Language
    consent: Consent
    terms_url: str
    privacy_url: str
    texts: Mapping[str, Mapping[str, str]]


async def find_pool(pools: Pools, pool_id: str) -> Pool:
    """Return a pool's settings as the store has them now.

    Raises:
        NotFound: there is no pool of that id.
    """
    try:
        pool = await pools.get(parse_pool_id(pool_id))
    except InvalidField:
        pool = None
    if pool is None:
        raise NotFound(f"There is no pool {pool_id[:40]!r}.")
    return pool


async def again_if_stale(write: Callable[[], Awaitable[Written]]) -> Written:
    """Read, decide and write; and once more if somebody else wrote in between.

    Raises:
        Conflict: somebody wrote in between again.
    """
    try:
        return await write()
    except Conflict:
        return await write()


class PoolAdmin:
    """Reads and changes pools.

    A pool that has ever given a person a line cannot be deleted: its people hold pages, codes and cards that must keep
    working. To retire a pool, drain its lines; then it costs nothing.

    Args:
        environments: ids of the provider's environments that are set up; a pool must be in one of them.
    """

    def __init__(
        self,
        pools: Pools,
        lines: Lines,
        pool_cache: PoolCache,
        clock: StoreClock,
        *,
        environments: Collection[str] = (DEFAULT_ENVIRONMENT,),
    ) -> None:
        self._pools = pools
        self._lines = lines
        self._pool_cache = pool_cache
        self._clock = clock
        self._environments = environments

    async def all(self) -> list[Pool]:
        """Return every pool, ordered by id."""
        found = [await self._pools.get(pool_id) for pool_id in await self._pools.ids()]
        return [pool for pool in found if pool is not None]

    async def get(self, pool_id: str) -> Pool:
        """Return a pool.

        Raises:
            NotFound: there is no pool of that id.
        """
        return await find_pool(self._pools, pool_id)

    async def create(self, pool_id: str, fields: PoolFields, *, by: Act) -> Pool:
        """Create a pool; without a name it is named after its id.

        Raises:
            InvalidField, InvalidText: as `check_pool`.
            Conflict: there is a pool of that id.
        """
        name = pool_id.replace("-", " ").capitalize()
        named = Pool(id=parse_pool_id(pool_id), name=name, changed_at_ms=self._clock.now_ms(), revision=1)
        pool = replace(named, **_merged(named, fields))
        check_pool(pool)
        self._check_environment(fields)
        await self._pools.put(pool, is_new=True)
        _log.info("pool_created", pool=pool.id, actor=by.actor)
        await self._pool_cache.reload(pool.id)
        return pool

    async def change(self, pool_id: str, fields: PoolFields, *, by: Act, revision: int | None = None) -> Pool:
        """Change some settings, and with them the limits of the pool's lines.

        Of `prompt_texts` and `texts` only the named ones change; an empty one falls back to our own text.

        `revision` is the one the caller read; None if the change is right whatever changed since.

        Raises:
            NotFound: there is no such pool.
            InvalidField, InvalidText: as `check_pool`.
            Conflict: it was changed since that revision, or keeps changing.
        """
        change = partial(self._change, pool_id, fields, revision, by)
        return await (change() if revision is not None else again_if_stale(change))

    async def delete(self, pool_id: str, *, by: Act) -> Pool:
        """Delete a pool that never gave a person a line, and return what it was.

        Raises:
            NotFound: there is no such pool.
            Refused: it gave a person a line.
        """
        pool = await self.get(pool_id)
        await self._pools.delete(pool.id)
        _log.info("pool_deleted", pool=pool.id, actor=by.actor)
        await self._pool_cache.reload(pool.id)
        return pool

    async def photo(self, pool_id: str) -> bytes | None:
        """Return the pool's photo as a small square JPEG, or None.

        Raises:
            NotFound: there is no such pool.
        """
        return await self._pools.photo((await self.get(pool_id)).id)

    async def set_photo(self, pool_id: str, data: bytes, *, by: Act) -> Pool:
        """Shrink an uploaded picture and make it the pool's photo.

        Raises:
            NotFound: there is no such pool.
            InvalidPhoto: not a picture, or one too large to open.
        """
        brand = (await self.get(pool_id)).colour
        photo = await asyncio.to_thread(partial(shrink_photo, data, brand=brand))
        return await again_if_stale(partial(self._put_photo, pool_id, photo, by))

    async def remove_photo(self, pool_id: str, *, by: Act) -> Pool:
        """Remove the pool's photo.

        Raises:
            NotFound: there is no such pool.
        """
        return await again_if_stale(partial(self._put_photo, pool_id, None, by))

    async def _put_photo(self, pool_id: str, photo: bytes | None, by: Act) -> Pool:
        pool = await self.get(pool_id)
        changed = self._next(replace(pool, has_photo=photo is not None))
        await self._pools.put_photo(changed, photo)
        _log.info("pool_changed", pool=pool.id, revision=changed.revision, actor=by.actor)
        await self._pool_cache.reload(pool.id)
        return changed

    async def _change(self, pool_id: str, fields: PoolFields, revision: int | None, by: Act) -> Pool:
        pool = await self.get(pool_id)
        if revision is not None and revision != pool.revision:
            raise Conflict(
                f"Pool {pool.id!r} is at revision {pool.revision}, not {revision}. Read it again, then change it."
            )
        changed = replace(pool, **_merged(pool, fields))
        if changed == pool:
            return pool
        check_pool(changed)
        self._check_environment(fields)
        changed = self._next(changed)
        await self._pools.put(changed, is_new=False)
        _log.info("pool_changed", pool=pool.id, revision=changed.revision, actor=by.actor)
        await self._pool_cache.reload(pool.id)
        measured = await self._pools.measured(pool.id)
        await refresh_limits(self._lines, changed, measured, now_ms=self._clock.now_ms())
        return changed

    def _check_environment(self, fields: PoolFields) -> None:
        named = fields.get("environment", DEFAULT_ENVIRONMENT)
        if named not in self._environments:
            known = ", ".join(sorted(self._environments))
            raise InvalidField("environment", f"{named!r} is not set up in switchyard.toml; known: {known}")

    def _next(self, pool: Pool) -> Pool:
        return replace(pool, revision=pool.revision + 1, changed_at_ms=self._clock.now_ms())


def _merged(pool: Pool, fields: PoolFields) -> PoolFields:
    merged = fields
    if "prompt_texts" in fields:
        merged = {**merged, "prompt_texts": _overlaid(pool.prompt_texts, fields["prompt_texts"])}
    if "texts" in fields:
        names = {**pool.texts, **fields["texts"]}
        texts = {name: _overlaid(pool.texts.get(name, {}), fields["texts"].get(name, {})) for name in names}
        merged = {**merged, "texts": {name: translations for name, translations in texts.items() if translations}}
    return merged


def _overlaid(texts: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in {**texts, **changes}.items() if text}
