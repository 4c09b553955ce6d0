"""apply_events: hours and days are counted right, even if everything comes at once."""

import asyncio
from random import Random

import pytest
from msgspec.structs import replace

from router.core.code import Code
from router.core.line import LineLimits, LineLoad, Status
from tests.kit.builders import ADA, apply_event, report, sent, text, traffic
from tests.kit.stores import HOUR_MS, MINUTE_MS, LivePool, assigned, person

DAY_H = 24


async def test_hours_are_counted_for_a_day(pool: LivePool) -> None:
    """Strangers and conversations of different hours leave the count one by one, a day later."""
    await pool.add_line()
    counted = []
    for hour in range(2 * DAY_H):
        if hour < DAY_H:
            for number in range(hour % 3):
                await apply_event(pool, text(f"+1202555{hour:02}{number:02}", 0, hour * 3600))
                await apply_event(pool, sent(f"+1303555{hour:02}{number:02}", 0, hour * 3600))
        load = (await pool.loads())[0]
        assert load.new_24h == load.started_24h
        assert await pool.loads() == await pool.recount()
        counted.append(load.new_24h)
        await pool.advance(HOUR_MS)
    assert counted[DAY_H - 1] == DAY_H
    assert counted[2 * DAY_H - 4 :] == [3, 3, 2, 0]
    assert (await pool.loads())[0] == LineLoad(confirmed=DAY_H)


async def test_an_event_turns_the_hour_as_a_signup_does(pool: LivePool) -> None:
    """The first event after days finds that yesterday's arrivals have left the count."""
    await pool.add_line()
    await apply_event(pool, text(ADA, 0, 1))
    pool.now_ms += 60 * HOUR_MS
    await apply_event(pool, text(ADA, 0, 60 * 3600))
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1)}


async def test_a_process_whose_clock_is_a_moment_behind_loses_no_hour(pool: LivePool) -> None:
    """At the turn of an hour calls come with either hour. Counts stay correct."""
    await pool.add_line()
    await pool.sign_up_all([person() for _ in range(3)])
    await pool.advance(HOUR_MS)
    await pool.sign_up_all([person() for _ in range(4)])
    for step_ms in (HOUR_MS, -1, 1, -1, 1):
        pool.now_ms += step_ms
        await pool.sign_up(person())
        await apply_event(pool, text(f"+1202555{pool.now_ms % 10_000:04}", 0, 7200))
    load = (await pool.loads())[0]
    assert await pool.loads() == await pool.recount()
    assert load.new_24h == 3 + 4 + 5 + 2
    assert traffic(pool)["0:new"] == 3 + 4


async def test_traffic_states_how_many_came_and_how_many_were_there(pool: LivePool) -> None:
    """Per day it states the people who came, and people times the hours they were on the line."""
    await pool.add_line()
    people = [assigned(signup) for signup in await pool.sign_up_all([person() for _ in range(3)])]
    for number, someone in enumerate(people[:2]):
        await apply_event(pool, text(f"+1202555{number:04}", 0, 1, codes=[someone.code]))
    await pool.advance(HOUR_MS)
    await apply_event(pool, text(ADA, 0, 3601))
    await pool.advance(2 * HOUR_MS)
    counted = traffic(pool)
    assert (counted["0:new"], counted["0:confirmed"], counted["0:in"]) == (4, 2, 3)
    assert counted["0:person_hours"] == 2 * 1 + 3 * 2


async def test_counters_equal_a_recount_while_everything_comes_at_once(pool: LivePool) -> None:
    """Signups, texts with and without codes, moves, flags, answers and sweeps at once leave no counter off by one."""
    for _ in range(4):
        await pool.add_line(LineLimits(weight=1, capacity=60, target=50, new_people_per_day=40, started_per_day=9))
    random = Random(7)
    handles = [f"+1202555{number:04}" for number in range(40)]
    codes: list[Code] = []

    async def sign_up_five() -> None:
        signups = await pool.sign_up_all([person() for _ in range(5)])
        codes.extend(assigned(signup).code for signup in signups if signup.assignment)

    for step in range(12):
        at = step * 1200.0

        def random_message(at: float = at) -> tuple[str, int, float]:
            return random.choice(handles), random.randrange(4), at + random.randrange(600)

        async def write_with_code(code: Code) -> None:
            await apply_event(pool, text(*random_message(), codes=[code], opts_out=random.random() < 0.1))

        async def flap(slot: int, at: float = at) -> None:
            await apply_event(pool, report(slot, at, random.choice([Status.FLAGGED, Status.ACTIVE])))

        await asyncio.gather(
            sign_up_five(),
            *(write_with_code(code) for code in random.sample(codes, min(4, len(codes)))),
            *(apply_event(pool, text(*random_message())) for _ in range(6)),
            *(apply_event(pool, text(*random_message(), is_late=True)) for _ in range(2)),
            *(apply_event(pool, sent(*random_message())) for _ in range(6)),
            flap(random.randrange(4)),
            pool.sweep(),
            pool.sweep(),
        )
        pool.now_ms += 20 * MINUTE_MS
    await pool.advance(0)
    assert await pool.loads() == await pool.recount()
    assert sum(load.confirmed for load in (await pool.loads()).values()) >= len(handles) / 2
    await pool.advance(26 * HOUR_MS)
    await pool.sweep()
    assert await pool.loads() == await pool.recount()


@pytest.mark.parametrize("seed", range(2))
async def test_a_batch_has_the_effect_of_its_events_one_by_one(pool: LivePool, seed: int) -> None:
    """Events of one person in one call are applied in order."""
    for _ in range(2):
        await pool.add_line()
    random = Random(seed)
    ada = assigned(await pool.sign_up(person("u-ada", ADA)))
    events = [text(ADA, random.randrange(2), at, codes=[ada.code]) for at in range(30)]
    effects = await pool.apply(*(replace(event, known=ada.code) for event in events))
    assert [effect.code for effect in effects] == [ada.code] * 30
    found = await pool.read(ada.code)
    assert found is not None
    assert found.home_slot == events[-1].slot
    assert await pool.loads() == await pool.recount()
