"""API keys, against a real store: made once, found without asking, revoked for good."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.access import Role
from router.core.errors import InvalidField, NotFound, Refused
from router.settings import Settings
from router.wiring import Gateway, open_gateway
from tests.servers import Server, start_valkey

OWN_KEY = "an-operators-own-long-key"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """Run an empty store."""
    with start_valkey(tmp_path) as server:
        yield server


@pytest.fixture
async def gateway(server: Server, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway on it."""
    async with open_gateway(Settings(redis_url=SecretStr(server.url), data_dir=tmp_path / "data")) as gateway:
        yield gateway


async def test_the_first_start_makes_an_admin_key(gateway: Gateway) -> None:
    """The key is spelled once; a second start makes none."""
    spelled = await gateway.access.ensure_admin(None)
    assert spelled is not None
    key = gateway.access.find(spelled)
    assert key is not None
    assert key.role is Role.ADMIN
    assert await gateway.access.ensure_admin(None) is None


async def test_two_gateways_that_start_at_once_make_one_key(gateway: Gateway, tmp_path: Path) -> None:
    """One of them tells the key, and it opens both."""
    async with open_gateway(gateway.settings) as other:
        told = await asyncio.gather(gateway.access.ensure_admin(None), other.access.ensure_admin(None))
        (spelled,) = [key for key in told if key is not None]
        assert gateway.access.find(spelled) == other.access.find(spelled) is not None
        assert len(await gateway.access.all()) == 1


async def test_an_operators_own_key_is_adopted(gateway: Gateway) -> None:
    """Any long string works as it is, even one that looks like ours; a changed one takes its place."""
    for own in (OWN_KEY, "sy_looks_like_one_of_ours", OWN_KEY + "-2"):
        assert await gateway.access.ensure_admin(own) is None
        key = gateway.access.find(own)
        assert key is not None
        assert (key.id, key.role) == ("env", Role.ADMIN)
    assert gateway.access.find(OWN_KEY) is None
    assert len(await gateway.access.all()) == 1


async def test_a_guessable_key_is_refused(gateway: Gateway) -> None:
    """Twenty characters are the least; the fault does not show them."""
    with pytest.raises(InvalidField, match="SWITCHYARD_ADMIN_KEY: it has 10 characters") as caught:
        await gateway.access.ensure_admin("letmein123")
    assert "letmein" not in str(caught.value)


@pytest.mark.parametrize(
    "token", ["", "sy_", "sy__", "sy_env_", "sy_nobody_secret", "sy_{id}_", "sy_{id}_wrong", "Bearer", "env", "é" * 50]
)
async def test_a_token_that_opens_nothing_is_none(gateway: Gateway, token: str) -> None:
    """Wrong in any way is just not found."""
    key, _ = await gateway.access.create(Role.VIEWER, "ci")
    assert gateway.access.find(token.replace("{id}", key.id)) is None
    await gateway.access.ensure_admin(OWN_KEY)
    assert gateway.access.find(token.replace("{id}", key.id)) is None


async def test_a_key_opens_with_the_role_it_was_made_with(gateway: Gateway) -> None:
    """Its label and role are kept, its secret is not."""
    key, spelled = await gateway.access.create(Role.OPERATOR, "signup back end")
    assert gateway.access.find(spelled) == key == (await gateway.access.all())[0]
    assert spelled.split("_", 2)[2] not in str(await gateway.client.hgetall("sy:{registry}:api_keys"))
    with pytest.raises(InvalidField, match="label"):
        await gateway.access.create(Role.OPERATOR, "")


async def test_a_revoked_key_opens_nothing(gateway: Gateway) -> None:
    """It is gone here at once, and elsewhere with the next refresh."""
    key, spelled = await gateway.access.create(Role.VIEWER, "ci")
    async with open_gateway(gateway.settings) as other:
        assert other.access.find(spelled) == key
        await gateway.access.revoke(key.id)
        assert gateway.access.find(spelled) is None
        await other.access.refresh()
        assert other.access.find(spelled) is None
    with pytest.raises(NotFound):
        await gateway.access.revoke(key.id)


async def test_the_last_admin_key_is_kept(gateway: Gateway) -> None:
    """There is always somebody who can make another key."""
    await gateway.access.ensure_admin(None)
    (first,) = await gateway.access.all()
    await gateway.access.create(Role.OPERATOR, "ci")
    with pytest.raises(Refused, match="last admin key"):
        await gateway.access.revoke(first.id)
    await gateway.access.create(Role.ADMIN, "second")
    assert await gateway.access.revoke(first.id) == first
