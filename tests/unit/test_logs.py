"""Logs: private values are pushed in by every way that a caller has, and none of them is written out."""

import io
import json
import logging
import secrets
import threading
import time
from collections.abc import Iterator
from typing import TextIO

import pytest
import structlog
from granian.log import LogLevels, configure_logging

from router.core.code import Code
from router.core.links.token import PAGE, Tokens
from router.core.pool import PoolId
from router.telemetry.line_writer import LineWriter
from router.telemetry.log_guard import ALLOWED_FIELDS, LogGuard, mask_text
from router.telemetry.logs import GRANIAN_LOG_CONFIG, LogFormat, LogPipeline, configure_logs, get_logger

NUMBER = "+12025550101"
TOKEN = "kN3mZq8Yw1xVfT7sRbP2dLcJhGa9uEoI0XyKtBvQ"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EMAIL = "ada@example.com"
BODY = {"parts": [{"value": "hello from a private person"}]}

CANARIES = ("2025550101", "202) 555", TOKEN, SECRET[6:], EMAIL, "private person")


class Log:
    """The log of a run so far."""

    def __init__(self, pipeline: LogPipeline, stream: io.StringIO) -> None:
        self.pipeline = pipeline
        self._stream = stream

    def text(self) -> str:
        """Stop the pipeline, so that everything is written, and return the text."""
        self.pipeline.stop()
        return self._stream.getvalue()

    def events(self) -> list[dict[str, object]]:
        """Return all lines, read back from JSON."""
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """Return the root logger, and restore it afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def log(root_logger: logging.Logger) -> Iterator[Log]:
    """Return a JSON log at level info."""
    with_stream = open_log("json")
    yield with_stream
    with_stream.pipeline.stop()


def open_log(log_format: LogFormat) -> Log:
    """Start a log that writes to memory."""
    stream = io.StringIO()
    return Log(configure_logs(log_format, "info", stream=stream), stream)


def test_a_decision_is_one_line_of_json(log: Log) -> None:
    """An event and its fields are one line that starts with the time, the level and the event's name."""
    get_logger().info("line_gated", pool="main", slot=3, gates=["flagged", "full"], is_new=False, reason=None)
    (event,) = log.events()
    assert list(event)[:3] == ["timestamp", "level", "event"]
    assert event | {"timestamp": ""} == {
        "timestamp": "",
        "level": "info",
        "event": "line_gated",
        "pool": "main",
        "slot": 3,
        "gates": ["flagged", "full"],
        "is_new": False,
        "reason": None,
    }


def test_the_level_is_respected(log: Log) -> None:
    """Nothing below the level is written, neither ours nor a library's."""
    get_logger().debug("claimed")
    logging.getLogger("some.library").debug("chatter")
    logging.getLogger("httpx").info("GET https://api.example/?key=1")
    assert log.text() == ""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_canary_comes_out(root_logger: logging.Logger, log_format: LogFormat) -> None:
    """Fields, events, arguments, exceptions, bound context, libraries and the access log are all guarded."""
    log = open_log(log_format)
    ours, theirs = get_logger(), logging.getLogger("some.library")
    for canary in (NUMBER, "+1 (202) 555-0101", "%2B12025550101", f"/t/{TOKEN}/go", f"Bearer {TOKEN}", SECRET, EMAIL):
        ours.info("signup", line=canary, reason=f"for {canary}", gates=[canary], phone=canary, **{canary: 1})
        ours.info(canary)
        ours.info("told %s", canary)
        ours.bind(user=canary, pool=canary).warning("bound")
        with structlog.contextvars.bound_contextvars(request_id=canary, path=canary):
            ours.info("in_context")
        theirs.info("sent to %s", canary, extra={"body": canary})
        theirs.info(f"GET {canary} HTTP/1.1")
        try:
            raise ValueError(canary)  # noqa: TRY301  # the test needs a trace
        except ValueError:
            ours.exception("refused", error=canary)
            theirs.exception("failed")
    ours.info("received", reason=BODY, body=BODY, slot=12025550101, line=TOKEN.encode(), gates=[BODY])
    text = log.text()
    assert [canary for canary in CANARIES if canary in text] == []
    assert "ValueError" in text
    assert "•••0101" in text


def test_a_field_that_is_not_on_the_list_is_dropped_and_counted(log: Log) -> None:
    """A line reports how many fields it lost, and the pipeline how many all lines lost."""
    get_logger().info("signup", pool="main", phone=NUMBER, payload=BODY, reason=BODY)
    (event,) = log.events()
    assert (event["dropped_fields"], log.pipeline.dropped_fields) == (3, 3)
    assert "phone" not in event


def test_nobody_can_pass_for_the_pipeline(log: Log) -> None:
    """A caller's own timestamp or level is not written."""
    get_logger().info("signup", timestamp=NUMBER, level=TOKEN)
    (event,) = log.events()
    assert event["level"] == "info"
    assert NUMBER not in str(event)


