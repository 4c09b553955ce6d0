"""Whatever process is killed under a stream of signups, nobody who was told a line loses it or is counted twice."""

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

from tests.gateways import RunningGateway, start_gateway
from tests.servers import eventually, free_port
from tests.stores import PATIENCE_MS, LivePool, opened_store

DEVICES = 8
KILLS = 3
LINES = ("+12025550101", "+12025550102", "+12025550103")
Told = tuple[str, str]


class Crowd:
    """People who sign up from several devices at once and remember the code and the line they were told.

    Attributes:
        asked: everybody who tried.
        told: those who were answered.
        refusals: the statuses of those who were not given a line.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.told: dict[str, Told] = {}
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
        """Wait until so many more were told a line."""
        enough = len(self.told) + people
        eventually(f"{people} more people on a line", lambda: len(self.told) >= enough, within_s=30)

    def _arrive(self, gateway: RunningGateway, closing: Event) -> None:
        with api_client(gateway) as http:
            while not closing.is_set():
                user = f"u-{next(self._numbers)}"
                self.asked.append(user)
                try:
                    response = sign_up(http, user)
                except httpx.TransportError:  # nobody knows whether they have a line
                    closing.wait(0.05)
                    continue
                if response.is_success:
                    self.told[user] = told_in(response)
                else:
                    self.refusals.add(response.status_code)


def start_patient(tmp_path: Path, port: str) -> RunningGateway:
    """Start a gateway that does not take a busy machine for an outage."""
    return start_gateway(tmp_path, PORT=port, STORE_TIMEOUT_MS=str(PATIENCE_MS))


def api_client(gateway: RunningGateway) -> httpx.Client:
    """Open a client that may call the API."""
    headers = {"Authorization": f"Bearer {gateway.admin_key}"}
    return httpx.Client(base_url=f"{gateway.base_url}/api/v1", headers=headers, timeout=5)


def sign_up(http: httpx.Client, user: str) -> httpx.Response:
    """Sign one person up, as often as need be with the same key."""
    return http.post("/pools/main/signups", json={"user": user}, headers={"Idempotency-Key": user})


def told_in(response: httpx.Response) -> Told:
    """What a person was told."""
    answer = response.json()
    return answer["code"], answer["line"]


def sign_up_again(gateway: RunningGateway, users: Iterable[str]) -> dict[str, Told]:
    """Ask again for everybody, as people do who got no answer."""
    with api_client(gateway) as http:
        return {user: told_in(sign_up(http, user).raise_for_status()) for user in users}


def open_main(gateway: RunningGateway) -> None:
    """Make a pool with room for everybody."""
    gateway.api("POST", "/pools", json={"id": "main", "name": "Acme"})
    for number in LINES:
        gateway.api("POST", "/pools/main/lines", json={"number": number, "capacity": 100_000, "warm": True})


async def assert_everybody_counts_once(gateway: RunningGateway, crowd: Crowd) -> None:
    """Hold what people were told, the records and the counters against each other."""
    told = sign_up_again(gateway, crowd.asked)
    lost = {user for user, was in crowd.told.items() if told[user] != was}
    assert not lost
    assert len({code for code, _ in told.values()}) == len(told) == len(crowd.asked)
    async with opened_store(gateway.store_url) as store:
        pool = LivePool(store, now_ms=int(time.time() * 1000))
        loads = await pool.loads()
        assert loads == await pool.recount()
        assert sum(load.reserved for load in loads.values()) == len(told)


@pytest.mark.parametrize("seed", [11])
async def test_a_killed_gateway_forgets_nobody(tmp_path: Path, seed: int) -> None:
    """Killed again and again at random moments, it comes back on the same port with everything it answered."""
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
    """While it is away people are asked to try again with 503, and nothing else; then they are served as before."""
    crowd = Crowd()
    with start_patient(tmp_path, str(free_port())) as gateway:
        open_main(gateway)
        with crowd.arriving(gateway):
            for _ in range(KILLS):
                crowd.wait_for(50)
                crowd.refusals.clear()
                os.kill(gateway.store_pid, signal.SIGKILL)
                eventually("people who are told to try again", lambda: bool(crowd.refusals))
                crowd.wait_for(50)
                assert crowd.refusals == {503}
        await assert_everybody_counts_once(gateway, crowd)
