"""`switchyard linq`: connect the Linq account, keep lines and cards in step with it, and find faults."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from router.cli.printing.linq import print_audit, print_cards, print_diagnosis, print_subscription, print_sync
from router.cli.printing.tables import AsJson, print_json
from router.cli.session import run
from router.core.act import BY_SHELL
from router.core.errors import Refused
from router.core.events.diagnosis import Check, CheckResult, check_zones
from router.core.lines.reputation_audit import Audit, AuditState
from router.core.numbers.typed_number import read_strict
from router.gateway import Gateway
from router.schemas.linq import AuditAnswer, CardAnswer, DiagnosisAnswer, SubscriptionAnswer, SyncAnswer
from router.services.linq.account import find_environment, lines_of, open_account, pools_of
from router.services.linq.audit import DEFAULT_PATIENCE, audit_line
from router.services.linq.cards import CardResult, LinqCards, wishes_of
from router.services.linq.doctor import LinqDoctor
from router.services.linq.inventory import Comparison, LinqInventory, SyncedLine
from router.services.linq.listed_health import ListedHealth
from router.services.linq.subscription import LinqSubscription
from router.settings.zone_data import copies_at_hand
from router.store.alerts import KeptAlert

ALERTS_SHOWN = 10
EVERY_ENVIRONMENT = "all"

app = typer.Typer(help="Linq: connect the account, keep lines in step with it, find faults.", no_args_is_help=True)

EnvironmentOption = Annotated[
    str | None, typer.Option("--environment", help="Which of Linq's environments; production by default.")
]
PoolOption = Annotated[str | None, typer.Option("--pool", help="Only this pool.")]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="Where the internet reaches this gateway, https://…; the base URL by default."),
]


@app.command("sync")
def sync_lines(
    *,
    pool: PoolOption = None,
    environment: EnvironmentOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what differs.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Retire even more than half of a pool's lines.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add the lines that Linq lists, retire those it does not list, and record their reputation."""

    async def work(gateway: Gateway) -> tuple[Comparison, list[SyncedLine], bool]:
        found = find_environment(gateway.settings.environments(), environment)
        health = ListedHealth(gateway.line_reports)
        inventory = LinqInventory(gateway.pool_admin, gateway.line_admin, gateway.clock, health.observe)
        async with open_account(found) as api:
            compared = await inventory.compare(api, found, pool)
        rows = compared.rows()
        if dry_run or not rows or not (yes or as_json or _agrees(compared, rows)):
            return compared, rows, True
        return compared, await inventory.apply(compared, by=BY_SHELL, force=force), False

    compared, rows, is_dry_run = run(work)
    if as_json:
        print_json(SyncAnswer.of(compared, rows, is_dry_run=is_dry_run))
    else:
        print_sync(compared, rows)
    if any(row.is_open for row in rows):
        raise typer.Exit(1)


