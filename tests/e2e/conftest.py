"""One running gateway for all end-to-end tests of a process. Each test opens its own pool in it.

Tests that open the application in their own process share one empty store per file.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from router.sandbox.sinks.http import HttpSink
from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.sample_pools import PATIENT_MS, SamplePool, open_pool
from tests.kit.servers import Server, start_valkey
from tests.kit.sinks import http_sink

_ids = count(1)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """Run `switchyard serve` with its embedded store until the last test."""
    with start_gateway(tmp_path_factory.mktemp("gateway"), STORE_TIMEOUT_MS=PATIENT_MS) as running:
        yield running


@pytest.fixture
def new_pool(gateway: RunningGateway) -> Callable[..., SamplePool]:
    """Return a function that opens a new pool. It accepts settings in the API's form."""

    def opened(*, lines: int = 3, **settings: Any) -> SamplePool:
        return open_pool(gateway, f"pool-{next(_ids)}", lines=lines, **settings)

    return opened


@pytest.fixture
def pool(new_pool: Callable[..., SamplePool]) -> SamplePool:
    """Open a pool of three lines whose signup link is a page."""
    return new_pool()


@pytest.fixture
def redirect_pool(new_pool: Callable[..., SamplePool]) -> SamplePool:
    """Open a pool of three lines whose signup link opens Messages at once."""
    return new_pool(entry="redirect")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start one store for all tests of a file. Each test finds it empty."""
    with start_valkey(tmp_path_factory.mktemp("store")) as server:
        yield server


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    """Play the customer's app."""
    with http_sink() as running:
        yield running