def test_before_it_is_configured_nothing_is_written(
    root_logger: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    """An event before the pipeline is configured is not written."""
    root_logger.handlers.clear()
    get_logger().error("signup", phone=NUMBER)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("line_gated", "line_gated"),
        ("3d5030de-1b0a-457c-9907-998481654bf6", "3d5030de-1b0a-457c-9907-998481654bf6"),
        ("message.received", "message.received"),
        ("campaign_paused_by_the_brake_of_the_pool", "campaign_paused_by_the_brake_of_the_pool"),
        ("ServiceUnavailableException", "ServiceUnavailableException"),
        ("2026-11-21T20:55:00.123456+00:00", "2026-11-21T20:55:00.123456+00:00"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("GET /t/{token}", "GET /t/{token}"),
        ("to +12025550101.", "to •••0101."),
        ("tel:12025550101", "tel:•••0101"),
        (f"/t/{TOKEN}/go?x", "/t/[token]/go?x"),
        ("Authorization: Bearer abc", "Authorization: Bearer [token]"),
        ("redis://user:pw@store:6379", "redis://[hidden]@store:6379"),
        ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "[token]"),
        ("two\x1b[31m red", "two�[31m red"),
        ("x" * 15 + " " + "y " * 300, ("x" * 15 + " " + "y " * 300)[:300] + "…"),
    ],
)
def test_what_looks_private_is_masked_and_the_rest_stays(text: str, masked: str) -> None:
    """Numbers keep four digits, secrets none; event names, event ids, times and routes stay readable."""
    assert mask_text(text) == masked


def test_our_own_tokens_are_masked() -> None:
    """A link's token, a cookie's and an installation's key are recognised, for any person and any key."""
    key_of = (f"{number:02x}" * 64 for number in range(50))
    for key, code in zip(key_of, ["23CDFH", "XY49WT"] * 25, strict=True):
        token = Tokens({"a": bytes.fromhex(key)}).mint(PAGE, PoolId("main"), Code(code))
        assert mask_text(f"opened {token}") == "opened [token]"
    assert mask_text(secrets.token_urlsafe(64)) == "[token]"


def test_a_line_end_cannot_forge_a_line(root_logger: logging.Logger) -> None:
    """A person's text stays inside its line, on a terminal too."""
    log = open_log("console")
    get_logger().info("drained", reason="tired\n2026-01-01 [error] forged\r\n\u2028x")
    assert len(log.text().splitlines()) == 1


def test_a_library_that_logs_wrongly_harms_nobody(log: Log, capfd: pytest.CaptureFixture[str]) -> None:
    """Arguments that do not fit their message drop the line. It is counted, and nothing is printed."""
    logging.getLogger().handlers[:] = [log.pipeline]  # without pytest's own, which would raise
    logging.getLogger("some.library").info("%d", NUMBER)
    assert (log.text(), log.pipeline.lost_lines) == ("", 1)
    assert capfd.readouterr() == ("", "")


def test_granian_logs_take_our_way(log: Log) -> None:
    """The server's own configuration leaves our pipeline in place, and its access log is guarded."""
    configure_logging(LogLevels.info, dict(GRANIAN_LOG_CONFIG))
    logging.getLogger("granian.access").info("GET /t/%s", TOKEN)
    (event,) = log.events()
    assert (event["event"], event["logger"]) == ("GET /t/[token]", "granian.access")


def test_a_second_configuration_replaces_the_first(root_logger: logging.Logger) -> None:
    """No line is written twice, and no other handler writes an unguarded one."""
    first, second = open_log("json"), open_log("json")
    get_logger().info("signup")
    assert (first.text(), len(second.events())) == ("", 1)


class StuckStream(io.StringIO):
    """A pipe whose reader has stopped reading."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.flows = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        """Block until the reader reads again."""
        self.is_asked.set()
        self.flows.wait()
        return super().write(text)


def test_a_stuck_reader_never_holds_us_up() -> None:
    """Writing returns at once; lines that do not fit the queue are counted, and the rest is written in order later."""
    stream = StuckStream()
    writer = LineWriter(stream, queue_lines=100)
    writer.write("0")
    assert stream.is_asked.wait(timeout=10)  # now the thread holds one line, and the queue the rest
    started = time.monotonic()
    for number in range(1, 1000):
        writer.write(str(number))
    assert time.monotonic() - started < 1
    assert writer.lost_lines == 899
    stream.flows.set()
    writer.close()
    assert stream.getvalue().split() == [str(number) for number in range(101)]


def test_a_broken_stream_is_counted() -> None:
    """A log that can no longer be written loses its lines and harms nothing else."""
    stream: TextIO = io.StringIO()
    stream.close()
    writer = LineWriter(stream)
    writer.write("lost")
    writer.close()
    assert writer.lost_lines == 1


def test_the_list_names_no_field_for_private_things() -> None:
    """No field for a number, an address, a token, a text or a path may be added to the list."""
    private = {
        "phone",
        "email",
        "number",
        "token",
        "body",
        "text",
        "payload",
        "handle",
        "path",
        "query",
        "url",
        "key",
        "user",
    }
    assert ALLOWED_FIELDS & private == set()


def test_milliseconds_are_not_phone_numbers() -> None:
    """A large number keeps its digits where its name says what it counts."""
    assert LogGuard()(None, "", {"age_ms": 1763750000000, "slot": 12025550101}) == {
        "age_ms": 1763750000000,
        "slot": "•••0101",
    }
