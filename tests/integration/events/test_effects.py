"""What signed deliveries do to people and lines, and what operators are alerted to."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.core.act import BY_SHELL
from router.core.assignment import Assignment, State
from router.core.errors import NotFound, StoreUnavailable
from router.core.line import Gate, LineLoad, Reputation, Status
from router.core.people.personal_data import Identity
from router.core.phone import E164
from router.gateway import Gateway
from router.services.people.signups import SignupRequest
from tests.kit.deliveries import (
    OTHER_SECRET,
    ProviderEvent,
    delivered,
    failed,
    later,
    make_event,
    new_person,
    sent,
    status,
    text,
)
from tests.kit.servers import start_valkey
from tests.kit.stores import Store, assigned
from tests.kit.webhook_gateways import (
    ALPHA,
    BRAVO,
    CHARLIE,
    STAGING,
    deliver,
    gate_of,
    kinds_of_alerts,
    open_two_pools,
    stop,
    tally,
    two_environments,
)


@pytest.fixture
async def gateway(store: Store, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Open a gateway on two environments."""
    async with open_two_pools(two_environments(store.url, tmp_path)) as gateway:
        yield gateway


async def sign_up(gateway: Gateway, **identity: str) -> Assignment:
    """Sign up one person, on the page or through a back end."""
    view = await gateway.pool_cache.get("main")
    if not identity:
        return assigned(await gateway.signups.visit(view, known=None, nonce=None))
    return assigned(await gateway.signups.sign_up(view, SignupRequest(identity=Identity(**identity))))


async def standing(gateway: Gateway, someone: Assignment) -> Assignment:
    """Return the person's state."""
    found = await gateway.signups.find(await gateway.pool_cache.get("main"), someone.code)
    assert found is not None
    return found


def number_of(someone: Assignment) -> str:
    """Return the number of the line they were given."""
    return (ALPHA, BRAVO)[someone.home_slot]


async def test_a_text_confirms_the_person_its_code_names(gateway: Gateway) -> None:
    """The code may be written in any way, and come from a number or an address.

    Later answers and failovers count too.
    """
    for writer in (new_person(), "Ada@Example.org"):
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


async def test_a_phone_the_back_end_gave_is_found(gateway: Gateway) -> None:
    """The API's phone and the provider's phone give the same fingerprint."""
    phone = new_person()
    ada = await sign_up(gateway, user="u-ada", phone=phone)
    await deliver(gateway.deliveries, text(number_of(ada), phone, "hello"))
    assert (await standing(gateway, ada)).state is State.CONFIRMED


async def test_many_events_at_once_are_each_applied_once(gateway: Gateway) -> None:
    """A hundred people text at once, and each text is delivered three times. No person is lost or counted twice."""
    events = [text((ALPHA, BRAVO)[number % 2], new_person(), "Hi") for number in range(100)]
    await asyncio.gather(*(deliver(gateway.deliveries, event) for event in events * 3))
    assert await tally(gateway) == {"production:met": 100, "production:duplicate": 200}
    loads = [now.load for now in await gateway.line_admin.all("main")]
    assert loads == [LineLoad(confirmed=50, new_24h=50)] * 2


async def test_a_flag_alerts_operators(gateway: Gateway) -> None:
    """Operators get one alert when it comes, with the fix, and one when it goes. A repeated flag is no news."""
    for word in ("FLAGGED", "FLAGGED", "ACTIVE", "ACTIVE", "STRANGE"):
        await deliver(gateway.deliveries, status(ALPHA, word))
    assert await kinds_of_alerts(gateway) == ["line_flagged", "line_recovered", "line_status_unknown"]
    (alert, *_) = [alert for alert in await gateway.alert_store.alerts() if alert.kind == "line_flagged"]
    assert ALPHA not in alert.message + alert.subject
    assert alert.message.startswith("Line …0101 of pool 'main': flagged.") or "0101" in alert.message
    now = await gateway.line_admin.get("main", ALPHA)
    assert (now.gate, now.line.reason) == (Gate.UNKNOWN, "the provider says STRANGE HEALTHY")


async def test_failing_messages_alert_operators(gateway: Gateway) -> None:
    """This works although the failures name only their conversation."""
    ada = new_person()
    await deliver(gateway.deliveries, text(ALPHA, ada, "Hi"))
    for _ in range(6):  # a failure counts for a little less with every moment
        await deliver(gateway.deliveries, failed(ALPHA, ada))
    assert await gate_of(gateway, "main", ALPHA) is Gate.SUSPECTED
    assert await kinds_of_alerts(gateway) == ["line_suspected"]
    await deliver(gateway.deliveries, status(ALPHA, "ACTIVE"))
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN


async def test_a_delivery_is_a_sign_of_life(gateway: Gateway) -> None:
    """A delivered message proves that its line worked."""
    assert (await gateway.line_admin.get("main", ALPHA)).provider.heard_at_ms is None
    await deliver(gateway.deliveries, delivered(ALPHA, new_person()))
    assert (await gateway.line_admin.get("main", ALPHA)).provider.heard_at_ms is not None


