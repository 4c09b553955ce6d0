"""Ask the provider why a line stands where it stands: the only way to ask whether it is flagged."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from router.core.phone import E164
from router.core.reputation_audit import Audit, AuditState
from router.observe.logs import get_logger
from router.providers.linq.api import LinqApi

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
    """Start an audit, or take up the one that runs, and wait for its report as long as `patience` lasts.

    Raises:
        ProviderRefused: it was audited a short while ago; the error says when it can be again.
        ProviderUnavailable: it runs on; ask again and it is taken up.
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
