"""The lines a person must not get stay with their record: no later line and no later backup is one of them."""

import pytest

from router.core.assignment import Outcome, State
from router.core.line import LineHealth, OperatorState
from router.store.formats import EXCLUDED, NO_SLOT, RECORD, TAIL, WISH
from tests.kit.builders import apply_event, text
from tests.kit.stores import FLAGGED, HOUR_MS, LivePool, assigned, person

RETIRED = LineHealth(operator_state=OperatorState.RETIRED)
HAS_WISH = 32
ORIGIN = b"\x05flyer" + bytes(58)


def tail(*slots: int, origin: bytes = b"") -> bytes:
    """Return the tail of a record."""
    return TAIL.pack(len(slots)) + b"".join(map(EXCLUDED.pack, slots)) + origin


def stored(pool: LivePool, code: str) -> bytes:
    """Return a person's record as the store holds it."""
    with pool.store.raw_client() as client:
        packed = client.hget(pool.keys.records(code[:3]), code[3:])
    assert isinstance(packed, bytes)
    return packed


def stored_tail(pool: LivePool, code: str) -> bytes:
    """Return what a person's record ends in, without the time of their last wish."""
    packed = stored(pool, code)
    *_, flags = RECORD.unpack(packed[: RECORD.size])
    return packed[RECORD.size + (WISH.size if flags & HAS_WISH else 0) :]


def store_tail(pool: LivePool, code: str, after: bytes) -> None:
    """Give a record this tail."""
    with pool.store.raw_client() as client:
        client.hset(pool.keys.records(code[:3]), code[3:], stored(pool, code)[: RECORD.size] + after)


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [((), b""), ((3,), tail(3)), ((4, 1, 3), tail(1, 3, 4)), (tuple(range(1, 51)), tail(*range(1, 51)))],
)
async def test_the_tail_holds_what_was_excluded(pool: LivePool, excluded: tuple[int, ...], expected: bytes) -> None:
    """It is empty for most people, so their record has the bytes it always had."""
    await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", excluded=excluded)))
    assert stored_tail(pool, ada.code) == expected


async def test_the_last_exclusions_of_a_back_end_count(pool: LivePool) -> None:
    """A request that excludes nothing changes nothing; another list replaces the first. The origin stays."""
    for _ in range(3):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", excluded=(1,))))
    store_tail(pool, ada.code, tail(1, origin=ORIGIN))
    await pool.sign_up(person("ada"))
    assert stored_tail(pool, ada.code) == tail(1, origin=ORIGIN)
    await pool.sign_up(person("ada", excluded=(2, 9)))
    assert stored_tail(pool, ada.code) == tail(2, 9, origin=ORIGIN)


@pytest.mark.parametrize("kept", [b"", tail(7), tail(origin=ORIGIN), tail(*range(2, 52), origin=ORIGIN)])
async def test_no_operation_drops_the_tail(pool: LivePool, kept: bytes) -> None:
    """Signing up again, expiring, texting, moving, stopping and refusing prompts leave it as it was."""
    for _ in range(3):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada")))
    store_tail(pool, ada.code, kept)
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 1
    await pool.sign_up(person("ada"))
    await pool.change_line(ada.home_slot, health=FLAGGED)
    await pool.sign_up(person("ada"))
    assert stored_tail(pool, ada.code) == kept
    assert await pool.confirm(ada.code) == "confirmed"
    await pool.store.assignments.set_quiet(pool.keys, ada.code, is_quiet=True, now_ms=pool.now_ms)
    await apply_event(pool, text("ada", 2, 5, codes=[ada.code]))
    await apply_event(pool, text("ada", 1, 6, opts_out=True))
    assert stored_tail(pool, ada.code) == kept
    assert RECORD.unpack(stored(pool, ada.code)[: RECORD.size])[0] == State.OPTED_OUT


async def test_later_lines_and_backups_are_never_excluded_ones(pool: LivePool) -> None:
    """A move to a fresh line, after a request without a list, keeps to the list that was given first."""
    for _ in range(4):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", wished=0, excluded=(1, 2))))
    assert (ada.home_slot, ada.backups) == (0, (3,))
    await pool.change_line(0, health=FLAGGED)
    moved = assigned(await pool.sign_up(person("ada")))
    assert (moved.home_slot, moved.backups) == (3, ())
    await pool.change_line(3, health=RETIRED)
    fresh = await pool.add_line()
    assert assigned(await pool.sign_up(person("ada"))).home_slot == fresh
    assert await pool.loads() == await pool.recount()


async def test_whoever_comes_back_gets_another_line_than_the_one_they_now_exclude(pool: LivePool) -> None:
    """Their reservation expired, and their old line has room; they asked for any other."""
    for _ in range(2):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", wished=0)))
    pool.now_ms += 2 * HOUR_MS
    assert await pool.sweep() == 1
    back = await pool.sign_up(person("ada", excluded=(0,)))
    assert (back.outcome, assigned(back).code, assigned(back).slots) == (Outcome.RENEWED, ada.code, (1,))
    assert await pool.loads() == await pool.recount()


async def test_backups_after_a_text_to_another_line_are_not_excluded_ones(pool: LivePool) -> None:
    """New numbers that fill a card after a move keep to the list as well."""
    for _ in range(5):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person("ada", wished=0, excluded=(1, 2))))
    await apply_event(pool, text("ada", 0, 1, codes=[ada.code]))
    await pool.change_line(ada.backups[0], health=RETIRED)
    other = ada.backups[1]
    await apply_event(pool, text("ada", other, 5))
    found = await pool.read(ada.code)
    assert found is not None
    assert found.home_slot == other
    assert not {1, 2} & set(found.backups)


def test_readers_pass_over_the_tail() -> None:
    """The readers of a few fields take records with a tail and records from before there was one."""
    packed = RECORD.pack(1, 0, 7, NO_SLOT, NO_SLOT, NO_SLOT, 1, 2, 3, 4, 5, 6, 0)
    read = RECORD.reader_of("state", "slot", "texts")
    assert read(packed) == read(packed + tail(3, origin=ORIGIN)) == (1, 7, 5)
