"""`switchyard events`: what happened to a pool's lines and people."""

from typing import Annotated

import typer

from router.cli.printing.tables import AsJson, print_json, print_table
from router.cli.session import PoolOption, run_in_pool
from router.schemas.events import EventAnswer
from router.store.event_log import MAX_ROWS, About


def events(
    pool: PoolOption = None,
    about: Annotated[About, typer.Option(help="Events of lines, or of people.")] = About.LINES,
    limit: Annotated[int, typer.Option(min=1, max=MAX_ROWS, help="How many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show what the provider reported, and what each event changed."""
    rows = run_in_pool(pool, lambda gateway, pool_id: gateway.history.latest(pool_id, about, limit=limit))
    answers = [EventAnswer.of(row) for row in rows]
    if as_json:
        print_json(answers)
    else:
        columns = ("at", "line", "what", "signup", "told by", "detail")
        print_table(
            columns,
            [(f"{row.at:%F %T}", row.line, row.word, row.signup, row.type, row.detail) for row in answers],
        )
