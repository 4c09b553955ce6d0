"""What `switchyard linq … --json` prints."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from router.core.events.diagnosis import Check, CheckResult
from router.core.events.subscription import SubscriptionPlan
from router.core.lines.reputation_audit import Audit, AuditState
from router.schemas.moments import moment
from router.services.linq.cards import CardResult
from router.services.linq.inventory import Comparison, Difference, SyncedLine
from router.services.linq.subscription import SecretState, Subscribed
from router.store.alerts import KeptAlert


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class SyncedLineAnswer(_Answer):
    """One line that differs from the provider's list."""

    number: str
    pool: str | None
    difference: Difference
    detail: str
    people: int
    result: str


class SyncAnswer(_Answer):
    """What differs, and the result of each difference."""

    environment: str
    is_complete: bool
    is_dry_run: bool
    same: int
    lines: list[SyncedLineAnswer]

    @classmethod
    def of(cls, compared: Comparison, rows: list[SyncedLine], *, is_dry_run: bool) -> "SyncAnswer":
        """Build what is printed of a comparison."""
        return cls(
            environment=compared.environment,
            is_complete=compared.inventory.is_complete,
            is_dry_run=is_dry_run,
            same=compared.differences.same,
            lines=[SyncedLineAnswer.model_validate(row) for row in rows],
        )


class SubscriptionAnswer(_Answer):
    """A subscription, and what was done. The secret is included only for a new one.

    Attributes:
        others: further subscriptions that deliver to the same address.
        taken_in: deliveries that had been refused for want of the new secret, and are believed now.
    """

    environment: str
    did: str
    id: str
    url: str
    events: list[str]
    is_active: bool
    secret: str | None
    secret_state: SecretState
    not_offered: list[str]
    others: int
    ended: int
    taken_in: int = 0

    @classmethod
    def of(cls, environment: str, plan: SubscriptionPlan, done: Subscribed, state: SecretState) -> "SubscriptionAnswer":
        """Build what is printed of a subscription."""
        return cls(
            environment=environment,
            did=done.did,
            id=done.subscription.id,
            url=done.subscription.target_url,
            events=sorted(done.subscription.events),
            is_active=done.subscription.is_active,
            secret=done.secret,
            secret_state=state,
            not_offered=list(plan.not_offered),
            others=0 if done.ended else len(plan.others),
            ended=done.ended,
        )


class CardAnswer(_Answer):
    """The result for one line's card."""

    number: str
    pool: str
    name: str
    image_url: str | None
    calls: int
    result: str

    @classmethod
    def of(cls, result: CardResult) -> "CardAnswer":
        """Build what is printed of a card."""
        wish = result.wish
        return cls(
            number=wish.number,
            pool=wish.pool,
            name=wish.name,
            image_url=wish.image_url,
            calls=result.calls,
            result=result.result,
        )


class CheckAnswer(_Answer):
    """One thing that was checked."""

    environment: str
    name: str
    verdict: CheckResult
    finding: str
    mend: str

    @classmethod
    def of(cls, environment: str, check: Check) -> "CheckAnswer":
        """Build what is printed of a check."""
        return cls(
            environment=environment, name=check.name, verdict=check.verdict, finding=check.finding, mend=check.mend
        )


class AlertAnswer(_Answer):
    """Something an operator should know."""

    at: datetime
    kind: str
    subject: str
    message: str


class DiagnosisAnswer(_Answer):
    """Every check, and the latest alerts."""

    checks: list[CheckAnswer]
    alerts: list[AlertAnswer]

    @classmethod
    def of(cls, checks: list[tuple[str, Check]], alerts: list[KeptAlert]) -> "DiagnosisAnswer":
        """Build what is printed of all checks and alerts."""
        return cls(
            checks=[CheckAnswer.of(environment, check) for environment, check in checks],
            alerts=[
                AlertAnswer(at=moment(one.at_ms), kind=one.kind, subject=one.subject, message=one.message)
                for one in alerts
            ],
        )


class DriverAnswer(_Answer):
    """One reason behind a line's reputation."""

    key: str
    summary: str


class AuditAnswer(_Answer):
    """How an audit went."""

    number: str
    id: str
    state: AuditState
    severity: str
    driver: str
    is_flagged: bool
    advice: str
    drivers: list[DriverAnswer]
    actions: list[str]
    error: str

    @classmethod
    def of(cls, number: str, audit: Audit) -> "AuditAnswer":
        """Build what is printed of an audit."""
        return cls(
            number=number,
            id=audit.id,
            state=audit.state,
            severity=audit.severity,
            driver=audit.driver,
            is_flagged=audit.says_flagged,
            advice=audit.advice,
            drivers=[DriverAnswer(key=key, summary=summary) for key, summary in audit.drivers],
            actions=list(audit.actions),
            error=audit.error,
        )
