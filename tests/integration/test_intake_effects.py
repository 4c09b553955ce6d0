"""What signed deliveries do to people and lines, and what operators are told of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.core.assignment import Assignment, State
from router.core.errors import NotFound, StoreUnavailable
from router.core.line import Gate, LineLoad, Reputation, Status
from router.core.personal_data import Identity
from router.core.phone import E164
from router.services.signups import SignupRequest
from router.wiring import Gateway
from tests.deliveries import OTHER_SECRET, Happening, delivered, failed, happen, later, sent, somebody, status, text
from tests.intakes import (
    ALPHA,
    BRAVO,
    CHARLIE,
    STAGING,
    deliver,
    gate_of,
    kinds_of_alerts,
    open_intake,
    stop,
    tally,
    two_environments,
)
from tests.servers import start_valkey
from tests.stores import Store, given


@pytest.fixture
async def gateway(store: Store, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway on two environments."""
    async with open_intake(two_environments(store.url, tmp_path)) as gateway:
        yield gateway


async def sign_up(gateway: Gateway, **identity: str) -> Assignment:
    """Sign one person up, on the page or by a back end."""
    view = await gateway.directory.seek("main")
    if not identity:
        return given(await gateway.signups.visit(view, known=None, nonce=None))
    return given(await gateway.signups.sign_up(view, SignupRequest(identity=Identity(**identity))))


async def standing(gateway: Gateway, someone: Assignment) -> Assignment:
    """Where they stand now."""
    found = await gateway.signups.find(await gateway.directory.seek("main"), someone.code)
    assert found is not None
    return found


def number_of(someone: Assignment) -> str:
    """The line they were given."""
    return (ALPHA, BRAVO)[someone.home_slot]


async def test_a_text_confirms_whoever_its_code_names(gateway: Gateway) -> None:
    """However the code is spelled, from a number or an address; then the answer is counted and a failover followed."""
    for writer in (somebody(), "Ada@Example.org"):
        ada = await sign_up(gateway)
        line = number_of(ada)
        await deliver(gateway.deliveries, text(line, writer, f"Hi Acme! ({ada.code.lower()})"))
        assert (await standing(gateway, ada)).state is State.CONFIRMED
        await deliver(gateway.deliveries, sent(line, writer))
        await deliver(gateway.deliveries, stop(line, writer))
        assert (await standing(gateway, ada)).state is State.OPTED_OUT
        await deliver(gateway.deliveries, text(line, writer.lower(), "start again", at_s=time.time() + 1))
        assert (await standing(gateway, ada)).state is State.CONFIRMED
    counted = await tally(gateway)
    assert counted == {
        "production:confirmed": 2,
        "production:sent": 2,
        "production:opted_out": 2,
        "production:opted_in": 2,
    }


async def test_a_phone_a_back_end_named_is_found(gateway: Gateway) -> None:
    """The same fingerprint is made of what the API was told and of what the provider tells."""
    phone = somebody()
    ada = await sign_up(gateway, user="u-ada", phone=phone)
    await deliver(gateway.deliveries, text(number_of(ada), phone, "hello"))
    assert (await standing(gateway, ada)).state is State.CONFIRMED


async def test_many_events_at_once_are_each_applied_once(gateway: Gateway) -> None:
    """A hundred people text at once, each text is delivered three times, and nobody is lost or counted twice."""
    happenings = [text((ALPHA, BRAVO)[number % 2], somebody(), "Hi") for number in range(100)]
    await asyncio.gather(*(deliver(gateway.deliveries, happening) for happening in happenings * 3))
    assert await tally(gateway) == {"production:met": 100, "production:duplicate": 200}
    loads = [now.load for now in await gateway.line_admin.all("main")]
    assert loads == [LineLoad(confirmed=50, new_24h=50)] * 2


async def test_a_flag_is_told_to_operators(gateway: Gateway) -> None:
    """When it comes and when it goes, with the mend, once each; a repeated one is no news."""
    for word in ("FLAGGED", "FLAGGED", "ACTIVE", "ACTIVE", "STRANGE"):
        await deliver(gateway.deliveries, status(ALPHA, word))
    assert await kinds_of_alerts(gateway) == ["line_flagged", "line_recovered", "line_status_unknown"]
    (alert, *_) = [alert for alert in await gateway.hook_log.alerts() if alert.kind == "line_flagged"]
    assert ALPHA not in alert.message + alert.subject
    assert alert.message.startswith("Line …0101 of pool 'main': flagged.") or "0101" in alert.message
    now = await gateway.line_admin.get("main", ALPHA)
    assert (now.gate, now.line.reason) == (Gate.UNKNOWN, "the provider says STRANGE HEALTHY")


async def test_a_line_whose_messages_fail_is_told_to_operators(gateway: Gateway) -> None:
    """Though the failures name their conversation alone."""
    ada = somebody()
    await deliver(gateway.deliveries, text(ALPHA, ada, "Hi"))
    for _ in range(6):  # a failure counts for a little less with every moment
        await deliver(gateway.deliveries, failed(ALPHA, ada))
    assert await gate_of(gateway, "main", ALPHA) is Gate.SUSPECTED
    assert await kinds_of_alerts(gateway) == ["line_suspected"]
    await deliver(gateway.deliveries, status(ALPHA, "ACTIVE"))
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN


