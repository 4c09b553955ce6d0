"""Deliver as Linq does: many deliveries at once, none waits for another, and each is repeated until it gets a 2xx.

courier = Courier(Linq(gateway.base_url))
courier.deliver(events, strike=gateway.kill, after=3)
"""

import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException, RemoteDisconnected
from threading import Condition
from urllib.parse import urlsplit

from tests.kit.deliveries import Linq, ProviderEvent
from tests.kit.servers import eventually

SENDERS = 12
_PATIENCE_S = 30.0


@dataclass(slots=True)
class Courier:
    """Delivers to one gateway and records the results.

    Attributes:
        owed: events that got no 2xx yet and must be delivered again.
        accepted: events that got a 2xx.
        cut: ids of deliveries that a server had read and never answered, one entry for each time.
        refusals: statuses other than 200.
    """

    linq: Linq
    owed: list[ProviderEvent] = field(default_factory=list)
    accepted: list[ProviderEvent] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    _ended: int = 0
    _turn: Condition = field(default_factory=Condition)

    def deliver(
        self, events: Iterable[ProviderEvent], *, strike: Callable[[], None] = lambda: None, after: int = 0
    ) -> None:
        """Deliver these and the owed events; call `strike` when `after` of them have ended and others are under way."""
        batch, self.owed, self._ended = [*self.owed, *events], [], 0
        with ThreadPoolExecutor(SENDERS) as senders:
            under_way = [senders.submit(self._deliver_one, each) for each in batch]
            with self._turn:
                assert self._turn.wait_for(lambda: self._ended >= min(after, len(batch)), _PATIENCE_S)
            strike()
        for each in under_way:
            each.result()

    def deliver_until_accepted(self) -> None:
        """Repeat the owed deliveries until each is accepted."""
        while self.owed:
            eventually("a server that listens", self._is_listening, within_s=_PATIENCE_S)
            self.deliver(())

    def _deliver_one(self, event: ProviderEvent) -> None:
        status, was_read = None, False
        try:
            status = self.linq.deliver(event).status
        except RemoteDisconnected:
            was_read = True  # its bytes were read before the connection closed; else it would have been reset
        except (HTTPException, OSError):
            pass
        with self._turn:
            (self.accepted if status == 200 else self.owed).append(event)
            if was_read:
                self.cut.append(event.id)
            if status not in {None, 200}:
                self.refusals.append(status)
            self._ended += 1
            self._turn.notify()

    def _is_listening(self) -> bool:
        where = urlsplit(self.linq.base_url)
        with socket.socket() as caller:
            return caller.connect_ex((where.hostname, where.port)) == 0
