"""What operators do with lines, against a real store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.core.act import BY_SHELL
from router.core.assignment import Outcome, Signup
from router.core.errors import Conflict, InvalidField, InvalidNumber, NotFound, Refused
from router.core.line import MAX_LINES_PER_POOL, Gate, OperatorState, Status, Tier
from router.core.lines.line_rules import LineAction, LineSpec
from router.core.people.personal_data import Identity
from router.gateway import Gateway
from router.services.lines.line_import import LineImport
from router.services.lines.trial import picker_of, try_signups
from router.services.people.signups import SignupRequest
from router.settings.settings import Settings
from router.wiring.open import open_gateway
from tests.kit.servers import start_valkey

ALPHA, BRAVO = "+12025550101", "+12025550102"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway on a store that has one pool."""
    with start_valkey(tmp_path) as server:
        async with open_gateway(Settings(redis_url=SecretStr(server.url), data_dir=tmp_path / "data")) as gateway:
            await gateway.pool_admin.create("main", {}, by=BY_SHELL)
            yield gateway


async def sign_up(gateway: Gateway, user: str) -> Signup:
    """Sign up one person."""
    return await gateway.signups.sign_up(
        (await gateway.pool_cache.get("main")), SignupRequest(identity=Identity(user=user))
    )


async def confirm(gateway: Gateway, signup: Signup) -> None:
    """Make a person text."""
    assert signup.assignment is not None
    assert await gateway.signups.confirm((await gateway.pool_cache.get("main")), signup.assignment.code) == "confirmed"


async def test_a_new_line_gets_people_at_once_and_warms_up(gateway: Gateway) -> None:
    """A new line is open with a tenth of its weight, and this worker knows its number."""
    now = await gateway.line_admin.add("main", LineSpec(number=ALPHA, weight=50, label="SLOT"), by=BY_SHELL)
    assert (now.tier, now.gate, now.limits.weight, now.line.label) == (Tier.HEALTHY, Gate.OPEN, 500, "SLOT")
    warm = await gateway.line_admin.add("main", LineSpec(number=BRAVO, weight=50, warm=True), by=BY_SHELL)
    assert warm.limits.weight == 5000
    assert set((await gateway.pool_cache.get("main")).slots) == {ALPHA, BRAVO}


async def test_a_line_is_added_once(gateway: Gateway) -> None:
    """A second line of the same number is a conflict, and leaves the first as it was."""
    first = await gateway.line_admin.add("main", LineSpec(number=ALPHA), by=BY_SHELL)
    with pytest.raises(Conflict, match="already"):
        await gateway.line_admin.add("main", LineSpec(number=ALPHA, weight=7), by=BY_SHELL)
    assert await gateway.line_admin.all("main") == [first]


async def test_an_unknown_pool_or_line_is_not_found(gateway: Gateway) -> None:
    """The answer names the pool or line that is missing, with the number masked."""
    with pytest.raises(NotFound, match="no line ••••••••0101"):
        await gateway.line_admin.get("main", ALPHA)
    with pytest.raises(NotFound, match="no pool 'ghost'"):
        await gateway.line_admin.add("ghost", LineSpec(number=ALPHA), by=BY_SHELL)
    with pytest.raises(InvalidNumber):
        await gateway.line_admin.change("main", "0101", {"weight": 1}, by=BY_SHELL)


async def test_a_change_is_in_force_at_the_next_pick(gateway: Gateway) -> None:
    """Settings and limits change in one step, and every other setting stays."""
    await gateway.line_admin.add("main", LineSpec(number=ALPHA, label="Alpha", warm=True), by=BY_SHELL)
    now = await gateway.line_admin.change("main", ALPHA, {"weight": 7, "capacity": 115}, by=BY_SHELL)
    assert (now.line.label, now.line.revision) == ("Alpha", 2)
    assert (now.limits.weight, now.limits.capacity, now.limits.target) == (700, 115, 100)
    with pytest.raises(InvalidField, match="weight"):
        await gateway.line_admin.change("main", ALPHA, {"weight": 1001}, by=BY_SHELL)
    assert (await gateway.line_admin.get("main", ALPHA)).line == now.line


