"""The provider's audit of one line: the only way for us to ask whether a line is flagged."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

FLAGGED_DRIVER = "flagged"

# Source: docs.linqapp.com, reputation audit.
_ADVICE: Mapping[str, str] = {
    "low_engagement": "People do not answer. Lead with messages that invite a reply, and stop where none comes.",
    "overall_conversation_health": "Many conversations on it go badly. Fix those first: content, timing, consent.",
    "volume_spike": "It sent far more than it used to. Ramp slowly, those who answered first, over more lines.",
    "new_conversation_rate": "It started too many conversations in a day. Spread them; let people write first.",
    "opt_out_handling": "People asked it to stop. Send them nothing more, on any line.",
    FLAGGED_DRIVER: "It is restricted: messages may not arrive. Move its people to other lines and let it rest.",
}


class AuditState(Enum):
    """The progress of an audit."""

    PENDING = "pending"
    COMPLETE = "complete"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """An audit as the provider reports it.

    Attributes:
        severity: the line's reputation, in the provider's word; empty until complete.
        driver: the key of the main cause; empty where there is none.
        drivers: all causes, each a key and a sentence, the main one first.
        actions: the provider's own advice, the most urgent first.
        error: why the audit failed.
    """

    id: str
    state: AuditState
    severity: str = ""
    driver: str = ""
    drivers: tuple[tuple[str, str], ...] = ()
    actions: tuple[str, ...] = ()
    error: str = ""

    @property
    def says_flagged(self) -> bool:
        """Whether the line is flagged, even if that is not the main cause."""
        return FLAGGED_DRIVER in {self.driver, *(key for key, _ in self.drivers)}

    @property
    def advice(self) -> str:
        """Advice on what to do, in one or two sentences."""
        if self.says_flagged:
            return _ADVICE[FLAGGED_DRIVER]
        return _ADVICE.get(self.driver, self.actions[0] if self.actions else "")
