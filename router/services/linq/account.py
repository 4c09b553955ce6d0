"""Find a Linq environment, and connect to its API."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from router.core.errors import NotFound, Refused
from router.core.lines.inventory import PoolLine
from router.core.lines.line_rules import people_on
from router.core.pool import Pool
from router.providers.linq.api import LinqApi
from router.services.lines.admin import LineAdmin
from router.services.pools.admin import PoolAdmin
from router.settings.linq import PRODUCTION, LinqEnvironment


def find_environment(environments: Mapping[str, LinqEnvironment], named: str | None) -> LinqEnvironment:
    """Return the named environment, or production.

    Raises:
        NotFound: no environment of that name is set up.
    """
    found = environments.get(named or PRODUCTION)
    if found is None:
        known = ", ".join(environments)
        raise NotFound(f"There is no Linq environment {named!r}. Known: {known}; others go into switchyard.toml.")
    return found


@asynccontextmanager
async def open_account(environment: LinqEnvironment) -> AsyncIterator[LinqApi]:
    """Connect to an environment's API, until the context ends.

    Raises:
        Refused: it has no API key.
    """
    if environment.api_key is None:
        raise Refused(f"Linq environment {environment.id!r} has no API key. {fix_for_key(environment.id)}")
    async with LinqApi(environment.api_key.get_secret_value(), environment.base_url) as api:
        yield api


def fix_for_key(environment: str) -> str:
    """Return where to set the API key of an environment."""
    if environment == PRODUCTION:
        return "Set SWITCHYARD_LINQ_API_KEY."
    return f"Set api_key in [linq_environments.{environment}] of switchyard.toml."


async def pools_of(pool_admin: PoolAdmin, environment: str) -> list[Pool]:
    """Return the pools that are in an environment."""
    return [pool for pool in await pool_admin.all() if pool.environment == environment]


async def lines_of(line_admin: LineAdmin, pools: list[Pool]) -> list[PoolLine]:
    """Return the lines of these pools, retired ones too."""
    return [
        PoolLine(pool=pool.id, line=now.line, people=people_on(now.load))
        for pool in pools
        for now in await line_admin.all(pool.id, with_retired=True)
    ]