async def test_a_change_decided_on_an_old_revision_is_a_conflict(gateway: Gateway) -> None:
    """A caller that names a revision never overwrites another change unseen.

    Without a revision the change is tried again.
    """
    await gateway.line_admin.add("main", LineSpec(number=ALPHA), by=BY_SHELL)
    await gateway.line_admin.change("main", ALPHA, {"weight": 1}, revision=1, by=BY_SHELL)
    with pytest.raises(Conflict, match="at revision 2, not 1"):
        await gateway.line_admin.change("main", ALPHA, {"weight": 2}, revision=1, by=BY_SHELL)
    await asyncio.gather(
        gateway.line_admin.change("main", ALPHA, {"weight": 3}, by=BY_SHELL),
        gateway.line_admin.change("main", ALPHA, {"label": "Alpha"}, by=BY_SHELL),
    )
    line = (await gateway.line_admin.get("main", ALPHA)).line
    assert (line.weight, line.label, line.revision) == (3, "Alpha", 4)


async def test_a_drain_is_refused_where_the_others_have_no_room(gateway: Gateway) -> None:
    """The refusal counts the people and the room. Force overrules it."""
    await gateway.line_admin.add("main", LineSpec(number=ALPHA), by=BY_SHELL)
    await gateway.line_admin.add("main", LineSpec(number=BRAVO, capacity=1, weight=0), by=BY_SHELL)
    for user in range(3):
        await sign_up(gateway, f"u-{user}")
    with pytest.raises(Refused, match=r"has 3 people, .* \(0\) have room for 0"):
        await gateway.line_admin.set_state("main", ALPHA, LineAction.DRAIN, by=BY_SHELL.because("billing"))
    now = await gateway.line_admin.set_state(
        "main", ALPHA, LineAction.DRAIN, by=BY_SHELL.because("billing"), force=True
    )
    assert (now.gate, now.line.reason) == (Gate.DRAIN, "billing")


async def test_a_drain_goes_through_where_the_others_have_room(gateway: Gateway) -> None:
    """A drained line gets no new person. Once resumed, it warms up."""
    await gateway.line_admin.add("main", LineSpec(number=ALPHA, warm=True), by=BY_SHELL)
    await gateway.line_admin.add("main", LineSpec(number=BRAVO, warm=True), by=BY_SHELL)
    await gateway.line_admin.set_state("main", ALPHA, LineAction.DRAIN, by=BY_SHELL.because("billing"))
    await sign_up(gateway, "u-1")
    assert [now.load.reserved for now in await gateway.line_admin.all("main")] == [0, 1]
    resumed = await gateway.line_admin.set_state("main", ALPHA, LineAction.RESUME, by=BY_SHELL.because("paid"))
    assert (resumed.gate, resumed.limits.weight, resumed.limits.is_warming) == (Gate.OPEN, 1000, True)


async def test_an_action_repeated_is_no_new_revision(gateway: Gateway) -> None:
    """Flagging a flagged line writes nothing."""
    await gateway.line_admin.add("main", LineSpec(number=ALPHA), by=BY_SHELL)
    first = await gateway.line_admin.set_state("main", ALPHA, LineAction.FLAG, by=BY_SHELL.because("spam"))
    again = await gateway.line_admin.set_state("main", ALPHA, LineAction.FLAG, by=BY_SHELL.because("spam"))
    assert first.line.health.status is Status.FLAGGED
    assert first == again


async def test_a_line_with_people_is_not_removed(gateway: Gateway) -> None:
    """A line that people text is retired only by force. A retired line stays stored, but is no longer listed."""
    await gateway.line_admin.add("main", LineSpec(number=ALPHA), by=BY_SHELL)
    await confirm(gateway, await sign_up(gateway, "u-1"))
    with pytest.raises(Refused, match=r"carries people who texted \(1\)"):
        await gateway.line_admin.remove("main", ALPHA, by=BY_SHELL.because("contract ended"))
    now = await gateway.line_admin.remove("main", ALPHA, by=BY_SHELL.because("contract ended"), force=True)
    assert now.gate is Gate.RETIRED
    assert await gateway.line_admin.remove("main", ALPHA, by=BY_SHELL.because("again")) == now
    assert await gateway.line_admin.all("main") == []
    assert await gateway.line_admin.all("main", with_retired=True) == [now]


async def test_a_retired_number_comes_back_when_it_is_added(gateway: Gateway) -> None:
    """It has its old slot and people, and the new settings."""
    old = await gateway.line_admin.add("main", LineSpec(number=ALPHA), by=BY_SHELL)
    await confirm(gateway, await sign_up(gateway, "u-1"))
    await gateway.line_admin.remove("main", ALPHA, by=BY_SHELL.because("contract ended"), force=True)
    back = await gateway.line_admin.add("main", LineSpec(number=ALPHA, weight=9), by=BY_SHELL)
    assert (back.line.slot, back.line.weight, back.load.confirmed) == (old.line.slot, 9, 1)
    assert back.line.health.operator_state is OperatorState.READY
    assert back.gate is Gate.OPEN


