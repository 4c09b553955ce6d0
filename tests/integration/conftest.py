"""`store` is every kind of server the gateway runs on. After each test, every key left must be in the schema."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.kit.sandboxes import RunningSandbox, start_sandbox
from tests.kit.schema import unknown_keys
from tests.kit.servers import Server, start_valkey
from tests.kit.stores import LivePool, Store, open_pool, opened_store

_REDIS = "/usr/bin/redis-server"
_KINDS: dict[str, Callable[[Path], Server]] = {
    "valkey": start_valkey,
    "cluster": lambda directory: start_valkey(directory, cluster=True),
    "limited-user": lambda directory: start_valkey(directory, acl_user=True),
    "redis-7": lambda directory: start_valkey(directory, binary=_REDIS),
}
_INSTALLED = [kind for kind in _KINDS if kind != "redis-7" or os.access(_REDIS, os.X_OK)]


@pytest.fixture(scope="session", params=_INSTALLED)
def store_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server of each kind for all tests."""
    with _KINDS[request.param](tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.fixture
async def store(store_server: Server) -> AsyncIterator[Store]:
    """Connect to an empty store, and check afterwards what is left in it."""
    async with opened_store(store_server.url, store_server.admin_url) as store:
        yield store
        with store.raw_client() as client:
            unknown = unknown_keys(client)
            client.flushall()
        assert not unknown, unknown


@pytest.fixture
async def pool(store: Store) -> LivePool:
    """Open a pool without lines."""
    return await open_pool(store)


@pytest.fixture(scope="session")
def linq_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """Run one local Linq for all tests. Each test begins by resetting it."""
    with start_sandbox(tmp_path_factory.mktemp("linq"), "--speed", "100") as running:
        yield running
