"""Reputation audits: asked for, ready a moment later, and the one way to ask whether a line is flagged."""

from router.core.line import Reputation, Status
from router.providers.sandbox import faults
from router.providers.sandbox.moments import NS_PER_S, spell_ms
from router.providers.sandbox.records import HOME, Audit, ChatHealth, Json, Line
from router.providers.sandbox.world import World

RUN_S = 3.0
COOLDOWN_S = 600.0
_MOST_EVIDENCE = 15


def start_audit(world: World, line: Line, *, speed: float, now_ns: int) -> Audit:
    """Start an audit, or return the one that runs.

    Raises:
        LinqFault: 429, the last one ended too short a time ago.
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
    audit = Audit(id=world.new_id(), number=line.number, started_ns=now_ns, ready_ns=ready_ns)
    world.audits[audit.id] = audit
    return audit


def audit_shape(world: World, number: str, audit_id: str, *, now_ns: int) -> Json:
    """Return an audit, with its report once it is ready.

    Raises:
        LinqFault: 404, there is none of this id on this line.
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
        "generated_at": spell_ms(audit.ready_ns),
        "report": _report(world, line),
    }


def _report(world: World, line: Line) -> Json:
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
