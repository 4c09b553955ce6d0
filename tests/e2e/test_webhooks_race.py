"""A flag against a crowd: people sign up on two server processes while the provider flags one line after another.

The store's file of writes shows the order: it holds the commits in sequence.
"""

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing as disconnecting
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from random import Random
from threading import Event
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from router.core.assignment import State
from router.core.pool import PoolId
from router.store.formats import RECORD
from router.store.keys import PoolKeys
from router.store.line_records import unpack_line
from tests.kit.append_only_file import commits, pairs
from tests.kit.deliveries import SECRET, Linq, find_secrets, status
from tests.kit.gateways import RunningGateway, start_gateway
from tests.kit.sample_pools import PATIENT_MS, SamplePool, open_pool
from tests.kit.servers import eventually

_read_place = RECORD.reader_of("state", "slot")
DEVICES = 16
LINES, FLAGS = 6, 4
PEOPLE_PER_CONNECTION = 10
"""Devices connect again and again, because all first connections may reach the one process that is up by then."""
CROWD = 150
"""How many more people get a line before a flag, and how many who asked after it."""


class Answered(NamedTuple):
    """The answer to a person, and when they had asked."""

    asked_at_s: float
    code: str
    line: str


@dataclass(slots=True)
class Crowd:
    """People who sign up from several devices at once, each device on its own connections."""

    pool: SamplePool
    answers: list[Answered] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Let people arrive while the context lasts."""
        closing = Event()
        with ThreadPoolExecutor(DEVICES) as devices:
            arrivals = [devices.submit(self._arrive, closing) for _ in range(DEVICES)]
            try:
                yield
            finally:
                closing.set()
        for arrival in arrivals:
            arrival.result()

    def wait_for(self, people: int, *, after_s: float = 0) -> None:
        """Wait until this many more people, who asked after a moment, got a line."""
        seen = len(self.answers)
        eventually(
            f"{people} more people on a line",
            lambda: sum(answered.asked_at_s > after_s for answered in self.answers[seen:]) >= people,
            within_s=30,
        )

    def _arrive(self, closing: Event) -> None:
        gateway = self.pool.gateway
        path, headers = f"/api/v1/pools/{self.pool.id}/signups", {"Authorization": f"Bearer {gateway.admin_key}"}
        while not closing.is_set():
            with disconnecting(HTTPConnection(urlsplit(gateway.base_url).netloc, timeout=10)) as connection:
                for _ in range(PEOPLE_PER_CONNECTION):
                    asked_at_s = time.monotonic()
                    connection.request("POST", path, json.dumps({"user": f"u-{next(self._numbers)}"}), headers)
                    with connection.getresponse() as response:
                        answer = json.load(response)
                        assert response.status == 201, answer
                    self.answers.append(Answered(asked_at_s, answer["code"], answer["line"]))


@dataclass(slots=True)
class History:
    """The store's commits for one pool.

    Attributes:
        flagged_at: slot → which commit flagged it.
        picks: slot → every commit that changed how many people it was ever given, and to how many.
        given: code → the commit that gave its person a line, and the slot of that line.
    """

    flagged_at: dict[int, int] = field(default_factory=dict)
    picks: dict[int, dict[int, int]] = field(default_factory=dict)
    given: dict[str, tuple[int, int]] = field(default_factory=dict)


def read_history(gateway: RunningGateway, pool: SamplePool) -> History:
    """Read the store's file. A commit is one transaction, and a script leaves one there."""
    keys, history = PoolKeys(PoolId(pool.id)), History()
    records = keys.records("").encode()
    for place, command in _numbered(gateway.data_dir):
        name = command[1] if len(command) > 1 else b""
        if name == keys.line_events.encode():
            row = dict(pairs(command))
            if row[b"word"] == b"flagged":
                history.flagged_at[int(row[b"slot"])] = place
        elif name == keys.line_state.encode():
            for slot, packed in pairs(command):
                _record(history.picks.setdefault(int(slot), {}), place, unpack_line(packed).picks)
        elif name.startswith(records):
            for suffix, packed in pairs(command):
                state, slot = _read_place(packed)
                assert State(state) is State.RESERVED
                history.given[(name.removeprefix(records) + suffix).decode()] = (place, slot)
    return history


def _numbered(data_dir: Path) -> Iterator[tuple[int, list[bytes]]]:
    place = 0
    for command in commits(data_dir):
        place += command[0].upper() == b"EXEC"
        yield place, command


def _record(picks: dict[int, int], place: int, number: int) -> None:
    if number != max(picks.values(), default=0):
        picks[place] = number


def busy_servers(gateway: RunningGateway) -> Mapping[int, float]:
    """Return each server process, and the processor time it used so far, in clock ticks."""
    children = Path(f"/proc/{gateway.process.pid}/task/{gateway.process.pid}/children").read_text().split()
    spent = {int(pid): Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in children}
    return {pid: sum(map(int, ticks)) for pid, ticks in spent.items()}


@pytest.mark.parametrize("seed", [7])
def test_no_one_is_sent_to_a_flagged_line(tmp_path: Path, seed: int) -> None:
    """From the commit of the flag on, the store gives no person the line, from any process. The 2xx comes later.

    People who were answered with the line had it before that commit. No one who asked after the 2xx gets it.
    """
    random = Random(seed)
    with start_gateway(tmp_path, WORKERS="2", LINQ_WEBHOOK_SECRETS=SECRET, STORE_TIMEOUT_MS=PATIENT_MS) as gateway:
        pool = open_pool(gateway, "main", lines=LINES)
        linq, crowd, answered_at_s = Linq(gateway.base_url), Crowd(pool), dict[str, float]()
        before = busy_servers(gateway)
        with crowd.arriving():
            for line in random.sample(pool.numbers, FLAGS):
                crowd.wait_for(CROWD + random.randrange(CROWD))
                assert linq.deliver(status(line, "FLAGGED")).status == 200
                answered_at_s[line] = time.monotonic()
                crowd.wait_for(CROWD, after_s=answered_at_s[line])
        after = busy_servers(gateway)
        history = read_history(gateway, pool)
        listed = gateway.api("GET", "/pools/main/lines").json()

    assert find_secrets(gateway.log) == set()
    assert len(before) == 2
    assert all(after[pid] - before[pid] >= 5 for pid in before), "one process had nothing to do"
    assert [
        answered for answered in crowd.answers if answered.asked_at_s > answered_at_s.get(answered.line, float("inf"))
    ] == []
    assert {answered.code: history.given[answered.code][1] for answered in crowd.answers} == {
        answered.code: pool.numbers.index(answered.line) for answered in crowd.answers
    }
    assert sorted(history.flagged_at) == sorted(map(pool.numbers.index, answered_at_s))
    for slot, flagged_at in history.flagged_at.items():
        given = [place for place, given_slot in history.given.values() if given_slot == slot]
        assert max(given) < flagged_at
        assert max(history.picks[slot]) < flagged_at
        assert max(history.picks[slot].values()) == len(given) == listed[slot]["people_so_far"]
        assert sum(place > flagged_at for place, _ in history.given.values()) >= CROWD