async def test_the_table_explains_the_shares(gateway: Gateway) -> None:
    """Each line's people of the last day are shown next to the share that its weight gives it."""
    await gateway.line_admin.add("main", LineSpec(number=ALPHA, weight=300), by=BY_SHELL)
    await gateway.line_admin.add("main", LineSpec(number=BRAVO, weight=100), by=BY_SHELL)
    await gateway.line_admin.add("main", LineSpec(number="+12025550103", weight=0), by=BY_SHELL)
    for user in range(8):
        await sign_up(gateway, f"u-{user}")
    rows = await gateway.line_admin.explain("main")
    assert [row.share_due for row in rows] == [0.75, 0.25, 0.0]
    assert [row.share_given for row in rows] == [0.75, 0.25, 0.0]
    assert [row.gate for row in rows] == [Gate.OPEN, Gate.OPEN, Gate.PARKED]
    assert [row.people_until_target for row in rows][:2] == [602, 606]


async def test_a_trial_foretells_the_next_signups(gateway: Gateway) -> None:
    """From the middle of a rotation, the model gives each person the line that the store then gives them."""
    for number, weight in ((ALPHA, 100), (BRAVO, 37), ("+12025550103", 261)):
        await gateway.line_admin.add("main", LineSpec(number=number, weight=weight, capacity=20), by=BY_SHELL)
    for user in range(7):
        await sign_up(gateway, f"before-{user}")
    overview = await gateway.line_admin.overview("main")
    picker = picker_of(overview)
    for user in range(60):
        pick, signup = picker.pick(backups=2), await sign_up(gateway, f"after-{user}")
        assert (pick is None) is (signup.outcome is Outcome.WAITLIST)
        if pick is not None and signup.assignment is not None:
            assert (pick.slot, pick.backups) == (signup.assignment.slot, signup.assignment.backups)
    trial = try_signups(overview, 60, 2)
    assert sum(line.given for line in trial.lines) == 53
    assert trial.waitlisted == 7


async def test_a_table_is_imported_row_by_row(gateway: Gateway) -> None:
    """A row with a fault is reported, with its number masked, and the others are added.

    A second import adds nothing.
    """
    await gateway.line_admin.add("main", LineSpec(number=ALPHA, weight=5), by=BY_SHELL)
    await gateway.line_admin.add("main", LineSpec(number=BRAVO), by=BY_SHELL)
    await gateway.line_admin.remove("main", BRAVO, by=BY_SHELL.because("moved"))
    table = f"number,weight\n{ALPHA},9\n{BRAVO},9\n+12025550103,9\n2025550104,9\n+12025550103,9\n".encode()
    importer = LineImport(gateway.pool_admin, gateway.line_admin, gateway.pool_cache)
    foretold = await importer.run("main", table, dry_run=True, by=BY_SHELL)
    assert len(await gateway.line_admin.all("main")) == 1
    rows = await importer.run("main", table, by=BY_SHELL)
    assert rows == foretold
    assert [row.result.partition(":")[0] for row in rows] == ["exists", "added", "added", "error", "exists"]
    assert [(row.row, row.number) for row in rows][3] == (5, "••••••0104")
    assert [now.line.weight for now in await gateway.line_admin.all("main")] == [5, 9, 9]
    assert "+12025550103" in (await gateway.pool_cache.get("main")).slots
    assert {row.result.partition(":")[0] for row in await importer.run("main", table, by=BY_SHELL)} == {
        "exists",
        "error",
    }


async def test_a_pool_holds_as_many_lines_as_it_says(gateway: Gateway) -> None:
    """The thousandth line is accepted. One more is refused in its row."""
    rows = "".join(f"+1202555{last:04d}\n" for last in range(MAX_LINES_PER_POOL))
    importer = LineImport(gateway.pool_admin, gateway.line_admin, gateway.pool_cache)
    assert {row.result for row in await importer.run("main", f"number\n{rows}".encode(), by=BY_SHELL)} == {"added"}
    (row,) = await importer.run("main", b"number\n+13035550101\n", by=BY_SHELL)
    assert row.result.startswith("error: A pool has at most 1000 lines")
