"""The API of the whole application, including the front door, on a real store."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import ASGITransport, AsyncClient, Response
from PIL import Image
from pydantic import SecretStr

from router.asgi import make_front_door
from router.assets import load_static, static_dir
from router.core.access import Role
from router.core.act import BY_SHELL
from router.settings.settings import Settings
from router.web.api.app import create_litestar
from router.web.rendering.page_templates import PageTemplates
from router.wiring.open import open_gateway
from tests.kit.servers import Server, start_valkey
from tests.kit.user_agents import SAFARI

BASE_URL = "http://127.0.0.1:8000"
API = "/api/v1"
FIRST, SECOND, THIRD = "+12025550101", "+12025550102", "+12025550103"
WHY = {"reason": "carrier maintenance"}

# Which role may call which operation. An operation that is missing here fails the test below.
NEEDED = {
    "get_metrics": Role.VIEWER,
    "list_keys": Role.ADMIN,
    "create_key": Role.ADMIN,
    "revoke_key": Role.ADMIN,
    "list_pools": Role.VIEWER,
    "get_pool": Role.VIEWER,
    "create_pool": Role.ADMIN,
    "delete_pool": Role.ADMIN,
    "change_pool": Role.ADMIN,
    "get_photo": Role.VIEWER,
    "put_photo": Role.ADMIN,
    "remove_photo": Role.ADMIN,
    "list_lines": Role.VIEWER,
    "list_words": Role.VIEWER,
    "get_line": Role.VIEWER,
    "explain": Role.VIEWER,
    "get_capacity": Role.VIEWER,
    "get_funnel": Role.VIEWER,
    "get_what_if": Role.VIEWER,
    "ask_what_if": Role.VIEWER,
    "get_route": Role.VIEWER,
    "list_events": Role.VIEWER,
    "list_campaigns": Role.VIEWER,
    "get_campaign": Role.VIEWER,
    "list_campaign_people": Role.VIEWER,
    "export_campaign_people": Role.VIEWER,
    "change_campaign": Role.OPERATOR,
    "preview_campaign": Role.VIEWER,
    "start_campaign": Role.OPERATOR,
    "try_signups": Role.VIEWER,
    "add_line": Role.OPERATOR,
    "import_lines": Role.OPERATOR,
    "change_line": Role.OPERATOR,
    "remove_line": Role.OPERATOR,
    "change_line_state": Role.OPERATOR,
    "sign_up": Role.OPERATOR,
    "get_signup": Role.VIEWER,
    "confirm_signup": Role.OPERATOR,
    "allow_messages": Role.OPERATOR,
    "forget_signup": Role.OPERATOR,
    "forget_user": Role.OPERATOR,
    "list_webhook_deliveries": Role.VIEWER,
    "replay_webhooks": Role.OPERATOR,
    "test_webhook": Role.OPERATOR,
}


class Api:
    """Calls the API as one role at a time."""

    def __init__(self, http: AsyncClient, keys: dict[Role, str]) -> None:
        self.http = http
        self.keys = keys

    async def call(self, method: str, path: str, *, role: Role | None = Role.ADMIN, **more: Any) -> Response:
        """Call a path below /api/v1. None sends no key."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.keys[role]}"}
        return await self.http.request(method, API + path, headers=headers | more.pop("headers", {}), **more)


@pytest.fixture
async def api(store: Server, tmp_path: Path) -> AsyncIterator[Api]:
    """Open the application on an empty store."""
    with store.admin() as admin:
        admin.flushall()
    async with opened(store, tmp_path) as api:
        yield api


@asynccontextmanager
async def opened(store: Server, directory: Path) -> AsyncIterator[Api]:
    """Open the application with a key of each role."""
    settings = Settings(
        redis_url=SecretStr(store.url), data_dir=directory / "data", base_url=BASE_URL, store_timeout_ms=5000
    )
    async with open_gateway(settings) as gateway:
        keys = {role: (await gateway.access.create(role, role.word, by=BY_SHELL))[1] for role in Role}
        door = make_front_door(gateway, PageTemplates(load_static(static_dir())), create_litestar(gateway))
        async with AsyncClient(transport=ASGITransport(door), base_url=BASE_URL) as http:
            yield Api(http, keys)


