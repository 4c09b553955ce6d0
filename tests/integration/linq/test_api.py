"""Linq's API through its SDK, against the sandbox, and against servers that give answers Linq should not give."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from router.core.errors import ProviderError, ProviderRefused, ProviderUnavailable
from router.core.line import Reputation, Service
from router.core.lines.line_card import LineCard
from router.core.lines.reputation_audit import AuditState
from router.core.phone import E164
from router.providers.linq.api import LinqApi
from router.providers.linq.event_types import WANTED
from tests.kit.linq_accounts import NUMBERS, start_over
from tests.kit.sandboxes import RunningSandbox
from tests.kit.scripted_servers import never_answer, scripted_server
from tests.kit.servers import eventually_async, free_port

HASTE = timedelta(milliseconds=200)
HOOK = "https://go.example.com/webhooks/linq?version=2026-02-03"


@pytest.fixture
def sandbox(linq_sandbox: RunningSandbox) -> RunningSandbox:
    """Use the sandbox of all tests, with four lines."""
    start_over(linq_sandbox, NUMBERS)
    return linq_sandbox


@pytest.fixture
async def linq(sandbox: RunningSandbox) -> AsyncIterator[LinqApi]:
    """Connect as the gateway does."""
    async with LinqApi(sandbox.api_key, sandbox.base_url) as api:
        yield api


def plan(sandbox: RunningSandbox, path: str, **fault: Any) -> None:
    """Plan a fault for the next call of a path."""
    sandbox.control("POST", "/faults", {"path": path, **fault})


def calls_left(sandbox: RunningSandbox) -> int:
    """Return how many planned faults are left."""
    return sum(fault["times"] for fault in sandbox.control("GET", "/faults")["faults"])


async def test_lines_are_listed(sandbox: RunningSandbox, linq: LinqApi) -> None:
    """The list shows number, kind and reputation, but not a flag."""
    rcs = sandbox.control("POST", "/lines", {"kind": "RCS"})["line"]["number"]
    sandbox.set_line(rcs, status="FLAGGED", reputation="AT_RISK")
    inventory = await linq.lines()
    assert inventory.is_complete
    assert {line.number for line in inventory.lines} == set(sandbox.lines)
    (listed,) = [line for line in inventory.lines if line.number == rcs]
    assert (listed.service, listed.reputation, listed.is_flagged) == (Service.RCS, Reputation.AT_RISK, False)
    assert inventory.provider_time_ms is not None


async def test_a_subscription_from_first_to_last(linq: LinqApi) -> None:
    """Made with a secret that is shown once, then fixed, listed and ended."""
    offered = await linq.event_types()
    assert offered >= set(WANTED)
    made, secret = await linq.create_subscription(HOOK, ["message.received"])
    assert secret.startswith("whsec_")
    assert (made.target_url, made.events, made.is_active) == (HOOK, frozenset({"message.received"}), True)
    fixed = await linq.update_subscription(made.id, HOOK + "&x=1", WANTED)
    assert (fixed.id, fixed.target_url, fixed.events) == (made.id, HOOK + "&x=1", frozenset(WANTED))
    assert await linq.subscriptions() == (fixed,)
    await linq.delete_subscription(made.id)
    assert await linq.subscriptions() == ()


async def test_a_card_from_first_to_last(sandbox: RunningSandbox, linq: LinqApi) -> None:
    """Made once, then changed. Without an image it keeps the one it has."""
    number = E164(sandbox.lines[0])
    made = await linq.create_card(number, "Acme", "https://go.example.com/logo.jpg")
    assert (made.number, made.name, made.is_active) == (number, "Acme", True)
    with pytest.raises(ProviderRefused, match="has a contact card already") as caught:
        await linq.create_card(number, "Acme", None)
    assert (caught.value.http_status, caught.value.provider_code) == (409, 2014)
    changed = await linq.change_card(number, "Acme AI", None)
    assert (changed.name, changed.image_url) == ("Acme AI", made.image_url)
    assert await linq.cards() == {number: LineCard(number=number, first_name="Acme AI", image_url=made.image_url)}


async def test_an_audit_reports_a_flag(sandbox: RunningSandbox, linq: LinqApi) -> None:
    """No other call reports it."""
    number = E164(sandbox.lines[1])
    sandbox.set_line(number, status="FLAGGED")
    started = await linq.start_audit(number)

    async def is_done() -> bool:
        return (await linq.audit(number, started.id)).state is AuditState.COMPLETE

    await eventually_async("a report", is_done)
    assert (await linq.audit(number, started.id)).says_flagged
    with pytest.raises(ProviderRefused) as caught:
        await linq.start_audit(number)
    assert caught.value.retry_after_s
    assert "asks to wait" in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ({"status": 401, "code": 2004, "message": "Unauthorized"}, ProviderRefused, "API key is not valid"),
        ({"status": 403, "code": 2027, "message": "ineligible"}, ProviderRefused, "switchyard linq audit"),
        ({"status": 403, "code": 2006, "message": "denied"}, ProviderRefused, "switchyard linq sync"),
        ({"status": 409, "code": 2015, "message": "conflict"}, ProviderRefused, "no line of the account"),
        ({"status": 429, "code": 1015, "message": "slow", "retry_after_s": 7}, ProviderRefused, "asks to wait 7 s"),
        ({"status": 503, "code": 4004, "message": "throttled"}, ProviderUnavailable, "throttled upstream"),
        ({"status": 500, "code": 3006, "message": "oh no"}, ProviderUnavailable, "Try again in a minute"),
    ],
)
async def test_a_refusal_is_reported_with_its_fix(
    sandbox: RunningSandbox, linq: LinqApi, fault: dict[str, Any], kind: type[ProviderError], words: str
) -> None:
    """With status, code and the trace that Linq's support asks for. The call is made once."""
    plan(sandbox, "/v3/phone_numbers", **fault, times=2)
    with pytest.raises(kind, match=words) as caught:
        await linq.lines()
    error = caught.value
    assert (error.http_status, error.provider_code) == (fault["status"], fault["code"])
    assert error.retry_after_s == fault.get("retry_after_s")
    assert str(error.trace_id) in str(error)
    assert calls_left(sandbox) == 1


