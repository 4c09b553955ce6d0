"""`switchyard webhooks`: the events for your app, how each fared, sending some once more, and a test."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from router.cli.printing.tables import AsJson, print_facts, print_json, print_table
from router.cli.session import PoolOption, run_in_pool
from router.core.act import BY_SHELL
from router.core.campaigns.app_delivery import AppDelivery, DeliveryState
from router.core.errors import InvalidField
from router.schemas.webhooks import AppDeliveryAnswer, WebhookReplayAnswer, WebhookTestAnswer

app = typer.Typer(help="Webhooks: the events that your app gets, and how each fared.", no_args_is_help=True)

MAX_SHOWN = 500


@app.command("list")
def list_deliveries(
    *,
    pool: PoolOption = None,
    state: Annotated[DeliveryState | None, typer.Option(help="Only those in this state.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Only events of this type, such as line.flagged.")] = None,
    before: Annotated[str | None, typer.Option(help="Id of the last row already read.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=MAX_SHOWN, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the events of a pool and how they fared, the newest first."""
    rows = run_in_pool(
        pool,
        lambda gateway, pool_id: gateway.app_deliveries.latest(
            pool_id, state=state, type_=kind, before=before, limit=limit
        ),
    )
    if as_json:
        print_json([AppDeliveryAnswer.of(row) for row in rows])
    else:
        print_table(("happened", "type", "state", "tries", "reason", "about", "event"), [_row(row) for row in rows])


@app.command("replay")
def replay_events(
    event: Annotated[str | None, typer.Argument(help="The event's id, sy_…; or name a time.")] = None,
    pool: PoolOption = None,
    since: Annotated[
        str | None, typer.Option(help="All that happened from this time on, like 2026-11-30T08:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="And not later; now if it is left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Send one event once more, or all of a time, each under the id that it had."""
    first, last = _moment_of("since", since), _moment_of("until", until)
    queued = run_in_pool(
        pool,
        lambda gateway, pool_id: gateway.app_deliveries.replay(
            pool_id, by=BY_SHELL, event=event, since=first, until=last
        ),
    )
    if as_json:
        print_json(WebhookReplayAnswer(queued=queued))
    else:
        print_facts([("queued", queued)])


@app.command("test")
def send_test(pool: PoolOption = None, as_json: AsJson = False) -> None:
    """Send your app a test event now, and show what it answered; the exit code is 1 if it did not take it."""
    sent = run_in_pool(pool, lambda gateway, pool_id: gateway.app_deliveries.test(pool_id, by=BY_SHELL))
    answer = WebhookTestAnswer.of(sent)
    if as_json:
        print_json(answer)
    else:
        print_facts(answer.model_dump(mode="json").items())
    if not sent.is_delivered:
        raise typer.Exit(1)


def _moment_of(field: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidField(field, f"{text[:40]!r} must be a time like 2026-11-30T08:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _row(row: AppDelivery) -> tuple[object, ...]:
    answer = AppDeliveryAnswer.of(row)
    return (
        answer.happened_at.isoformat(timespec="seconds"),
        answer.type,
        answer.state,
        answer.tries,
        answer.reason,
        answer.signup or answer.campaign,
        answer.event,
    )
