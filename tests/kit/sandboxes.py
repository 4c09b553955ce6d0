"""A local Linq as a developer runs it: `switchyard sandbox` in its own process; and a receiver for its webhooks.

with start_sandbox(tmp_path, "--speed", "50") as sandbox, webhook_sink() as sink:
    secret = sandbox.subscribe(sink.url + "?version=2026-02-03")
    sandbox.text("+12025559876", sandbox.lines[0], "Hi")
    sink.wait_for("message.received")
"""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import httpx

from tests.kit.gateways import SWITCHYARD
from tests.kit.servers import eventually, free_port

_START_PATIENCE_S = 30
_END_PATIENCE_S = 15

APP_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that is running.

    Attributes:
        base_url: the address that the SDK and the gateway use for Linq.
        page_url: the address of its page, and the prefix of its control API.
        webhook_secret: the secret of the subscription that `--webhook` made.
        sinks: the addresses of its sinks for the app, Twilio and the mail server, by channel.
    """

    base_url: str
    api_key: str
    page_url: str
    webhook_secret: str | None
    sinks: dict[str, str]
    directory: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return (self.directory / "sandbox.log").read_text(errors="replace")

    @property
    def lines(self) -> list[str]:
        """The numbers of its lines."""
        return [line["number"] for line in self.control("GET", "/world")["lines"]]

    @property
    def channel_settings(self) -> dict[str, str]:
        """The environment of a gateway whose prompts are sent to its sinks."""
        return {
            "SWITCHYARD_APP_WEBHOOK_URL": f"{self.sinks['app']}/hooks",
            "SWITCHYARD_APP_WEBHOOK_SECRETS": APP_SECRET,
            "SWITCHYARD_APP_WEBHOOK_PRIVATE": "true",
            "SWITCHYARD_SMTP_URL": self.sinks["email"],
            "SWITCHYARD_SMTP_FROM": "Acme <hello@acme.example>",
            "SWITCHYARD_TWILIO_ACCOUNT_SID": f"AC{'0' * 32}",
            "SWITCHYARD_TWILIO_AUTH_TOKEN": "any",
            "SWITCHYARD_TWILIO_FROM": "+12025550100",
            "SWITCHYARD_TWILIO_BASE_URL": self.sinks["sms"],
        }

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Call the control API, and return any response."""
        content = None if body is None else json.dumps(body)
        return httpx.request(method, f"{self.page_url}sandbox/api{path}", content=content, timeout=10)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call the control API, which must succeed, and return the JSON of its answer."""
        response = self.ask(method, path, body)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call Linq's API below /v3 without the SDK."""
        headers = {"Authorization": f"Bearer {self.api_key}"} | more.pop("headers", {})
        return httpx.request(method, f"{self.base_url}/v3{path}", headers=headers, timeout=10, **more)

    def subscribe(self, target_url: str, *events: str) -> str:
        """Subscribe an address to these events, or to all, and return the signing secret."""
        wanted = list(events) or self.api("GET", "/webhook-events").json()["events"]
        body = {"target_url": target_url, "subscribed_events": wanted}
        response = self.api("POST", "/webhook-subscriptions", json=body)
        assert response.is_success, response.text
        return str(response.json()["signing_secret"])

    def text(self, person: str, line: str, text: str, **more: object) -> Any:
        """Send a text from a person to a line."""
        return self.control("POST", "/texts", {"from": person, "to": line, "text": text, **more})

    def set_line(self, line: str, **health: str) -> Any:
        """Change a line's `status` or `reputation`."""
        return self.control("POST", f"/lines/{quote(line)}/status", health)

    def switch(self, **settings: object) -> None:
        """Change some of its switches."""
        self.control("PATCH", "/settings", settings)

    def tries(self, event_id: str) -> list[dict[str, Any]]:
        """Return the results of an event's deliveries, the first try first."""
        found: list[dict[str, Any]] = self.control("GET", f"/deliveries?event_id={event_id}")["deliveries"]
        return found[::-1]

    def settle(self) -> None:
        """Wait until no delivery is under way, held, or waiting for its next try."""
        eventually("deliveries that are all done", lambda: self.control("GET", "/deliveries")["pending"] == 0)

    def stop(self) -> None:
        """End it; a second call does nothing."""
        self.process.terminate()
        self.process.wait(timeout=_END_PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_sandbox(tmp_path: Path, *args: str, port: int | None = None) -> RunningSandbox:
    """Start a sandbox on a free port and return once it answers.

    Args:
        tmp_path: the directory for its log.
        args: further options of `switchyard sandbox`.
        port: the port of an earlier sandbox, to replace it.
    """
    ports = ["--port", str(port or free_port()), "--sink-port", "0", "--smtp-port", "0"]
    command = [str(SWITCHYARD), "sandbox", "--json", *ports, *args]
    with (tmp_path / "sandbox.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    with process.stdout as said:
        greeting = said.readline()  # it prints its greeting once its port is open
    try:
        assert greeting, "the sandbox exited while it started"
        where = json.loads(greeting)
        sandbox = RunningSandbox(
            base_url=where["base_url"],
            api_key=where["api_key"],
            page_url=where["page_url"],
            webhook_secret=where["webhook_secret"],
            sinks=where["sinks"],
            directory=tmp_path,
            process=process,
        )
        eventually("a sandbox that answers", lambda: _answers(sandbox), within_s=_START_PATIENCE_S)
    except BaseException as error:
        process.kill()
        process.wait(timeout=_END_PATIENCE_S)
        error.add_note((tmp_path / "sandbox.log").read_text(errors="replace"))
        raise
    return sandbox


def _answers(sandbox: RunningSandbox) -> bool:
    assert sandbox.process.poll() is None, "the sandbox exited while it started"
    try:
        return sandbox.ask("GET", "/world").is_success
    except httpx.TransportError:
        return False


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook as it arrived.

    Attributes:
        headers: the headers, with their names in lower case.
    """

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The parsed body."""
        read: dict[str, Any] = json.loads(self.body)
        return read


@dataclass(slots=True)
class WebhookSink:
    """A receiver that stores every delivery, and answers as the test sets it.

    Attributes:
        answer: returns the status to answer with; called with each delivery.
    """

    url: str
    answer: Callable[[Delivery], int] = lambda _: 200
    received: list[Delivery] = field(default_factory=list)

    def of_type(self, event_type: str) -> list[Delivery]:
        """Return the deliveries of one type."""
        return [each for each in list(self.received) if each.headers.get("x-webhook-event", "") == event_type]

    def wait_for(self, event_type: str, count: int = 1) -> list[Delivery]:
        """Wait until `count` deliveries of a type have arrived."""
        eventually(f"{count} × {event_type}", lambda: len(self.of_type(event_type)) >= count)
        return self.of_type(event_type)


@contextmanager
def webhook_sink() -> Iterator[WebhookSink]:
    """Listen on a free port."""
    sink = WebhookSink(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            delivery = Delivery(self.path, headers, self.rfile.read(length))
            sink.received.append(delivery)
            self.send_response(sink.answer(delivery))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
