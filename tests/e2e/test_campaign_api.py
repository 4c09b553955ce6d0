"""Campaigns through the API: shown, stopped, started by hand and exported. The test runs the worker's steps."""

import csv
import json
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from router.core.access import Role
from router.sandbox.sinks.http import HttpSink
from tests.kit.open_apps import WHY, OpenApp, open_app
from tests.kit.servers import Server
from tests.kit.user_agents import SAFARI

FIRST, SECOND, THIRD = "+12025550101", "+12025550102", "+12025550103"
CAMPAIGN = "/campaigns/main.0.flagged1"


@pytest.fixture
async def app(store: Server, sink: HttpSink, tmp_path: Path) -> AsyncIterator[OpenApp]:
    """Open the application with a channel to the app, a pool of three lines, and three people on the first."""
    settings = {
        "app_webhook_url": f"{sink.origin}/app",
        "app_webhook_secrets": (SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),),
        "app_webhook_private": True,
        "prompts_per_second": 1000,
    }
    async with open_app(store, tmp_path, **settings) as app:
        await app.open_pool(FIRST, SECOND, THIRD)
        for number in range(3):
            await app.add_person(f"u-{number}", FIRST)
        yield app


def prompts(sink: HttpSink) -> list[dict[str, Any]]:
    """Return the prompts that the app got."""
    return [json.loads(arrival.body)["data"] for arrival in sink.app.arrivals]


async def begin(app: OpenApp) -> Any:
    """Flag the first line as the provider would, and let its campaign find its people. The hold-down lasts on."""
    await app.ask("POST", f"/pools/main/lines/{FIRST}/flag", json=WHY)
    for _ in range(2):
        await app.step()
    return await app.ask("GET", CAMPAIGN)


async def finish(app: OpenApp) -> Any:
    """Run a campaign past its hold-down, to its end."""
    await app.ask("POST", f"{CAMPAIGN}/resume", json={"reason": "go on"})
    for _ in range(2):
        await app.step()
    return await app.ask("GET", CAMPAIGN)


async def test_a_campaign_is_shown_from_its_opening_to_its_end(app: OpenApp, sink: HttpSink) -> None:
    """It shows its line, cause, people by state, pace and time left. Every prompt leads to the right page."""
    assert await app.ask("GET", "/campaigns", role=Role.VIEWER) == []
    opened = await begin(app)
    assert (opened["line"], opened["cause"], opened["epoch"], opened["people"]) == (FIRST, "flagged", 1, 3)
    assert (opened["state"], opened["is_planned"], opened["counts"]["waiting"]) == ("holding", True, 3)
    assert opened["pace"] == {"prompts_per_second": 1000.0, "people_per_hour": 60}
    assert 590 <= opened["time_left_s"] <= 601
    (listed,) = await app.ask("GET", "/campaigns", params={"live": "true", "pool": "main"})
    assert listed["id"] == opened["id"]
    done = await finish(app)
    assert {state: people for state, people in done["counts"].items() if people} == {"sent": 3}
    assert (done["state"], done["time_left_s"], done["hold_until"]) == ("done", 0, None)
    assert await app.ask("GET", "/campaigns", params={"live": "true"}) == []
    assert {data["user"] for data in prompts(sink)} == {"u-0", "u-1", "u-2"}
    for data in prompts(sink):
        route = await app.ask("GET", f"/pools/main/users/{data['user']}/route")
        assert (route["line"], route["page_url"]) == (data["new_number"], data["page_url"])


async def test_people_are_listed_in_pages_and_by_state(app: OpenApp) -> None:
    """Each page starts after the last person of the page before. A state filters the list."""
    await begin(app)
    await finish(app)
    people = await app.ask("GET", f"{CAMPAIGN}/people", role=Role.VIEWER)
    assert [person["state"] for person in people] == ["sent"] * 3
    assert {person["target"] for person in people} <= {SECOND, THIRD}
    first = await app.ask("GET", f"{CAMPAIGN}/people", params={"limit": 2})
    rest = await app.ask("GET", f"{CAMPAIGN}/people", params={"after": first[-1]["signup"]})
    assert [*first, *rest] == people
    assert await app.ask("GET", f"{CAMPAIGN}/people", params={"state": "moved"}) == []
    assert len(await app.ask("GET", f"{CAMPAIGN}/people", params={"state": "sent", "limit": 1})) == 1


