"""How a sink answers: as the real one does, unless something else was planned."""

import socket
import struct
from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Event, Lock

_AT_ONCE = struct.pack("ii", 1, 0)


class Kind(StrEnum):
    """STATUS: an answer that refuses. SILENCE: it is taken, and no answer comes. RESET: taken, and cut off."""

    STATUS = "status"
    SILENCE = "silence"
    RESET = "reset"


class Stage(StrEnum):
    """How far a mail gets: DATA is after all of it has come."""

    CONNECT = "connect"
    LOGIN = "login"
    RECIPIENT = "recipient"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAnswer:
    """What the next arrivals meet.

    Attributes:
        status: of HTTP, or the reply code of a mail server.
        code: Twilio's number for the fault.
        retry_after_s: what the answer asks to wait.
        seconds: how long a silence lasts.
        stage: when a mail server does it.
        times: how many arrivals meet it.
    """

    kind: Kind = Kind.STATUS
    status: int = 500
    code: int | None = None
    retry_after_s: int | None = None
    seconds: float = 60.0
    stage: Stage = Stage.DATA
    times: int = 1


class Plans:
    """The planned answers of one sink, in order; several threads ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: deque[PlannedAnswer] = deque()

    @property
    def left(self) -> list[PlannedAnswer]:
        """Those that nobody has met yet."""
        with self._lock:
            return list(self._left)

    def add(self, plan: PlannedAnswer) -> None:
        """Plan an answer after those there are."""
        with self._lock:
            self._left.append(plan)

    def clear(self) -> None:
        """Drop all plans, so that the sink answers by itself."""
        with self._lock:
            self._left.clear()

    def take(self) -> PlannedAnswer | None:
        """Return what this arrival meets, or None."""
        with self._lock:
            if not self._left:
                return None
            plan = self._left.popleft()
            if plan.times > 1:
                self._left.appendleft(replace(plan, times=plan.times - 1))
            return plan


def leave_unanswered(connection: socket.socket, plan: PlannedAnswer, stopped: Event) -> None:
    """Say nothing for a while, or cut the connection off as a crash would."""
    if plan.kind is Kind.SILENCE:
        stopped.wait(plan.seconds)
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    connection.close()
