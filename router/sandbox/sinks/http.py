"""The HTTP sink: stores every POST below `/app` and `/twilio`, and answers like the app and Twilio.

It is a separate server with threads, because an ASGI application cannot cut a connection.
"""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from router.sandbox.records import Json
from router.sandbox.sinks import twilio
from router.sandbox.sinks.answers import Kind, PlannedAnswer, Plans, leave_unanswered

APP_PATH = "/app"
TWILIO_PATH = "/twilio"
_MOST_BYTES = 1024 * 1024
_PATIENCE_S = 30.0
_POLL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One POST.

    Attributes:
        headers: with names in lower case.
        is_taken: whether the sink accepted it, whatever it answered.
        status: the answer's status; None if it did not answer.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes
    is_taken: bool
    status: int | None

    def shape(self) -> Json:
        """Return the POST for the control API, with its form or JSON body parsed."""
        text = self.body.decode(errors="replace")
        is_form = self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        read = twilio.read_form(text) if is_form else _read_json(text)
        return {
            "path": self.path,
            "headers": dict(self.headers),
            "body": read,
            "raw": text,
            "is_taken": self.is_taken,
            "status": self.status,
        }


@dataclass(slots=True)
class PostBox:
    """The arrivals of one receiver, and its planned answers."""

    plans: Plans = field(default_factory=Plans)
    arrivals: list[Posted] = field(default_factory=list)


class HttpSink:
    """Listens from its creation until it is stopped.

    Args:
        host: where to listen.
        port: 0 for a free one.
    """

    def __init__(self, host: str, port: int) -> None:
        self.app = PostBox()
        self.twilio = PostBox()
        self.opted_out: set[str] = set()
        self._stopped = Event()
        self._server = _server_of(host)((host, port), _handler_of(self, self._stopped))
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": _POLL_S}, daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        """The server's address."""
        host, port = str(self._server.server_address[0]), self._server.server_address[1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def stop(self) -> None:
        """Stop listening, and end silent connections."""
        self._stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(
        self, path: str, headers: Mapping[str, str], body: bytes, plan: PlannedAnswer | None
    ) -> tuple[int, Json]:
        """Return status and body of the answer to a POST."""
        if path.startswith(TWILIO_PATH):
            refusal = None if plan is None else (plan.status, plan.code)
            return twilio.answer(path.removeprefix(TWILIO_PATH), headers, body, self.opted_out, refusal)
        return (200, {}) if plan is None else (plan.status, {"error": "planned"})


def _server_of(host: str) -> type[ThreadingHTTPServer]:
    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        request_queue_size = 128  # a campaign sends a hundred at once

    return Server


def _handler_of(sink: HttpSink, stopped: Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE_S
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            box = sink.twilio if self.path.startswith(TWILIO_PATH) else sink.app
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(min(int(headers.get("content-length", "0")), _MOST_BYTES))
            plan = box.plans.use_next()
            if plan is not None and plan.kind is not Kind.STATUS:
                box.arrivals.append(Posted(path=self.path, headers=headers, body=body, is_taken=True, status=None))
                self.close_connection = True
                leave_unanswered(self.connection, plan, stopped)
                return
            status, answer = sink.answer(self.path, headers, body, plan)
            is_taken = status < 300  # noqa: PLR2004  # HTTP's success statuses
            box.arrivals.append(Posted(path=self.path, headers=headers, body=body, is_taken=is_taken, status=status))
            self._answer(status, answer, None if plan is None else plan.retry_after_s)

        def _answer(self, status: int, answer: Json, retry_after_s: int | None) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if retry_after_s is not None:
                self.send_header("Retry-After", str(retry_after_s))
            if 300 <= status < 400:  # noqa: PLR2004  # a redirect needs a target
                self.send_header("Location", "/app/elsewhere")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Log nothing: bodies and numbers would be in the log."""

    return Handler


def _read_json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
