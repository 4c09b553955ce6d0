"""Events for the customer's app: which are sent, what the log says of each, replay and a test, against a real sink."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from router.core.access import Role
from router.core.errors import InvalidField
from router.sandbox.sinks.answers import PlannedAnswer
from router.sandbox.sinks.http import HttpSink, Posted
from tests.kit.deliveries import status, text
from tests.kit.open_apps import WHY, OpenApp, open_app
from tests.kit.servers import Server, eventually_async

FIRST, SECOND = "+12025550101", "+12025550102"
ADA = "+13035550142"
APP_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOG = "/webhooks/deliveries?pool=main"


@pytest.fixture
async def app(store: Server, sink: HttpSink, tmp_path: Path) -> AsyncIterator[OpenApp]:
    """Open the application with every event switched on, and two lines."""
    async with open_app(
        store,
        tmp_path,
        app_webhook_url=f"{sink.origin}/app",
        app_webhook_secrets=(SecretStr(APP_SECRET),),
        app_webhook_private=True,
        app_events=("*",),
        hold_down_minutes=0,
    ) as app:
        await app.open_pool(FIRST, SECOND)
        yield app


async def send(app: OpenApp) -> int:
    """Let the worker send what waits."""
    return await app.gateway.app_news_sender.send_waiting(await app.view())


def body_of(arrival: Posted) -> Any:
    """Return the body as the app reads it, after the specification's own library verified the signature."""
    return Webhook(APP_SECRET).verify(arrival.body, dict(arrival.headers))


def types_of(sink: HttpSink) -> list[str]:
    """Return the types of the events that arrived."""
    return [body_of(arrival)["type"] for arrival in sink.app.arrivals]


def id_of(arrival: Posted) -> str:
    """Return the id under which an event came."""
    return str(arrival.headers["webhook-id"])


async def test_the_app_hears_of_a_signup_once_by_either_way(app: OpenApp, sink: HttpSink) -> None:
    """A text confirms a signup, or the API does; a second text or call causes no event."""
    await app.add_person("ada", FIRST, phone=ADA)
    await app.deliver(text(FIRST, ADA, "hello"))
    signup = await app.ask("POST", "/pools/main/signups", json={"user": "bob", "prefer": SECOND})
    await app.deliver(text(SECOND, "+13035550143", f"Hi! {signup['code']}"))
    assert await send(app) == 2
    data = [body_of(arrival)["data"] for arrival in sink.app.arrivals]
    assert types_of(sink) == ["signup.confirmed"] * 2
    assert [(one["user"], one["line"]) for one in data] == [("ada", FIRST), ("bob", SECOND)]
    assert data[0]["phone"] == ADA


async def test_the_app_hears_of_a_line_and_its_campaign(app: OpenApp, sink: HttpSink) -> None:
    """A flag, by the provider or an operator, the recovery, and each state of a campaign. None names a person."""
    await app.deliver(status(FIRST, "FLAGGED"))
    await app.deliver(status(FIRST, "ACTIVE"))
    await app.ask("POST", f"/pools/main/lines/{SECOND}/flag", json=WHY)
    await app.ask("POST", f"/pools/main/lines/{SECOND}/unflag", json=WHY)
    await app.ask("POST", f"/pools/main/lines/{FIRST}/drain", json=WHY)
    campaign = (await app.ask("POST", f"/pools/main/lines/{FIRST}/campaign", json=WHY))["id"]
    for action in ("pause", "resume", "cancel"):
        await app.ask("POST", f"/campaigns/{campaign}/{action}", json=WHY)
    await send(app)
    of_lines = [one for one in map(body_of, sink.app.arrivals) if one["type"].startswith("line.")]
    assert [(one["type"], one["data"]["line"]) for one in of_lines] == [
        *(("line.flagged", FIRST), ("line.recovered", FIRST)),
        *(("line.flagged", SECOND), ("line.recovered", SECOND)),
    ]
    of_it = [one for one in map(body_of, sink.app.arrivals) if one["data"].get("campaign") == campaign]
    assert [one["type"].removeprefix("campaign.") for one in of_it] == ["opened", "paused", "running", "cancelled"]
    assert {(one["data"]["line"], one["data"]["cause"]) for one in of_it} == {(FIRST, "drain")}
    assert len({id_of(arrival) for arrival in sink.app.arrivals}) == len(sink.app.arrivals)


