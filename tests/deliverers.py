"""Deliver as Linq does: many at once, none waiting for another, and again whatever got no 2xx.

courier = Courier(Linq(gateway.base_url))
courier.deliver(happenings, strike=gateway.kill, after=3)
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Condition

from tests.deliveries import Happening, Linq

SENDERS = 12
_PATIENCE_S = 30.0


@dataclass(slots=True)
class Courier:
    """Delivers to one gateway and remembers how that went.

    Attributes:
        owed: what got no 2xx yet and must be delivered again.
        taken: what got its 2xx.
        cut: ids of deliveries that got no answer at all, as often as that happened.
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
            self.deliver(())

    def _deliver_one(self, happening: Happening) -> None:
        try:
            status = self.linq.deliver(happening).status
        except (HTTPException, OSError):
            status = None
        with self._turn:
            if status == 200:
                self.taken.append(happening)
            else:
                self.owed.append(happening)
                if status is None:
                    self.cut.append(happening.id)
                else:
                    self.refusals.append(status)
            self._ended += 1
            self._turn.notify()
