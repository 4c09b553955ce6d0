"""API keys, against a real store: made once, found without a call to the store, revoked for good."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.access import Role
from router.core.act import BY_SHELL
from router.core.errors import InvalidField, NotFound, Refused
from router.gateway import Gateway
from router.settings.settings import Settings
from router.wiring.open import open_gateway
from tests.kit.servers import Server, start_valkey

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
    """The key is printed once. A second start makes no key."""
    token = await gateway.access.ensure_admin(None)
    assert token is not None
    key = gateway.access.find(token)
    assert key is not None
    assert key.role is Role.ADMIN
    assert await gateway.access.ensure_admin(None) is None


async def test_two_gateways_that_start_at_once_make_one_key(gateway: Gateway, tmp_path: Path) -> None:
    """One of them prints the key, and it opens both."""
    async with open_gateway(gateway.settings) as other:
        printed = await asyncio.gather(gateway.access.ensure_admin(None), other.access.ensure_admin(None))
        (token,) = [key for key in printed if key is not None]
        assert gateway.access.find(token) == other.access.find(token) is not None
        assert len(await gateway.access.all()) == 1


async def test_an_operator_s_own_key_is_adopted(gateway: Gateway) -> None:
    """Any long string works as it is, even one that looks like ours. A changed key takes its place."""
    for own in (OWN_KEY, "sy_looks_like_one_of_ours", OWN_KEY + "-2"):
        assert await gateway.access.ensure_admin(own) is None
        key = gateway.access.find(own)
        assert key is not None
        assert (key.id, key.role) == ("env", Role.ADMIN)
    assert gateway.access.find(OWN_KEY) is None
    assert len(await gateway.access.all()) == 1


async def test_a_guessable_key_is_refused(gateway: Gateway) -> None:
    """Twenty characters are the minimum. The error does not show them."""
    with pytest.raises(InvalidField, match="SWITCHYARD_ADMIN_KEY: it has 10 characters") as caught:
        await gateway.access.ensure_admin("letmein123")
    assert "letmein" not in str(caught.value)


@pytest.mark.parametrize(
    "token", ["", "sy_", "sy__", "sy_env_", "sy_nobody_secret", "sy_{id}_", "sy_{id}_wrong", "Bearer", "env", "é" * 50]
)
async def test_a_wrong_token_finds_no_key(gateway: Gateway, token: str) -> None:
    """Any wrong token is simply not found."""
    key, _ = await gateway.access.create(Role.VIEWER, "ci", by=BY_SHELL)
    assert gateway.access.find(token.replace("{id}", key.id)) is None
    await gateway.access.ensure_admin(OWN_KEY)
    assert gateway.access.find(token.replace("{id}", key.id)) is None


async def test_a_key_opens_with_the_role_it_was_made_with(gateway: Gateway) -> None:
    """Its label and role are stored. Its secret is not."""
    key, token = await gateway.access.create(Role.OPERATOR, "signup back end", by=BY_SHELL)
    assert gateway.access.find(token) == key == (await gateway.access.all())[0]
    assert token.split("_", 2)[2] not in str(await gateway.client.hgetall("sy:{registry}:api_keys"))
    with pytest.raises(InvalidField, match="label"):
        await gateway.access.create(Role.OPERATOR, "", by=BY_SHELL)


async def test_a_revoked_key_opens_nothing(gateway: Gateway) -> None:
    """It stops working here at once, and elsewhere with the next refresh."""
    key, token = await gateway.access.create(Role.VIEWER, "ci", by=BY_SHELL)
    async with open_gateway(gateway.settings) as other:
        assert other.access.find(token) == key
        await gateway.access.revoke(key.id, by=BY_SHELL)
        assert gateway.access.find(token) is None
        await other.access.refresh()
        assert other.access.find(token) is None
    with pytest.raises(NotFound):
        await gateway.access.revoke(key.id, by=BY_SHELL)


async def test_the_last_admin_key_cannot_be_revoked(gateway: Gateway) -> None:
    """There is always a key that can make another key."""
    await gateway.access.ensure_admin(None)
    (first,) = await gateway.access.all()
    await gateway.access.create(Role.OPERATOR, "ci", by=BY_SHELL)
    with pytest.raises(Refused, match="last admin key"):
        await gateway.access.revoke(first.id, by=BY_SHELL)
    await gateway.access.create(Role.ADMIN, "second", by=BY_SHELL)
    assert await gateway.access.revoke(first.id, by=BY_SHELL) == first
