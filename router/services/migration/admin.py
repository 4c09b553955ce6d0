"""What operators do with campaigns."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from router.core.campaign import (
    Campaign,
    CampaignAction,
    CampaignPerson,
    CampaignState,
    Cause,
    PersonState,
    Progress,
    campaign_id,
    pool_of,
)
from router.core.errors import NotFound, Refused
from router.core.line import OperatorState
from router.core.line_rules import check_reason
from router.core.phone import E164, mask, parse_e164
from router.observe.logs import get_logger
from router.services.clock import StoreClock
from router.services.directory import Directory, PoolView
from router.services.migration.preview import CampaignPreview, Previewer
from router.services.migration.targets import missing_lines
from router.services.migration.watch import CampaignWatch, cause_of
from router.services.pools import again_if_stale
from router.store.campaigns import Campaigns
from router.store.lines import Lines

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
        directory: Directory,
        watch: CampaignWatch,
        previewer: Previewer,
        clock: StoreClock,
    ) -> None:
        self._campaigns = campaigns
        self._lines = lines
        self._directory = directory
        self._watch = watch
        self._previewer = previewer
        self._clock = clock

    async def all(self, *, pool: str | None = None, only_live: bool = False) -> list[Progress]:
        """Return the campaigns of one pool or of all, the newest first.

        Raises:
            NotFound: there is no such pool.
        """
        views = self._directory.all() if pool is None else [await self._directory.seek(pool)]
        found = [
            await self._campaigns.progress(view.keys, campaign)
            for view in views
            for campaign in await self._campaigns.all(view.keys)
            if campaign.state.is_live or not only_live
        ]
        return sorted(found, key=lambda progress: -progress.campaign.created_at_ms)

    async def get(self, campaign: str) -> Progress:
        """Return a campaign and how far it is.

        Raises:
            NotFound: there is none of that id. InvalidField: it can be no campaign's id.
        """
        view, found = await self._find(campaign)
        return await self._campaigns.progress(view.keys, found)

    async def people(
        self, campaign: str, *, state: PersonState | None = None, after: str = "", limit: int = 100
    ) -> list[PersonRow]:
        """Return a page of the people of a campaign, in order of their ids. Raises as `get`.

        Args:
            campaign: its id.
            state: only those who stand there.
            after: the id of the last one already read.
            limit: of the page.
        """
        view, found = await self._find(campaign)
        people = await self._campaigns.people(view.keys, found.id, state=state, after=after, limit=limit)
        return [_with_number(view, person) for person in people]

    async def everybody(self, campaign: str, *, state: PersonState | None = None) -> AsyncIterator[PersonRow]:
        """Give all people of a campaign, page by page. Raises as `get`."""
        after = ""
        while page := await self.people(campaign, state=state, after=after, limit=_PAGE):
            for row in page:
                yield row
            after = page[-1].person.code

    async def preview(
        self, pool: str, number: str, *, on_progress: Callable[[int], None] | None = None
    ) -> CampaignPreview:
        """Say what a campaign off a line would do.

        Raises:
            NotFound: there is no such pool or line. InvalidNumber: not strict E.164.
        """
        view, slot = await self._find_line(pool, number)
        return await self._previewer.preview(view, slot, on_progress=on_progress)

    async def start(self, pool: str, number: str, *, reason: str, force: bool = False) -> Progress:
        """Lead the people of a drained line away, by hand.

        Raises:
            NotFound: there is no such pool or line.
            InvalidField: the reason is missing.
            Refused: the line is in use, or failed, or the others have no room for its people and it is not forced.
        """
        check_reason(reason)
        view, slot = await self._find_line(pool, number)
        overview = await self._lines.overview(view.keys)
        now = overview.lines[slot]
        if now.line.health.operator_state is OperatorState.READY:
            raise Refused(f"Line {mask(now.line.number)} takes new people. Drain it first: switchyard lines drain")
        if (cause := cause_of(now)) is not None:
            raise Refused(
                f"Line {mask(now.line.number)} is {cause}, and its people are led away by themselves. "
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
            why=reason,
        )
        if not await self._campaigns.put(view.keys, opened, is_new=True):
            raise Refused(f"Campaign {opened.id} was started already. See it: switchyard campaigns show {opened.id}")
        _log.info("campaign_opened", campaign=opened.id, pool=view.pool.id, count=now.load.confirmed)
        return await self.get(opened.id)

    async def act(self, campaign: str, action: CampaignAction, *, reason: str) -> Progress:
        """Pause, resume or cancel. Raises as `pause`."""
        return await {
            CampaignAction.PAUSE: self.pause,
            CampaignAction.RESUME: self.resume,
            CampaignAction.CANCEL: self.cancel,
        }[action](campaign, reason=reason)

    async def pause(self, campaign: str, *, reason: str) -> Progress:
        """Stop claiming; who is being sent to now may finish.

        Raises:
            Refused: it is over. As `get`, and InvalidField for a missing reason.
        """
        return await self._set(campaign, reason, CampaignState.PAUSED)

    async def resume(self, campaign: str, *, reason: str) -> Progress:
        """Go on, also past the brake that stopped it. Raises as `pause`."""
        return await self._set(campaign, reason, CampaignState.RUNNING)

    async def cancel(self, campaign: str, *, reason: str) -> Progress:
        """End it; those who moved stay, nobody else is prompted. Raises as `pause`."""
        return await self._set(campaign, reason, CampaignState.CANCELLED)

    async def _set(self, campaign: str, reason: str, state: CampaignState) -> Progress:
        check_reason(reason)

        async def write() -> None:
            view, found = await self._find(campaign)
            if not found.state.is_live:
                raise Refused(f"Campaign {found.id} is {found.state} already.")
            if found.state is state:
                return
            fields: dict[str, object] = {"state": state, "why": reason}
            if state is CampaignState.RUNNING:
                fields["is_released"] = True
            if state is CampaignState.CANCELLED:
                fields["ended_at_ms"] = self._clock.now_ms()
            await self._watch.change(view.keys, found, **fields)

        await again_if_stale(write)
        return await self.get(campaign)

    async def _find(self, campaign: str) -> tuple[PoolView, Campaign]:
        view = await self._directory.seek(pool_of(campaign))
        found = await self._campaigns.get(view.keys, campaign)
        if found is None:
            raise NotFound(f"There is no campaign {campaign[:60]!r}.")
        return view, found

    async def _find_line(self, pool: str, number: str) -> tuple[PoolView, int]:
        wanted = parse_e164(number)
        view = await self._directory.seek(pool)
        if wanted not in view.slots:
            view = await self._directory.reload(view.pool.id) or view
        if wanted not in view.slots:
            raise NotFound(f"The pool has no line {mask(wanted)}.")
        return view, view.slots[wanted]


def _with_number(view: PoolView, person: CampaignPerson) -> PersonRow:
    line = None if person.target is None else view.lines.get(person.target)
    return PersonRow(person, None if line is None else line.number)