async def test_a_refusal_hides_the_number_it_names(sandbox: RunningSandbox, linq: LinqApi) -> None:
    """Linq's own words are repeated without the number."""
    plan(sandbox, "/v3/phone_numbers", status=403, code=2006, message="+12025559876 is not yours")
    with pytest.raises(ProviderRefused) as caught:
        await linq.lines()
    assert "•••9876 is not yours" in str(caught.value)
    assert "+1202" not in str(caught.value)


async def test_a_slow_answer_is_not_waited_for(sandbox: RunningSandbox, linq: LinqApi) -> None:
    """Our timeout counts, not the SDK's minute."""
    plan(sandbox, "/v3/phone_numbers", delay_ms=3000)
    async with LinqApi(sandbox.api_key, sandbox.base_url, timeout=HASTE) as hasty:
        with pytest.raises(ProviderUnavailable, match="did not answer within"):
            await asyncio.wait_for(hasty.lines(), timeout=2)


async def test_an_address_without_a_server_is_reported() -> None:
    """With the place to check."""
    async with LinqApi("key", f"http://127.0.0.1:{free_port()}") as api:
        with pytest.raises(ProviderUnavailable, match="SWITCHYARD_LINQ_BASE_URL"):
            await api.lines()


async def test_a_server_that_hangs_up_is_unavailable() -> None:
    """We do not know whether the call arrived."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with scripted_server(hang_up) as port, LinqApi("key", f"http://127.0.0.1:{port}") as api:
        with pytest.raises(ProviderUnavailable) as caught:
            await api.lines()
    assert caught.value.http_status is None


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        ("200 OK", b"<html>Sign in</html>", None),
        ("200 OK", b'{"lines": []}', None),
        ("200 OK", b"[" * 100_000, None),
        ("403 Forbidden", b'{"code": 2027, "message": "flat"}', 2027),
        ("403 Forbidden", b'{"error": {"code": "2027"}}', 2027),
        ("403 Forbidden", b'{"error": "no"}', None),
        ("502 Bad Gateway", b"<html>", None),
        ("418 I'm a teapot", b"", None),
    ],
)
async def test_an_answer_linq_should_not_give_is_an_error_of_ours(status: str, body: bytes, code: int | None) -> None:
    """A proxy's page, an envelope of another release, an empty answer: each is reported, and none escapes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()

    async with scripted_server(answer) as port, LinqApi("key", f"http://127.0.0.1:{port}") as api:
        with pytest.raises(ProviderError) as caught:
            await api.lines()
    assert caught.value.http_status == int(status[:3])
    assert caught.value.provider_code == code


async def test_the_environment_does_not_lead_the_sdk_elsewhere(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that the SDK reads for itself do not change the server we call."""
    monkeypatch.setenv("LINQ_API_V3_BASE_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("LINQ_API_V3_API_KEY", "other")
    async with LinqApi(sandbox.api_key, sandbox.base_url) as api:
        assert (await api.lines()).lines


async def test_a_hung_server_is_given_up() -> None:
    """It accepts the connection and never answers."""
    async with scripted_server(never_answer) as port, LinqApi("key", f"http://127.0.0.1:{port}", timeout=HASTE) as api:
        with pytest.raises(ProviderUnavailable):
            await asyncio.wait_for(api.lines(), timeout=2)