async def test_a_delivery_is_a_sign_of_life(gateway: Gateway) -> None:
    """A message that arrived says that its line worked."""
    assert (await gateway.line_admin.get("main", ALPHA)).provider.heard_at_ms is None
    await deliver(gateway.deliveries, delivered(ALPHA, somebody()))
    assert (await gateway.line_admin.get("main", ALPHA)).provider.heard_at_ms is not None


def moved(number: str, came_from: object, went_to: object) -> Happening:
    """Let a line go from one environment to another."""
    change = {"from": came_from, "to": went_to}
    return happen("environment.line_moved", {"phone_number": number, "occurred_at": later(), "change": change})


async def test_a_line_that_moves_away_leaves_us_and_may_come_back(gateway: Gateway) -> None:
    """Each environment of ours is known by the provider's name for it, in any case."""
    away = moved(ALPHA, {"name": "Production"}, {"name": "Elsewhere"})
    await deliver(gateway.deliveries, away)
    assert await gate_of(gateway, "main", ALPHA) is Gate.RELEASED
    await deliver(gateway.deliveries, moved(ALPHA, "Elsewhere", "PRODUCTION"))
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN
    assert (await gateway.line_admin.get("main", ALPHA)).limits.is_warming
    told = moved(CHARLIE, {"name": "Staging"}, {"name": "Production"})
    await deliver(gateway.deliveries, told, secret=OTHER_SECRET, to=STAGING)
    assert await gate_of(gateway, "trial", CHARLIE) is Gate.RELEASED
    assert await kinds_of_alerts(gateway) == ["line_released", "line_released"]


async def test_a_line_that_moves_between_strangers_is_told_to_operators(gateway: Gateway) -> None:
    """By the names given it is no business of ours, so nothing changes until somebody has looked."""
    await deliver(gateway.deliveries, moved(ALPHA, "One", None))
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN
    assert await kinds_of_alerts(gateway) == ["account"]


async def test_a_clock_far_ahead_holds_no_line(gateway: Gateway) -> None:
    """A flag of next year counts as one of now: the next report of the present lifts it."""
    await deliver(gateway.deliveries, status(ALPHA, "FLAGGED", at_s=gateway.clock.now_ms() / 1000 + 3e7))
    assert await gate_of(gateway, "main", ALPHA) is Gate.FLAGGED
    await deliver(gateway.deliveries, status(ALPHA, "ACTIVE", at_s=gateway.clock.now_ms() / 1000 + 1))
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN


async def test_others_report_as_the_provider_does(gateway: Gateway) -> None:
    """An operator, a poll and a refused call go the same way, and are ordered with the provider's events."""
    reports, alpha = gateway.line_reports, E164(ALPHA)
    assert await reports.set_status("main", alpha, Status.FLAGGED, reason="they told us") == "flagged"
    assert (await gateway.line_admin.get("main", ALPHA)).line.reason == "they told us"
    assert await reports.set_status("main", alpha, Status.FLAGGED, reason="again") in {"unchanged", "stale"}
    now_ms = gateway.clock.now_ms()
    assert await reports.observe_ownership("main", alpha, is_ours=False, asked_at_ms=now_ms) == "released"
    assert await reports.observe_ownership("main", alpha, is_ours=True, asked_at_ms=now_ms - 1) == "stale"
    await deliver(gateway.deliveries, status(ALPHA, "ACTIVE", at_s=now_ms / 1000 - 60))
    assert await gate_of(gateway, "main", ALPHA) is Gate.RELEASED
    assert await reports.set_status("main", alpha, Status.ACTIVE, reason="all is well") in {"joined", "recovered"}
    assert await reports.observe_reputation("main", alpha, Reputation.CRITICAL, asked_at_ms=now_ms) == "reputation"
    assert await reports.observe_reputation("main", alpha, Reputation.HEALTHY, asked_at_ms=now_ms - 1) == "stale"
    assert await gate_of(gateway, "main", ALPHA) is Gate.CRITICAL
    assert await reports.suspect("main", E164(BRAVO), reason="the provider refused to use it") == "suspected"
    assert await reports.suspect("main", E164(BRAVO), reason="the provider refused to use it") == "unchanged"
    with pytest.raises(NotFound):
        await reports.suspect("main", E164(CHARLIE), reason="it is not there")


async def test_counts_wait_for_a_store_that_is_away(tmp_path: Path) -> None:
    """What could not be written is written the next time, once."""
    server = start_valkey(tmp_path)
    async with open_intake(two_environments(server.url, tmp_path)) as gateway:
        for _ in range(3):
            await deliver(gateway.deliveries, text(ALPHA, somebody(), "Hi"))
        server.stop()
        with pytest.raises(StoreUnavailable):
            await gateway.deliveries.flush()
        with pytest.raises(StoreUnavailable):
            await deliver(gateway.deliveries, text(ALPHA, somebody(), "Hi"))
        with start_valkey(tmp_path, port=server.port):
            assert await tally(gateway) == {"production:met": 3}
            assert await tally(gateway) == {"production:met": 3}
            assert set(await gateway.hook_log.last_taken_ms()) == {"production"}
