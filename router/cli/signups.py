"""`switchyard signups`: try how signups would spread, and show one."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from router.cli.printing.csv_file import write_rows
from router.cli.printing.tables import AsJson, draw_bar, percent, print_facts, print_json, print_table
from router.cli.session import PoolOption, run_in_pool
from router.core.act import BY_SHELL
from router.core.code import Code, parse_code
from router.core.errors import InvalidField, NotFound, Refused
from router.core.people.origin import check_source
from router.gateway import Gateway
from router.schemas.shares import TrialAnswer
from router.schemas.signups import SignupAnswer, SignupRowAnswer
from router.services.lines.trial import Trial, TrialLine, try_signups
from router.web.rendering.signup_answers import SignupAnswers

app = typer.Typer(help="Signups: people and the lines they got.", no_args_is_help=True)

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="The six characters from the person's text.")]


@app.command("try")
def try_out(
    pool: PoolOption = None,
    count: Annotated[int, typer.Option(help="How many signups to try.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Show which lines would get the next signups, by a model of the pool as it is now; nobody is signed up."""

    async def try_in_pool(gateway: Gateway, pool_id: str) -> tuple[str, Trial]:
        overview = await gateway.line_admin.overview(pool_id)
        return pool_id, try_signups(overview, count, (await gateway.pool_admin.get(pool_id)).backups)

    pool_id, trial = run_in_pool(pool, try_in_pool)
    if as_json:
        print_json(TrialAnswer.of(pool_id, trial))
        return
    widest = max((line.share for line in trial.lines), default=0.0)
    columns = ("number", "label", "gate", "given", "ideal", "share", "weight", "", "as backup")
    print_table(columns, [_row(line, widest) for line in trial.lines])
    print(f"{trial.count - trial.waitlisted} of {trial.count} signups placed, {trial.waitlisted} on the waitlist.")
    print(f"No line was ever more than {trial.widest_gap:.2f} people from its ideal share.")


@app.command("show")
def show_signup(code: CodeArgument, pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Show a person's line, state and links."""
    _print_signup(run_in_pool(pool, lambda gateway, pool_id: _find(gateway, pool_id, code)), as_json=as_json)


@app.command("confirm")
def confirm_signup(code: CodeArgument, pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Record that a person texted. Doing it again changes nothing."""

    async def confirm(gateway: Gateway, pool_id: str) -> SignupAnswer:
        await gateway.signups.confirm(await gateway.pool_cache.get(pool_id), _parse(code))
        return await _find(gateway, pool_id, code)

    _print_signup(run_in_pool(pool, confirm), as_json=as_json)


@app.command("export")
def export_signups(
    pool: PoolOption = None,
    source: Annotated[str, typer.Option(help="Only people who came from there.")] = "",
    file: Annotated[
        Path | None, typer.Option("--to", dir_okay=False, help="The file to write; stdout by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write all signups as a CSV table: where people came from and what they agreed to, and no names or numbers."""
    wanted = check_source(source) if source else ""

    async def write(gateway: Gateway, pool_id: str) -> list[SignupRowAnswer]:
        if as_json:
            rows = gateway.signup_export.rows(pool_id, source=wanted)
            return [SignupRowAnswer.of(row) async for row in rows]
        await write_rows(gateway.signup_export.table(pool_id, source=wanted), file)
        return []

    people = run_in_pool(pool, write)
    if as_json:
        print_json(people)


@app.command("allow")
def allow_messages(
    code: CodeArgument,
    *,
    pool: PoolOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record that a person who had asked for no messages told you that they want them again."""
    if not yes and not _agrees(code):
        raise typer.Exit(1)

    async def allow(gateway: Gateway, pool_id: str) -> SignupAnswer:
        found = await _find(gateway, pool_id, code)
        await gateway.signups.allow(await gateway.pool_cache.get(pool_id), _parse(code), by=BY_SHELL)
        return found

    _print_signup(run_in_pool(pool, allow), as_json=as_json)


def _agrees(code: str) -> bool:
    question = f"Did the person of {code} tell you that they want messages again? Their opt-out is taken back then."
    if not sys.stdin.isatty():
        raise Refused(f"{question} If they did, say --yes.")
    return typer.confirm(question, default=False, err=True)


def _parse(text: str) -> Code:
    code = parse_code(text)
    if code is None:
        raise InvalidField("code", f"{text[:20]!r} is not one of our codes; they are six letters and digits")
    return code


async def _find(gateway: Gateway, pool_id: str, text: str) -> SignupAnswer:
    code, view = _parse(text), await gateway.pool_cache.get(pool_id)
    assignment = await gateway.signups.find(view, code)
    if assignment is None:
        raise NotFound(f"Pool {pool_id!r} has no signup {code}.")
    answers = SignupAnswers(gateway.tokens, gateway.base_url)
    return answers.present(await gateway.signups.view_of(view, assignment), assignment)


def _print_signup(signup: SignupAnswer, *, as_json: bool) -> None:
    if as_json:
        print_json(signup)
        return
    print_facts(
        [
            ("code", signup.code),
            ("pool", signup.pool),
            ("state", signup.state),
            ("line", signup.line),
            ("backups", ", ".join(signup.backups) or None),
            ("reason", signup.reason),
            ("page", signup.page_url),
            ("expires", signup.expires_at),
            ("source", signup.source),
            ("agreed to", None if signup.consent is None else f"{signup.consent.version}, {signup.consent.at}"),
        ]
    )


def _row(line: TrialLine, widest: float) -> tuple[object, ...]:
    return (
        line.line.number,
        line.line.label,
        line.gate,
        line.given,
        line.ideal,
        percent(line.share),
        percent(line.weight_share),
        draw_bar(line.share, widest),
        line.as_backup,
    )
