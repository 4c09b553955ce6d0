"""Who does something that changes what others see, and why: the head of every entry of the audit."""

from dataclasses import dataclass, replace
from typing import Final

SHELL: Final = "shell"
MODEL: Final = "mcp"
WORKER: Final = "worker"
PROVIDER: Final = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act by one actor. It holds no personal data.

    Attributes:
        actor: the id of an API key, or `shell`, `mcp` (a language model), `worker` or `provider`.
        role: viewer, operator or admin; for an actor without a key the actor's own word.
        reason: why, in the actor's words; "" where no reason is asked for.
        request_id: the id of the request that asked for it; "" if none did.
    """

    actor: str
    role: str
    reason: str = ""
    request_id: str = ""

    def because(self, reason: str) -> "Act":
        """Return the same act with a reason."""
        return replace(self, reason=reason)


BY_SHELL: Final = Act(actor=SHELL, role="admin")
BY_MODEL: Final = Act(actor=MODEL, role="admin")
BY_WORKER: Final = Act(actor=WORKER, role=WORKER)
BY_PROVIDER: Final = Act(actor=PROVIDER, role=PROVIDER)
