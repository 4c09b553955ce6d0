"""Poll Linq's list of lines for each environment that has a key, over one open connection each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from router.gateway import Gateway
from router.providers.linq.api import LinqApi
from router.services.linq.account import open_account
from router.services.linq.listed_health import ListedHealth
from router.settings.linq import LinqEnvironment
from router.store.provider_lists import ProviderLists
from router.worker.reconcile import Reconciler, ReconcileReport, tick

RECONCILE_EVERY = timedelta(minutes=5)


@asynccontextmanager
async def open_reconcilers(gateway: Gateway) -> AsyncIterator[list[Callable[[], Awaitable[ReconcileReport]]]]:
    """Yield a tick for each environment; an account that does not answer does not hold up the others."""
    reconciler = Reconciler(
        pool_admin=gateway.pool_admin,
        line_admin=gateway.line_admin,
        lists=ProviderLists(gateway.client),
        observe=ListedHealth(gateway.line_reports).observe,
        alerts=gateway.alerts,
    )

    async def poll(api: LinqApi, environment: LinqEnvironment) -> ReconcileReport:
        return await tick(reconciler, api, environment, now_ms=gateway.clock.now_ms())

    async with AsyncExitStack() as stack:
        yield [
            partial(poll, await stack.enter_async_context(open_account(environment)), environment)
            for environment in gateway.settings.environments().values()
            if environment.api_key is not None
        ]
