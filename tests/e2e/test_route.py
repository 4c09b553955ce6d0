"""The route of a person: the line to use now, and whether to write. It changes with the provider's events."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.core.access import Role
from tests.kit.deliveries import ProviderEvent, make_event, status, text
from tests.kit.open_apps import BASE_URL, WHY, OpenApp, open_app
from tests.kit.servers import Server

FIRST, SECOND, THIRD = "+12025550101", "+12025550102", "+12025550103"
ADA = "+13035550142"
ROUTE = "/pools/main/users/ada/route"


@pytest.fixture
async def app(store: Server, tmp_path: Path) -> AsyncIterator[OpenApp]:
    """Open the application, with Ada on the first of three lines."""
    async with open_app(store, tmp_path) as app:
        await app.open_pool(FIRST, SECOND, THIRD)
        await app.add_person("ada", FIRST, phone=ADA)
        yield app


def texted(words: str, *, at_s: float | None = None) -> ProviderEvent:
    """Let Ada send her line this text."""
    message = json.loads(text(FIRST, ADA, words, at_s=at_s).body)["data"]
    return make_event("message.received", message | {"parts": message["parts"][:1]})


async def test_a_person_on_a_working_line_may_be_written_to(app: OpenApp) -> None:
    """The line is theirs, and the page is the one of their signup."""
    route = await app.ask("GET", ROUTE, role=Role.VIEWER)
    assert (route["line"], route["home_line"], route["state"]) == (FIRST, FIRST, "confirmed")
    assert (route["outbound_allowed"], route["reason"], route["texted_wrong_line"]) == (True, "ok", None)
    signup = await app.ask("GET", f"/pools/main/signups/{route['signup']}")
    assert route["page_url"] == signup["page_url"]
    assert route["page_url"].startswith(f"{BASE_URL}/t/")


async def test_it_flips_with_the_flag_and_back(app: OpenApp) -> None:
    """After a FLAGGED event the first answer says no, and after ACTIVE the first answer says yes."""
    await app.deliver(status(FIRST, "FLAGGED"))
    flagged = await app.ask("GET", ROUTE)
    assert (flagged["outbound_allowed"], flagged["reason"]) == (False, "flagged")
    assert flagged["line"] in {SECOND, THIRD}
    assert (flagged["home_line"], flagged["since"] is not None) == (FIRST, True)
    await app.deliver(status(FIRST, "ACTIVE"))
    back = await app.ask("GET", ROUTE)
    assert (back["line"], back["outbound_allowed"], back["reason"]) == (FIRST, True, "ok")


async def test_a_critical_line_keeps_its_people_and_pauses(app: OpenApp) -> None:
    """The line stays theirs, and no message should be sent from it."""
    await app.deliver(status(FIRST, "ACTIVE", reputation="CRITICAL"))
    route = await app.ask("GET", ROUTE)
    assert (route["line"], route["outbound_allowed"], route["reason"]) == (FIRST, False, "critical")


async def test_a_person_who_said_stop_is_not_written_to(app: OpenApp) -> None:
    """This holds for the provider's STOP and for their own words. Only asking for messages again undoes it."""
    texts = (
        ("STOP", "opted_out"),
        ("please stop texting me", "suppressed"),
        ("I mean it, you creeps", "suppressed"),
        ("Thank you", "suppressed"),
        ("Start", "ok"),
        ("STOP", "opted_out"),
        ("hello again", "suppressed"),
        ("UNSTOP", "ok"),
    )
    for at_s, (words, reason) in enumerate(texts, int(time.time())):
        await app.deliver(texted(words, at_s=at_s))
        route = await app.ask("GET", ROUTE)
        assert (words, route["reason"], route["outbound_allowed"]) == (words, reason, reason == "ok")


async def test_an_operator_can_take_an_opt_out_back(app: OpenApp) -> None:
    """A person who says by other means that they want messages again gets them; nobody else changes."""
    await app.deliver(texted("please take me off your list", at_s=int(time.time())))
    route = await app.ask("GET", ROUTE)
    assert (route["reason"], route["since"] is not None) == ("suppressed", True)
    answer = await app.ask("POST", f"/pools/main/signups/{route['signup']}/allow")
    assert answer["id"] == route["signup"]
    assert (await app.ask("GET", ROUTE))["reason"] == "ok"
    assert (await app.call("POST", "/pools/main/signups/222222/allow")).status_code == 404


async def test_a_person_is_not_written_to_before_they_text(app: OpenApp) -> None:
    """They have a line, but a message from it would be unsolicited."""
    await app.ask("POST", "/pools/main/signups", json={"user": "bob", "prefer": SECOND})
    route = await app.ask("GET", "/pools/main/users/bob/route")
    assert (route["line"], route["state"], route["reason"]) == (SECOND, "reserved", "not_texted")
    assert route["outbound_allowed"] is False


async def test_with_all_lines_closed_there_is_no_line(app: OpenApp) -> None:
    """The line is null, and the page still answers."""
    for line in (FIRST, SECOND, THIRD):
        await app.ask("POST", f"/pools/main/lines/{line}/flag", json=WHY)
    route = await app.ask("GET", ROUTE)
    assert (route["line"], route["reason"], route["outbound_allowed"]) == (None, "no_line", False)
    assert (await app.http.get(route["page_url"])).status_code == 202


async def test_a_person_who_moved_is_on_their_new_line(app: OpenApp) -> None:
    """A text to another line makes it theirs at once."""
    await app.deliver(status(FIRST, "FLAGGED"))
    await app.deliver(text(SECOND, ADA, "so this is you"))
    route = await app.ask("GET", ROUTE)
    assert (route["line"], route["home_line"], route["reason"]) == (SECOND, SECOND, "ok")


async def test_a_text_to_a_closed_line_is_shown(app: OpenApp) -> None:
    """It shows which number they texted, and when. The right number is `line`."""
    await app.deliver(status(FIRST, "FLAGGED"))
    await app.deliver(text(FIRST, ADA, "anybody there?"))
    route = await app.ask("GET", ROUTE)
    assert route["texted_wrong_line"]["number"] == FIRST
    assert route["line"] in {SECOND, THIRD}


@pytest.mark.parametrize("path", ["/pools/main/users/nobody/route", "/pools/nowhere/users/ada/route"])
async def test_an_unknown_person_is_404(app: OpenApp, path: str) -> None:
    """The pool, or the person's id in it, is unknown."""
    answer = await app.call("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_erased_person_has_no_route(app: OpenApp) -> None:
    """They are as unknown as a person who never came, and the answer names no one."""
    await app.call("DELETE", "/pools/main/users/ada")
    answer = await app.call("GET", ROUTE)
    assert answer.status_code == 404
    assert "ada" not in json.dumps(answer.json())
