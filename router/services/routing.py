"""Tell a back end which line to write to a person from, and whether it may: asked anew each time, never remembered."""

from dataclasses import dataclass

from router.core.assignment import NO_HOME, State
from router.core.code import Code
from router.core.errors import NotFound
from router.core.personal_data import IdentityKind, PersonalData
from router.core.phone import E164
from router.core.routing import RouteReason, route_reason
from router.core.token import PAGE, Tokens
from router.services.clock import StoreClock
from router.services.directory import Directory, PoolView
from router.store.assignments import Assignments
from router.store.routes import Routes, Standing

_S_MS, _MS_US = 1000, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a person is to be written from.

    Attributes:
        line: the number that is theirs now; None while no working line is.
        home_line: the one they are on; another than `line` while that one can not carry them; None for one who waits
            for a line.
        since_ms: since when `reason` holds; None where nobody knows.
        wrong_line: the number they texted within the last day although nobody can answer there.
    """

    signup: Code
    line: E164 | None
    home_line: E164 | None
    state: State
    reason: RouteReason
    since_ms: int | None
    page_url: str
    wrong_line: E164 | None
    wrong_line_at_ms: int | None

    @property
    def outbound_allowed(self) -> bool:
        """Whether to write to them from `line` now."""
        return self.reason is RouteReason.OK


class Routing:
    """Answers for the people of any pool.

    Args:
        assignments: whose identity is whose.
        routes: where people stand.
        directory: the numbers of slots.
        personal_data: what identities are found by.
        tokens: makes the links to people's pages.
        base_url: of those links.
        clock: the store's.
    """

    def __init__(
        self,
        *,
        assignments: Assignments,
        routes: Routes,
        directory: Directory,
        personal_data: PersonalData,
        tokens: Tokens,
        base_url: str,
        clock: StoreClock,
    ) -> None:
        self._assignments = assignments
        self._routes = routes
        self._directory = directory
        self._personal_data = personal_data
        self._tokens = tokens
        self._base_url = base_url
        self._clock = clock

    async def of_user(self, pool: str, user: str) -> Route:
        """Say where to write to the person a back end knows under this id.

        Raises:
            NotFound: there is no such pool or person.
            StoreUnavailable: the store does not answer.
        """
        view = await self._directory.seek(pool)
        known_as = self._personal_data.fingerprint(IdentityKind.USER, view.pool.id, user)
        code = await self._assignments.code_of(view.keys, known_as)
        found = None if code is None else await self._routes.read(view.keys, code, now_ms=self._clock.now_ms())
        if found is None:
            raise NotFound("Nobody of that id signed up in this pool, or they were erased already.")
        return self._told(await self._view_with(view, found), found)

    async def _view_with(self, view: PoolView, found: Standing) -> PoolView:
        if {found.assignment.home_slot, *found.assignment.backups} - {NO_HOME} <= view.lines.keys():
            return view
        return await self._directory.reload(view.pool.id) or view

    def _told(self, view: PoolView, found: Standing) -> Route:
        assignment, wrong = found.assignment, found.wrong_line
        home = view.lines.get(assignment.home_slot)
        reason = route_reason(assignment, found.home)
        return Route(
            signup=assignment.code,
            line=None if assignment.slot is None else view.lines[assignment.slot].number,
            home_line=None if home is None else home.number,
            state=assignment.state,
            reason=reason,
            since_ms=_since_ms(reason, found),
            page_url=f"{self._base_url}/t/{self._tokens.mint(PAGE, view.pool.id, assignment.code)}",
            wrong_line=None if wrong is None or wrong.slot not in view.lines else view.lines[wrong.slot].number,
            wrong_line_at_ms=None if wrong is None else wrong.at_ms,
        )


def _since_ms(reason: RouteReason, found: Standing) -> int | None:
    provider, assignment = found.provider, found.assignment
    known = {
        RouteReason.OK: assignment.confirmed_at_s * _S_MS,
        RouteReason.OPTED_OUT: found.heard_at_s * _S_MS,
        RouteReason.SUPPRESSED: found.heard_at_s * _S_MS,
        RouteReason.NOT_TEXTED: assignment.created_at_s * _S_MS,
        RouteReason.FLAGGED: provider.flagged_at_ms,
        RouteReason.RELEASED: provider.gone_at_us // _MS_US,
        RouteReason.UNKNOWN: max(provider.status_at_us, provider.reputation_at_us) // _MS_US,
        RouteReason.CRITICAL: provider.reputation_at_us // _MS_US,
    }
    return known.get(reason) or None
