"""`switchyard campaigns`: watch and steer how the people of a failed line are moved to others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.status import Status

from router.cli.printing.campaigns import layout_of, one_line_of, print_campaign, print_list, print_preview
from router.cli.printing.csv_file import write_rows
from router.cli.printing.tables import AsJson, print_json
from router.cli.session import PoolOption, run, run_in_pool
from router.core.act import BY_SHELL
from router.core.campaigns.campaign import CampaignAction
from router.gateway import Gateway
from router.schemas.campaigns import CampaignAnswer, CampaignPersonAnswer, PersonWord, PreviewAnswer, state_of
from router.services.campaigns.export import export_people
from router.services.campaigns.preview import CampaignPreview

app = typer.Typer(help="Campaigns: moving the people of a failed line to others.", no_args_is_help=True)

CampaignId = Annotated[str, typer.Argument(help="Its id, like main.3.flagged1.", show_default=False)]
Number = Annotated[str, typer.Argument(help="The line people leave, like +12025550101.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why. It is stored and shown.")]

_POLL_EVERY = timedelta(seconds=1)


@app.command("list")
def list_campaigns(
    pool: PoolOption = None,
    only_live: Annotated[bool, typer.Option("--live", help="Only those that have not ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """List campaigns, the newest first, of all pools unless one is named."""

    async def ask(gateway: Gateway) -> list[CampaignAnswer]:
        found = await gateway.campaign_admin.all(pool=pool, only_live=only_live)
        return [CampaignAnswer.of(await gateway.outlooks.of(progress)) for progress in found]

    campaigns = run(ask)
    if as_json:
        print_json(campaigns)
    else:
        print_list(campaigns)


@app.command("show")
def show_campaign(campaign: CampaignId, as_json: AsJson = False) -> None:
    """Show a campaign's progress, how many people are in each state, and how long it will take."""
    _print(run(lambda gateway: _find(gateway, campaign)), as_json=as_json)


@app.command("watch")
def watch_campaign(campaign: CampaignId, as_json: AsJson = False) -> None:
    """Follow a campaign until it ends. Ctrl+C stops the watching, not the campaign."""
    with suppress(KeyboardInterrupt):
        run(lambda gateway: _watch(gateway, campaign, as_json=as_json))


@app.command("preview")
def preview_campaign(number: Number, pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Show what a campaign off a line would do: who, over which channel, to which line, in what order, how long."""

    async def ask(gateway: Gateway, pool_id: str) -> CampaignPreview:
        console = Console(stderr=True)
        with Status("Looking at everyone", console=console) as status:

            def show_progress(people: int) -> None:
                status.update(f"Looking at everyone: {people} on the line so far")

            return await gateway.campaign_admin.preview(pool_id, number, on_progress=show_progress)

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
    force: Annotated[bool, typer.Option("--force", help="Begin even if there is no room for everyone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Move the people of a drained line to others."""

    async def start(gateway: Gateway, pool_id: str) -> CampaignAnswer:
        started = await gateway.campaign_admin.start(pool_id, number, by=BY_SHELL.because(reason), force=force)
        return CampaignAnswer.of(await gateway.outlooks.of(started))

    _print(run_in_pool(pool, start), as_json=as_json)


@app.command("pause")
def pause_campaign(campaign: CampaignId, reason: Reason, as_json: AsJson = False) -> None:
    """Prompt nobody until it is resumed. Prompts that are being sent now may finish."""
    _act(campaign, CampaignAction.PAUSE, reason, as_json=as_json)


@app.command("resume")
def resume_campaign(campaign: CampaignId, reason: Reason, as_json: AsJson = False) -> None:
    """Go on, even past a brake or the rest of a hold-down."""
    _act(campaign, CampaignAction.RESUME, reason, as_json=as_json)


@app.command("cancel")
def cancel_campaign(campaign: CampaignId, reason: Reason, as_json: AsJson = False) -> None:
    """End a campaign. People who moved stay where they are; nobody else is prompted."""
    _act(campaign, CampaignAction.CANCEL, reason, as_json=as_json)


@app.command("export")
def export_campaign(
    campaign: CampaignId,
    state: Annotated[PersonWord | None, typer.Option(help="Only people in this state.")] = None,
    file: Annotated[
        Path | None, typer.Option("--to", dir_okay=False, help="The file to write; stdout by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write people and their states as a CSV table that is safe to open in a spreadsheet."""
    wanted = state_of(state)

    async def write(gateway: Gateway) -> list[CampaignPersonAnswer]:
        found = (await gateway.campaign_admin.get(campaign)).campaign.id
        if as_json:
            rows = gateway.campaign_admin.everybody(found, state=wanted)
            return [CampaignPersonAnswer.of(row) async for row in rows]
        await write_rows(export_people(gateway.campaign_admin, found, state=wanted), file)
        return []

    people = run(write)
    if as_json:
        print_json(people)


async def _watch(gateway: Gateway, campaign: str, *, as_json: bool) -> None:
    console = Console()
    states = _poll(gateway, campaign)
    if as_json or not console.is_terminal:
        await _print_changes(states, as_json=as_json)
        return
    with Live(console=console, auto_refresh=False) as live:
        async for answer in states:
            live.update(layout_of(answer), refresh=True)


async def _print_changes(states: AsyncIterator[CampaignAnswer], *, as_json: bool) -> None:
    printed: CampaignAnswer | None = None
    async for answer in states:
        if printed is None or _has_changed(printed, answer):
            print(answer.model_dump_json() if as_json else one_line_of(answer), flush=True)
            printed = answer


async def _poll(gateway: Gateway, campaign: str) -> AsyncIterator[CampaignAnswer]:
    """Yield a campaign's current state once a second, until it ends."""
    while True:
        answer = await _find(gateway, campaign)
        yield answer
        if answer.ended_at is not None:
            return
        await asyncio.sleep(_POLL_EVERY.total_seconds())


def _has_changed(before: CampaignAnswer, now: CampaignAnswer) -> bool:
    """Whether more than the estimate changed."""
    return (before.state, before.counts, before.is_planned) != (now.state, now.counts, now.is_planned)


def _act(campaign: str, action: CampaignAction, reason: str, *, as_json: bool) -> None:
    async def act(gateway: Gateway) -> CampaignAnswer:
        changed = await gateway.campaign_admin.act(campaign, action, by=BY_SHELL.because(reason))
        return CampaignAnswer.of(await gateway.outlooks.of(changed))

    _print(run(act), as_json=as_json)


async def _find(gateway: Gateway, campaign: str) -> CampaignAnswer:
    progress = await gateway.campaign_admin.get(campaign)
    return CampaignAnswer.of(await gateway.outlooks.of(progress))


def _print(campaign: CampaignAnswer, *, as_json: bool) -> None:
    if as_json:
        print_json(campaign)
    else:
        print_campaign(campaign)
