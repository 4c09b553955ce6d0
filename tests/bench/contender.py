"""A server and the requests it is measured with."""

from dataclasses import dataclass
from http.client import HTTPException

from tests.bench.processes import BenchBroken
from tests.bench.report import Target
from tests.bench.wire import probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One row of the traffic tables.

    Attributes:
        requests: the requests that are sent to it, in random order.
        status: the status of every answer; another status means that something else was measured.
        is_paced: whether its waits at half load are measured as well.
    """

    name: str
    port: int
    requests: tuple[bytes, ...]
    status: int = 302
    is_paced: bool = False
    targets: tuple[Target, ...] = ()

    def check_answer(self) -> None:
        """Send one request.

        Raises:
            BenchBroken: the answer is not the one that this row stands for.
        """
        try:
            answer = probe(self.port, self.requests[0])
        except (OSError, HTTPException) as error:
            raise BenchBroken(f"{self.name}: no answer: {error!r}") from error
        if answer.status != self.status:
            raise BenchBroken(f"{self.name}: answered {answer.status}, expected {self.status}")
        if answer.status == 302 and not answer.location.startswith("sms:"):
            raise BenchBroken(f"{self.name}: sent people to {answer.location!r}, not to a line")
