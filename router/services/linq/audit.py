"""Ask the provider for the state of a line and its reason: the only way to ask whether a line is flagged."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from router.core.lines.reputation_audit import Audit, AuditState
from router.core.phone import E164
from router.providers.linq.api import LinqApi
from router.telemetry.logs import get_logger

DEFAULT_PATIENCE = timedelta(minutes=2)
_POLL_S = 3.0

_log = get_logger()


async def audit_line(
    api: LinqApi,
    number: E164,
    *,
    patience: timedelta = timedelta(0),
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Audit:
    """Start an audit, or join the one that runs, and wait up to `patience` for its report.

    Raises:
        ProviderRefused: the line was audited a short while ago; the error says when it can be audited again.
        ProviderUnavailable: the audit goes on; a later call joins it.
    """
    started = await api.start_audit(number)
    audit = await api.audit(number, started.id)
    left_s = patience.total_seconds()
    while audit.state is AuditState.PENDING and left_s > 0:
        await pause(min(_POLL_S, left_s))
        left_s -= _POLL_S
        audit = await api.audit(number, started.id)
    _log.info("line_audited", state=audit.state.value, reputation=audit.severity, reason=audit.driver)
    return audit
