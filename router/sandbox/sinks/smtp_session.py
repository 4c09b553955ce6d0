"""One session with a mail client: RFC 5321, STARTTLS (RFC 3207) and AUTH (RFC 4954)."""

import re
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

from router.sandbox.sinks.answers import Kind, Stage, leave_unanswered
from router.sandbox.sinks.mail import Mail, MailBox

_LONGEST_LINE = 4096
_MOST_BYTES = 1024 * 1024
_PATIENCE_S = 30.0
_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>]*)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What the server requires of its clients.

    Attributes:
        tls: the server's certificate.
        is_tls_from_start: use TLS from the start, as smtps does; otherwise STARTTLS is offered.
        logins: valid passwords by user; None accepts anybody.
    """

    tls: ssl.SSLContext | None = None
    is_tls_from_start: bool = False
    logins: dict[str, str] | None = None


@dataclass(slots=True)
class _Envelope:
    sender: str = ""
    recipients: list[str] = field(default_factory=list)


class Session:
    """Serves one client until it leaves.

    A connection uses up one planned answer, at the stage for which it was planned.
    """

    def __init__(self, connection: socket.socket, box: MailBox, manners: Manners, stopped: Event) -> None:
        self._connection = connection
        self._box = box
        self._manners = manners
        self._stopped = stopped
        self._plan = box.plans.use_next()
        self._envelope = _Envelope()
        self._user: str | None = None
        self._is_encrypted = False
        self._is_over = False
        self._commands: dict[str, Callable[[str], None]] = {
            "EHLO": self._greet_back,
            "HELO": lambda _: self._say(250, "sink"),
            "STARTTLS": lambda _: self._start_tls(),
            "AUTH": self._log_in,
            "MAIL": self._begin,
            "RCPT": self._address,
            "DATA": lambda _: self._receive(),
            "RSET": lambda _: self._reset(),
            "NOOP": lambda _: self._say(250, "ok"),
            "QUIT": lambda _: self._leave(),
        }

    def run(self) -> None:
        """Greet the client, and run its commands."""
        connection = self._connection
        try:
            connection.settimeout(_PATIENCE_S)
            if self._manners.tls is not None and self._manners.is_tls_from_start:
                self._encrypt(self._manners.tls)
            self._file = self._connection.makefile("rb")
            if self._answered_as_planned(Stage.CONNECT):
                return
            self._say(220, "sink ESMTP")
            while not self._is_over and (line := self._read_line()) is not None:
                verb, _, rest = line.partition(" ")
                command = self._commands.get(verb.upper())
                if command is None:
                    self._say(502, "not played")
                else:
                    command(rest)
        except (OSError, ValueError):  # the client left, or sent something that is not text
            pass
        finally:
            with suppress(OSError, AttributeError):
                self._file.close()
            with suppress(OSError):
                self._connection.close()

    def _greet_back(self, _name: str) -> None:
        offered = ["sink", "8BITMIME", "AUTH PLAIN LOGIN"]
        if self._manners.tls is not None and not self._is_encrypted:
            offered.append("STARTTLS")
        *first, last = offered
        for line in first:
            self._write(f"250-{line}")
        self._say(250, last)

    def _start_tls(self) -> None:
        if self._manners.tls is None or self._is_encrypted:
            self._say(502, "not here")
            return
        self._say(220, "go ahead")
        self._file.close()
        self._encrypt(self._manners.tls)
        self._file = self._connection.makefile("rb")

    def _encrypt(self, tls: ssl.SSLContext) -> None:
        self._connection = tls.wrap_socket(self._connection, server_side=True)
        self._is_encrypted = True

    def _log_in(self, argument: str) -> None:
        if self._answered_as_planned(Stage.LOGIN):
            return
        scheme, _, first = argument.partition(" ")
        if scheme.upper() == "PLAIN":
            _, user, password = b64decode(first or self._ask("")).decode().split("\0")
        else:
            user = b64decode(first or self._ask("Username:")).decode()
            password = b64decode(self._ask("Password:")).decode()
        logins = self._manners.logins
        if logins is not None and logins.get(user) != password:
            self._say(535, "no")
            return
        self._user = user
        self._say(235, "welcome")

    def _begin(self, argument: str) -> None:
        found = _PATH.search(argument)
        if found is None:
            self._say(501, "whose?")
            return
        self._envelope = _Envelope(sender=found[1])
        self._say(250, "ok")

    def _address(self, argument: str) -> None:
        if self._answered_as_planned(Stage.RECIPIENT):
            return
        found = _PATH.search(argument)
        if found is None or not found[1]:
            self._say(501, "to whom?")
            return
        self._envelope.recipients.append(found[1])
        self._say(250, "ok")

    def _receive(self) -> None:
        if not self._envelope.recipients:
            self._say(503, "to whom?")
            return
        self._say(354, "go ahead")
        raw = b""
        while (line := self._file.readline(_LONGEST_LINE)) not in {b".\r\n", b""} and len(raw) < _MOST_BYTES:
            raw += line.removeprefix(b".") if line.startswith(b"..") else line
        is_taken = self._plan is None or self._plan.kind is not Kind.STATUS or self._plan.stage is not Stage.DATA
        self._box.arrivals.append(
            Mail(
                sender=self._envelope.sender,
                recipients=tuple(self._envelope.recipients),
                raw=raw,
                is_encrypted=self._is_encrypted,
                user=self._user,
                is_taken=is_taken,
            )
        )
        if not self._answered_as_planned(Stage.DATA):
            self._say(250, "taken")
        self._envelope = _Envelope()

    def _reset(self) -> None:
        self._envelope = _Envelope()
        self._say(250, "ok")

    def _leave(self) -> None:
        self._say(221, "bye")
        self._is_over = True

    def _answered_as_planned(self, stage: Stage) -> bool:
        """Give the answer planned for this stage, if there is one."""
        plan = self._plan
        if plan is None or plan.stage is not stage:
            return False
        if plan.kind is Kind.STATUS:
            self._say(plan.status, "planned")
        else:
            self._is_over = True
            leave_unanswered(self._connection, plan, self._stopped)
        return True

    def _ask(self, what: str) -> str:
        self._say(334, b64encode(what.encode()).decode())
        return self._read_line() or ""

    def _read_line(self) -> str | None:
        line = self._file.readline(_LONGEST_LINE)
        return line.decode().strip() if line else None

    def _say(self, code: int, text: str) -> None:
        self._write(f"{code} {text}")

    def _write(self, line: str) -> None:
        self._connection.sendall(f"{line}\r\n".encode())