@pytest.mark.parametrize(
    ("events", "sent"),
    [
        (("person.*",), ["person.moved"]),
        (("user.moved", "line.flagged"), ["user.moved"]),
        (("signup.*", "person.moved", "user.moved"), ["signup.confirmed", "person.moved"]),
        ((), []),
    ],
)
async def test_each_event_is_switched_on_by_name(
    store: Server, sink: HttpSink, tmp_path: Path, events: tuple[str, ...], sent: list[str]
) -> None:
    """What is switched off is neither sent nor logged. One move is one event, whatever its name."""
    async with open_app(
        store,
        tmp_path,
        app_webhook_url=f"{sink.origin}/app",
        app_webhook_secrets=(SecretStr(APP_SECRET),),
        app_webhook_private=True,
        app_events=events,
    ) as app:
        await app.open_pool(FIRST, SECOND)
        await app.add_person("ada", FIRST, phone=ADA)
        await app.deliver(text(SECOND, ADA, "hello"))
        assert await send(app) == len(sent)
        assert types_of(sink) == sent
        assert [row["type"] for row in await app.ask("GET", LOG)] == sent[::-1]
        assert await app.ask("GET", f"{LOG}&state=waiting") == []


async def test_an_event_that_does_not_exist_cannot_be_switched_on(store: Server, tmp_path: Path) -> None:
    """The refusal names the choice."""
    with pytest.raises(
        InvalidField, match=r"SWITCHYARD_APP_EVENTS: 'line\.flaged' is no event; choose from person\.moved"
    ):
        async with open_app(store, tmp_path, app_events=("line.flaged",)):
            pass


async def test_the_log_says_how_each_event_fared(app: OpenApp, sink: HttpSink) -> None:
    """What waits shows its tries and the reason; what is settled stays, without personal data."""
    sink.app.plans.add(PlannedAnswer(status=503))
    await app.add_person("ada", FIRST, phone=ADA, email="ada@example.com")
    assert await send(app) == 0
    (waiting,) = await app.ask("GET", f"{LOG}&state=waiting")
    assert (waiting["type"], waiting["tries"], waiting["reason"]) == ("signup.confirmed", 1, "the app answered 503")
    assert await app.ask("GET", LOG) == []

    async def is_settled() -> bool:
        await send(app)
        return bool(await app.ask("GET", LOG))

    await eventually_async("the second try", is_settled)
    (settled,) = await app.ask("GET", LOG, role=Role.VIEWER)
    assert (settled["state"], settled["tries"], settled["event"]) == ("delivered", 2, waiting["event"])
    assert await app.ask("GET", f"{LOG}&state=waiting") == []
    assert {id_of(arrival) for arrival in sink.app.arrivals} == {settled["event"]}
    assert ADA not in str(settled)
    sink.app.plans.add(PlannedAnswer(status=410))
    await app.deliver(status(FIRST, "FLAGGED"))
    await send(app)
    (refused,) = await app.ask("GET", f"{LOG}&state=refused")
    assert (refused["type"], refused["reason"]) == ("line.flagged", "the app answered 410")
    assert [row["type"] for row in await app.ask("GET", f"{LOG}&type=signup.confirmed")] == ["signup.confirmed"]
    newest, oldest = await app.ask("GET", LOG)
    assert await app.ask("GET", f"{LOG}&before={newest['id']}") == [oldest]
    assert await app.ask("GET", f"{LOG}&limit=1") == [newest]
    first, last = "0-0", f"{'9' * 20}-{'9' * 20}"
    assert await app.ask("GET", f"{LOG}&before={first}") == []
    assert await app.ask("GET", f"{LOG}&before={last}") == [newest, oldest]
    assert await app.ask("GET", f"{LOG}&before={last}&state=waiting") == []


async def test_an_event_that_the_app_cannot_read_holds_up_no_other(app: OpenApp, sink: HttpSink) -> None:
    """After five tries the newer events go first; the tries are counted in the store, so a new process goes on."""
    await app.deliver(status(FIRST, "FLAGGED"))
    (row,) = await app.ask("GET", f"{LOG}&state=waiting")
    await app.gateway.client.hset(
        (await app.view()).keys.news_tries, row["id"], b'{"count":5,"last_ms":1,"next_ms":0,"reason":"r"}'
    )
    await app.deliver(status(FIRST, "ACTIVE"))
    sink.app.plans.add(PlannedAnswer(status=200))
    sink.app.plans.add(PlannedAnswer(status=500))
    assert await send(app) == 1
    assert types_of(sink) == ["line.recovered", "line.flagged"]
    (row,) = await app.ask("GET", f"{LOG}&state=waiting")
    assert (row["type"], row["tries"]) == ("line.flagged", 6)