def moved(number: str, came_from: object, went_to: object) -> ProviderEvent:
    """Move a line from one environment to another."""
    change = {"from": came_from, "to": went_to}
    return make_event("environment.line_moved", {"phone_number": number, "occurred_at": later(), "change": change})


async def test_a_line_that_moves_away_leaves_us_and_may_come_back(gateway: Gateway) -> None:
    """Each of our environments is found by the provider's name for it, in upper or lower case."""
    away = moved(ALPHA, {"name": "Production"}, {"name": "Elsewhere"})
    await deliver(gateway.deliveries, away)
    assert await gate_of(gateway, "main", ALPHA) is Gate.RELEASED
    await deliver(gateway.deliveries, moved(ALPHA, "Elsewhere", "PRODUCTION"))
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN
    assert (await gateway.line_admin.get("main", ALPHA)).limits.is_warming
    event = moved(CHARLIE, {"name": "Staging"}, {"name": "Production"})
    await deliver(gateway.deliveries, event, secret=OTHER_SECRET, to=STAGING)
    assert await gate_of(gateway, "trial", CHARLIE) is Gate.RELEASED
    assert await kinds_of_alerts(gateway) == ["line_released", "line_released"]


async def test_a_line_that_moves_between_unknown_environments_alerts_operators(gateway: Gateway) -> None:
    """Neither environment is ours, so nothing changes until an operator has checked."""
    await deliver(gateway.deliveries, moved(ALPHA, "One", None))
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN
    assert await kinds_of_alerts(gateway) == ["account"]


async def test_a_clock_far_ahead_holds_no_line(gateway: Gateway) -> None:
    """A flag dated next year counts as one of now: the next current report lifts it."""
    await deliver(gateway.deliveries, status(ALPHA, "FLAGGED", at_s=gateway.clock.now_ms() / 1000 + 3e7))
    assert await gate_of(gateway, "main", ALPHA) is Gate.FLAGGED
    await deliver(gateway.deliveries, status(ALPHA, "ACTIVE", at_s=gateway.clock.now_ms() / 1000 + 1))
    assert await gate_of(gateway, "main", ALPHA) is Gate.OPEN


async def test_other_reports_count_like_the_provider_s(gateway: Gateway) -> None:
    """Reports from an operator, a poll and a refused call take the same path.

    They are ordered with the provider's events.
    """
    reports, alpha = gateway.line_reports, E164(ALPHA)
    assert await reports.set_status("main", alpha, Status.FLAGGED, by=BY_SHELL.because("they reported it")) == "flagged"
    assert (await gateway.line_admin.get("main", ALPHA)).line.reason == "they reported it"
    assert await reports.set_status("main", alpha, Status.FLAGGED, by=BY_SHELL.because("again")) in {
        "unchanged",
        "stale",
    }
    now_ms = gateway.clock.now_ms()
    assert await reports.report_ownership("main", alpha, is_ours=False, asked_at_ms=now_ms) == "released"
    assert await reports.report_ownership("main", alpha, is_ours=True, asked_at_ms=now_ms - 1) == "stale"
    await deliver(gateway.deliveries, status(ALPHA, "ACTIVE", at_s=now_ms / 1000 - 60))
    assert await gate_of(gateway, "main", ALPHA) is Gate.RELEASED
    assert await reports.set_status("main", alpha, Status.ACTIVE, by=BY_SHELL.because("all is well")) in {
        "joined",
        "recovered",
    }
    assert await reports.report_reputation("main", alpha, Reputation.CRITICAL, asked_at_ms=now_ms) == "reputation"
    assert await reports.report_reputation("main", alpha, Reputation.HEALTHY, asked_at_ms=now_ms - 1) == "stale"
    assert await gate_of(gateway, "main", ALPHA) is Gate.CRITICAL
    assert await reports.suspect("main", E164(BRAVO), reason="the provider refused to use it") == "suspected"
    assert await reports.suspect("main", E164(BRAVO), reason="the provider refused to use it") == "unchanged"
    with pytest.raises(NotFound):
        await reports.suspect("main", E164(CHARLIE), reason="it is not there")


async def test_counts_wait_for_a_store_that_is_away(tmp_path: Path) -> None:
    """Counts that could not be written are written the next time, once."""
    server = start_valkey(tmp_path)
    async with open_two_pools(two_environments(server.url, tmp_path)) as gateway:
        for _ in range(3):
            await deliver(gateway.deliveries, text(ALPHA, new_person(), "Hi"))
        server.stop()
        with pytest.raises(StoreUnavailable):
            await gateway.deliveries.flush()
        with pytest.raises(StoreUnavailable):
            await deliver(gateway.deliveries, text(ALPHA, new_person(), "Hi"))
        with start_valkey(tmp_path, port=server.port):
            assert await tally(gateway) == {"production:met": 3}
            assert await tally(gateway) == {"production:met": 3}
            assert set(await gateway.delivery_store.last_taken_ms()) == {"production"}
