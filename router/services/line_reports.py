"""Say of a line what the provider would say, where somebody else noticed: an operator, a poll, a refused call.

It goes the same way as the provider's own events, so it is ordered with them: what is told here counts from now, until
the provider tells something later.
"""

from msgspec.structs import replace

from router.core.errors import NotFound
from router.core.line import Reputation, Status
from router.core.phone import E164, mask
from router.services.clock import StoreClock
from router.services.directory import Directory, PoolView
from router.services.intake.events import BY_HAND, EventIntake
from router.services.intake.observing import limits_on_return
from router.services.randomness import Randomness
from router.store.line_records import REPUTATIONS, STATUSES
from router.store.observations import Observation

_MS_US = 1000


class LineReports:
    """Reports on lines by others than the provider."""

    def __init__(self, intake: EventIntake, directory: Directory, clock: StoreClock, random_bytes: Randomness) -> None:
        self._intake = intake
        self._directory = directory
        self._clock = clock
        self._random_bytes = random_bytes

    async def set_status(self, pool: str, number: E164, status: Status, *, reason: str) -> str:
        """Report ACTIVE or FLAGGED; a line that had been released is ours again by either.

        Returns:
            What became of the line: flagged, recovered, joined, unchanged.

        Raises:
            NotFound: there is no such pool or line.
            StoreUnavailable: it is not known whether it was applied.
        """
        view, slot = await self._find(pool, number)
        made = self._observation(view, number, slot, BY_HAND, reason)
        return await self._intake.apply(view, replace(made, status=STATUSES.index(status), is_gone=0, reason=reason))

    async def observe_reputation(self, pool: str, number: E164, reputation: Reputation, *, asked_at_ms: int) -> str:
        """Report the reputation that a poll showed, as of when it was asked. Returns and raises as `set_status`."""
        view, slot = await self._find(pool, number)
        made = self._observation(view, number, slot, "poll", "")
        return await self._intake.apply(
            view, replace(made, reputation=REPUTATIONS.index(reputation), at_us=asked_at_ms * _MS_US)
        )

    async def observe_ownership(self, pool: str, number: E164, *, is_ours: bool, asked_at_ms: int) -> str:
        """Report whether a list of the account's lines names this one, as of when it was asked for.

        Returns:
            What became of the line: released, joined, unchanged, stale. Raises as `set_status`.
        """
        view, slot = await self._find(pool, number)
        reason = "the provider's list names it again" if is_ours else "the provider's list does not name it"
        made = self._observation(view, number, slot, "poll", reason)
        return await self._intake.apply(
            view, replace(made, is_gone=int(not is_ours), at_us=asked_at_ms * _MS_US, reason=reason)
        )

    async def suspect(self, pool: str, number: E164, *, reason: str) -> str:
        """Bench a line that the provider refused to use, unless inference has benched enough of the pool.

        Returns:
            suspected or unchanged. Raises as `set_status`.
        """
        view, slot = await self._find(pool, number)
        made = self._observation(view, number, slot, "refused", reason)
        return await self._intake.apply(view, replace(made, kind="suspect"))

    async def _find(self, pool: str, number: E164) -> tuple[PoolView, int]:
        view = await self._directory.seek(pool)
        if number not in view.slots:
            view = await self._directory.reload(view.pool.id) or view
        if number not in view.slots:
            raise NotFound(f"The pool has no line {mask(number)}.")
        return view, view.slots[number]

    def _observation(self, view: PoolView, number: E164, slot: int, source: str, detail: str) -> Observation:
        now_ms = self._clock.now_ms()
        return Observation(
            kind="report",
            id=f"{source}:{self._random_bytes(8).hex()}",
            type=source,
            at_us=now_ms * _MS_US,
            slot=slot,
            limits=limits_on_return(view, number, now_ms=now_ms),
            detail=detail,
        )
