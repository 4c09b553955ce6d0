"""Let operators list, preview, start, pause, resume and cancel campaigns."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from router.core.act import Act
from router.core.campaigns.campaign import (
    Campaign,
    CampaignAction,
    CampaignPerson,
    CampaignState,
    PersonState,
    Progress,
    campaign_id,
    pool_of,
)
from router.core.campaigns.cause import Cause
from router.core.errors import NotFound, Refused
from router.core.line import OperatorState
from router.core.lines.line_rules import check_reason
from router.core.numbers.typed_number import read_strict
from router.core.phone import E164, mask
from router.services.campaigns.lifecycle import CampaignFields, CampaignLifecycle, cause_of
from router.services.campaigns.preview import CampaignPreview, Previewer
from router.services.campaigns.room import missing_lines
from router.services.pools.admin import again_if_stale
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.store.campaigns import Campaigns
from router.store.lines import Lines
from router.telemetry.logs import get_logger

_PAGE = 1000
_log = get_logger()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a campaign, and the number they were asked to text."""

    person: CampaignPerson
    target: E164 | None


class CampaignAdmin:
    """Lists, shows, previews, starts, pauses, resumes and cancels campaigns."""

    def __init__(
        self,
        *,
        campaigns: Campaigns,
        lines: Lines,
        pool_cache: PoolCache,
        lifecycle: CampaignLifecycle,
        previewer: Previewer,
        clock: StoreClock,
    ) -> None:
        self._campaigns = campaigns
        self._lines = lines
        self._pool_cache = pool_cache
        self._lifecycle = lifecycle
        self._previewer = previewer
        self._clock = clock

    async def all(self, *, pool: str | None = None, only_live: bool = False) -> list[Progress]:
        """Return the campaigns of one pool or of all pools, the newest first.

        Raises:
            NotFound: there is no such pool.
        """
        views = self._pool_cache.all() if pool is None else [await self._pool_cache.get(pool)]
        found = [
            await self._campaigns.progress(view.keys, campaign)
            for view in views
            for campaign in await self._campaigns.all(view.keys)
            if campaign.state.is_live or not only_live
        ]
        return sorted(found, key=lambda progress: -progress.campaign.created_at_ms)

    async def get(self, campaign: str) -> Progress:
        """Return a campaign and its progress.

        Raises:
            NotFound: no campaign has that id. InvalidField: this cannot be the id of a campaign.
        """
        view, found = await self._find(campaign)
        return await self._campaigns.progress(view.keys, found)

    async def people(
        self, campaign: str, *, state: PersonState | None = None, after: str = "", limit: int = 100
    ) -> list[PersonRow]:
        """Return a page of the people of a campaign, in order of their ids. Raises as `get`.

        Args:
            campaign: its id.
            state: only people in this state.
            after: the id of the last person already read.
            limit: people on a page.
        """
        view, found = await self._find(campaign)
        people = await self._campaigns.people(view.keys, found.id, state=state, after=after, limit=limit)
        return [_with_number(view, person) for person in people]

    async def everybody(self, campaign: str, *, state: PersonState | None = None) -> AsyncIterator[PersonRow]:
        """Yield all people of a campaign. Raises as `get`."""
        after = ""
        while page := await self.people(campaign, state=state, after=after, limit=_PAGE):
            for row in page:
                yield row
            after = page[-1].person.code

    async def preview(
        self, pool: str, number: str, *, on_progress: Callable[[int], None] | None = None
    ) -> CampaignPreview:
        """Return what a campaign off a line would do.

        Raises:
            NotFound: there is no such pool or line. InvalidNumber: not strict E.164.
        """
        view, slot = await self._find_line(pool, number)
        return await self._previewer.preview(view, slot, on_progress=on_progress)

    async def start(self, pool: str, number: str, *, by: Act, force: bool = False) -> Progress:
        """Start a campaign off a drained line.

        Raises:
            NotFound: there is no such pool or line.
            InvalidField: the reason is missing.
            Refused: the line is in use or failed, or the other lines lack room and `force` is not set.
        """
        check_reason(by.reason)
        view, slot = await self._find_line(pool, number)
        overview = await self._lines.overview(view.keys)
        now = overview.lines[slot]
        if now.line.health.operator_state is OperatorState.READY:
            raise Refused(f"Line {mask(now.line.number)} takes new people. Drain it first: switchyard lines drain")
        if (cause := cause_of(now)) is not None:
            raise Refused(
                f"Line {mask(now.line.number)} is {cause}, so its campaign starts without you. "
                "See it: switchyard campaigns list"
            )
        missing = missing_lines(overview, now.load.confirmed)
        if missing and not force:
            raise Refused(
                f"The other lines have no room for the {now.load.confirmed} people of line {mask(now.line.number)}: "
                f"{missing} more lines are needed. Add them first, or force it."
            )
        now_ms = self._clock.now_ms()
        opened = Campaign(
            id=campaign_id(view.pool.id, slot, Cause.DRAIN, now.line.revision),
            pool=view.pool.id,
            slot=slot,
            epoch=now.line.revision,
            cause=Cause.DRAIN,
            state=CampaignState.RUNNING,
            created_at_ms=now_ms,
            hold_until_ms=now_ms,
            why=by.reason,
        )
        if not await self._campaigns.put(view.keys, opened, is_new=True):
            raise Refused(f"Campaign {opened.id} was started already. See it: switchyard campaigns show {opened.id}")
        _log.info("campaign_opened", campaign=opened.id, pool=view.pool.id, count=now.load.confirmed, actor=by.actor)
        return await self.get(opened.id)

    async def act(self, campaign: str, action: CampaignAction, *, by: Act) -> Progress:
        """Pause, resume or cancel a campaign. Raises as `pause`."""
        return await {
            CampaignAction.PAUSE: self.pause,
            CampaignAction.RESUME: self.resume,
            CampaignAction.CANCEL: self.cancel,
        }[action](campaign, by=by)

    async def pause(self, campaign: str, *, by: Act) -> Progress:
        """Stop claiming people; sends that are under way may finish.

        Raises:
            Refused: the campaign is over. As `get`, and InvalidField for a missing reason.
        """
        return await self._set(campaign, by, CampaignState.PAUSED)

    async def resume(self, campaign: str, *, by: Act) -> Progress:
        """Continue a campaign, even past the brake that stopped it. Raises as `pause`."""
        return await self._set(campaign, by, CampaignState.RUNNING)

    async def cancel(self, campaign: str, *, by: Act) -> Progress:
        """End a campaign: people who moved stay moved, nobody else is prompted. Raises as `pause`."""
        return await self._set(campaign, by, CampaignState.CANCELLED)

    async def _set(self, campaign: str, by: Act, state: CampaignState) -> Progress:
        check_reason(by.reason)

        async def write() -> None:
            view, found = await self._find(campaign)
            if not found.state.is_live:
                raise Refused(f"Campaign {found.id} is {found.state} already.")
            if found.state is state:
                return
            fields: CampaignFields = {"state": state, "why": by.reason}
            if state is CampaignState.RUNNING:
                fields["is_released"] = True
            if state is CampaignState.CANCELLED:
                fields["ended_at_ms"] = self._clock.now_ms()
            await self._lifecycle.change(view.keys, found, by=by, **fields)

        await again_if_stale(write)
        return await self.get(campaign)

    async def _find(self, campaign: str) -> tuple[PoolView, Campaign]:
        view = await self._pool_cache.get(pool_of(campaign))
        found = await self._campaigns.get(view.keys, campaign)
        if found is None:
            raise NotFound(f"There is no campaign {campaign[:60]!r}.")
        return view, found

    async def _find_line(self, pool: str, number: str) -> tuple[PoolView, int]:
        wanted = read_strict(number)
        view = await self._pool_cache.get(pool)
        if wanted not in view.slots:
            view = await self._pool_cache.reload(view.pool.id) or view
        if wanted not in view.slots:
            raise NotFound(f"The pool has no line {mask(wanted)}.")
        return view, view.slots[wanted]


def _with_number(view: PoolView, person: CampaignPerson) -> PersonRow:
    line = None if person.target is None else view.lines.get(person.target)
    return PersonRow(person, None if line is None else line.number)
