"""No person with a line loses it or is counted twice, whichever process is killed under a stream of signups."""

import os
import signal
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from random import Random
from threading import Event

import httpx
import pytest

from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.servers import eventually, free_port
from tests.kit.stores import PATIENCE_MS, LivePool, opened_store

pytestmark = pytest.mark.timeout(900)  # it starts whole programs, many of them

DEVICES = 8
KILLS = 3
LINES = ("+12025550101", "+12025550102", "+12025550103")
SignupAnswer = tuple[str, str]


class Crowd:
    """People who sign up from several devices at once, and remember the code and the line of their answer.

    Attributes:
        asked: everybody who tried.
        answers: the code and line of each person who got an answer.
        refusals: the statuses of the other answers.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, SignupAnswer] = {}
        self.refusals: set[int] = set()
        self._numbers = count()

    @contextmanager
    def arriving(self, gateway: RunningGateway) -> Iterator[None]:
        """Let people arrive while the context lasts."""
        closing = Event()
        with ThreadPoolExecutor(DEVICES) as devices:
            arrivals = [devices.submit(self._arrive, gateway, closing) for _ in range(DEVICES)]
            try:
                yield
            finally:
                closing.set()
        for arrival in arrivals:
            arrival.result()

    def wait_for(self, people: int) -> None:
        """Wait until `people` more people have a line."""
        enough = len(self.answers) + people
        eventually(f"{people} more people on a line", lambda: len(self.answers) >= enough, within_s=30)

    def _arrive(self, gateway: RunningGateway, closing: Event) -> None:
        with api_client(gateway) as http:
            while not closing.is_set():
                user = f"u-{next(self._numbers)}"
                self.asked.append(user)
                try:
                    response = sign_up(http, user)
                except httpx.TransportError:  # it is unknown whether they have a line
                    closing.wait(0.05)
                    continue
                if response.is_success:
                    self.answers[user] = answer_in(response)
                else:
                    self.refusals.add(response.status_code)


def start_patient(tmp_path: Path, port: str) -> RunningGateway:
    """Start a gateway that does not treat a busy machine as an outage."""
    return start_gateway(tmp_path, PORT=port, STORE_TIMEOUT_MS=str(PATIENCE_MS))


def api_client(gateway: RunningGateway) -> httpx.Client:
    """Open a client that may call the API."""
    headers = {"Authorization": f"Bearer {gateway.admin_key}"}
    return httpx.Client(base_url=f"{gateway.base_url}/api/v1", headers=headers, timeout=5)


def sign_up(http: httpx.Client, user: str) -> httpx.Response:
    """Sign one person up, as often as needed, with the same key."""
    return http.post("/pools/main/signups", json={"user": user}, headers={"Idempotency-Key": user})


def answer_in(response: httpx.Response) -> SignupAnswer:
    """Return the code and the line of an answer."""
    answer = response.json()
    return answer["code"], answer["line"]


def sign_up_again(gateway: RunningGateway, users: Iterable[str]) -> dict[str, SignupAnswer]:
    """Sign everybody up again, as people do who got no answer."""
    with api_client(gateway) as http:
        return {user: answer_in(sign_up(http, user).raise_for_status()) for user in users}


def open_main(gateway: RunningGateway) -> None:
    """Make a pool with room for everybody."""
    gateway.api("POST", "/pools", json={"id": "main", "name": "Acme"})
    for number in LINES:
        gateway.api("POST", "/pools/main/lines", json={"number": number, "capacity": 100_000, "warm": True})


async def assert_everybody_counts_once(gateway: RunningGateway, crowd: Crowd) -> None:
    """Compare people's answers, the records and the counters with each other."""
    again = sign_up_again(gateway, crowd.asked)
    lost = {user for user, was in crowd.answers.items() if again[user] != was}
    assert not lost
    assert len({code for code, _ in again.values()}) == len(again) == len(crowd.asked)
    async with opened_store(gateway.store_url) as store:
        pool = LivePool(store, now_ms=int(time.time() * 1000))
        loads = await pool.loads()
        assert loads == await pool.recount()
        assert sum(load.reserved for load in loads.values()) == len(again)


@pytest.mark.parametrize("seed", [11])
async def test_a_killed_gateway_forgets_nobody(tmp_path: Path, seed: int) -> None:
    """A gateway that is killed again and again at random moments comes back on its port with every answered signup."""
    random, crowd, port = Random(seed), Crowd(), str(free_port())
    with ExitStack() as stack:
        gateway = stack.enter_context(start_patient(tmp_path, port))
        open_main(gateway)
        for _ in range(KILLS):
            with crowd.arriving(gateway):
                crowd.wait_for(random.randrange(40, 300))
                gateway.kill()
            gateway = stack.enter_context(start_patient(tmp_path, port))
        await assert_everybody_counts_once(gateway, crowd)


async def test_a_killed_store_is_back_by_itself(tmp_path: Path) -> None:
    """While it is away the answer is always a 503 that asks to try again; then people are served as before."""
    crowd = Crowd()
    with start_patient(tmp_path, str(free_port())) as gateway:
        open_main(gateway)
        with crowd.arriving(gateway):
            for _ in range(KILLS):
                crowd.wait_for(50)
                crowd.refusals.clear()
                os.kill(gateway.store_pid, signal.SIGKILL)
                eventually("people who are asked to try again", lambda: bool(crowd.refusals))
                crowd.wait_for(50)
                assert crowd.refusals == {503}
        await assert_everybody_counts_once(gateway, crowd)