async def test_an_event_is_replayed_under_its_own_id(app: OpenApp, sink: HttpSink) -> None:
    """By its id, or with all of a time; what waits already is not queued twice."""
    before = datetime.now(UTC) - timedelta(minutes=1)
    await app.deliver(status(FIRST, "FLAGGED"))
    await app.deliver(status(FIRST, "ACTIVE"))
    assert await send(app) == 2
    first, second = (id_of(arrival) for arrival in sink.app.arrivals)
    assert await app.ask("POST", "/webhooks/replay", json={"pool": "main", "event": first}) == {"queued": 1}
    assert await app.ask("POST", "/webhooks/replay", json={"pool": "main", "event": first}) == {"queued": 0}
    whole = {"pool": "main", "since": before.isoformat()}
    assert await app.ask("POST", "/webhooks/replay", json=whole) == {"queued": 1}
    assert await send(app) == 2
    assert [id_of(arrival) for arrival in sink.app.arrivals] == [first, second, first, second]
    first_body, _, again_body, _ = map(body_of, sink.app.arrivals)
    assert first_body["data"] == again_body["data"]
    empty = whole | {"until": before.isoformat()}
    assert await app.ask("POST", "/webhooks/replay", json=empty) == {"queued": 0}


async def test_a_replay_that_names_nothing_is_refused(app: OpenApp) -> None:
    """Each refusal says what to name; a viewer may not send again."""
    now = datetime.now(UTC).isoformat()
    good: dict[str, object] = {"pool": "main", "since": now}
    assert (await app.call("POST", "/webhooks/replay", json=good)).status_code == 200
    assert (await app.call("POST", "/webhooks/replay", json=good, role=Role.VIEWER)).status_code == 403
    for body, expected in (
        ({"pool": "main"}, 422),
        (good | {"event": "sy_0123456789abcdef"}, 422),
        ({"pool": "main", "event": "sy_0123456789abcdef"}, 404),
        ({"pool": "main", "event": "; drop"}, 422),
        (good | {"until": "2020-01-01T00:00:00Z"}, 422),
        (good | {"since": "2020-01-01T00:00:00"}, 422),
        (good | {"pool": "nowhere"}, 404),
        (good | {"evnt": "x"}, 422),
    ):
        answer = await app.call("POST", "/webhooks/replay", json=body)
        assert answer.status_code == expected, (body, answer.text)
    for query in ("state=lost", "type=x", "limit=0", "limit=501", "before=x"):
        assert (await app.call("GET", f"{LOG}&{query}")).status_code == 422, query
    assert (await app.call("GET", "/webhooks/deliveries?pool=nowhere")).status_code == 404


async def test_a_test_event_shows_what_the_app_answers(app: OpenApp, sink: HttpSink) -> None:
    """It is sent at once, signed as all are, and logged; it is never replayed."""
    answer = await app.ask("POST", "/webhooks/test", json={"pool": "main"})
    assert (answer["delivered"], answer["reason"]) == (True, "")
    (arrival,) = sink.app.arrivals
    assert (body_of(arrival)["type"], id_of(arrival)) == ("webhook.test", answer["event"])
    sink.app.plans.add(PlannedAnswer(status=404))
    answer = await app.ask("POST", "/webhooks/test", json={"pool": "main"})
    assert (answer["delivered"], answer["reason"]) == (False, "the app answered 404")
    assert [row["state"] for row in await app.ask("GET", LOG)] == ["refused", "delivered"]
    long_ago = {"pool": "main", "since": "2020-01-01T00:00:00Z"}
    assert await app.ask("POST", "/webhooks/replay", json=long_ago) == {"queued": 0}


async def test_without_an_app_there_is_nothing_to_send(store: Server, tmp_path: Path) -> None:
    """The refusal names the settings."""
    async with open_app(store, tmp_path) as app:
        await app.open_pool(FIRST)
        for path, body in (("test", {}), ("replay", {"since": "2020-01-01T00:00:00Z"})):
            answer = await app.call("POST", f"/webhooks/{path}", json={"pool": "main"} | body)
            assert (answer.status_code, answer.json()["code"]) == (409, "refused")
            assert "SWITCHYARD_APP_WEBHOOK_URL" in answer.json()["detail"]
