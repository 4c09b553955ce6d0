"""The Lua operation `renew` and its pure model agree, on a real server.

Each run makes a pool of random lines and a few people, breaks lines at random, and renews everybody in both.
"""

from pathlib import Path
from random import Random

from router.core.assignment import Assignment
from router.core.line import LineHealth, LineLimits, OperatorState, Reputation, Status
from router.core.picking.picker import PickedLine, Picker
from router.core.picking.renewal import Standing, is_ours, live_slot_of, renew_backups
from router.core.pool import Pool, PoolId
from router.store.assignments import AssignPolicy
from router.store.keys import PoolKeys
from tests.kit.servers import start_valkey
from tests.kit.stores import RESERVATION_S, LivePool, Store, opened_store, person

HEALTHS = (
    *[LineHealth()] * 4,
    LineHealth(status=Status.FLAGGED),
    LineHealth(status=Status.RELEASED),
    LineHealth(operator_state=OperatorState.RETIRED),
    LineHealth(operator_state=OperatorState.DRAIN),
    LineHealth(reputation=Reputation.AT_RISK),
)


async def put_random_health(pool: LivePool, random: Random) -> None:
    """Give every line of a pool a new health."""
    for slot in await pool.lines():
        await pool.change_line(slot, health=random.choice(HEALTHS))


async def model_of(pool: LivePool) -> Picker:
    """Return the model of a pool as it is now."""
    picker = Picker()
    for slot, now in (await pool.lines()).items():
        picker.put(slot, now.line.health, now.limits)
        picker.lines[slot] = PickedLine(
            now.line.health, now.limits, now.load, tier=now.tier, gate=now.gate, picks=now.picks
        )
    return picker


def seen(picker: Picker, standing: Standing, answer: Assignment) -> tuple[object, ...]:
    """Return what the store must answer about a person of the model."""
    shown = tuple(slot for slot in standing.backups if is_ours(picker.lines[slot].health))
    return answer.code, standing.state, live_slot_of(picker, standing), shown


async def run_once(store: Store, seed: int) -> None:
    """Compare one pool."""
    random = Random(seed)
    pool_id = PoolId(f"pool-{seed}")
    await store.pools.put(Pool(id=pool_id, name="Acme", revision=1), is_new=True)
    keys = PoolKeys(pool_id)
    pool = LivePool(store, keys, AssignPolicy(RESERVATION_S, random.randrange(4)))
    for _ in range(random.randint(2, 8)):
        await pool.add_line(
            limits=LineLimits(weight=100, capacity=random.choice([2, 50]), target=random.choice([1, 50]))
        )
    excluded = [tuple(random.sample(range(2), random.randrange(2))) for _ in range(6)]
    standings: list[Standing] = []
    for name, slots in enumerate(excluded):
        signup = await pool.sign_up(person(f"{seed} {name}", excluded=slots))
        if signup.assignment is not None and signup.assignment.slot is not None:
            one = signup.assignment
            standings.append(
                Standing(
                    code=one.code, state=one.state, home=one.home_slot, backups=one.backups, excluded=frozenset(slots)
                )
            )
    for _ in range(4):
        await put_random_health(pool, random)
        picker = await model_of(pool)
        wanted = pool.policy.backups
        answers = await store.assignments.renew(keys, [one.code for one in standings], backups=wanted)
        standings = [renew_backups(picker, standing, wanted) for standing in standings]
        for standing, answer in zip(standings, answers, strict=True):
            assert answer is not None
            assert (answer.code, answer.state, answer.slot, answer.backups) == seen(picker, standing, answer)
            assert not (answer.slot is None and picker.choose_backups(standing.home, 1, standing.excluded))


async def test_the_store_and_the_model_agree(tmp_path: Path) -> None:
    """Everybody has the same line and the same backups in both, and nobody is without a line while one has room."""
    with start_valkey(tmp_path) as server:
        async with opened_store(server.url) as store:
            for seed in range(40):
                await run_once(store, seed)
