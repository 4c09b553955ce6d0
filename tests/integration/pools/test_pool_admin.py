"""What operators do with pools, against a real store."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.errors import Conflict, InvalidField, InvalidPhoto, NotFound
from router.core.lines.line_rules import LineSpec
from router.core.pool import Entry
from router.gateway import Gateway
from router.settings.settings import Settings
from router.store.pools import Pools
from router.wiring.open import open_gateway
from tests.kit.servers import start_valkey

NUMBER = "+12025550101"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway on its own empty store."""
    with start_valkey(tmp_path) as server:
        async with open_gateway(Settings(redis_url=SecretStr(server.url), data_dir=tmp_path / "data")) as gateway:
            yield gateway


def picture() -> bytes:
    """Draw a picture such as an operator might upload."""
    file = BytesIO()
    Image.new("RGB", (400, 300), "navy").save(file, format="PNG")
    return file.getvalue()


async def test_only_an_id_is_needed(gateway: Gateway) -> None:
    """A pool without a name is named after its id, and this worker knows it at once."""
    pool = await gateway.pool_admin.create("main-east", {}, by=BY_SHELL)
    assert (pool.name, pool.revision) == ("Main east", 1)
    assert await gateway.pool_admin.get("main-east") == pool
    assert [view.pool for view in gateway.pool_cache.all()] == [pool] == await gateway.pool_admin.all()


async def test_a_pool_is_made_once(gateway: Gateway) -> None:
    """A second pool of the same id is a conflict, and leaves the first as it was."""
    await gateway.pool_admin.create("main", {"name": "Acme"}, by=BY_SHELL)
    with pytest.raises(Conflict, match="already"):
        await gateway.pool_admin.create("main", {"name": "Other"}, by=BY_SHELL)
    assert (await gateway.pool_admin.get("main")).name == "Acme"


async def test_a_refused_pool_leaves_no_trace(gateway: Gateway) -> None:
    """A value out of range is refused before anything is written."""
    with pytest.raises(InvalidField, match="backups"):
        await gateway.pool_admin.create("main", {"backups": 9}, by=BY_SHELL)
    with pytest.raises(InvalidField, match="id"):
        await gateway.pool_admin.create("Main!", {}, by=BY_SHELL)
    assert await Pools(gateway.client, gateway.scripts).ids() == []


@pytest.mark.parametrize("pool_id", ["ghost", "Main!", "a}b", ""])
async def test_an_unknown_pool_is_not_found(gateway: Gateway, pool_id: str) -> None:
    """An impossible id gets the same answer as an unknown one. The request makes nothing."""
    with pytest.raises(NotFound):
        await gateway.pool_admin.get(pool_id)
    with pytest.raises(NotFound):
        await gateway.pool_admin.change(pool_id, {"name": "x"}, by=BY_SHELL)
    with pytest.raises(NotFound):
        await gateway.pool_admin.set_photo(pool_id, picture(), by=BY_SHELL)
    assert await Pools(gateway.client, gateway.scripts).ids() == []


async def test_a_change_leaves_all_other_fields(gateway: Gateway) -> None:
    """Omitted fields stay. A limit can be removed."""
    await gateway.pool_admin.create("main", {"name": "Acme", "new_people_per_day": 50}, by=BY_SHELL)
    pool = await gateway.pool_admin.change("main", {"entry": Entry.REDIRECT, "new_people_per_day": None}, by=BY_SHELL)
    assert (pool.name, pool.entry, pool.new_people_per_day, pool.revision) == ("Acme", Entry.REDIRECT, None, 2)
    assert (await gateway.pool_cache.get("main")).pool == pool


async def test_a_change_that_changes_nothing_is_no_new_revision(gateway: Gateway) -> None:
    """Sending the same settings twice counts once."""
    await gateway.pool_admin.create("main", {}, by=BY_SHELL)
    first = await gateway.pool_admin.change("main", {"name": "Acme"}, by=BY_SHELL)
    assert await gateway.pool_admin.change("main", {"name": "Acme"}, by=BY_SHELL) == first


async def test_a_change_decided_on_an_old_revision_is_a_conflict(gateway: Gateway) -> None:
    """A caller that names a revision never overwrites another change unseen."""
    pool = await gateway.pool_admin.create("main", {}, by=BY_SHELL)
    await gateway.pool_admin.change("main", {"name": "Acme"}, revision=pool.revision, by=BY_SHELL)
    with pytest.raises(Conflict, match="at revision 2, not 1"):
        await gateway.pool_admin.change("main", {"name": "Other"}, revision=pool.revision, by=BY_SHELL)
    assert (await gateway.pool_admin.get("main")).name == "Acme"


async def test_two_changes_at_once_both_count(gateway: Gateway) -> None:
    """Changes of different fields without a revision do not undo each other."""
    await gateway.pool_admin.create("main", {}, by=BY_SHELL)
    await asyncio.gather(
        gateway.pool_admin.change("main", {"name": "Acme"}, by=BY_SHELL),
        gateway.pool_admin.change("main", {"greeting": "Hello."}, by=BY_SHELL),
    )
    pool = await gateway.pool_admin.get("main")
    assert (pool.name, pool.greeting, pool.revision) == ("Acme", "Hello.", 3)


async def test_a_changed_guideline_reaches_every_line(gateway: Gateway) -> None:
    """Over-provisioning and message guidelines move the limits of all lines at once. A line's own capacity stays."""
    await gateway.pool_admin.create(
        "main", {"messages_per_line_per_day": 1000, "messages_per_person_per_day": 10.0}, by=BY_SHELL
    )
    await gateway.line_admin.add("main", LineSpec(number=NUMBER), by=BY_SHELL)
    await gateway.line_admin.add("main", LineSpec(number="+12025550102", capacity=50), by=BY_SHELL)
    await gateway.pool_admin.change(
        "main", {"messages_per_person_per_day": 5.0, "over_provisioning": 0.25}, by=BY_SHELL
    )
    limits = [now.limits for now in await gateway.line_admin.all("main")]
    assert [(limit.capacity, limit.target) for limit in limits] == [(200, 160), (50, 40)]


async def test_a_photo_is_shrunk_shown_and_removed(gateway: Gateway) -> None:
    """The page's photo is a small JPEG. It is stored exactly while the pool's settings say so."""
    await gateway.pool_admin.create("main", {}, by=BY_SHELL)
    assert (await gateway.pool_admin.set_photo("main", picture(), by=BY_SHELL)).has_photo
    photo = await gateway.pool_admin.photo("main")
    assert photo is not None
    assert photo.startswith(b"\xff\xd8")
    assert (await gateway.pool_cache.get("main")).photo == photo
    assert not (await gateway.pool_admin.remove_photo("main", by=BY_SHELL)).has_photo
    assert await gateway.pool_admin.photo("main") is None
    assert (await gateway.pool_cache.get("main")).photo is None


async def test_bytes_that_are_no_picture_change_nothing(gateway: Gateway) -> None:
    """A refused upload leaves the old photo."""
    await gateway.pool_admin.create("main", {}, by=BY_SHELL)
    before = await gateway.pool_admin.set_photo("main", picture(), by=BY_SHELL)
    with pytest.raises(InvalidPhoto):
        await gateway.pool_admin.set_photo("main", b"GIF89a but not really", by=BY_SHELL)
    assert await gateway.pool_admin.get("main") == before
