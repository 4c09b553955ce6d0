"""A flag against a crowd: people sign up on two server processes while the provider flags one line after another.

Who came first is asked of the store: its file of writes is the order in which it committed them.
"""

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from random import Random
from struct import Struct
from threading import Event
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from router.core.assignment import State
from router.core.pool import PoolId
from router.store.keys import PoolKeys
from router.store.line_records import unpack_line
from tests.commits import commits, pairs
from tests.deliveries import SECRET, Linq, status, told_secrets
from tests.gateways import RunningGateway, start_gateway
from tests.sample_pools import PATIENT_MS, SamplePool, open_pool
from tests.servers import eventually

_RECORD_HEAD = Struct(">BBH")  # state, tier, slot: how a person's record in the store begins
DEVICES = 16
LINES, FLAGS = 6, 4
CROWD = 150
"""How many more people are told a line before a flag, and how many who asked after it."""


class Told(NamedTuple):
    """What somebody was told, and when they had asked."""

    asked_at_s: float
    code: str
    line: str


@dataclass(slots=True)
class Crowd:
    """People who sign up from several devices at once, each device on a connection of its own."""

    pool: SamplePool
    told: list[Told] = field(default_factory=list)
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
        """Wait until so many more who asked after a moment were told a line."""
        seen = len(self.told)
        eventually(
            f"{people} more people on a line",
            lambda: sum(told.asked_at_s > after_s for told in self.told[seen:]) >= people,
            within_s=30,
        )

    def _arrive(self, closing: Event) -> None:
        gateway = self.pool.gateway
        path, headers = f"/api/v1/pools/{self.pool.id}/signups", {"Authorization": f"Bearer {gateway.admin_key}"}
        connection = HTTPConnection(urlsplit(gateway.base_url).netloc, timeout=10)
        while not closing.is_set():
            asked_at_s = time.monotonic()
            connection.request("POST", path, json.dumps({"user": f"u-{next(self._numbers)}"}), headers)
            with connection.getresponse() as response:
                answer = json.load(response)
                assert response.status == 201, answer
            self.told.append(Told(asked_at_s, answer["code"], answer["line"]))
        connection.close()


@dataclass(slots=True)
class History:
    """What the store committed of one pool.

    Attributes:
        flagged_at: slot → which commit flagged it.
        picks: slot → every commit that changed how many people it was ever given, and to how many.
        given: code → the commit that gave its person a line, and the slot of that line.
    """

    flagged_at: dict[int, int] = field(default_factory=dict)
    picks: dict[int, dict[int, int]] = field(default_factory=dict)
    given: dict[str, tuple[int, int]] = field(default_factory=dict)


def read_history(gateway: RunningGateway, pool: SamplePool) -> History:
    """Read the store's file; a commit is one transaction, which is what a script leaves there."""
    keys, history = PoolKeys(PoolId(pool.id)), History()
    records = keys.records("").encode()
    for place, command in _numbered(gateway.data_dir):
        name = command[1] if len(command) > 1 else b""
        if name == keys.line_events.encode():
            row = dict(pairs(command))
            if row[b"word"] == b"flagged":
                history.flagged_at[int(row[b"slot"])] = place
        elif name == keys.lines.encode():
            for slot, packed in pairs(command):
                _note(history.picks.setdefault(int(slot), {}), place, unpack_line(packed).picks)
        elif name.startswith(records):
            for suffix, packed in pairs(command):
                state, _tier, slot = _RECORD_HEAD.unpack_from(packed)
                assert State(state) is State.RESERVED
                history.given[(name.removeprefix(records) + suffix).decode()] = (place, slot)
    return history


def _numbered(data_dir: Path) -> Iterator[tuple[int, list[bytes]]]:
    place = 0
    for command in commits(data_dir):
        place += command[0].upper() == b"EXEC"
        yield place, command


def _note(picks: dict[int, int], place: int, number: int) -> None:
    if number != max(picks.values(), default=0):
        picks[place] = number


def busy_servers(gateway: RunningGateway) -> Mapping[int, float]:
    """Each server process, and the processor time it took so far, in clock ticks."""
    children = Path(f"/proc/{gateway.process.pid}/task/{gateway.process.pid}/children").read_text().split()
    spent = {int(pid): Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in children}
    return {pid: sum(map(int, ticks)) for pid, ticks in spent.items()}


@pytest.mark.parametrize("seed", [7])
def test_nobody_is_sent_to_a_flagged_line(tmp_path: Path, seed: int) -> None:
    """From the commit of the flag on, the store gives nobody the line, whichever process asks; and the 2xx comes later.

    People who were answered with the line had it before that commit, and nobody who asked after the 2xx hears of it.
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

    assert told_secrets(gateway.log) == set()
    assert len(before) == 2
    assert all(after[pid] - before[pid] >= 5 for pid in before), "one process had nothing to do"
    assert [told for told in crowd.told if told.asked_at_s > answered_at_s.get(told.line, float("inf"))] == []
    assert {told.code: history.given[told.code][1] for told in crowd.told} == {
        told.code: pool.numbers.index(told.line) for told in crowd.told
    }
    assert sorted(history.flagged_at) == sorted(map(pool.numbers.index, answered_at_s))
    for slot, flagged_at in history.flagged_at.items():
        given = [place for place, given_slot in history.given.values() if given_slot == slot]
        assert max(given) < flagged_at
        assert max(history.picks[slot]) < flagged_at
        assert max(history.picks[slot].values()) == len(given) == listed[slot]["people_so_far"]
        assert sum(place > flagged_at for place, _ in history.given.values()) >= CROWD
