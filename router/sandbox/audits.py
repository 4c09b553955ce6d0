"""Reputation audits: the only way to ask whether a line is flagged. They are ready a moment after the request."""

from router.core.line import Reputation, Status
from router.sandbox import faults
from router.sandbox.moments import NS_PER_S, format_ms
from router.sandbox.records import HOME, ChatHealth, Json, SandboxAudit, SandboxLine
from router.sandbox.world import World

RUN_S = 3.0
COOLDOWN_S = 600.0
_MOST_EVIDENCE = 15


def start_audit(world: World, line: SandboxLine, *, speed: float, now_ns: int) -> SandboxAudit:
    """Start an audit, or return the one that is running.

    Raises:
        LinqFault: 429, the last one ended too recently.
    """
    own = [audit for audit in world.audits.values() if audit.number == line.number]
    latest = max(own, key=lambda audit: audit.started_ns, default=None)
    if latest is not None:
        if now_ns < latest.ready_ns:
            return latest
        free_ns = latest.ready_ns + int(COOLDOWN_S / speed * NS_PER_S)
        if now_ns < free_ns:
            raise faults.rate_limited(max(1, -(-(free_ns - now_ns) // NS_PER_S)))
    ready_ns = now_ns + int(RUN_S / speed * NS_PER_S)
    audit = SandboxAudit(id=world.new_id(), number=line.number, started_ns=now_ns, ready_ns=ready_ns)
    world.audits[audit.id] = audit
    return audit


def audit_shape(world: World, number: str, audit_id: str, *, now_ns: int) -> Json:
    """Return an audit, with its report once it is ready.

    Raises:
        LinqFault: 404, this line has no audit with this id.
    """
    audit = world.audits.get(audit_id)
    if audit is None or audit.number != number:
        raise faults.not_found(2019, "Reputation audit")
    if now_ns < audit.ready_ns:
        return {"audit_id": audit.id, "status": "pending"}
    line = world.lines.get(number)
    if line is None or line.environment != HOME:
        return {
            "audit_id": audit.id,
            "status": "error",
            "error": "The line is no longer on your account.",
            "phone": number,
        }
    return {
        "audit_id": audit.id,
        "status": "complete",
        "phone": number,
        "generated_at": format_ms(audit.ready_ns),
        "report": _report(world, line),
    }


def _report(world: World, line: SandboxLine) -> Json:
    drivers: list[Json] = []
    if line.status is Status.FLAGGED:
        drivers.append(_driver("flagged", "The line is currently restricted."))
    if line.reputation is not Reputation.HEALTHY:
        drivers.append(_driver("overall_conversation_health", "Many conversations are trending unhealthy."))
    opted_out = [
        chat for chat in world.chats.values() if chat.line.handle == line.number and chat.health is ChatHealth.OPTED_OUT
    ]
    if opted_out:
        drivers.append(_driver("opt_out_handling", f"{len(opted_out)} recipients asked this line to stop."))
    primary = str(drivers[0]["key"]) if drivers else ""
    title = "Move active traffic to a healthy line now." if primary == "flagged" else "Keep going."
    return {
        "severity": line.reputation,
        "primary_driver": primary,
        "drivers": drivers,
        "action_items": [{"priority": 1, "title": title, "detail": title, "expected_impact": "high"}],
        "evidence": {
            "unhealthy_chats": [],
            "opt_out_chats": [{"chat_id": chat.id, "messages_after_stop": 0} for chat in opted_out[:_MOST_EVIDENCE]],
        },
        "summary_markdown": f"**{line.number}**: {line.reputation}",
    }


def _driver(key: str, summary: str) -> Json:
    return {"key": key, "summary": summary, "metric": ""}
