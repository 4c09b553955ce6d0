"""Logging: one line per decision, an event name and fields, as JSON or for people to read.

All of it, ours and the libraries', goes one way: root logger, `LogGuard`, renderer, `LineWriter`. Before
`configure_logs` our own events go nowhere, because nothing would guard them.
"""

import atexit
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, TextIO

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, Processor

from router.telemetry.line_writer import LineWriter
from router.telemetry.log_guard import LogGuard

LogFormat = Literal["auto", "console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

_OURS = "switchyard"
_TALKATIVE = ("httpx", "httpcore", "urllib3", "PIL")  # below a warning they log whole URLs

GRANIAN_LOG_CONFIG: Mapping[str, object] = MappingProxyType(
    {
        "incremental": True,  # a full dictConfig would close every handler of the process
        "handlers": {},
        "loggers": {name: {"propagate": True} for name in ("_granian", "granian.access")},
    }
)
"""What Granian's `log_dictconfig` needs so that its own lines go through our pipeline."""


class LogPipeline(logging.Handler):
    """The way from a log record to the stream, and the two counts that should stay 0."""

    def __init__(self, renderer: Processor, stream: TextIO) -> None:
        super().__init__()
        self._guard = LogGuard()
        self._writer = LineWriter(stream)
        self._unreadable_lines = 0
        self.setFormatter(
            ProcessorFormatter(
                processors=[
                    _lead_in,
                    structlog.processors.format_exc_info,
                    ProcessorFormatter.remove_processors_meta,
                    self._guard,
                    renderer,
                ]
            )
        )

    @property
    def dropped_fields(self) -> int:
        """Fields that were not on the list of allowed ones."""
        return self._guard.dropped_fields

    @property
    def lost_lines(self) -> int:
        """Lines that were never written: queue full, stream broken, or not to be formatted."""
        return self._writer.lost_lines + self._unreadable_lines

    def emit(self, record: logging.LogRecord) -> None:
        """Format here, while the values are what they were, and leave the writing to the writer's thread."""
        try:
            self._writer.write(self.format(record))
        except Exception:  # noqa: BLE001  # arguments that do not fit their message must not break their caller
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  # logging's own name
        """Count the record. The inherited way prints its arguments unguarded."""
        self._unreadable_lines += 1

    def stop(self) -> None:
        """Write what waits, and accept no more. Not `close`, which any library's dictConfig calls."""
        logging.getLogger().removeHandler(self)
        self._writer.close()


def configure_logs(log_format: LogFormat, level: LogLevel, *, stream: TextIO | None = None) -> LogPipeline:
    """Send every log record of this process through one guarded pipeline, in place of an earlier one.

    Args:
        log_format: `auto` is `console` on a terminal and `json` elsewhere.
        level: the least level that is written.
        stream: where lines go; stderr by default, since stdout belongs to a command's results.
    """
    stream = stream or sys.stderr
    is_for_eyes = log_format == "console" or (log_format == "auto" and stream.isatty())
    pipeline = LogPipeline(
        _console(stream) if is_for_eyes else structlog.processors.JSONRenderer(ensure_ascii=False), stream
    )

    root = logging.getLogger()
    for other in root.handlers[:]:  # whatever it is, it would write unguarded
        root.removeHandler(other)
        if isinstance(other, LogPipeline):
            other.stop()
    root.addHandler(pipeline)
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    atexit.register(pipeline.stop)
    return pipeline


def get_logger() -> BoundLogger:
    """Return our logger: `log.info("line_gated", pool=pool, slot=3, gate="flagged")`.

    Each field's name must be in `log_guard.ALLOWED_FIELDS`, or the field is dropped.
    """
    logger = logging.getLogger(_OURS)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    bound: BoundLogger = structlog.wrap_logger(
        logger,
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=BoundLogger,
        context_class=dict,
        cache_logger_on_first_use=True,
    )
    return bound


def _lead_in(_logger: object, _method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    now = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    ours = {"timestamp": now, "level": record.levelname.lower()}
    source = {} if record.name == _OURS else {"logger": record.name}
    return {**ours, "event": event["event"], **source, **event, **ours}  # first in the line, and not to be overridden


def _console(stream: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=24
    )
