"""Draw the state of lines and campaigns, in 80 columns."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from router.demo.output.formats import format_time, short
from router.demo.output.run_events import Board, CampaignNow, Position, Totals

_BAR_CHARACTERS = 22
_GATE_STYLES = {"open": "green", "at_risk": "yellow", "target": "yellow", "guideline": "yellow", "warm_up": "yellow"}
_CLOSED_STYLE = "red"
_CAMPAIGN_STYLES = {"holding": "yellow", "running": "green", "paused": "red"}
_MOST_CAMPAIGNS = 3
_COLUMNS = ("line", "people", "", "weight", "due", "got", "gate", "in", "out")
_WORDS = frozenset({"line", "people", "gate"})
_LEGEND = "weight in percent · due: share of new people · got: share in the last 30 s"


def draw_board(board: Board, now_s: float) -> RenderableType:
    """Draw the totals, a row for each line, and two short rows for each campaign."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column in _WORDS else "right", no_wrap=True)
    most = max((position.people for position in board.lines), default=0)
    for position in board.lines:
        table.add_row(*_row(position, most))
    headline = Text(f"\n{format_time(now_s).rjust(6)}  {_format_totals(board.totals)}", style="bold", no_wrap=True)
    legend = Text(f"  {_LEGEND}", style="dim", no_wrap=True)
    campaigns = [_draw_campaign(campaign) for campaign in board.campaigns[:_MOST_CAMPAIGNS]]
    return Group(headline, Padding(table, (0, 0, 0, 2), expand=False), legend, *campaigns)


def _draw_campaign(now: CampaignNow) -> Text:
    text = Text("  campaign ", no_wrap=True)
    text.append(now.id, style="bold").append(f"  {now.state}", style=_CAMPAIGN_STYLES.get(now.state, "dim"))
    text.append(f"  off {short(now.line)}")
    if not now.people:
        return text
    words = [f"{now.moved} of {now.people} moved", f"{now.asked} asked", f"{now.waiting} waiting"]
    if now.skipped:
        words.append(f"{now.skipped} skipped")
    return text.append(f"\n    {' · '.join(words)}")


def _format_totals(totals: Totals) -> str:
    words = [
        f"{totals.signed_up} signed up",
        f"{totals.confirmed} texted",
        f"{totals.met} met",
        f"{totals.moved} moved",
        f"{totals.opted_out} opted out",
    ]
    if totals.turned_away:
        words.append(f"{totals.turned_away} turned away")
    return " · ".join(words)


def _row(position: Position, most: int) -> list[Text]:
    style = _GATE_STYLES.get(position.gate, _CLOSED_STYLE)
    filled = round(_BAR_CHARACTERS * position.people / most) if most else 0
    return [
        Text(short(position.line)),
        Text(("█" * filled).ljust(_BAR_CHARACTERS), style=style),
        Text(str(position.people)),
        Text(f"{position.weight_percent:.0f}"),
        Text(f"{position.due:.0%}"),
        Text(f"{position.recent:.0%}"),
        Text(position.gate, style=style),
        Text(str(position.texts_in)),
        Text(str(position.texts_out)),
    ]
