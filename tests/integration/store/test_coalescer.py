"""Waiting requests are answered together, in bounded number and time; and the clock that stamps them."""

import asyncio
import signal
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.errors import StoreUnavailable
from router.core.lines.line_rules import LineSpec
from router.core.people.personal_data import Identity
from router.services.people.signups import SignupRequest
from router.services.runtime.clock import StoreClock
from router.services.runtime.coalescer import Coalescer
from router.settings.settings import Settings
from router.store.assignments import MAX_BATCH, Assignments, AssignPolicy
from router.store.keys import PoolKeys
from router.store.server.client import StoreClient
from router.store.server.scripts import Scripts
from router.wiring.open import open_gateway
from tests.kit.scripted_servers import never_answer, scripted_server
from tests.kit.servers import eventually_async, opened, start_valkey
from tests.kit.stores import HOUR_MS, MAIN, START_MS, assigned, person

FAIL_FAST_S = 1.0


class Switchboard:
    """Answers a number with its square, when released."""

    def __init__(self) -> None:
        self.batches: list[Sequence[int]] = []
        self.opened = asyncio.Event()

    async def square(self, numbers: Sequence[int]) -> list[int]:
        """Record the batch, wait, answer."""
        self.batches.append(numbers)
        await self.opened.wait()
        return [number * number for number in numbers]


async def test_waiting_requests_share_one_call() -> None:
    """While one call is out, the others gather. Each then gets its own answer, in order of arrival."""
    switchboard = Switchboard()
    coalescer = Coalescer(switchboard.square, max_batch=10)
    answers = [coalescer.ask(0)]
    await eventually_async("a first call", lambda: _holds(len(switchboard.batches) == 1))
    answers += [coalescer.ask(number) for number in range(1, 26)]
    switchboard.opened.set()
    assert await asyncio.gather(*answers) == [number * number for number in range(26)]
    assert [len(batch) for batch in switchboard.batches] == [1, 10, 10, 5]


async def test_a_full_queue_refuses_at_once() -> None:
    """Beyond the bound a request is refused. The waiting requests are served, and then there is room again."""
    switchboard = Switchboard()
    coalescer = Coalescer(switchboard.square, max_batch=10, max_waiting=5)
    answers = [coalescer.ask(number) for number in range(5)]
    with pytest.raises(StoreUnavailable):
        coalescer.ask(5)
    switchboard.opened.set()
    assert await asyncio.gather(*answers) == [0, 1, 4, 9, 16]
    assert await coalescer.ask(5) == 25


async def test_a_cancelled_request_leaves_the_others_their_answers() -> None:
    """A visitor who closes the page during their request changes nothing for the others in the call."""
    switchboard = Switchboard()
    coalescer = Coalescer(switchboard.square, max_batch=10)
    answers = [coalescer.ask(number) for number in range(4)]
    await eventually_async("a call", lambda: _holds(bool(switchboard.batches)))
    answers[1].cancel()
    switchboard.opened.set()
    assert await asyncio.gather(answers[0], *answers[2:]) == [0, 4, 9]


async def test_every_request_to_a_hung_store_fails_within_a_second() -> None:
    """The first call's timeout is the answer for all, however many calls they would have needed."""
    async with scripted_server(never_answer) as port, opened(f"redis://127.0.0.1:{port}") as connection:
        client = StoreClient(connection)
        assign = partial(
            Assignments(client, Scripts(client, bytes)).assign,
            PoolKeys(MAIN),
            policy=AssignPolicy(3600, 2),
            now_ms=START_MS,
        )
        coalescer = Coalescer(assign, max_batch=MAX_BATCH)
        began = time.monotonic()
        answers = await asyncio.gather(*(coalescer.ask(person()) for _ in range(1000)), return_exceptions=True)
        assert time.monotonic() - began < FAIL_FAST_S
        assert {type(answer) for answer in answers} == {StoreUnavailable}


async def test_a_person_who_tries_again_counts_once(tmp_path: Path) -> None:
    """A store that hangs for a while may still run the request. The same request afterwards finds its result."""
    with start_valkey(tmp_path) as server:
        settings = Settings(redis_url=SecretStr(server.url), data_dir=tmp_path / "data")
        async with open_gateway(settings) as gateway:
            await gateway.pool_admin.create("main", {}, by=BY_SHELL)
            await gateway.line_admin.add("main", LineSpec(number="+12025550101"), by=BY_SHELL)
            view = await gateway.pool_cache.get("main")
            sign_up = partial(gateway.signups.sign_up, view, SignupRequest(identity=Identity(user="ada")))
            server.process.send_signal(signal.SIGSTOP)
            try:
                began = time.monotonic()
                with pytest.raises(StoreUnavailable):
                    await sign_up()
                assert time.monotonic() - began < FAIL_FAST_S
            finally:
                server.process.send_signal(signal.SIGCONT)
            signup = await sign_up()
            assert assigned(signup).home_slot == 0
            assert [now.load.reserved for now in await gateway.line_admin.all("main")] == [1]


async def test_a_clock_goes_back_by_a_lot_or_not_at_all() -> None:
    """Set back by seconds, time stands still until the store has caught up. Set back by an hour, it follows."""
    store_ms = iter([START_MS, START_MS - 5000, START_MS + 9000, START_MS - HOUR_MS])
    steady_ms = [0.0]

    async def ask_ms() -> int:
        return next(store_ms)

    clock = StoreClock(ask_ms, lambda: steady_ms[0])
    times = []
    for _ in range(4):
        await clock.synchronise()
        times.append(clock.now_ms() - START_MS)
        steady_ms[0] += 1000
        times.append(clock.now_ms() - START_MS)
    assert times == [0, 1000, 1000, 1000, 9000, 10_000, -HOUR_MS, 1000 - HOUR_MS]


async def test_an_answer_is_from_the_middle_of_the_round_trip() -> None:
    """A store that takes 100 ms to answer is 50 ms further by then. Without the store the clock runs on."""
    steady_ms = [0.0]

    async def ask_ms() -> int:
        steady_ms[0] += 100
        if steady_ms[0] > 100:
            raise StoreUnavailable
        return START_MS

    clock = StoreClock(ask_ms, lambda: steady_ms[0])
    await clock.synchronise()
    assert clock.now_ms() == START_MS + 50
    with pytest.raises(StoreUnavailable):
        await clock.synchronise()
    assert clock.now_ms() == START_MS + 150


async def _holds(claim: bool) -> bool:
    return claim