@app.command("subscribe")
def subscribe(
    environment: EnvironmentOption = None,
    url: UrlOption = None,
    renew: Annotated[
        bool, typer.Option("--renew", help="Replace the subscription: a new secret, then the old one ends.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Have Linq deliver its events here: make the subscription, or fix the existing one."""

    async def work(gateway: Gateway) -> SubscriptionAnswer:
        found = find_environment(gateway.settings.environments(), environment)
        async with open_account(found) as api:
            subscription = LinqSubscription(
                api, gateway.webhook_secrets, found, gateway.clock, origin=(url or gateway.base_url).rstrip("/")
            )
            plan = await subscription.check()
            done = await (subscription.renew(plan, by=BY_SHELL) if renew else subscription.apply(plan, by=BY_SHELL))
            answer = SubscriptionAnswer.of(found.id, plan, done, subscription.secret_of(done.subscription))
        # Deliveries that were rejected because we did not know this secret are stored. They can be verified now.
        taken = (await gateway.deliveries.reverify()).taken if done.secret else 0
        return answer.model_copy(update={"taken_in": taken})

    answer = run(work)
    if as_json:
        print_json(answer)
    else:
        print_subscription(answer)


@app.command("cards")
def set_cards(
    pool: PoolOption = None,
    environment: EnvironmentOption = None,
    resend_photo: Annotated[
        bool, typer.Option("--resend-photo", help="Send the photo again, because it has changed.")
    ] = False,
    wait: Annotated[int, typer.Option("--wait", min=0, max=1200, help="Seconds to wait where Linq throttles.")] = 120,
    as_json: AsJson = False,
) -> None:
    """Give each line the contact card of its pool: name, and photo where https leads to it."""

    async def work(gateway: Gateway) -> list[CardResult]:
        found = find_environment(gateway.settings.environments(), environment)
        pools = [one for one in await pools_of(gateway.pool_admin, found.id) if one.id == (pool or one.id)]
        if pool is not None and not pools:
            await gateway.pool_admin.get(pool)
            raise Refused(f"Pool {pool!r} is not in Linq environment {found.id!r}. Name its own with --environment.")
        wishes = wishes_of(pools, await lines_of(gateway.line_admin, pools), gateway.base_url)
        async with open_account(found) as api:
            cards = LinqCards(api, patience=timedelta(seconds=wait))
            steps = await cards.plan(wishes, resend_photo=resend_photo)
            with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
                task = progress.add_task("Setting cards", total=len(wishes))
                return await cards.set_all(wishes, steps, report=lambda _: progress.advance(task))

    results = run(work)
    if as_json:
        print_json([CardAnswer.of(result) for result in results])
    else:
        print_cards(results)
    if any(result.is_open for result in results):
        raise typer.Exit(1)


@app.command("doctor")
def examine(environment: EnvironmentOption = None, url: UrlOption = None, as_json: AsJson = False) -> None:
    """Check key, clock, lines, subscription, secret, reachability, deliveries and time zones; change nothing."""

    async def work(gateway: Gateway) -> tuple[list[tuple[str, Check]], list[KeptAlert]]:
        known = gateway.settings.environments()
        chosen = list(known.values()) if environment is None else [find_environment(known, environment)]
        doctor = LinqDoctor(
            gateway.pool_admin,
            gateway.line_admin,
            gateway.webhook_secrets,
            gateway.clock,
            gateway.delivery_store,
            base_url=gateway.base_url,
        )
        found = [(one.id, check) for one in chosen for check in await doctor.examine(one, url=url)]
        found.append((EVERY_ENVIRONMENT, _check_zones(gateway.clock.now_ms())))
        return found, await gateway.alert_store.alerts(limit=ALERTS_SHOWN)

    checks, alerts = run(work)
    if as_json:
        print_json(DiagnosisAnswer.of(checks, alerts))
    else:
        print_diagnosis(checks, alerts)
    if any(check.verdict is CheckResult.FAIL for _, check in checks):
        raise typer.Exit(1)


@app.command("audit")
def audit(
    number: Annotated[str, typer.Argument(help="The line's number, like +12025550101.", show_default=False)],
    environment: EnvironmentOption = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the report, up to two minutes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask Linq for a line's reputation, the reasons for it, and whether the line is flagged."""
    line = read_strict(number)

    async def work(gateway: Gateway) -> Audit:
        found = find_environment(gateway.settings.environments(), environment)
        async with open_account(found) as api:
            return await audit_line(api, line, patience=DEFAULT_PATIENCE if wait else timedelta(0))

    told = run(work)
    if as_json:
        print_json(AuditAnswer.of(line, told))
    else:
        print_audit(line, told)
    if told.state is AuditState.ERROR:
        raise typer.Exit(1)


def _check_zones(now_ms: int) -> Check:
    used, *others = copies_at_hand()
    age_days = used.age_days(datetime.fromtimestamp(now_ms / 1000, UTC))
    return check_zones(used.version, used.place, age_days, [other.version for other in others])


def _agrees(compared: Comparison, rows: list[SyncedLine]) -> bool:
    """Ask on a terminal. Where nobody can answer, running the command is the consent."""
    if not sys.stdin.isatty():
        return True
    print_sync(compared, rows)
    return typer.confirm("Do this?", default=False, err=True)
