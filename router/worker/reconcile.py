"""Ask the provider which lines we rent, and apply what changed: the safety net for lost webhooks.

The list shows a line's reputation, kind and absence. It does not show a flag.
"""

from dataclasses import dataclass

from router.core.act import BY_WORKER
from router.core.lines.inventory import ChangedLine, ListedChange, PoolLine, listed_change_of
from router.core.lines.reconcile import decide
from router.core.phone import mask
from router.providers.linq.api import LinqApi
from router.services.alerts import Alerts
from router.services.lines.admin import LineAdmin
from router.services.linq.account import lines_of, pools_of
from router.services.linq.inventory import Observe
from router.services.pools.admin import PoolAdmin
from router.settings.linq import LinqEnvironment
from router.store.provider_lists import ProviderLists
from router.telemetry.logs import get_logger

_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileReport:
    """What one tick found and did.

    Attributes:
        listed: lines on the provider's list.
        observed: lines with a change that was applied.
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
    """What a tick needs; `observe` applies what a list says about a line's health."""

    pool_admin: PoolAdmin
    line_admin: LineAdmin
    lists: ProviderLists
    observe: Observe
    alerts: Alerts


async def tick(reconciler: Reconciler, api: LinqApi, environment: LinqEnvironment, *, now_ms: int) -> ReconcileReport:
    """Ask once for one environment, and act on the answer as far as a list alone allows.

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
        await _apply_change(reconciler, change, now_ms)
    for known in decision.retire:
        await _retire(reconciler, known, now_ms)
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
    if decision.to_report or (decision.why and not inventory.is_complete):
        await reconciler.alerts.send("lines_differ", environment.id, _words(report, decision.why))
    return report


async def _apply_change(reconciler: Reconciler, change: ChangedLine, now_ms: int) -> None:
    known, observation = change.ours, listed_change_of(change, at_ms=now_ms)
    if observation is not None:
        await reconciler.observe(known.pool, known.line.number, observation)
    if change.service is not None:
        await reconciler.line_admin.change(known.pool, known.line.number, {"service": change.service}, by=BY_WORKER)


async def _retire(reconciler: Reconciler, known: PoolLine, now_ms: int) -> None:
    """Retire a line as if the provider had said so; once it is listed again, it is back here."""
    await reconciler.observe(known.pool, known.line.number, ListedChange(at_ms=now_ms, is_ours=False))
    _log.warning("line_gone", pool=known.pool, line=mask(known.line.number))


def _words(report: ReconcileReport, why: str) -> str:
    sentences = [
        f"{report.new} lines are rented and in no pool." if report.new else "",
        f"{report.held_back} lines are missing from the provider's list and stay." if report.held_back else "",
        why,
        "See: switchyard linq sync",
    ]
    return " ".join(filter(None, sentences))
