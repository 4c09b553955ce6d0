"""Open a gateway for the length of one command, with the settings and on the store of the running one."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from router.core.errors import InvalidField, NotFound
from router.gateway import Gateway
from router.settings.loading import load_settings
from router.telemetry.logs import configure_logs
from router.wiring.open import open_gateway

Result = TypeVar("Result")

PoolOption = Annotated[str | None, typer.Option("--pool", help="Id of the pool; not needed where there is only one.")]


def run(work: Callable[[Gateway], Awaitable[Result]]) -> Result:
    """Do one thing with the gateway that the environment describes, and close it again.

    Raises:
        SettingsError: the environment or switchyard.toml is at fault.
        SwitchyardError: what `work` raises, or why the store cannot be reached.
    """
    settings = load_settings(os.environ, directory=Path.cwd())
    configure_logs(settings.log_format, "warning")  # a command prints its result; its log shows only trouble

    async def open_and_work() -> Result:
        async with open_gateway(settings) as gateway:
            return await work(gateway)

    return asyncio.run(open_and_work())


def run_in_pool(named: str | None, work: Callable[[Gateway, str], Awaitable[Result]]) -> Result:
    """Do one thing with one pool: the named one, else the only one.

    Raises:
        NotFound: there is no pool.
        InvalidField: there are several, and none was named.
    """
    return run(lambda gateway: work(gateway, named or only_pool(gateway)))


def only_pool(gateway: Gateway, option: str = "--pool") -> str:
    """Return the id of the only pool.

    Raises:
        NotFound: there is no pool.
        InvalidField: there are several; `option` is how the caller names one.
    """
    pools = [view.pool.id for view in gateway.pool_cache.all()]
    if not pools:
        raise NotFound("There is no pool yet. Make one: switchyard pools create main")
    if len(pools) > 1:
        raise InvalidField(option, f"there are several, name one of {', '.join(pools)}")
    return pools[0]
