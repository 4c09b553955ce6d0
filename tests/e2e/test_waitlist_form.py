"""A visitor who finds no line leaves a number or an e-mail address, gets a place, and learns nothing of anybody else.

Against a running gateway.
"""

import html
import re
from collections.abc import Callable

import httpx
import pytest

from tests.e2e.test_origins import FIELD
from tests.kit.sample_pools import SamplePool
from tests.kit.visitors import Reply, Visitor

CONTACT = re.compile(r'<input class="line-input"[^>]*>')


@pytest.fixture
def full_pool(new_pool: Callable[..., SamplePool]) -> SamplePool:
    """Open a pool whose lines are all flagged."""
    pool = new_pool(lines=2)
    pool.flag(*pool.numbers)
    return pool


def busy_page(visitor: Visitor, pool: SamplePool, query: str = "") -> Reply:
    """Press the signup button, and return the page that says that all lines are taken."""
    form = dict(FIELD.findall(visitor.get(pool.path + query).text))
    busy = visitor.post(pool.path, form)
    assert (busy.status, "very busy" in busy.text) == (202, True)
    return busy


def leave(visitor: Visitor, pool: SamplePool, contact: str, query: str = "") -> Reply:
    """Leave a contact on the page."""
    form = dict(FIELD.findall(busy_page(visitor, pool, query).text))
    return visitor.post(pool.path, form | {"contact": contact})


@pytest.mark.parametrize("contact", ["(202) 555-0190", "+44 7700 900190", "ada.190@example.com"])
def test_a_visitor_leaves_a_contact_and_gets_a_place(full_pool: SamplePool, contact: str) -> None:
    """They see that they are on the list, on a page of their own. What they typed stands nowhere."""
    visitor = full_pool.visitor()
    left = leave(visitor, full_pool, contact, "?src=flyer")
    assert (left.status, left.location[:3]) == (303, "/t/")
    shown = visitor.get(left.location)
    assert (shown.status, "on our list" in shown.text) == (202, True)
    for text in (shown.text, left.location, full_pool.gateway.log):
        assert contact not in text
        assert "5550190" not in text
        assert "900190" not in text
        assert "ada.190" not in text


def test_the_place_is_theirs_when_there_is_room(full_pool: SamplePool) -> None:
    """Their page gives them a line then; the signup knows where they came from and what they agreed to."""
    visitor = full_pool.visitor()
    left = leave(visitor, full_pool, "ada.room@example.com", "?src=flyer")
    full_pool.unflag(full_pool.numbers[0])
    assert visitor.post(left.location, {}).status == 303
    page = visitor.get(left.location)
    assert page.status == 200
    code = re.search(r'(?<=data-copy="Hi Acme! )\w{6}(?=")', page.text)
    assert code
    signup = full_pool.gateway.api("GET", f"/pools/{full_pool.id}/signups/{code[0]}").json()
    assert (signup["state"], signup["line"], signup["source"]) == ("reserved", full_pool.numbers[0], "flyer")
    assert len(signup["consent"]["version"]) == 8


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Type your phone number"),
        ("   ", "Type your phone number"),
        ("ada@example", "not a whole e-mail address"),
        ('"><script>alert(1)</script>', "not a whole e-mail address"),
        ("12", "cannot write to this number"),
        ("x" * 300, "not a whole e-mail address"),
    ],
)
def test_what_cannot_be_used_is_shown_again_with_the_reason(full_pool: SamplePool, typed: str, why: str) -> None:
    """The field has what they typed, and the reason stands beside it; a second try works."""
    visitor = full_pool.visitor()
    refused = leave(visitor, full_pool, typed, "?src=flyer")
    assert (refused.status, refused.location) == (422, "")
    field = CONTACT.search(refused.text)
    assert field
    assert typed[:254] in html.unescape(field[0])
    assert 'aria-invalid="true"' in field[0]
    assert why in refused.text
    assert "<script>alert" not in refused.text
    form = dict(FIELD.findall(refused.text))
    assert form["source"] == "flyer"
    assert visitor.post(full_pool.path, form | {"contact": "ok@example.com"}).status == 303


def test_a_stranger_who_types_the_same_contact_gets_a_place_of_their_own(full_pool: SamplePool) -> None:
    """Nobody learns whether a number or an address is on the list, and nobody gets another person's page."""
    first = leave(full_pool.visitor(), full_pool, "ada.same@example.com")
    second = leave(full_pool.visitor(), full_pool, "Ada.Same@example.com")
    assert (second.status, second.location[:3]) == (303, "/t/")
    assert second.location != first.location
    assert full_pool.visitor().get(second.location).status == 202


def test_a_known_persons_contact_opens_nothing(full_pool: SamplePool) -> None:
    """A back end's person keeps their signup; whoever types their number on the page gets another."""
    known = full_pool.gateway.api("POST", f"/pools/{full_pool.id}/signups", json={"phone": "+12025550188"}).json()
    left = leave(full_pool.visitor(), full_pool, "+12025550188")
    assert left.status == 303
    assert known["page_url"].rpartition("/")[2] not in left.location
    again = full_pool.gateway.api("POST", f"/pools/{full_pool.id}/signups", json={"phone": "+12025550188"}).json()
    assert again["id"] == known["id"]


def test_the_same_form_twice_is_one_place(full_pool: SamplePool) -> None:
    """A double click, or a retry after a lost answer, changes nothing."""
    visitor = full_pool.visitor()
    form = dict(FIELD.findall(busy_page(visitor, full_pool).text)) | {"contact": "twice@example.com"}
    assert visitor.post(full_pool.path, form).location == visitor.post(full_pool.path, form).location
    stranger = full_pool.visitor()
    other = dict(FIELD.findall(busy_page(stranger, full_pool).text)) | {"contact": "+12025550177"}
    first = stranger.post(full_pool.path, other)
    stranger.cookies.clear()
    assert stranger.post(full_pool.path, other).location == first.location


def test_another_sites_form_leads_back_to_the_page(full_pool: SamplePool) -> None:
    """Only our own page can put somebody on the list."""
    visitor = full_pool.visitor()
    form = dict(FIELD.findall(busy_page(visitor, full_pool).text)) | {"contact": "x@example.com"}
    back = visitor.post(full_pool.path, form, {"Sec-Fetch-Site": "cross-site"})
    assert (back.status, back.location) == (303, full_pool.path)
    assert visitor.post(full_pool.path, form | {"nonce": "forged"}).location == full_pool.path


def test_an_erased_visitor_leaves_nothing_behind(full_pool: SamplePool) -> None:
    """After the erasure the page is gone, and the contact counts as new."""
    visitor = full_pool.visitor()
    left = leave(visitor, full_pool, "gone@example.com")
    full_pool.unflag(full_pool.numbers[0])
    visitor.post(left.location, {})
    page = visitor.get(left.location)
    code = re.search(r'(?<=data-copy="Hi Acme! )\w{6}(?=")', page.text)
    assert code
    address = f"{full_pool.gateway.base_url}/api/v1/pools/{full_pool.id}/signups/{code[0]}"
    key = {"Authorization": f"Bearer {full_pool.gateway.admin_key}"}
    assert httpx.delete(address, headers=key).status_code == 204
    assert visitor.get(left.location).status == 404
