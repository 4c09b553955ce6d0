"""Open the gateway for the length of one command, on the same store as the running one, by the same settings."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from router.core.errors import InvalidField, NotFound
from router.observe.logs import configure_logs
from router.settings import load_settings
from router.wiring import Gateway, open_gateway

Result = TypeVar("Result")

PoolOption = Annotated[str | None, typer.Option("--pool", help="Id of the pool; needless where there is only one.")]


def run(work: Callable[[Gateway], Awaitable[Result]]) -> Result:
    """Do one thing with the gateway that the environment describes, and close it again.

    Raises:
        SettingsError: the environment or switchyard.toml is at fault.
        SwitchyardError: what `work` raises, or why the store can not be reached.
    """
    settings = load_settings(os.environ, directory=Path.cwd())
    configure_logs(settings.log_format, "warning")  # results are what a command is asked for; only trouble is told

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
    return run(lambda gateway: work(gateway, named or _only_pool(gateway)))


def _only_pool(gateway: Gateway) -> str:
    pools = [view.pool.id for view in gateway.directory.all()]
    if not pools:
        raise NotFound("There is no pool yet. Make one: switchyard pools create main")
    if len(pools) > 1:
        raise InvalidField("--pool", f"there are several, name one of {', '.join(pools)}")
    return pools[0]
