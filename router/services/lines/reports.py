"""Report a line's health when an operator, a poll or a refused call noticed it before the provider said so.

A report takes the same way as the provider's own events, so it is ordered with them: it holds from now until the
provider reports something later.
"""

from msgspec.structs import replace

from router.core.act import Act
from router.core.errors import NotFound
from router.core.line import Reputation, Status
from router.core.phone import E164, mask
from router.core.time_units import MS_US
from router.services.events.apply import BY_HAND, EventApplier
from router.services.events.translate import limits_on_return
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.services.runtime.randomness import Randomness
from router.store.line_records import REPUTATIONS, STATUSES
from router.store.pool_events import PoolEvent


class LineReports:
    """Reports the health of lines in the provider's place."""

    def __init__(
        self, events: EventApplier, pool_cache: PoolCache, clock: StoreClock, random_bytes: Randomness
    ) -> None:
        self._events = events
        self._pool_cache = pool_cache
        self._clock = clock
        self._random_bytes = random_bytes

    async def set_status(self, pool: str, number: E164, status: Status, *, by: Act) -> str:
        """Report ACTIVE or FLAGGED; either makes a released line ours again.

        Returns:
            What happened to the line: flagged, recovered, joined, unchanged.

        Raises:
            NotFound: there is no such pool or line.
            StoreUnavailable: we do not know whether it was applied.
        """
        view, slot = await self._find(pool, number)
        made = self._report(view, number, slot, BY_HAND, by.reason)
        return await self._events.apply_to(
            view, replace(made, status=STATUSES.index(status), is_gone=0, reason=by.reason)
        )

    async def report_reputation(self, pool: str, number: E164, reputation: Reputation, *, asked_at_ms: int) -> str:
        """Report the reputation that a poll returned, as of when we asked. Returns and raises as `set_status`."""
        view, slot = await self._find(pool, number)
        made = self._report(view, number, slot, "poll", "")
        return await self._events.apply_to(
            view, replace(made, reputation=REPUTATIONS.index(reputation), at_us=asked_at_ms * MS_US)
        )

    async def report_ownership(self, pool: str, number: E164, *, is_ours: bool, asked_at_ms: int) -> str:
        """Report whether the account's list of lines contains this one, as of when we asked.

        Returns:
            What happened to the line: released, joined, unchanged, stale. Raises as `set_status`.
        """
        view, slot = await self._find(pool, number)
        reason = "the provider's list names it again" if is_ours else "the provider's list does not name it"
        made = self._report(view, number, slot, "poll", reason)
        return await self._events.apply_to(
            view, replace(made, is_gone=int(not is_ours), at_us=asked_at_ms * MS_US, reason=reason)
        )

    async def suspect(self, pool: str, number: E164, *, reason: str) -> str:
        """Bench a line that the provider refused to use, unless enough of the pool is benched by inference already.

        Returns:
            suspected or unchanged. Raises as `set_status`.
        """
        view, slot = await self._find(pool, number)
        made = self._report(view, number, slot, "refused", reason)
        return await self._events.apply_to(view, replace(made, kind="suspect"))

    async def _find(self, pool: str, number: E164) -> tuple[PoolView, int]:
        view = await self._pool_cache.get(pool)
        if number not in view.slots:
            view = await self._pool_cache.reload(view.pool.id) or view
        if number not in view.slots:
            raise NotFound(f"The pool has no line {mask(number)}.")
        return view, view.slots[number]

    def _report(self, view: PoolView, number: E164, slot: int, source: str, detail: str) -> PoolEvent:
        now_ms = self._clock.now_ms()
        return PoolEvent(
            kind="report",
            id=f"{source}:{self._random_bytes(8).hex()}",
            type=source,
            at_us=now_ms * MS_US,
            slot=slot,
            limits=limits_on_return(view, number, now_ms=now_ms),
            detail=detail,
        )
