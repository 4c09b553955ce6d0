"""Open the gateway: find or start its store, connect, wait until it answers, and close everything again."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from datetime import timedelta

from router.core.errors import StoreUnavailable
from router.gateway import Gateway
from router.process.starter import has_lost_its_starter, was_started_by_gateway
from router.settings.secret_key import ensure_secret_key
from router.settings.settings import Settings
from router.settings.zone_data import use_newest
from router.store.server import embedded
from router.store.server.client import StoreClient
from router.store.server.connection import connect
from router.store.server.embedded import EmbeddedStore
from router.store.server.server_check import check_server
from router.wiring.assemble import assemble

START_PATIENCE = timedelta(seconds=20)
_RETRY_PAUSE_S = 0.25
_NOWHERE = "192.0.2.1"  # TEST-NET-1 (RFC 5737): we ask for a route to it and never send anything


@asynccontextmanager
async def open_gateway(settings: Settings, *, patience: timedelta = timedelta(seconds=2)) -> AsyncIterator[Gateway]:
    """Connect to the store, check it, load the scripts, and yield the gateway.

    With the embedded store, a gateway that already runs on the data directory shares its store. Otherwise one is
    started, and it ends with the context.

    Args:
        settings: where the store is, and what our links say.
        patience: how long to retry while the store does not answer. After a restart of everything it comes up last.

    Raises:
        Refused: the store is too old, or the data directory cannot be used.
        StoreUnavailable: the store does not answer.
        SecretKeyError: the secret key cannot be read or made.
    """
    use_newest()
    secret, _ = ensure_secret_key(settings.data_dir, settings.secret_key)
    with ExitStack() as stack:
        if settings.redis_url is not None:
            url = settings.redis_url.get_secret_value()
        else:
            url = await _embedded_url(settings, stack, patience)
        async with _connected(settings, url, secret.get_secret_value(), patience) as gateway:
            yield gateway


def base_url_of(settings: Settings) -> str:
    """Return the origin of every link we hand out."""
    return settings.origin(lan_address())


def lan_address() -> str:
    """Return this machine's address on its own network, so that a phone nearby can reach it; loopback if none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_NOWHERE, 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


async def _embedded_url(settings: Settings, stack: ExitStack, patience: timedelta) -> str:
    """Share the store of the gateway that runs on the data directory, or start one and end it with the stack."""
    ends_at_s = time.monotonic() + patience.total_seconds()
    while (url := embedded.attach(settings.data_dir)) is None:
        if not was_started_by_gateway():
            return stack.enter_context(EmbeddedStore.start(settings.data_dir)).url
        if has_lost_its_starter() or time.monotonic() >= ends_at_s:
            raise StoreUnavailable("The gateway that started this process is gone, and its store with it.")
        await asyncio.sleep(_RETRY_PAUSE_S)
    return url


@asynccontextmanager
async def _connected(settings: Settings, url: str, secret: bytes, patience: timedelta) -> AsyncIterator[Gateway]:
    client = StoreClient(connect(url, timeout=timedelta(milliseconds=settings.store_timeout_ms)))
    try:
        gateway = await _ready(settings, client, secret, ends_at_s=time.monotonic() + patience.total_seconds())
        try:
            yield gateway
        finally:
            await gateway.aclose()
    finally:
        with suppress(StoreUnavailable):
            await client.aclose()


async def _ready(settings: Settings, client: StoreClient, secret: bytes, *, ends_at_s: float) -> Gateway:
    """Make the gateway once its store answers, and retry until then."""
    while True:
        try:
            server = await check_server(client.connection)
            gateway = assemble(settings, client, server, secret, base_url=base_url_of(settings))
            await gateway.start()
        except StoreUnavailable:
            if has_lost_its_starter() or time.monotonic() >= ends_at_s:
                raise
            await asyncio.sleep(_RETRY_PAUSE_S)
        else:
            return gateway
