"""Ask the provider which lines we rent, and take in what changed: the net under webhooks that were lost.

It can not see a flag: the list does not tell it. Reputation, kind and absence it can.
"""

from dataclasses import dataclass

from router.core.inventory import ChangedLine, Observation, PoolLine, observation_of
from router.core.phone import mask
from router.core.reconcile import decide
from router.linq_settings import LinqEnvironment
from router.observe.logs import get_logger
from router.providers.linq.api import LinqApi
from router.services.alerts import Alerts
from router.services.lines import LineAdmin
from router.services.linq.account import lines_of, pools_of
from router.services.linq.inventory import Observe
from router.services.pools import PoolAdmin
from router.store.provider_lists import ProviderLists

_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileReport:
    """What one tick found and did.

    Attributes:
        listed: lines that the provider named.
        observed: lines of which something new was taken in.
        gone: lines that are not ours any more.
        held_back: missing lines that a human must decide on.
        new: lines that are in no pool.
    """

    listed: int
    is_complete: bool
    observed: int
    gone: int
    held_back: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """What a tick works with; `observe` takes in what a list says of a line's health."""

    pool_admin: PoolAdmin
    line_admin: LineAdmin
    lists: ProviderLists
    observe: Observe
    alerts: Alerts


async def tick(reconciler: Reconciler, api: LinqApi, environment: LinqEnvironment, *, now_ms: int) -> ReconcileReport:
    """Ask once for one environment, and act on the answer as far as a list alone may be acted on.

    Raises:
        ProviderError: nothing is known, and nothing was done.
        StoreUnavailable: what was done stays; the next tick does the rest.
    """
    inventory = await api.lines()
    pools = await pools_of(reconciler.pool_admin, environment.id)
    ours = await lines_of(reconciler.line_admin, pools)
    memory = await reconciler.lists.get(environment.id)
    decision = decide(memory, inventory, ours, now_ms=now_ms)
    for change in decision.differences.changed:
        await _take_in(reconciler, change, now_ms)
    for known in decision.retire:
        await _let_go(reconciler, known, now_ms)
    if decision.memory != memory:
        await reconciler.lists.put(environment.id, decision.memory)
    report = ReconcileReport(
        listed=len(inventory.lines),
        is_complete=inventory.is_complete,
        observed=len(decision.differences.changed),
        gone=len(decision.retire),
        held_back=len(decision.held_back),
        new=len(decision.differences.new),
    )
    if decision.worth_telling or (decision.why and not inventory.is_complete):
        await reconciler.alerts.tell("lines_differ", environment.id, _words(report, decision.why))
    return report


async def _take_in(reconciler: Reconciler, change: ChangedLine, now_ms: int) -> None:
    known, observation = change.ours, observation_of(change, at_ms=now_ms)
    if observation is not None:
        await reconciler.observe(known.pool, known.line.number, observation)
    if change.service is not None:
        await reconciler.line_admin.change(known.pool, known.line.number, {"service": change.service})


async def _let_go(reconciler: Reconciler, known: PoolLine, now_ms: int) -> None:
    """Take a line out as if the provider had said so: if it is back on a list, it is back here."""
    await reconciler.observe(known.pool, known.line.number, Observation(at_ms=now_ms, is_ours=False))
    _log.warning("line_gone", pool=known.pool, line=mask(known.line.number))


def _words(report: ReconcileReport, why: str) -> str:
    told = [
        f"{report.new} lines are rented and in no pool." if report.new else "",
        f"{report.held_back} lines are missing from the provider's list and stay." if report.held_back else "",
        why,
        "See: switchyard linq sync",
    ]
    return " ".join(filter(None, told))
