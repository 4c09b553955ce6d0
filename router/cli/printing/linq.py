"""What `switchyard linq` prints for people to read."""

import sys

from router.cli.printing.tables import print_facts, print_table
from router.core.events.diagnosis import Check
from router.core.lines.reputation_audit import Audit, AuditState
from router.core.phone import E164
from router.providers.linq.event_types import ESSENTIAL
from router.schemas.linq import SubscriptionAnswer
from router.schemas.moments import moment
from router.services.linq.cards import CardResult
from router.services.linq.inventory import Comparison, SyncedLine
from router.services.linq.subscription import SecretState
from router.store.alerts import KeptAlert

_SECRET_WORDS = {
    SecretState.KEPT: "kept, sealed",
    SecretState.SET: "set",
    SecretState.UNKNOWN: "not known",
}


def print_sync(compared: Comparison, rows: list[SyncedLine]) -> None:
    """Print every line that differs."""
    if rows:
        columns = ("number", "pool", "difference", "", "people", "result")
        print_table(
            columns,
            [(row.number, row.pool, row.difference, row.detail, row.people, row.result or None) for row in rows],
        )
    inventory = compared.inventory
    named = f" ({', '.join(inventory.unreadable_numbers)})" if inventory.unreadable_numbers else ""
    note = f" {inventory.unreadable} could not be read{named}." if inventory.unreadable else ""
    print(f"Linq lists {len(inventory.lines)} lines; {compared.differences.same} are as they are here.{note}")


def print_subscription(answer: SubscriptionAnswer) -> None:
    """Print what was done, and a new secret on a line of its own."""
    print_facts(
        [
            ("environment", answer.environment),
            ("done", answer.did),
            ("subscription", answer.id),
            ("delivers to", answer.url),
            ("events", len(answer.events)),
            ("secret", _SECRET_WORDS[answer.secret_state]),
            ("ended", answer.ended or None),
            ("taken in late", answer.taken_in or None),
        ]
    )
    for event in answer.not_offered:
        weight = "warning" if event in ESSENTIAL else "note"
        print(f"{weight}: Linq does not offer this account {event}.", file=sys.stderr)
    if answer.others:
        print(
            f"warning: {answer.others} more subscriptions deliver to this address, so events come more than once. "
            "End them with --renew.",
            file=sys.stderr,
        )
    if answer.secret is not None:
        print(answer.secret)
        print("The secret is shown this once. It is stored sealed, so you need not set it.", file=sys.stderr)


def print_cards(results: list[CardResult]) -> None:
    """Print the result for each card."""
    columns = ("number", "pool", "name", "photo", "calls", "result")
    print_table(columns, [_row_of_card(result) for result in results])


def print_diagnosis(checks: list[tuple[str, Check]], alerts: list[KeptAlert]) -> None:
    """Print every check, and the latest alerts."""
    columns = ("environment", "check", "", "finding", "what to do")
    print_table(columns, [(name, check.name, check.verdict, check.finding, check.mend) for name, check in checks])
    if alerts:
        print("Latest alerts:")
        print_table(
            ("when", "what", "about", ""),
            [(f"{moment(one.at_ms):%Y-%m-%d %H:%M} UTC", one.kind, one.subject, one.message) for one in alerts],
        )


def _row_of_card(result: CardResult) -> tuple[object, ...]:
    wish = result.wish
    return wish.number, wish.pool, wish.name, "yes" if wish.image_url else None, result.calls, result.result


def print_audit(number: E164, report: Audit) -> None:
    """Print the reasons for a line's reputation, and what to do."""
    facts = [
        ("line", number),
        ("audit", report.id),
        ("state", report.state.value),
        ("reputation", report.severity or None),
        ("because of", report.driver or None),
        ("advice", report.advice or None),
        ("error", report.error or None),
    ]
    print_facts([(name, value) for name, value in facts if value is not None])
    for key, summary in report.drivers:
        print(f"  {key}: {summary}")
    for action in report.actions:
        print(f"  → {action}")
    if report.says_flagged:
        print(f'It is flagged. Take it out: switchyard lines flag {number} --reason "Linq\'s audit"')
    elif report.state is AuditState.PENDING:
        print("The audit is still running. Ask again with --wait to get its result.", file=sys.stderr)
