"""How campaigns look on a terminal: as they are, live, and before they begin."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from router.cli.printing.tables import (
    BAR_CHARACTERS,
    draw_bar,
    facts_of,
    format_duration,
    percent,
    print_parts,
    print_table,
    table_of,
)
from router.core.campaigns.campaign import CampaignState, PersonState
from router.core.campaigns.cause import Cause
from router.schemas.campaigns import CampaignAnswer, PreviewAnswer

_STATE_STYLES = {
    CampaignState.HOLDING: "yellow",
    CampaignState.RUNNING: "green",
    CampaignState.PAUSED: "bold yellow",
    CampaignState.DONE: "dim",
    CampaignState.CANCELLED: "dim",
}
_PEOPLE_STYLES = {
    PersonState.WAITING: "dim",
    PersonState.SENDING: "cyan",
    PersonState.SENT: "blue",
    PersonState.FAILED: "red",
    PersonState.UNKNOWN: "yellow",
    PersonState.OPENED: "blue",
    PersonState.MOVED: "green",
    PersonState.SKIPPED: "dim",
}
_MEANINGS = {
    PersonState.WAITING: "to be prompted",
    PersonState.SENDING: "a channel has it now",
    PersonState.SENT: "prompted",
    PersonState.FAILED: "no channel could deliver it",
    PersonState.UNKNOWN: "may have arrived; not sent again",
    PersonState.OPENED: "saw their new number",
    PersonState.MOVED: "text another line now",
    PersonState.SKIPPED: "not prompted; each has a reason",
}


def print_list(campaigns: Iterable[CampaignAnswer]) -> None:
    """Print campaigns, one a row."""
    columns = ("campaign", "from", "state", "people", "waiting", "prompted", "moved", "skipped", "left", "why")
    print_table(columns, [_row(campaign) for campaign in campaigns])


def print_campaign(campaign: CampaignAnswer) -> None:
    """Print one campaign."""
    print_parts(layout_of(campaign))


def layout_of(campaign: CampaignAnswer) -> RenderableType:
    """Return one campaign as the live display draws it each second."""
    counts, people = campaign.counts, campaign.people
    done = people - counts["waiting"] - counts["sending"]
    return Group(
        Text.assemble(
            (campaign.id, "bold"), "  ", (campaign.state.value, _STATE_STYLES[campaign.state]), f"  {campaign.why}"
        ),
        facts_of(_facts(campaign)),
        _bars(("dealt with", done, people), ("moved", counts["moved"], people)),
        _states(campaign),
        _targets(campaign),
    )


def one_line_of(campaign: CampaignAnswer) -> str:
    """Return one campaign as a line of text, for logs and pipes."""
    counts = ", ".join(f"{people} {state}" for state, people in campaign.counts.items() if people)
    return f"{campaign.id}: {campaign.state}, {counts or 'nobody yet'}, {_left(campaign)}"


def print_preview(preview: PreviewAnswer) -> None:
    """Print what a campaign would do."""
    prompted = sum(preview.by_channel.values())
    ways = [*preview.by_channel.items(), *((f"skipped: {why}", people) for why, people in preview.skipped.items())]
    print_parts(
        facts_of(
            [
                ("line", preview.line),
                ("people on it", preview.people),
                ("would be prompted", prompted),
                ("time needed", _span(preview.time_needed_s, "no line can take anyone")),
            ]
        ),
        table_of(
            ("over", "people", "", "share"),
            [(way, people, draw_bar(people, preview.people), percent(people / preview.people)) for way, people in ways],
        ),
        table_of(
            ("to", "now", "more", "then", "of", "", "an hour"),
            [
                (
                    target.number,
                    target.people_now,
                    target.people,
                    target.people_now + target.people,
                    target.capacity,
                    draw_bar(min(target.people_now + target.people, target.capacity), target.capacity),
                    target.per_hour,
                )
                for target in preview.targets
            ],
        ),
    )
    if preview.first:
        print(f"First, the most recently engaged: {' '.join(preview.first)}")
    if preview.lines_missing:
        print(f"There is no room for all: {preview.lines_missing} more lines like these are needed.")


def _row(campaign: CampaignAnswer) -> tuple[object, ...]:
    counts = campaign.counts
    return (
        campaign.id,
        campaign.line or "the waitlist",
        campaign.state,
        campaign.people,
        counts["waiting"] + counts["sending"],
        counts["sent"] + counts["opened"] + counts["unknown"],
        counts["moved"],
        counts["skipped"] + counts["failed"],
        _left(campaign),
        campaign.why,
    )


def _facts(campaign: CampaignAnswer) -> list[tuple[str, object]]:
    pace = campaign.pace
    facts: list[tuple[str, object]] = [
        ("from", _from(campaign)),
        ("begun", f"{campaign.created_at:%F %T}"),
        ("people", f"{campaign.people}{'' if campaign.is_planned else ', still being looked for'}"),
        ("pace", f"{pace.prompts_per_second:g} prompts a second and channel; {pace.people_per_hour} people an hour"),
        ("left", _left(campaign)),
    ]
    if campaign.hold_until is not None:
        facts.insert(2, ("held until", f"{campaign.hold_until:%F %T}"))
    if campaign.ended_at is not None:
        facts.insert(2, ("ended", f"{campaign.ended_at:%F %T}"))
    return facts


def _from(campaign: CampaignAnswer) -> str:
    is_waitlist = campaign.cause is Cause.WAITLIST
    return "the waitlist" if is_waitlist else f"{campaign.line}, {campaign.cause} {campaign.epoch}"


def _bars(*bars: tuple[str, int, int]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for label, done, total in bars:
        bar = ProgressBar(total=max(total, 1), completed=done, width=2 * BAR_CHARACTERS)
        table.add_row(Text(label, style="dim"), bar, Text(f"{percent(done / total) if total else '-'}"))
    return table


def _states(campaign: CampaignAnswer) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for state in PersonState:
        people = campaign.counts[state.word]
        style = _PEOPLE_STYLES[state] if people else "dim"
        bar = draw_bar(people, campaign.people)
        table.add_row(
            Text(state.word, style=style), Text(str(people), justify="right"), Text(bar, style=style), _MEANINGS[state]
        )
    return table


def _targets(campaign: CampaignAnswer) -> Table:
    table, most = Table.grid(padding=(0, 2, 0, 0)), max(campaign.targets.values(), default=0)
    for number, people in campaign.targets.items():
        table.add_row(Text(f"to {number}", style="dim"), Text(str(people), justify="right"), draw_bar(people, most))
    return table


def _left(campaign: CampaignAnswer) -> str:
    if campaign.ended_at is not None:
        return "over"
    is_paused = campaign.state is CampaignState.PAUSED
    return _span(campaign.time_left_s, "waits for you" if is_paused else "until a line has room")


def _span(seconds: int | None, otherwise: str) -> str:
    return otherwise if seconds is None else f"about {format_duration(seconds)}"
