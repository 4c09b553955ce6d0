"""How a sink answers: like the real receiver, unless another answer was planned."""

import socket
import struct
from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Event, Lock

_AT_ONCE = struct.pack("ii", 1, 0)


class Kind(StrEnum):
    """STATUS: refuse. SILENCE: accept, but do not answer. RESET: accept, and cut the connection."""

    STATUS = "status"
    SILENCE = "silence"
    RESET = "reset"


class Stage(StrEnum):
    """The step of an SMTP session; DATA is after the whole mail has arrived."""

    CONNECT = "connect"
    LOGIN = "login"
    RECIPIENT = "recipient"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAnswer:
    """The answer to the next arrivals.

    Attributes:
        status: the HTTP status, or a mail server's reply code.
        code: Twilio's number for the fault.
        retry_after_s: how long the answer asks to wait.
        seconds: how long a silence lasts.
        stage: the step at which a mail server does this.
        times: how many arrivals get this answer.
    """

    kind: Kind = Kind.STATUS
    status: int = 500
    code: int | None = None
    retry_after_s: int | None = None
    seconds: float = 60.0
    stage: Stage = Stage.DATA
    times: int = 1


class Plans:
    """The planned answers of one sink, in order. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: deque[PlannedAnswer] = deque()

    @property
    def left(self) -> list[PlannedAnswer]:
        """The answers not used yet."""
        with self._lock:
            return list(self._left)

    def add(self, plan: PlannedAnswer) -> None:
        """Plan an answer after the existing ones."""
        with self._lock:
            self._left.append(plan)

    def clear(self) -> None:
        """Drop all plans."""
        with self._lock:
            self._left.clear()

    def use_next(self) -> PlannedAnswer | None:
        """Return the planned answer for this arrival, or None."""
        with self._lock:
            if not self._left:
                return None
            plan = self._left.popleft()
            if plan.times > 1:
                self._left.appendleft(replace(plan, times=plan.times - 1))
            return plan


def leave_unanswered(connection: socket.socket, plan: PlannedAnswer, stopped: Event) -> None:
    """Stay silent for a while, or cut the connection as a crash would."""
    if plan.kind is Kind.SILENCE:
        stopped.wait(plan.seconds)
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    connection.close()