async def test_people_are_exported_as_a_table(app: OpenApp) -> None:
    """One row a person, with the numbers as stored, under the campaign's name. No row identifies a person."""
    await begin(app)
    await finish(app)
    answer = await app.call("GET", f"{CAMPAIGN}/people.csv", role=Role.VIEWER)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="main.0.flagged1.csv"'
    rows = list(csv.DictReader(StringIO(answer.text)))
    listed = await app.ask("GET", f"{CAMPAIGN}/people")
    assert [(row["signup"], row["state"], row["channel"], row["target"], row["tries"]) for row in rows] == [
        (person["signup"], "sent", "app", person["target"], "1") for person in listed
    ]
    assert "u-1" not in answer.text
    none = await app.call("GET", f"{CAMPAIGN}/people.csv", params={"state": "failed"})
    assert none.text.count("\r\n") == 1


async def test_an_operator_stops_it_and_lets_it_go_on(app: OpenApp, sink: HttpSink) -> None:
    """A paused campaign prompts no one, and a resumed one does. The reason is shown."""
    await begin(app)
    paused = await app.ask("POST", f"{CAMPAIGN}/pause", json={"reason": "wait a little"}, role=Role.OPERATOR)
    assert (paused["state"], paused["why"], paused["time_left_s"]) == ("paused", "wait a little", None)
    await app.step()
    assert sink.app.arrivals == []
    assert (await finish(app))["state"] == "done"
    assert len(sink.app.arrivals) == 3


async def test_a_cancelled_campaign_stays_so(app: OpenApp, sink: HttpSink) -> None:
    """No one is prompted any more, and it cannot be resumed."""
    await begin(app)
    cancelled = await app.ask("POST", f"{CAMPAIGN}/cancel", json=WHY)
    assert (cancelled["state"], cancelled["why"]) == ("cancelled", WHY["reason"])
    await app.step()
    assert sink.app.arrivals == []
    refused = await app.call("POST", f"{CAMPAIGN}/resume", json=WHY)
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")


async def test_a_person_who_wants_no_prompts_gets_none(app: OpenApp, sink: HttpSink) -> None:
    """A choice on their own page counts for the campaign that runs."""
    page_url = (await app.ask("GET", "/pools/main/users/u-1/route"))["page_url"]
    await begin(app)
    assert (await app.http.post(f"{page_url}/quiet", data={"List-Unsubscribe": "One-Click"})).status_code == 200
    await finish(app)
    (skipped,) = await app.ask("GET", f"{CAMPAIGN}/people", params={"state": "skipped"})
    assert (skipped["reason"], skipped["target"], skipped["tries"]) == ("opted_out", None, 0)
    assert {data["user"] for data in prompts(sink)} == {"u-0", "u-2"}


async def test_a_line_that_works_again_ends_it(app: OpenApp, sink: HttpSink) -> None:
    """The campaign says so, and no one was prompted."""
    await begin(app)
    await app.ask("POST", f"/pools/main/lines/{FIRST}/unflag", json=WHY)
    await app.step()
    ended = await app.ask("GET", CAMPAIGN)
    assert (ended["state"], ended["why"]) == ("cancelled", "the line works again")
    assert sink.app.arrivals == []


async def test_a_preview_says_what_would_happen(app: OpenApp, sink: HttpSink) -> None:
    """It shows the people, channels, lines, order and duration. Nothing happens."""
    preview = await app.ask("GET", f"/pools/main/lines/{FIRST}/campaign-preview", role=Role.VIEWER)
    assert (preview["line"], preview["people"], preview["by_channel"]) == (FIRST, 3, {"app": 3})
    assert (preview["skipped"], preview["lines_missing"], preview["time_needed_s"]) == ({}, 0, 1)
    assert {target["number"] for target in preview["targets"]} == {SECOND, THIRD}
    assert sum(target["people"] for target in preview["targets"]) == 3
    assert len(preview["first"]) == 3
    assert await app.ask("GET", "/campaigns") == []
    assert sink.app.arrivals == []


