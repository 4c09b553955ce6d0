"""`switchyard campaigns`: leading the people of a failed line to others, watched and steered."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.status import Status

from router.cli.campaign_printing import lay_out, print_campaign, print_list, print_preview, tell_line
from router.cli.printing import AsJson, print_json
from router.cli.session import PoolOption, run, run_in_pool
from router.core.campaign import CampaignAction, Progress
from router.services.migration.export import export_people
from router.services.migration.preview import CampaignPreview
from router.web.schemas.campaigns import CampaignAnswer, CampaignPersonAnswer, PersonWord, PreviewAnswer, state_of
from router.wiring import Gateway

app = typer.Typer(help="Campaigns: leading the people of a failed line to others.", no_args_is_help=True)

CampaignId = Annotated[str, typer.Argument(help="Its id, like main.3.flagged1.", show_default=False)]
Number = Annotated[str, typer.Argument(help="The line people leave, like +12025550101.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why; it is kept and shown.")]

_LOOK_EVERY = timedelta(seconds=1)


@app.command("list")
def list_campaigns(
    pool: PoolOption = None,
    only_live: Annotated[bool, typer.Option("--live", help="Only those that are not over.")] = False,
    as_json: AsJson = False,
) -> None:
    """List campaigns, the newest first, of all pools unless one is named."""

    async def ask(gateway: Gateway) -> list[CampaignAnswer]:
        found = await gateway.campaign_admin.all(pool=pool, only_live=only_live)
        return [await _told(gateway, progress) for progress in found]

    campaigns = run(ask)
    if as_json:
        print_json(campaigns)
    else:
        print_list(campaigns)


@app.command("show")
def show_campaign(campaign: CampaignId, as_json: AsJson = False) -> None:
    """Show how far a campaign is, who stands where, and how long it will take."""
    _print(run(lambda gateway: _find(gateway, campaign)), as_json=as_json)


@app.command("watch")
def watch_campaign(campaign: CampaignId, as_json: AsJson = False) -> None:
    """Follow a campaign until it is over; Ctrl+C ends the watching alone."""
    with suppress(KeyboardInterrupt):
        run(lambda gateway: _watch(gateway, campaign, as_json=as_json))


@app.command("preview")
def preview_campaign(number: Number, pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Show what a campaign off a line would do: who, over what, where to, in what order, for how long."""

    async def ask(gateway: Gateway, pool_id: str) -> CampaignPreview:
        console = Console(stderr=True)
        with Status("Looking at everybody", console=console) as status:

            def tell(people: int) -> None:
                status.update(f"Looking at everybody: {people} on the line so far")

            return await gateway.campaign_admin.preview(pool_id, number, on_progress=tell)

    preview = PreviewAnswer.of(run_in_pool(pool, ask))
    if as_json:
        print_json(preview)
    else:
        print_preview(preview)


@app.command("start")
def start_campaign(
    number: Number,
    reason: Reason,
    pool: PoolOption = None,
    force: Annotated[bool, typer.Option("--force", help="Begin although there is no room for everybody.")] = False,
    as_json: AsJson = False,
) -> None:
    """Lead the people of a drained line to others."""

    async def start(gateway: Gateway, pool_id: str) -> CampaignAnswer:
        return await _told(gateway, await gateway.campaign_admin.start(pool_id, number, reason=reason, force=force))

    _print(run_in_pool(pool, start), as_json=as_json)


@app.command("pause")
def pause_campaign(campaign: CampaignId, reason: Reason, as_json: AsJson = False) -> None:
    """Prompt nobody until it is resumed; who is being sent to now may finish."""
    _act(campaign, CampaignAction.PAUSE, reason, as_json=as_json)


@app.command("resume")
def resume_campaign(campaign: CampaignId, reason: Reason, as_json: AsJson = False) -> None:
    """Go on, also past a brake or the rest of a hold-down."""
    _act(campaign, CampaignAction.RESUME, reason, as_json=as_json)


@app.command("cancel")
def cancel_campaign(campaign: CampaignId, reason: Reason, as_json: AsJson = False) -> None:
    """End a campaign; those who moved stay where they are, nobody else is prompted."""
    _act(campaign, CampaignAction.CANCEL, reason, as_json=as_json)


@app.command("export")
def export_campaign(
    campaign: CampaignId,
    state: Annotated[PersonWord | None, typer.Option(help="Only those who stand there.")] = None,
    file: Annotated[
        Path | None, typer.Option("--to", dir_okay=False, help="A file; stdout where none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write who stands where as a CSV table that is safe to open in a spreadsheet."""
    wanted = state_of(state)

    async def write(gateway: Gateway) -> list[CampaignPersonAnswer]:
        found = (await gateway.campaign_admin.get(campaign)).campaign.id
        if as_json:
            rows = gateway.campaign_admin.everybody(found, state=wanted)
            return [CampaignPersonAnswer.of(row) async for row in rows]
        await _write_rows(export_people(gateway.campaign_admin, found, state=wanted), file)
        return []

    people = run(write)
    if as_json:
        print_json(people)


async def _write_rows(rows: AsyncIterator[str], file: Path | None) -> None:
    if file is None:
        async for row in rows:
            sys.stdout.write(row)
        return
    with file.open("w", newline="") as table:
        async for row in rows:
            table.write(row)


async def _watch(gateway: Gateway, campaign: str, *, as_json: bool) -> None:
    console = Console()
    looks = _look(gateway, campaign)
    if as_json or not console.is_terminal:
        await _tell_changes(looks, as_json=as_json)
        return
    with Live(console=console, auto_refresh=False) as live:
        async for answer in looks:
            live.update(lay_out(answer), refresh=True)


async def _tell_changes(looks: AsyncIterator[CampaignAnswer], *, as_json: bool) -> None:
    told: CampaignAnswer | None = None
    async for answer in looks:
        if told is None or _is_news(told, answer):
            print(answer.model_dump_json() if as_json else tell_line(answer), flush=True)
            told = answer


async def _look(gateway: Gateway, campaign: str) -> AsyncIterator[CampaignAnswer]:
    """Give a campaign as it stands, once a second, until it is over."""
    while True:
        answer = await _find(gateway, campaign)
        yield answer
        if answer.ended_at is not None:
            return
        await asyncio.sleep(_LOOK_EVERY.total_seconds())


def _is_news(told: CampaignAnswer, now: CampaignAnswer) -> bool:
    """Whether more than the estimate changed."""
    return (told.state, told.counts, told.is_planned) != (now.state, now.counts, now.is_planned)


def _act(campaign: str, action: CampaignAction, reason: str, *, as_json: bool) -> None:
    async def act(gateway: Gateway) -> CampaignAnswer:
        return await _told(gateway, await gateway.campaign_admin.act(campaign, action, reason=reason))

    _print(run(act), as_json=as_json)


async def _find(gateway: Gateway, campaign: str) -> CampaignAnswer:
    return await _told(gateway, await gateway.campaign_admin.get(campaign))


async def _told(gateway: Gateway, progress: Progress) -> CampaignAnswer:
    return CampaignAnswer.of(progress, await gateway.outlooks.of(progress))


def _print(campaign: CampaignAnswer, *, as_json: bool) -> None:
    if as_json:
        print_json(campaign)
    else:
        print_campaign(campaign)
