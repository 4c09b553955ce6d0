"""What operators do with pools, against a real store."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pydantic import SecretStr

from router.core.errors import Conflict, InvalidField, InvalidPhoto, NotFound
from router.core.line_rules import LineSpec
from router.core.pool import Entry
from router.settings import Settings
from router.wiring import Gateway, open_gateway
from tests.servers import start_valkey

NUMBER = "+12025550101"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway on an empty store of its own."""
    with start_valkey(tmp_path) as server:
        async with open_gateway(Settings(redis_url=SecretStr(server.url), data_dir=tmp_path / "data")) as gateway:
            yield gateway


def picture() -> bytes:
    """Draw what an operator might upload."""
    file = BytesIO()
    Image.new("RGB", (400, 300), "navy").save(file, format="PNG")
    return file.getvalue()


async def test_only_an_id_is_needed(gateway: Gateway) -> None:
    """A pool without a name is named after its id, and is known to this worker at once."""
    pool = await gateway.pool_admin.create("main-east", {})
    assert (pool.name, pool.revision) == ("Main east", 1)
    assert await gateway.pool_admin.get("main-east") == pool
    assert [view.pool for view in gateway.directory.all()] == [pool] == await gateway.pool_admin.all()


async def test_a_pool_is_made_once(gateway: Gateway) -> None:
    """A second pool of the same id is a conflict and leaves the first as it was."""
    await gateway.pool_admin.create("main", {"name": "Acme"})
    with pytest.raises(Conflict, match="already"):
        await gateway.pool_admin.create("main", {"name": "Other"})
    assert (await gateway.pool_admin.get("main")).name == "Acme"


async def test_a_refused_pool_leaves_no_trace(gateway: Gateway) -> None:
    """What is out of range is refused before anything is written."""
    with pytest.raises(InvalidField, match="backups"):
        await gateway.pool_admin.create("main", {"backups": 9})
    with pytest.raises(InvalidField, match="id"):
        await gateway.pool_admin.create("Main!", {})
    assert await gateway.pools.ids() == []


@pytest.mark.parametrize("pool_id", ["ghost", "Main!", "a}b", ""])
async def test_a_pool_that_is_not_there_is_not_found(gateway: Gateway, pool_id: str) -> None:
    """An id that could not exist is no different from one that does not; nothing is made by asking."""
    with pytest.raises(NotFound):
        await gateway.pool_admin.get(pool_id)
    with pytest.raises(NotFound):
        await gateway.pool_admin.change(pool_id, {"name": "x"})
    with pytest.raises(NotFound):
        await gateway.pool_admin.set_photo(pool_id, picture())
    assert await gateway.pools.ids() == []


async def test_a_change_keeps_what_it_does_not_name(gateway: Gateway) -> None:
    """Fields left out stay, and a limit can be taken back."""
    await gateway.pool_admin.create("main", {"name": "Acme", "new_people_per_day": 50})
    pool = await gateway.pool_admin.change("main", {"entry": Entry.REDIRECT, "new_people_per_day": None})
    assert (pool.name, pool.entry, pool.new_people_per_day, pool.revision) == ("Acme", Entry.REDIRECT, None, 2)
    assert (await gateway.directory.seek("main")).pool == pool


async def test_a_change_that_changes_nothing_is_no_new_revision(gateway: Gateway) -> None:
    """Sending the same settings twice counts once."""
    await gateway.pool_admin.create("main", {})
    first = await gateway.pool_admin.change("main", {"name": "Acme"})
    assert await gateway.pool_admin.change("main", {"name": "Acme"}) == first


async def test_a_change_decided_on_an_old_revision_is_a_conflict(gateway: Gateway) -> None:
    """Whoever names a revision never overwrites somebody else's change unseen."""
    pool = await gateway.pool_admin.create("main", {})
    await gateway.pool_admin.change("main", {"name": "Acme"}, revision=pool.revision)
    with pytest.raises(Conflict, match="at revision 2, not 1"):
        await gateway.pool_admin.change("main", {"name": "Other"}, revision=pool.revision)
    assert (await gateway.pool_admin.get("main")).name == "Acme"


async def test_two_changes_at_once_both_count(gateway: Gateway) -> None:
    """Changes of different fields that name no revision do not undo each other."""
    await gateway.pool_admin.create("main", {})
    await asyncio.gather(
        gateway.pool_admin.change("main", {"name": "Acme"}), gateway.pool_admin.change("main", {"greeting": "Hello."})
    )
    pool = await gateway.pool_admin.get("main")
    assert (pool.name, pool.greeting, pool.revision) == ("Acme", "Hello.", 3)


async def test_a_changed_guideline_reaches_every_line(gateway: Gateway) -> None:
    """Over-provisioning and message guidelines move the limits of all lines at once; a line's own capacity stays."""
    await gateway.pool_admin.create("main", {"messages_per_line_per_day": 1000, "messages_per_person_per_day": 10.0})
    await gateway.line_admin.add("main", LineSpec(number=NUMBER))
    await gateway.line_admin.add("main", LineSpec(number="+12025550102", capacity=50))
    await gateway.pool_admin.change("main", {"messages_per_person_per_day": 5.0, "over_provisioning": 0.25})
    limits = [now.limits for now in await gateway.line_admin.all("main")]
    assert [(limit.capacity, limit.target) for limit in limits] == [(200, 160), (50, 40)]


async def test_a_photo_is_shrunk_shown_and_removed(gateway: Gateway) -> None:
    """The page's photo is a small JPEG; it is there exactly while the pool says so."""
    await gateway.pool_admin.create("main", {})
    assert (await gateway.pool_admin.set_photo("main", picture())).has_photo
    photo = await gateway.pool_admin.photo("main")
    assert photo is not None
    assert photo.startswith(b"\xff\xd8")
    assert (await gateway.directory.seek("main")).photo == photo
    assert not (await gateway.pool_admin.remove_photo("main")).has_photo
    assert await gateway.pool_admin.photo("main") is None
    assert (await gateway.directory.seek("main")).photo is None


async def test_bytes_that_are_no_picture_change_nothing(gateway: Gateway) -> None:
    """A refused upload leaves the photo that was there."""
    await gateway.pool_admin.create("main", {})
    before = await gateway.pool_admin.set_photo("main", picture())
    with pytest.raises(InvalidPhoto):
        await gateway.pool_admin.set_photo("main", b"GIF89a but not really")
    assert await gateway.pool_admin.get("main") == before