async def test_people_are_moved_off_a_drained_line_by_hand(app: OpenApp, sink: HttpSink) -> None:
    """It is refused while the line accepts people.

    Then its people are asked to text the number that their page shows.
    """
    start = f"/pools/main/lines/{FIRST}/campaign"
    refused = await app.call("POST", start, json=WHY)
    assert (refused.status_code, "Drain it first" in refused.json()["detail"]) == (409, True)
    await app.ask("POST", f"/pools/main/lines/{FIRST}/drain", json=WHY)
    started = await app.call("POST", start, json={"reason": "the contract ends"}, role=Role.OPERATOR)
    assert (started.status_code, started.json()["cause"], started.json()["why"]) == (201, "drain", "the contract ends")
    assert (await app.call("POST", start, json=WHY)).status_code == 409
    for _ in range(3):
        await app.step()
    for data in prompts(sink):
        assert data["new_number"] in {SECOND, THIRD}
        route = await app.ask("GET", f"/pools/main/users/{data['user']}/route")
        assert (route["line"], route["reason"], route["outbound_allowed"]) == (data["new_number"], "moving", False)
        page = await app.http.get(data["page_url"], headers={"User-Agent": SAFARI})
        assert data["new_number"] in page.text
    assert len(sink.app.arrivals) == 3


async def test_without_room_it_is_refused_unless_forced(app: OpenApp) -> None:
    """The refusal and the preview say how many lines are missing."""
    for line in (SECOND, THIRD):
        await app.ask("PATCH", f"/pools/main/lines/{line}", json={"capacity": 1})
    await app.ask("POST", f"/pools/main/lines/{FIRST}/drain", json=WHY | {"force": True})
    refused = await app.call("POST", f"/pools/main/lines/{FIRST}/campaign", json=WHY)
    assert (refused.status_code, "1 more lines are needed" in refused.json()["detail"]) == (409, True)
    preview = await app.ask("GET", f"/pools/main/lines/{FIRST}/campaign-preview")
    assert preview["lines_missing"] == 1
    forced = await app.call("POST", f"/pools/main/lines/{FIRST}/campaign", json=WHY | {"force": True})
    assert forced.status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/campaigns/main.0.flagged9", (404, "not_found")),
        ("GET", "/campaigns/nowhere.0.flagged1", (404, "not_found")),
        ("GET", "/campaigns/nonsense", (422, "invalid_field")),
        ("GET", "/campaigns?pool=nowhere", (404, "not_found")),
        ("GET", "/campaigns/main.0.flagged9/people", (404, "not_found")),
        ("GET", "/campaigns/main.0.flagged9/people.csv", (404, "not_found")),
        ("GET", f"{CAMPAIGN}/people?state=asleep", (422, "invalid_input")),
        ("GET", f"{CAMPAIGN}/people?limit=0", (422, "invalid_input")),
        ("GET", f"{CAMPAIGN}/people?after=x", (422, "invalid_input")),
        ("POST", "/campaigns/main.0.flagged9/pause", (404, "not_found")),
        ("POST", f"{CAMPAIGN}/explode", (422, "invalid_input")),
        ("GET", "/pools/nowhere/lines/+12025550101/campaign-preview", (404, "not_found")),
        ("GET", "/pools/main/lines/+12025550199/campaign-preview", (404, "not_found")),
        ("POST", "/pools/main/lines/+12025550199/campaign", (404, "not_found")),
        ("POST", "/pools/main/lines/0101/campaign", (422, "invalid_number")),
    ],
)
async def test_faults_have_a_status_and_a_code(app: OpenApp, method: str, path: str, expected: tuple[int, str]) -> None:
    """An unknown name is 404, and an unusable value is 422 with its code."""
    answer = await app.call(method, path, json=WHY if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == expected


async def test_a_reason_is_needed(app: OpenApp) -> None:
    """Every stop and start of a campaign has a reason."""
    for path in (f"{CAMPAIGN}/pause", f"/pools/main/lines/{FIRST}/campaign"):
        answer = await app.call("POST", path, json={})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")
