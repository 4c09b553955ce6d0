"""Deliver as Linq does: many at once, none waiting for another, and again whatever got no 2xx.

courier = Courier(Linq(gateway.base_url))
courier.deliver(happenings, strike=gateway.kill, after=3)
"""

import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException, RemoteDisconnected
from threading import Condition
from urllib.parse import urlsplit

from tests.deliveries import Happening, Linq
from tests.servers import eventually

SENDERS = 12
_PATIENCE_S = 30.0


@dataclass(slots=True)
class Courier:
    """Delivers to one gateway and remembers how that went.

    Attributes:
        owed: what got no 2xx yet and must be delivered again.
        taken: what got its 2xx.
        cut: ids of deliveries that a server had read and never answered, as often as that happened.
        refusals: statuses other than 200.
    """

    linq: Linq
    owed: list[Happening] = field(default_factory=list)
    taken: list[Happening] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    _ended: int = 0
    _turn: Condition = field(default_factory=Condition)

    def deliver(
        self, happenings: Iterable[Happening], *, strike: Callable[[], None] = lambda: None, after: int = 0
    ) -> None:
        """Deliver these and what is owed; `strike` when so many of them have ended, while the others are under way."""
        batch, self.owed, self._ended = [*self.owed, *happenings], [], 0
        with ThreadPoolExecutor(SENDERS) as senders:
            under_way = [senders.submit(self._deliver_one, each) for each in batch]
            with self._turn:
                assert self._turn.wait_for(lambda: self._ended >= min(after, len(batch)), _PATIENCE_S)
            strike()
        for each in under_way:
            each.result()

    def deliver_until_taken(self) -> None:
        """Deliver what is owed until nothing is."""
        while self.owed:
            eventually("a server that listens", self._is_listening, within_s=_PATIENCE_S)
            self.deliver(())

    def _deliver_one(self, happening: Happening) -> None:
        status, was_read = None, False
        try:
            status = self.linq.deliver(happening).status
        except RemoteDisconnected:
            was_read = True  # its octets were taken before the connection went; else it would have been reset
        except (HTTPException, OSError):
            pass
        with self._turn:
            (self.taken if status == 200 else self.owed).append(happening)
            if was_read:
                self.cut.append(happening.id)
            if status not in {None, 200}:
                self.refusals.append(status)
            self._ended += 1
            self._turn.notify()

    def _is_listening(self) -> bool:
        where = urlsplit(self.linq.base_url)
        with socket.socket() as caller:
            return caller.connect_ex((where.hostname, where.port)) == 0
