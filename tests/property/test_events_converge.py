"""Events end in the same state, in whatever order and however often they are delivered."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.code import Code
from router.core.line import LineLoad, Reputation, Status
from router.core.pool import Pool, PoolId
from router.store.formats import HEALTH, RECORD
from router.store.keys import PoolKeys
from router.store.pool_events import PoolEvent
from tests.kit import stores
from tests.kit.builders import apply_event, chat_created, code_of, report, rows, sent, text
from tests.kit.servers import start_valkey
from tests.kit.stores import LivePool, Store, opened_store, person

LINES = 3
_SUPPRESSED, _HAS_WISHED = 4, 32
_pools = count()

slots = st.integers(0, LINES - 1)
reports = st.builds(
    report,
    slots,
    st.integers(1, 5),
    st.sampled_from([Status.ACTIVE, Status.UNKNOWN, Status.FLAGGED, None]),
    st.sampled_from([*Reputation, None]),
    is_gone=st.sampled_from([None, None, False, True]),
)


class World:
    """A store for all examples, and the event loop that calls it."""

    def __init__(self, runner: asyncio.Runner, store: Store) -> None:
        self.run = runner.run
        self.store = store

    async def open_pool(self) -> LivePool:
        """Make a separate pool for one run."""
        pool = Pool(id=PoolId(f"p{next(_pools)}"), name="Acme", revision=1)
        await self.store.pools.put(pool, is_new=True)
        opened = LivePool(self.store, keys=PoolKeys(pool.id))
        for _ in range(LINES):
            await opened.add_line()
        return opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One server and one connection."""
    with start_valkey(tmp_path_factory.mktemp("converge")) as server, asyncio.Runner() as runner:
        opening = opened_store(server.url, server.admin_url)
        yield World(runner, runner.run(opening.__aenter__()))
        runner.run(opening.__aexit__(None, None, None))


def delivered(draw: st.DrawFn, events: list[PoolEvent]) -> list[PoolEvent]:
    """Deliver events in some order, each at least once."""
    again = draw(st.lists(st.sampled_from(events), max_size=6)) if events else []
    return draw(st.permutations(events + again))


@st.composite
def reported(draw: st.DrawFn) -> tuple[list[PoolEvent], list[PoolEvent]]:
    """Draw reports in the order of their times, and in the order of their delivery."""
    events = draw(st.lists(reports, max_size=9))
    return events, delivered(draw, events)


def table(pool: LivePool) -> dict[int, tuple[float, ...]]:
    """Return what the reports made of each line: status, reputation, whether it is ours, and the time of each."""
    with pool.store.raw_client() as client:
        kept = cast(dict[bytes, bytes], client.hgetall(pool.keys.health))
    return {int(slot): HEALTH.unpack(packed)[:3] + HEALTH.unpack(packed)[4:7] for slot, packed in kept.items()}


@settings(max_examples=100)
@given(reports=reported(), batch=st.integers(1, 4))
def test_reports_converge(world: World, reports: tuple[list[PoolEvent], list[PoolEvent]], batch: int) -> None:
    """Every order and repetition gives one line table; each event is logged once, and no flag is counted twice."""
    events, deliveries = reports
    once = list({event.id: event for event in deliveries}.values())

    async def live(happened: list[PoolEvent], size: int) -> LivePool:
        pool = await world.open_pool()
        for first in range(0, len(happened), size):
            await pool.apply(*happened[first : first + size])
        return pool

    async def compare() -> None:
        as_happened, as_delivered, as_first = await live(events, 1), await live(deliveries, batch), await live(once, 1)
        assert table(as_delivered) == table(as_happened)
        lines, expected = await as_delivered.lines(), await as_happened.lines()
        assert [(now.tier, now.gate) for now in lines.values()] == [(now.tier, now.gate) for now in expected.values()]
        logged = [(row["event"], row["word"]) for row in rows(as_delivered, as_delivered.keys.line_events)]
        assert logged == [(row["event"], row["word"]) for row in rows(as_first, as_first.keys.line_events)]
        assert max(Counter(name for name, _ in logged).values(), default=1) == 1
        flags = [now.provider.flags for now in lines.values()]
        assert flags == [now.provider.flags for now in (await as_first.lines()).values()]

    world.run(compare())