@pytest.fixture
async def pool(api: Api) -> str:
    """Make a pool of two warm lines, and return its path."""
    assert (await api.call("POST", "/pools", json={"id": "main", "name": "Acme"})).status_code == 201
    for number in (FIRST, SECOND):
        body = {"number": number, "warm": True}
        assert (await api.call("POST", "/pools/main/lines", json=body)).status_code == 201
    return "/pools/main"


def code_of(response: Response) -> tuple[int, str]:
    """Return status and code of a problem, which must be problem+json."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    return response.status_code, response.json()["code"]


def fields_of(response: Response) -> dict[str, str]:
    """Return the faults of a refused body, by field."""
    assert code_of(response) == (422, "invalid_input")
    return {fault["field"]: fault["detail"] for fault in response.json()["errors"]}


@pytest.mark.parametrize("role", [None, *Role])
async def test_each_role_may_call_its_operations(api: Api, role: Role | None) -> None:
    """Every guarded operation in the document requires a key, with a role that is strong enough."""
    document = (await api.http.get("/schema/openapi.json")).json()
    guarded = {
        operation["operationId"]: (method, path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters" and operation.get("security")
    }
    assert guarded.keys() == NEEDED.keys()
    for name, (method, path) in guarded.items():
        filled = path.replace("{action}", "drain").replace("{", "").replace("}", "")
        headers = {} if role is None else {"Authorization": f"Bearer {api.keys[role]}"}
        response = await api.http.request(method, filled, headers=headers)
        expected = 401 if role is None else 403 if role < NEEDED[name] else None
        refused = response.status_code if response.status_code in {401, 403} else None
        assert (name, refused) == (name, expected)


async def test_a_refusal_says_which_role_is_missing(api: Api) -> None:
    """Without a key there is a challenge. With too weak a key, the answer names the required role."""
    without_key = await api.call("GET", "/keys", role=None)
    assert code_of(without_key) == (401, "unauthorized")
    assert without_key.headers["www-authenticate"].startswith("Bearer")
    viewer = await api.call("GET", "/keys", role=Role.VIEWER)
    assert code_of(viewer) == (403, "forbidden")
    assert "admin" in viewer.json()["detail"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer sy_x_y", "Basic c3k6c3k=", "bearer  ", "sy_x_y", "Bearer é"])
async def test_a_wrong_key_opens_nothing(api: Api, header: str) -> None:
    """Any wrong header gets 401."""
    response = await api.http.get(f"{API}/pools", headers={b"Authorization": header.encode("latin-1")})
    assert code_of(response) == (401, "unauthorized")


async def test_keys_are_shown_once_and_can_be_revoked(api: Api) -> None:
    """A new key works at once, is listed without its secret, and opens nothing after it was revoked."""
    made = (await api.call("POST", "/keys", json={"role": "viewer", "label": "dashboard"})).json()
    mine = {"Authorization": f"Bearer {made['key']}"}
    assert (await api.http.get(f"{API}/pools", headers=mine)).status_code == 200
    assert made["key"].rpartition("_")[2] not in (await api.call("GET", "/keys")).text
    assert (await api.call("DELETE", f"/keys/{made['about']['id']}")).json() == made["about"]
    assert (await api.http.get(f"{API}/pools", headers=mine)).status_code == 401
    assert code_of(await api.call("DELETE", f"/keys/{made['about']['id']}")) == (404, "not_found")


async def test_the_last_admin_key_stays(api: Api) -> None:
    """No one can lock themselves out."""
    admin = next(key for key in (await api.call("GET", "/keys")).json() if key["role"] == "admin")
    assert code_of(await api.call("DELETE", f"/keys/{admin['id']}")) == (409, "refused")


async def test_a_pool_needs_only_an_id(api: Api) -> None:
    """Every default works, and a read returns the pool that was made."""
    made = await api.call("POST", "/pools", json={"id": "main"})
    assert made.status_code == 201
    assert (made.json()["over_provisioning"], made.json()["backups"]) == (0.15, 2)
    assert (await api.call("GET", "/pools/main", role=Role.VIEWER)).json() == made.json()
    assert (await api.call("GET", "/pools", role=Role.VIEWER)).json() == [made.json()]


async def test_a_pool_is_made_once(api: Api, pool: str) -> None:
    """A second pool of the same id is a conflict."""
    assert code_of(await api.call("POST", "/pools", json={"id": "main"})) == (409, "conflict")


async def test_a_change_leaves_all_other_fields(api: Api, pool: str) -> None:
    """PATCH changes the named fields. null removes a limit, and has no effect on other fields."""
    changed = (await api.call("PATCH", pool, json={"new_people_per_day": 50, "text": "Hi Acme! {code}"})).json()
    assert (changed["new_people_per_day"], changed["name"]) == (50, "Acme")
    assert (await api.call("PATCH", pool, json={"new_people_per_day": None})).json()["new_people_per_day"] is None
    assert "name" in fields_of(await api.call("PATCH", pool, json={"name": None}))


async def test_a_pool_has_hours_for_prompts(api: Api, pool: str) -> None:
    """They are written as on a clock. An invalid time or zone names its field."""
    fresh = (await api.call("GET", pool)).json()
    assert (fresh["prompts_from"], fresh["prompts_until"], fresh["time_zone"]) == ("09:00", "20:00", "UTC")
    wanted = {"prompts_from": "22:30", "prompts_until": "06:00", "time_zone": "Asia/Kathmandu"}
    changed = (await api.call("PATCH", pool, json=wanted)).json()
    assert {name: changed[name] for name in wanted} == wanted
    for wrong in ("25:00", "9:00", 9, ""):
        assert "such as 09:00" in fields_of(await api.call("PATCH", pool, json={"prompts_from": wrong}))["prompts_from"]
    assert code_of(await api.call("PATCH", pool, json={"time_zone": "Mars/Olympus"})) == (422, "invalid_field")


async def test_a_stale_revision_is_a_conflict(api: Api, pool: str) -> None:
    """A caller that names its revision never overwrites a change it has not seen."""
    revision = (await api.call("GET", pool)).json()["revision"]
    assert (await api.call("PATCH", pool, json={"name": "Beta", "revision": revision})).status_code == 200
    assert code_of(await api.call("PATCH", pool, json={"name": "Gamma", "revision": revision})) == (409, "conflict")


async def test_every_fault_of_a_pool_is_reported_at_once(api: Api) -> None:
    """Unknown fields, numbers out of range and text for numbers are refused together, and nothing is written."""
    body = {"id": "Main!", "over_provisioning": 1.5, "backups": "2", "colour": "blue", "color": "#ffffff"}
    assert fields_of(await api.call("POST", "/pools", json=body)).keys() == body.keys()
    assert (await api.call("GET", "/pools")).json() == []


async def test_a_text_that_phones_damage_is_refused_where_it_breaks(api: Api, pool: str) -> None:
    """The answer names the character, and what to write instead."""
    response = await api.call("PATCH", pool, json={"text": "50% off {code}"})
    assert code_of(response) == (422, "invalid_text")
    assert response.json()["position"] == 2


async def test_the_photo_is_shrunk_and_stripped(api: Api, pool: str) -> None:
    """Any picture becomes a small square JPEG. Without a photo there is nothing to get."""
    assert code_of(await api.call("GET", f"{pool}/photo")) == (404, "not_found")
    file = BytesIO()
    Image.new("RGB", (900, 500), "navy").save(file, format="PNG")
    assert (await api.call("PUT", f"{pool}/photo", content=file.getvalue())).json()["has_photo"] is True
    stored = await api.call("GET", f"{pool}/photo", role=Role.VIEWER)
    assert stored.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(stored.content)).size == (256, 256)
    assert (await api.call("DELETE", f"{pool}/photo")).json()["has_photo"] is False


async def test_a_file_that_is_no_photo_is_refused(api: Api, pool: str) -> None:
    """A file that is no picture is 422, and more than 10 MB is 413 before it is read."""
    assert code_of(await api.call("PUT", f"{pool}/photo", content=b"GIF89a")) == (422, "invalid_photo")
    assert code_of(await api.call("PUT", f"{pool}/photo", content=bytes(10_485_761))) == (413, "too_large")


async def test_a_line_is_added_once(api: Api, pool: str) -> None:
    """The same number again is a conflict, and its digits are masked in the answer."""
    again = await api.call("POST", f"{pool}/lines", json={"number": FIRST})
    assert code_of(again) == (409, "conflict")
    assert FIRST not in again.text


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"number": FIRST[1:]}, "number", "must start with +"),
        ({"number": "+1 202 555 0101"}, "number", "only the digits"),
        ({"number": "+0202555010"}, "number", "no country code starts with 0"),
        ({"number": "+1202"}, "number", "4 digits"),
        ({"number": THIRD, "weight": -1}, "weight", "greater than or equal to 0"),
        ({"number": THIRD, "weight": 1001}, "weight", "1000"),
        ({"number": THIRD, "weight": "5"}, "weight", "integer"),
        ({"number": THIRD, "weight": True}, "weight", "integer"),
        ({"number": THIRD, "wieght": 5}, "wieght", "not permitted"),
        ({}, "number", "required"),
        ([], "", "dictionary"),
    ],
)
async def test_a_faulty_line_says_what_is_wrong(api: Api, pool: str, body: Any, field: str, said: str) -> None:
    """Each fault names its field and the right form, and the pool stays as it was."""
    assert said in fields_of(await api.call("POST", f"{pool}/lines", json=body))[field]
    assert len((await api.call("GET", f"{pool}/lines")).json()) == 2


async def test_a_line_goes_through_its_states(api: Api, pool: str) -> None:
    """Each action needs a reason and shows in gate and reason. The opposite action opens the line again."""
    line = f"{pool}/lines/{FIRST}"
    assert fields_of(await api.call("POST", f"{line}/drain", json={}))["reason"] == "Field required"
    for action, gate in [("drain", "drain"), ("resume", "open"), ("maint", "maint"), ("resume", "open")]:
        now = (await api.call("POST", f"{line}/{action}", json=WHY, role=Role.OPERATOR)).json()
        assert (action, now["gate"], now["reason"]) == (action, gate, WHY["reason"])
    for action, status in [("flag", "FLAGGED"), ("unflag", "ACTIVE")]:
        assert (await api.call("POST", f"{line}/{action}", json=WHY)).json()["status"] == status
    assert (await api.call("POST", f"{line}/explode", json=WHY)).status_code == 422


async def test_a_line_is_changed_and_removed(api: Api, pool: str) -> None:
    """A removed line is hidden from the list, can still be read, and comes back when it is added again."""
    line = f"{pool}/lines/{FIRST}"
    assert (await api.call("PATCH", line, json={"weight": 7, "label": "Alpha"})).json()["weight"] == 7
    assert (await api.call("DELETE", line, params={"reason": "returned"})).json()["gate"] == "retired"
    listed = (await api.call("GET", f"{pool}/lines")).json()
    assert [other["number"] for other in listed] == [SECOND]
    assert len((await api.call("GET", f"{pool}/lines", params={"with_retired": "true"})).json()) == 2
    assert (await api.call("GET", line)).json()["reason"] == "returned"
    assert (await api.call("POST", f"{pool}/lines", json={"number": FIRST})).status_code == 201


async def test_a_table_of_lines_is_imported(api: Api, pool: str) -> None:
    """Good rows are added, faulty rows are reported in their place, and a dry run changes nothing."""
    table = f"number,weight\n{FIRST},5\n{THIRD},50\n12025550104,1\n"
    csv: Any = {"content": table, "headers": {"Content-Type": "text/csv"}}
    foretold = (await api.call("POST", f"{pool}/lines/import", params={"dry_run": "true"}, **csv)).json()
    assert len((await api.call("GET", f"{pool}/lines")).json()) == 2
    report = (await api.call("POST", f"{pool}/lines/import", **csv)).json()
    assert (report["added"], report["existed"], report["failed"]) == (1, 1, 1)
    assert report["rows"] == foretold["rows"]
    assert "must start with +" in report["rows"][2]["result"]
    assert code_of(await api.call("POST", f"{pool}/lines/import", content="weight\n5\n")) == (422, "invalid_field")


async def test_a_signup_is_found_confirmed_and_forgotten(api: Api, pool: str) -> None:
    """A back end signs a person up, sees them text, and erases them.

    Then they are unknown, and new on return.
    """
    person = {"user": "u-1", "phone": "+12025550188", "email": "ada@example.com"}
    made = await api.call("POST", f"{pool}/signups", json=person, role=Role.OPERATOR)
    assert (made.status_code, made.json()["is_new"]) == (201, True)
    again = await api.call("POST", f"{pool}/signups", json={"email": "ADA@example.com"})
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    signup = f"{pool}/signups/{made.json()['id']}"
    found = (await api.call("GET", signup, role=Role.VIEWER)).json()
    same = ("line", "backups", "text", "deeplinks", "page_url", "vcard_url", "qr_url", "state")
    assert {name: found[name] for name in same} == {name: made.json()[name] for name in same}
    assert (await api.http.get(found["vcard_url"])).headers["content-type"].startswith("text/vcard")
    words = [(await api.call("POST", f"{signup}/confirm")).json()["state"] for _ in range(2)]
    assert words == ["confirmed", "already"]
    assert (await api.call("GET", signup)).json()["expires_at"] is None
    assert (await api.call("DELETE", f"{pool}/users/u-1")).status_code == 204
    assert code_of(await api.call("GET", signup)) == (404, "not_found")
    assert code_of(await api.call("DELETE", f"{pool}/users/u-1")) == (404, "not_found")
    for identity in ("user", "phone", "email"):
        fresh = await api.call("POST", f"{pool}/signups", json={identity: person[identity]})
        assert (identity, fresh.status_code) == (identity, 201)


async def test_without_room_a_signup_waits(api: Api, pool: str) -> None:
    """When no line accepts people, the answer says so, gives the reason, and says when to ask again."""
    for number in (FIRST, SECOND):
        assert (await api.call("POST", f"{pool}/lines/{number}/flag", json=WHY)).status_code == 200
    waiting = await api.call("POST", f"{pool}/signups", json={"user": "u-1"})
    assert (waiting.status_code, waiting.json()["state"], waiting.json()["line"]) == (202, "waitlisted", None)
    assert waiting.json()["held_back"] == {"flagged": 2}
    assert int(waiting.headers["retry-after"]) == waiting.json()["retry_after_s"]


async def test_a_waiting_person_has_a_page_and_is_invited(api: Api, pool: str) -> None:
    """They have an id from the start. Their page says that they are on the list, and later shows their line."""
    for number in (FIRST, SECOND):
        assert (await api.call("POST", f"{pool}/lines/{number}/flag", json=WHY)).status_code == 200
    waiting = (await api.call("POST", f"{pool}/signups", json={"user": "u-1"})).json()
    signup, path = f"{pool}/signups/{waiting['id']}", urlsplit(waiting["page_url"]).path
    found = (await api.call("GET", signup)).json()
    assert (found["state"], found["line"], found["backups"], found["expires_at"]) == ("waitlisted", None, [], None)
    route = (await api.call("GET", f"{pool}/users/u-1/route")).json()
    assert (route["reason"], route["home_line"], route["outbound_allowed"]) == ("waitlisted", None, False)
    refused = await api.call("POST", f"{signup}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    for page in (path, f"{path}/go", f"{path}/{found['vcard_url'].rpartition('/')[2]}"):
        shown = await api.http.get(page)
        assert (shown.status_code, "on our list" in shown.text) == (202, True)
    picky = (await api.call("POST", f"{pool}/signups", json={"user": "u-2", "exclude": [FIRST]})).json()
    held = (await api.call("GET", f"{pool}/signups/{picky['id']}")).json()
    assert (held["state"], held["page_url"]) == ("waitlisted", picky["page_url"])
    assert (await api.call("POST", f"{pool}/lines/{SECOND}/unflag", json=WHY)).status_code == 200
    given = await api.call("POST", f"{pool}/signups", json={"user": "u-1"})
    assert (given.status_code, given.json()["id"], given.json()["line"]) == (201, waiting["id"], SECOND)
    assert (await api.http.get(path)).status_code == 200


async def test_a_waiting_person_tries_again(api: Api, pool: str) -> None:
    """The button on their page gives them a line once there is room. Opening the page gives none."""
    for number in (FIRST, SECOND):
        assert (await api.call("POST", f"{pool}/lines/{number}/flag", json=WHY)).status_code == 200
    waiting = (await api.call("POST", f"{pool}/signups", json={"user": "u-1"})).json()
    path = urlsplit(waiting["page_url"]).path
    browser = {"User-Agent": SAFARI}
    pressed = await api.http.post(path, headers=browser)
    assert (pressed.status_code, pressed.headers["location"]) == (303, path)
    assert (await api.call("POST", f"{pool}/lines/{SECOND}/unflag", json=WHY)).status_code == 200
    assert (await api.http.get(path)).status_code == 202
    assert (await api.http.post(path, headers=browser)).status_code == 303
    assert (await api.http.get(path)).status_code == 200
    given = (await api.call("GET", f"{pool}/signups/{waiting['id']}")).json()
    assert (given["state"], given["line"]) == ("reserved", SECOND)
    assert (await api.http.post(path, headers=browser)).status_code == 303
    assert (await api.call("GET", f"{pool}/signups/{waiting['id']}")).json() == given


async def test_capacity_is_shown_with_a_plan(api: Api, pool: str) -> None:
    """Any key may read how full each line is, and how many lines a given number of people would need."""
    await api.call("POST", f"{pool}/signups", json={"user": "u-1"})
    answer = (await api.call("GET", f"{pool}/capacity", params={"demand": 2000}, role=Role.VIEWER)).json()
    assert (answer["people"], answer["room"], answer["new_24h"]) == (1, 1399, 1)
    assert (answer["lines_needed"], answer["lines_for_demand"], answer["lines_to_order"]) == (1, 4, 2)
    assert [line["headroom"] for line in answer["lines"]] == [699, 700]
    assert answer["loss"] == {"number": FIRST, "people": 1, "room": 700, "is_bearable": True, "lines_to_survive": 0}
    assert "demand" in fields_of(await api.call("GET", f"{pool}/capacity", params={"demand": -1}))


async def test_other_inputs_are_asked_about_without_changing_anything(api: Api, pool: str) -> None:
    """GET and POST answer alike; without a change both sides are the capacity; nonsense names its field."""
    await api.call("POST", f"{pool}/signups", json={"user": "u-1"})
    path = f"{pool}/capacity/what-if"
    same = (await api.call("GET", path, role=Role.VIEWER)).json()
    now = (await api.call("GET", f"{pool}/capacity")).json()
    assert same["before"]["lines"] == same["after"]["lines"] == now["lines"]
    assert same["before"]["people"] == now["people"] == same["after"]["people"]
    asked = {"demand": 1300, "lines_lost": 1, "lines_added": 1, "peak_factor": 2.0, "over_provisioning": 0.2}
    posted = await api.call("POST", path, json=asked, role=Role.VIEWER)
    assert posted.status_code == 200, posted.text
    got = (await api.call("GET", path, params=asked)).json()
    assert {**got["after"], "measured": None} == {**posted.json()["after"], "measured": None}
    assert got["lost"] == [FIRST]
    assert (got["after"]["people"], got["after"]["capacity"], got["without_line"]) == (701, 700, 601)
    named = await api.call("POST", path, json={"lost": [SECOND]})
    assert [line["gate"] for line in named.json()["after"]["lines"]] == ["open", "flagged"]
    assert (await api.call("GET", path, params={"lost": [SECOND]})).json()["lost"] == [SECOND]
    for field, value in {
        "demand": -1,
        "peak_factor": 0.5,
        "messages_per_person_per_day": 0,
        "lines_added": 1001,
        "lines_lost": 3,
        "over_provisioning": 1.5,
        "lost": [THIRD],
    }.items():
        for refused in (
            await api.call("POST", path, json={field: value}),
            await api.call("GET", path, params={field: value}),
        ):
            assert refused.status_code == 422, field
            assert field in refused.text
    assert (await api.call("GET", "/pools/none/capacity/what-if")).status_code == 404
    assert (await api.call("GET", f"{pool}/capacity")).json()["lines"] == now["lines"]


async def test_a_pool_may_use_its_fixed_setting(api: Api, pool: str) -> None:
    """An unknown word is refused, with the name of its field."""
    changed = await api.call("PATCH", pool, json={"capacity_from": "setting"})
    assert changed.json()["capacity_from"] == "setting"
    assert fields_of(await api.call("PATCH", pool, json={"capacity_from": "guess"})).keys() == {"capacity_from"}


async def test_the_picks_can_be_explained_and_tried(api: Api, pool: str) -> None:
    """Explain and trial show the shares. Neither uses a place."""
    assert (await api.call("PATCH", f"{pool}/lines/{FIRST}", json={"weight": 300})).status_code == 200
    explained = (await api.call("GET", f"{pool}/explain", role=Role.VIEWER)).json()["lines"]
    assert [line["share_due"] for line in explained] == [0.75, 0.25]
    trial = (await api.call("GET", f"{pool}/trial", params={"count": 400}, role=Role.VIEWER)).json()
    assert [line["given"] for line in trial["lines"]] == [300, 100]
    assert all(line["people"] == 0 for line in (await api.call("GET", f"{pool}/explain")).json()["lines"])
    assert "count" in fields_of(await api.call("GET", f"{pool}/trial", params={"count": 10**9}))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/pools/nowhere"),
        ("PATCH", "/pools/nowhere"),
        ("GET", "/pools/nowhere/lines"),
        ("GET", f"/pools/nowhere/lines/{FIRST}"),
        ("GET", "/pools/nowhere/explain"),
        ("GET", "/pools/nowhere/trial"),
        ("GET", "/pools/nowhere/photo"),
        ("GET", "/pools/nowhere/signups/K7M4QX"),
        ("GET", "/pools/main/signups/nobody"),
        ("GET", f"/pools/main/lines/{THIRD}"),
        ("DELETE", "/pools/nowhere/users/u-1"),
        ("GET", "/pools/%00%0A"),
        ("GET", "/nothing"),
    ],
)
async def test_an_unknown_name_is_404(api: Api, pool: str, method: str, path: str) -> None:
    """An unknown name is 404 with a code, whatever the name."""
    response = await api.call(method, path, json={} if method == "PATCH" else None)
    assert code_of(response) == (404, "not_found")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", (400, "malformed")),
        ("{", (400, "malformed")),
        ("nonsense", (400, "malformed")),
        (b'{"id": "\xff"}', (400, "malformed")),
        ('{"id": "\\ud800"}', (400, "malformed")),
        ("null", (422, "invalid_input")),
        ('"text"', (422, "invalid_input")),
        ('{"id": 1e999}', (400, "malformed")),
        ('{"id": ' + "9" * 5000 + "}", (400, "malformed")),
        ('{"id": ' + "[" * 5_000 + "]" * 5_000 + "}", (400, "malformed")),
        ("[" * 30_000 + "]" * 30_000, (400, "malformed")),
        ('{"id": "main", "name": "' + "x" * 70_000 + '"}', (413, "too_large")),
    ],
)
async def test_no_body_brings_it_down(api: Api, content: str | bytes, expected: tuple[int, str]) -> None:
    """Any JSON body gets an answer that says what is wrong with it."""
    assert code_of(await api.call("POST", "/pools", content=content)) == expected


async def test_a_method_that_is_not_allowed_names_the_allowed_ones(api: Api) -> None:
    """405 has an Allow header, as RFC 9110 requires."""
    response = await api.call("PUT", "/pools")
    assert code_of(response) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(response.headers["allow"].split(", "))
    for path, methods in [("/pools", "GET, OPTIONS, POST"), ("/pools/main/photo", "DELETE, GET, OPTIONS, PUT")]:
        assert (await api.call("OPTIONS", path)).headers["allow"] == methods


async def test_every_answer_carries_the_security_headers(api: Api, pool: str) -> None:
    """Errors have them too: no sniffing, no referrer, no caching, and a policy that allows an API nothing."""
    for path in (f"{API}{pool}", f"{API}/nothing", "/healthz", "/nothing", "/schema/openapi.json"):
        headers = (await api.http.get(path, headers={"Authorization": f"Bearer {api.keys[Role.VIEWER]}"})).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert headers["cache-control"] == "no-store", path
        assert headers["content-security-policy"].startswith("default-src 'none'"), path


async def test_pages_load_only_what_is_ours(api: Api, pool: str) -> None:
    """The first page and the API page name no other server, and their files may be cached for ever."""
    for path in ("/", "/schema"):
        page = await api.http.get(path)
        assert (page.status_code, "script-src 'self'" in page.headers["content-security-policy"]) == (200, True)
        assert "//" not in page.text.replace(BASE_URL, "")
    style = (await api.http.get("/")).text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    stored = await api.http.get(style)
    assert (stored.status_code, stored.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in stored.headers["cache-control"]
    assert "immutable" not in (await api.http.get("/static/site.css")).headers["cache-control"]
    assert (await api.http.get("/static/%2e%2e/pyproject.toml")).status_code == 404


async def test_health_separates_alive_from_ready(tmp_path: Path) -> None:
    """Without the store the process is alive and not ready, and says when to ask again."""
    with start_valkey(tmp_path) as server:
        async with opened(server, tmp_path) as api:
            assert (await api.http.get("/healthz")).json() == {"status": "alive"}
            assert (await api.http.get("/readyz")).json() == {"status": "ready", "store": "answers"}
            server.kill()
            assert (await api.http.get("/healthz")).status_code == 200
            unready = await api.http.get("/readyz")
            assert code_of(unready) == (503, "store_unavailable")
            assert unready.headers["retry-after"] == "1"
            assert code_of(await api.call("GET", "/pools")) == (503, "store_unavailable")


async def test_the_document_is_whole(api: Api) -> None:
    """Every reference resolves, every operation has its own name, and every error is problem+json."""
    text = (await api.http.get("/schema/openapi.json")).text
    document = json.loads(text)
    wanted = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert wanted <= document["components"]["schemas"].keys()
    operations = [
        operation for item in document["paths"].values() for method, operation in item.items() if method != "parameters"
    ]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        for status, answer in operation["responses"].items():
            assert status < "400" or list(answer["content"]) == ["application/problem+json"], operation
    assert "/api/v1/pools/{pool}/signups" in document["paths"]
    assert "/t/{token}/events" in document["paths"]
