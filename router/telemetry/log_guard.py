"""What a log line may hold: a short list of fields, and in them nothing that looks like personal data or a secret.

Two nets, because each has holes: a field not on the list is dropped (so a body or a contact never gets in under a new
name), and what looks like a phone number, an address, a token or a key is masked in whatever is left.
"""

import re
from collections.abc import Mapping

ALLOWED_FIELDS = frozenset(
    {
        # the line itself
        *("timestamp", "level", "logger", "event", "exception"),
        # the process
        *(
            "pid",
            "worker",
            "version",
            "release",
            "host",
            "port",
            "origin",
            "signal",
            "exit_code",
            "data_dir",
            "setting",
        ),
        # a request; never its path, query or headers
        *(
            "operation_id",
            "method",
            "status_code",
            "duration_ms",
            "request_id",
            "error",
            "error_code",
            "detail",
            "protocol",
        ),
        # routing; a line's number shows its last four digits
        *("pool", "line", "slot", "tier", "gate", "gates", "reason", "weight", "state", "is_new", "revision"),
        # API keys
        *("key_id", "role", "label", "actor"),
        # lines and their provider
        *("kind", "status", "reputation", "provider", "event_id", "event_type", "is_duplicate", "environment"),
        # campaigns, channels and background work
        *("campaign", "channel", "epoch", "tick", "job", "attempt", "delay_ms", "age_ms", "lag_ms"),
        # the store
        *("script", "operation", "store", "topology", "store_ms", "timeout_ms", "size_bytes"),
        # how many
        *(
            "count",
            "total",
            "outcomes",
            "sources",
            "claimed",
            "sent",
            "failed",
            "unknown",
            "skipped",
            "expired",
            "repaired",
        ),
        # what was measured
        *("messages_per_person", "conversion_permille"),
    }
)
DROPPED_FIELDS = "dropped_fields"
_MADE_BY_US = frozenset({"timestamp", "level"})

_MAX_TEXT_LENGTH = 300
_MAX_TRACE_LENGTH = 8_000
_MAX_LIST_LENGTH = 20
_UNITS = ("_ms", "_bytes")
_SCALARS = str | int | float | None
_SHORTEST_NUMBER = 10**9

_LOGIN = re.compile(r"(://)[^/\s@]{1,200}@")
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LINK_TOKEN = re.compile(r"(/t/)[^/?#\s\"'{}]+")
_CREDENTIAL = re.compile(r"\b(bearer|basic)\s+\S+|\b(whsec_)\S+", re.IGNORECASE)
_SHORTEST_TOKEN = 20
_LONG_WORD = re.compile(rf"[A-Za-z0-9_+=-]{{{_SHORTEST_TOKEN},}}")
_HEX_DIGEST = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_LONG_ENOUGH_WITHOUT_DIGITS = 32
_NUMBER = re.compile(r"(?:\+|%2B)[1-9](?:[ ().-]{0,2}\d){7,30}|(?<![\w.-])\d{10,15}(?![\w.-])", re.IGNORECASE)
# A control character could end the line or repaint the terminal; a trace keeps its line ends.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_LINE_END = re.compile(r"[\t\n]+")


def mask_text(text: str, *, limit: int = _MAX_TEXT_LENGTH) -> str:
    """Return the text without numbers, addresses, tokens and control characters, cut to `limit` characters."""
    if len(text) < _SHORTEST_TOKEN and text.isidentifier():  # most values are one plain word
        return text
    masked = _CONTROL.sub("�", text[: 2 * limit])
    masked = _LOGIN.sub(r"\1[hidden]@", masked)
    masked = _EMAIL.sub("[email]", masked)
    masked = _LINK_TOKEN.sub(r"\1[token]", masked)
    masked = _CREDENTIAL.sub(lambda match: f"{match[1] or match[2]} [token]", masked)
    masked = _LONG_WORD.sub(lambda match: "[token]" if _looks_secret(match[0]) else match[0], masked)
    masked = _NUMBER.sub(lambda match: "•••" + re.sub(r"\D", "", match[0])[-4:], masked)
    return masked if len(masked) <= limit else masked[:limit] + "…"


def _looks_secret(word: str) -> bool:
    """Tell random text from names: a UUID has no capitals, an event name no digits, a class name is shorter."""
    if _HEX_DIGEST.fullmatch(word):
        return True
    has_both_cases = any(map(str.islower, word)) and any(map(str.isupper, word))
    return has_both_cases and (any(map(str.isdigit, word)) or len(word) >= _LONG_ENOUGH_WITHOUT_DIGITS)


class LogGuard:
    """A structlog processor that lets only allowed fields pass, masked, and counts the rest.

    Attributes:
        dropped_fields: how many fields were dropped since the start. More than 0 is a fault in our code.
    """

    def __init__(self) -> None:
        self.dropped_fields = 0

    def __call__(self, _logger: object, _method: str, event: Mapping[str, object]) -> dict[str, object]:
        """Return what may be written of this event."""
        passed = {name: _masked(name, value) for name, value in event.items() if _may_pass(name, value)}
        if dropped := len(event) - len(passed):
            self.dropped_fields += dropped
            passed[DROPPED_FIELDS] = dropped
        return passed


def _may_pass(name: str, value: object) -> bool:
    if isinstance(value, list | tuple):
        return name in ALLOWED_FIELDS and all(isinstance(part, _SCALARS) for part in value)
    return name in ALLOWED_FIELDS and isinstance(value, _SCALARS)


def _masked(name: str, value: object) -> object:
    match value:
        case str() if name == "exception":
            return mask_text(value, limit=_MAX_TRACE_LENGTH)
        case str() if name not in _MADE_BY_US:
            return _LINE_END.sub(" ", mask_text(value))
        case int() | float() if abs(value) >= _SHORTEST_NUMBER and not name.endswith(_UNITS):
            return mask_text(f"+{abs(value):.0f}")
        case list() | tuple():
            return [_masked(name, part) for part in value[:_MAX_LIST_LENGTH]]
        case _:
            return value