class Talker(NamedTuple):
    """A person who texts one line.

    Attributes:
        signed_up: who signed them up before: nobody, they on the page, a back end by their phone, or both.
        slot: the line, if no signup gave them one.
        said: the messages, in seconds since the start: by them (with or without the code, STOP, quiet, back), or to
            them.
    """

    signed_up: str
    slot: int
    said: list[tuple[int, str]]


talkers = st.lists(
    st.builds(
        Talker,
        st.sampled_from(["nobody", "page", "back end", "both"]),
        slots,
        st.lists(
            st.tuples(st.integers(1, 30), st.sampled_from(["text", "code", "stop", "quiet", "back", "answer", "chat"])),
            max_size=6,
            unique_by=lambda said: said[0],
        ),
    ),
    max_size=3,
)


async def sign_up(pool: LivePool, number: int, talker: Talker) -> tuple[list[Code], int]:
    """Sign a person up under codes that are the same in every run; return the codes they may text, and their line."""
    codes, slot = [], talker.slot
    if talker.signed_up in {"page", "both"}:
        visit = stores.assigned(await pool.sign_up(person(prefix="CCC", suffixes=f"22{'CDF'[number]}" * 4)))
        codes, slot = [visit.code], visit.home_slot
    if talker.signed_up in {"back end", "both"}:
        slot = stores.assigned(await pool.sign_up(person(f"u-{number}", handle_of(number)))).home_slot
    return codes, slot


def handle_of(number: int) -> str:
    """Return the number that a person writes from."""
    return f"+1202555020{number}"


def spoken(number: int, slot: int, codes: list[Code], at: int, what: str) -> PoolEvent:
    """Make one event of a conversation."""
    handle = handle_of(number)
    if what in {"answer", "chat"}:
        return (sent if what == "answer" else chat_created)(handle, slot, at)
    wishes: dict[str, dict[str, Any]] = {
        "stop": {"opts_out": True, "wants_quiet": True},
        "quiet": {"wants_quiet": True},
        "back": {"wants_back": True},
    }
    said = wishes.get(what, {})
    return text(handle, slot, at, codes=codes if what == "code" else (), **said)


async def known_of(pool: LivePool, number: int) -> tuple[Any, ...] | None:
    """Return a person's final record: code, state, line, last text, number of texts, and what they want since when."""
    code = await code_of(pool, handle_of(number))
    if code is None:
        return None
    with pool.store.raw_client() as client:
        packed = cast(bytes, client.hget(pool.keys.records(code[:3]), code[3:]))
    state, _, slot, *_, heard_s, texts, _, flags = RECORD.unpack(packed[: RECORD.size])
    wished = packed[RECORD.size : RECORD.size + 4] if flags & _HAS_WISHED else b""
    return code, state, slot, heard_s, texts, flags & _SUPPRESSED, wished


@settings(max_examples=100)
@given(talkers=talkers, data=st.data())
def test_conversations_converge(world: World, talkers: list[Talker], data: st.DataObject) -> None:
    """Every order and repetition gives the same people, states and loads, and the loads equal a recount."""

    async def live(deliveries: list[PoolEvent]) -> tuple[LivePool, list[PoolEvent]]:
        pool = await world.open_pool()
        events = []
        for number, talker in enumerate(talkers):
            codes, slot = await sign_up(pool, number, talker)
            events += [spoken(number, slot, codes, at, what) for at, what in sorted(talker.said)]
        for event in deliveries or events:
            await apply_event(pool, event)
        return pool, events

    async def ending(pool: LivePool) -> tuple[list[tuple[Any, ...] | None], dict[int, LineLoad]]:
        assert await pool.loads() == await pool.recount()
        return [await known_of(pool, number) for number in range(len(talkers))], await pool.loads()

    as_happened, events = world.run(live([]))
    deliveries = data.draw(st.composite(delivered)(events), label="deliveries")
    as_delivered, _ = world.run(live(deliveries))
    assert world.run(ending(as_delivered)) == world.run(ending(as_happened))
