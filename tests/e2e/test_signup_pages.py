"""The signup link for people, previews and mail scanners: what a GET shows, what a press does, who gets a line.

Against a running gateway. The pages after a signup are in test_person_pages.py, bad luck in test_bad_luck.py.
"""

import json
import re
from collections.abc import Callable

import pytest

from tests.kit.sample_pools import GREETING, NAME, SamplePool, draw_logo, draw_noise
from tests.kit.sms_link_readers import Draft, read_as_android, read_as_ios
from tests.kit.user_agents import BOTS, CHROME, IPHONE, NO_PHONES, PEOPLE, PROGRAMS, SAFARI
from tests.kit.visitors import NAVIGATION, Visitor

IN_APP = [user_agent for user_agent, _, app in PEOPLE.values() if app]
DESKTOPS = [PEOPLE[who][0] for who in ("Safari on a Mac or on an iPad", "Chrome on Windows", "Chrome on Linux")]
FETCHED_AHEAD: list[dict[str, str]] = [
    {"Sec-Purpose": "prefetch", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"},
    NAVIGATION | {"Sec-Purpose": "prefetch"},
    NAVIGATION | {"Sec-Purpose": "prefetch;prerender"},
    NAVIGATION | {"Sec-Purpose": "prefetch;anonymous-client-ip"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
    {"X-Purpose": "preview"},
]
NO_NAVIGATION: list[dict[str, str]] = [
    NAVIGATION | {"Sec-Fetch-Dest": "iframe"},
    NAVIGATION | {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"},
    NAVIGATION | {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"},
]
JSON = {"Accept": "application/json"}
LINKED_FILE = re.compile(r'(?:src|href)="(/[^"]+\.(?:css|js|jpg|svg)[^"]*)"')


@pytest.mark.parametrize("entry", ["page", "redirect"])
def test_a_visitor_who_is_no_person_uses_no_place(new_pool: Callable[..., SamplePool], entry: str) -> None:
    """Bots, previews, prefetchers, in-app browsers, frames and every HEAD get the page. No count changes."""
    pool = new_pool(entry=entry)
    for user_agent in [*BOTS.values(), *IN_APP, *DESKTOPS, *NO_PHONES.values(), *PROGRAMS.values()]:
        assert pool.visitor(user_agent).open(pool.path).status == 200, user_agent
    for headers in FETCHED_AHEAD + NO_NAVIGATION:
        assert pool.visitor().get(pool.path, headers).status == 200, headers
    for user_agent in [SAFARI, CHROME, *BOTS.values(), *IN_APP]:
        assert pool.visitor(user_agent).head(pool.path, NAVIGATION).status == 200, user_agent
    assert pool.people_so_far() == 0


def test_in_a_page_pool_no_get_uses_a_place(pool: SamplePool) -> None:
    """People on every device may open the page any number of times. They get a line only when they press."""
    for user_agent, _, _ in PEOPLE.values():
        assert pool.visitor(user_agent).open(pool.path).status == 200
    assert pool.people_so_far() == 0


def test_a_press_leads_to_a_personal_page(pool: SamplePool) -> None:
    """The plain form answers 303 to the personal page, and sets a cookie that scripts and other sites cannot use."""
    pressed = pool.visitor().press(pool.path)
    assert (pressed.status, pressed.location[:3]) == (303, "/t/")
    cookie = pressed.headers["Set-Cookie"]
    assert cookie.startswith(f"sy_{pool.id}=")
    assert {"HttpOnly", "SameSite=Lax", f"Path={pool.path}"} <= set(cookie.split("; "))
    assert pool.visitor().get(pressed.location).status == 200
    assert pool.people_so_far() == 1


def test_the_script_gets_page_and_deeplink(pool: SamplePool) -> None:
    """A press by script gets both in one answer, with the cookie, in the form for the person's phone."""
    answers = {}
    for user_agent in (SAFARI, CHROME):
        reply = pool.visitor(user_agent).press(pool.path, JSON)
        assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
        assert reply.headers["Set-Cookie"].startswith(f"sy_{pool.id}=")
        answers[user_agent] = json.loads(reply.body)
        assert answers[user_agent].keys() == {"page_url", "deeplink"}
    assert texts_a_line_of(pool, read_as_ios(answers[SAFARI]["deeplink"]))
    assert texts_a_line_of(pool, read_as_android(answers[CHROME]["deeplink"]))


def test_one_nonce_is_one_person(pool: SamplePool) -> None:
    """Double clicks and retries of one form lead to one page, with or without cookie or script."""
    nonce = pool.visitor().read_nonce(pool.path)
    plain = {pool.visitor().post(pool.path, {"nonce": nonce}).location for _ in range(3)}
    scripted = json.loads(pool.visitor().post(pool.path, {"nonce": nonce}, JSON).body)["page_url"]
    assert plain == {scripted}
    assert pool.people_so_far() == 1


def test_another_nonce_is_another_person(pool: SamplePool) -> None:
    """Two people at the same page at the same time get a page each."""
    assert pool.visitor().press(pool.path).location != pool.visitor().press(pool.path).location
    assert pool.people_so_far() == 2


def test_a_form_that_is_not_ours_gets_the_page_again(pool: SamplePool, redirect_pool: SamplePool) -> None:
    """Without a nonce, or with a forged, foreign or torn one, a press goes back to the page and uses no place."""
    nonce = pool.visitor().read_nonce(pool.path)
    foreign = redirect_pool.visitor().read_nonce(redirect_pool.path)
    aged = "AAAA" + nonce[4:]  # begins with the time it was made
    forged = nonce[:-1] + ("A" if nonce[-1] != "A" else "B")
    for fields in ({}, *({"nonce": wrong} for wrong in ("", "x", foreign, aged, forged, nonce[:-1], nonce + "A", "é"))):
        pressed = pool.visitor().post(pool.path, fields)
        assert (pressed.status, pressed.location) == (303, pool.path), fields
        assert "Set-Cookie" not in pressed.headers
    assert pool.people_so_far() == 0


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_press(pool: SamplePool, site: str) -> None:
    """A form on a foreign page gets the signup page, even with a good nonce."""
    pressed = pool.visitor().press(pool.path, NAVIGATION | {"Sec-Fetch-Site": site})
    assert (pressed.status, pressed.location) == (303, pool.path)
    assert pool.people_so_far() == 0


def test_the_cookie_leads_back_to_the_person(pool: SamplePool) -> None:
    """A person who comes back and presses a fresh page gets their old page."""
    person = pool.visitor()
    first = person.press(pool.path).location
    assert person.press(pool.path).location == first
    assert pool.people_so_far() == 1


def test_a_cookie_of_another_pool_has_no_effect(pool: SamplePool, redirect_pool: SamplePool) -> None:
    """A cookie counts only in its own pool. A forged cookie has no effect."""
    person = pool.visitor()
    person.press(pool.path)
    (token,) = person.cookies.values()
    for value in (token, "1forged", ""):
        stranger = redirect_pool.visitor()
        stranger.cookies = {f"sy_{redirect_pool.id}": value}
        assert stranger.press(redirect_pool.path).location.startswith("/t/")
    assert redirect_pool.people_so_far() == 3


def test_a_redirect_pool_opens_messages(redirect_pool: SamplePool) -> None:
    """A person's own navigation on a phone gets 302 into Messages in that phone's form, and a cookie."""
    opened = redirect_pool.visitor(SAFARI).open(redirect_pool.path)
    assert (opened.status, opened.headers["Cache-Control"]) == (302, "no-store")
    assert opened.headers["Set-Cookie"].startswith(f"sy_{redirect_pool.id}=")
    assert texts_a_line_of(redirect_pool, read_as_ios(opened.location))
    opened = redirect_pool.visitor(CHROME).open(redirect_pool.path)
    assert opened.status == 302
    assert texts_a_line_of(redirect_pool, read_as_android(opened.location))
    assert redirect_pool.people_so_far() == 2


def test_an_old_browser_without_fetch_metadata_is_a_person_too(redirect_pool: SamplePool) -> None:
    """A phone without any Sec-Fetch header does not get the page instead."""
    assert redirect_pool.visitor().get(redirect_pool.path).status == 302


def test_a_redirect_pool_knows_its_people(redirect_pool: SamplePool) -> None:
    """The second tap opens the same text to the same line, and uses no further place."""
    person = redirect_pool.visitor()
    first = person.open(redirect_pool.path).location
    assert person.open(redirect_pool.path).location == first
    assert redirect_pool.people_so_far() == 1


def test_in_a_redirect_pool_a_desktop_presses(redirect_pool: SamplePool) -> None:
    """A person who gets the page in a redirect pool signs up with its button."""
    for user_agent in (*DESKTOPS, f"{IPHONE} Mobile/15E148 Instagram 397.0.0.24.81"):
        assert redirect_pool.visitor(user_agent).press(redirect_pool.path).location.startswith("/t/")


def test_a_preview_shows_the_brand_and_no_number(pool: SamplePool) -> None:
    """The page that previews store has brand and greeting, and none of the pool's numbers."""
    pool.upload_photo(draw_logo())
    for user_agent in [*BOTS.values(), *IN_APP, SAFARI, CHROME, *DESKTOPS]:
        page = pool.visitor(user_agent).get(pool.path).text
        digits = re.sub(r"\D", "", page)
        assert not [number for number in pool.numbers if number[-10:] in digits]
        assert f'<meta property="og:title" content="{NAME}">' in page
        assert f'<meta property="og:description" content="{GREETING}">' in page
        assert f'content="{pool.gateway.base_url}{pool.path}/logo.jpg' in page


def test_everybody_sees_the_button(pool: SamplePool) -> None:
    """What looks like a robot may be a person, so it gets the form too; pressing it takes a place as always."""
    for user_agent in [*BOTS.values(), *PROGRAMS.values()]:
        assert pool.visitor(user_agent).get(pool.path).text.count("<form") == 1, user_agent
    assert pool.visitor(BOTS["Googlebot as a phone"]).press(pool.path).location.startswith("/t/")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_other_methods_are_refused(pool: SamplePool, accept: str) -> None:
    """DELETE, PUT, PATCH and OPTIONS get 405 with the allowed methods."""
    for method in ("DELETE", "PUT", "PATCH", "OPTIONS"):
        reply = pool.visitor().ask(method, pool.path, headers={"Accept": accept})
        assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_an_unknown_pool_is_a_page(pool: SamplePool) -> None:
    """People get a page that says so and has a next step, and programs get problem+json. Both are 404."""
    for path in ("/j/nothing-here", "/j/", "/j/%00", "/j/..%2f..%2fetc", f"{pool.path}/nothing"):
        shown = pool.visitor().open(path)
        assert (shown.status, "This page isn’t here" in shown.text) == (404, True), path
        assert pool.visitor().get(path).headers["Content-Type"] == "application/problem+json"


def test_the_page_is_light(pool: SamplePool) -> None:
    """Page, style, colours, script and the worst photo are under 30 KB together, before and after the press."""
    pool.upload_photo(draw_noise())
    person = pool.visitor()
    own_page = person.press(pool.path).location
    assert weight(person, pool.path) < 30_000
    assert weight(person, own_page) < 30_000


def weight(visitor: Visitor, path: str) -> int:
    """Return the bytes that a browser fetches for a page, each file once."""
    page = visitor.get(path, {"Sec-Purpose": "prefetch"})
    files = [visitor.get(linked) for linked in sorted(set(LINKED_FILE.findall(page.text)))]
    assert len(files) >= 4, "a style, the colours, a script and the photo"
    assert {file.status for file in files} == {200}
    return sum(len(reply.body) for reply in [page, *files])


def texts_a_line_of(pool: SamplePool, draft: Draft) -> bool:
    """Return whether a phone shows our text with a code, to a line of the pool."""
    (number,) = draft.recipients
    return number in pool.numbers and re.fullmatch(r"Hi Acme! [0-9A-Z]{6}", draft.body or "") is not None
