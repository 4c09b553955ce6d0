"""Answer which line a back end should write to a person from, and whether it may. Read each time, never cached."""

from contextlib import suppress
from dataclasses import dataclass

from router.core.assignment import State
from router.core.code import Code
from router.core.errors import NotFound, StoreUnavailable
from router.core.links.token import PAGE, Tokens
from router.core.people.personal_data import IdentityKind, PersonalData
from router.core.people.routing import RouteReason, route_reason
from router.core.phone import E164
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.store.assignments import Assignments
from router.store.routes import PersonRoute, Routes

_S_MS, _MS_US = 1000, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The line to write to a person from.

    Attributes:
        line: the number that is theirs now; None while no working line is.
        home_line: the line they are on. It differs from `line` while it does not work. None for a person who waits for
            a line, and for one whose line is no longer ours.
        since_ms: since when `reason` holds; None if that is not known.
        wrong_line: a number they texted within the last day although nobody can answer there.
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
    """Finds the route of any person.

    Args:
        assignments: finds people by their identity.
        routes: reads the state of people and of their lines.
        pool_cache: knows the numbers of the lines.
        personal_data: makes the fingerprints of identities.
        tokens: makes the links to people's pages.
        base_url: what those links begin with.
        clock: the store's.
    """

    def __init__(
        self,
        *,
        assignments: Assignments,
        routes: Routes,
        pool_cache: PoolCache,
        personal_data: PersonalData,
        tokens: Tokens,
        base_url: str,
        clock: StoreClock,
    ) -> None:
        self._assignments = assignments
        self._routes = routes
        self._pool_cache = pool_cache
        self._personal_data = personal_data
        self._tokens = tokens
        self._base_url = base_url
        self._clock = clock

    async def of_user(self, pool: str, user: str) -> Route:
        """Return the route of the person that a back end knows under this id.

        Raises:
            NotFound: there is no such pool or person.
            StoreUnavailable: the store does not answer.
        """
        view = await self._pool_cache.get(pool)
        known_as = self._personal_data.fingerprint(IdentityKind.USER, view.pool.id, user)
        code = await self._assignments.code_of(view.keys, known_as)
        found = None if code is None else await self._read(view, code)
        if found is None:
            raise NotFound("Nobody of that id signed up in this pool, or they were erased already.")
        return self._route_of(await self._view_with(view, found), found)

    async def _read(self, view: PoolView, code: Code) -> PersonRoute | None:
        found = await self._routes.read(view.keys, code, now_ms=self._clock.now_ms())
        if found is None or not found.assignment.must_renew:
            return found
        with suppress(StoreUnavailable):  # a store that takes no writes now; what was read still helps
            await self._assignments.renew(view.keys, [code], backups=view.policy.backups)
        return await self._routes.read(view.keys, code, now_ms=self._clock.now_ms())

    async def _view_with(self, view: PoolView, found: PersonRoute) -> PoolView:
        if view.lines.keys() >= set(found.assignment.slots):
            return view
        return await self._pool_cache.reload(view.pool.id) or view

    def _route_of(self, view: PoolView, found: PersonRoute) -> Route:
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


def _since_ms(reason: RouteReason, found: PersonRoute) -> int | None:
    provider, assignment = found.provider, found.assignment
    known = {
        RouteReason.OK: assignment.confirmed_at_s * _S_MS,
        RouteReason.OPTED_OUT: found.heard_at_s * _S_MS,
        RouteReason.SUPPRESSED: found.wished_at_s * _S_MS,
        RouteReason.NOT_TEXTED: assignment.created_at_s * _S_MS,
        RouteReason.FLAGGED: provider.flagged_at_ms,
        RouteReason.RELEASED: provider.gone_at_us // _MS_US,
        RouteReason.UNKNOWN: max(provider.status_at_us, provider.reputation_at_us) // _MS_US,
        RouteReason.CRITICAL: provider.reputation_at_us // _MS_US,
    }
    return known.get(reason) or None
