"""Campaigns: move the people of a failed line to others."""

from typing import Annotated

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from router.core.act import Act
from router.core.campaigns.campaign import CampaignAction
from router.schemas.campaigns import (
    PERSON_PATTERN,
    CampaignAnswer,
    CampaignChange,
    CampaignPersonAnswer,
    CampaignStart,
    PersonWord,
    PreviewAnswer,
    state_of,
)
from router.services.campaigns.admin import CampaignAdmin
from router.services.campaigns.export import export_people
from router.services.campaigns.outlook import Outlooks
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_operator, requires_viewer

MAX_PEOPLE = 1000

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_PEOPLE)]
After = Annotated[str | None, QueryParameter(pattern=PERSON_PATTERN, description="signup of the last one already read")]
# Litestar keeps the name `state` to itself.
Standing = Annotated[PersonWord | None, QueryParameter(name="state", description="only those who stand there")]


class CampaignController(Controller):
    """Any key reads campaigns; operators stop and start them."""

    path = "/campaigns"
    tags = ("campaigns",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/", operation_id="list_campaigns", responses=may_fail(404, 422))
    async def list_campaigns(
        self,
        campaign_admin: NamedDependency[CampaignAdmin],
        outlooks: NamedDependency[Outlooks],
        pool: FromQuery[str | None] = None,
        *,
        live: FromQuery[bool] = False,
    ) -> list[CampaignAnswer]:
        """List campaigns of one pool or all, the newest first; with `live` only those that are not over."""
        return [
            CampaignAnswer.of(await outlooks.of(progress))
            for progress in await campaign_admin.all(pool=pool, only_live=live)
        ]

    @get("/{campaign:str}", operation_id="get_campaign", responses=may_fail(404, 422))
    async def get_campaign(
        self,
        campaign_admin: NamedDependency[CampaignAdmin],
        outlooks: NamedDependency[Outlooks],
        campaign: FromPath[str],
    ) -> CampaignAnswer:
        """Get a campaign and how far it is."""
        return CampaignAnswer.of(await outlooks.of(await campaign_admin.get(campaign)))

    @get("/{campaign:str}/people", operation_id="list_campaign_people", responses=may_fail(404, 422))
    async def list_campaign_people(
        self,
        campaign_admin: NamedDependency[CampaignAdmin],
        campaign: FromPath[str],
        standing: Standing = None,
        after: After = None,
        limit: Limit = 100,
    ) -> list[CampaignPersonAnswer]:
        """List the people of a campaign in order of their ids."""
        rows = await campaign_admin.people(campaign, state=state_of(standing), after=after or "", limit=limit)
        return [CampaignPersonAnswer.of(row) for row in rows]

    @get(
        "/{campaign:str}/people.csv",
        operation_id="export_campaign_people",
        media_type="text/csv",
        responses=may_fail(404, 422),
    )
    async def export_campaign_people(
        self,
        campaign_admin: NamedDependency[CampaignAdmin],
        campaign: FromPath[str],
        standing: Standing = None,
    ) -> Stream:
        """Get the people of a campaign as a CSV table, safe to open in a spreadsheet."""
        found = (await campaign_admin.get(campaign)).campaign.id
        rows = export_people(campaign_admin, found, state=state_of(standing))
        name = f'attachment; filename="{found}.csv"'
        return Stream(rows, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})

    @post(
        "/{campaign:str}/{action:str}",
        operation_id="change_campaign",
        guards=[requires_operator],
        status_code=200,
        responses=may_fail(400, 404, 409, 413, 422),
    )
    async def change_campaign(
        self,
        campaign_admin: NamedDependency[CampaignAdmin],
        outlooks: NamedDependency[Outlooks],
        *,
        by: NamedDependency[Act],
        campaign: FromPath[str],
        action: FromPath[CampaignAction],
        data: JSONBody[CampaignChange],
    ) -> CampaignAnswer:
        """Pause, resume or cancel a campaign; those who were prompted stay so."""
        return CampaignAnswer.of(
            await outlooks.of(await campaign_admin.act(campaign, action, by=by.because(data.reason)))
        )


class LineCampaignController(Controller):
    """A campaign off one line: what it would do, and beginning it by hand."""

    path = "/pools/{pool:str}/lines/{number:str}"
    tags = ("campaigns",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/campaign-preview", operation_id="preview_campaign", responses=may_fail(404, 422))
    async def preview_campaign(
        self, campaign_admin: NamedDependency[CampaignAdmin], pool: FromPath[str], number: FromPath[str]
    ) -> PreviewAnswer:
        """Show whom a campaign off a line would prompt, over which channel and to which lines; nobody is prompted."""
        return PreviewAnswer.of(await campaign_admin.preview(pool, number))

    @post(
        "/campaign",
        operation_id="start_campaign",
        guards=[requires_operator],
        responses=may_fail(400, 404, 409, 413, 422),
    )
    async def start_campaign(
        self,
        campaign_admin: NamedDependency[CampaignAdmin],
        outlooks: NamedDependency[Outlooks],
        *,
        by: NamedDependency[Act],
        pool: FromPath[str],
        number: FromPath[str],
        data: JSONBody[CampaignStart],
    ) -> CampaignAnswer:
        """Move the people of a drained line to others; refused while those have no room, unless forced."""
        started = await campaign_admin.start(pool, number, by=by.because(data.reason), force=data.force)
        return CampaignAnswer.of(await outlooks.of(started))
