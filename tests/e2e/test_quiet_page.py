"""/t/{token}/quiet: one button against further prompts, and the way back. Against a running gateway."""

import pytest

from tests.kit.sample_pools import NAME, SamplePool
from tests.kit.user_agents import BOTS, SAFARI
from tests.kit.visitors import FORM, Reply, Visitor

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ASKS, DONE = "No more messages about this?", "We won’t write to you about this again"


@pytest.fixture
def person(pool: SamplePool) -> Visitor:
    """A person with a phone and no cookies of ours."""
    return pool.visitor()


@pytest.fixture
def quiet(pool: SamplePool) -> str:
    """Sign up a person, and return the path of their page for this."""
    url: str = pool.sign_up("u-1")["page_url"]
    return url.removeprefix(pool.gateway.base_url) + "/quiet"


def heading(reply: Reply) -> str:
    """Return the page's heading."""
    assert reply.status == 200, reply.text
    return reply.text.partition("<h1>")[2].partition("</h1>")[0]


def test_a_mail_program_unsubscribes_with_one_post(person: Visitor, quiet: str) -> None:
    """As RFC 8058 requires: no cookie, no nonce, no redirect. From then on the page says so."""
    assert heading(person.get(quiet)) == ASKS
    assert heading(person.post(quiet, ONE_CLICK)) == DONE
    assert heading(person.post(quiet, ONE_CLICK)) == DONE
    assert heading(person.get(quiet)) == DONE
    assert person.cookies == {}


def test_a_form_in_parts_is_accepted_as_well(person: Visitor, quiet: str) -> None:
    """RFC 8058 allows both kinds of form."""
    body = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    reply = person.ask("POST", quiet, body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert heading(reply) == DONE


def test_it_can_be_undone(person: Visitor, quiet: str) -> None:
    """The page's own undo button takes it back."""
    page = person.post(quiet, ONE_CLICK)
    assert '<input type="hidden" name="wish" value="again">' in page.text
    assert heading(person.post(quiet, {"wish": "again"})) == ASKS
    assert heading(person.get(quiet)) == ASKS


@pytest.mark.parametrize("user_agent", [SAFARI, BOTS["iMessage preview"], BOTS["Googlebot as a phone"], ""])
def test_opening_it_changes_nothing(pool: SamplePool, person: Visitor, quiet: str, user_agent: str) -> None:
    """Mail scanners open every link in a mail."""
    looker = pool.visitor(user_agent)
    got, asked = looker.get(quiet), looker.head(quiet)
    assert (asked.status, asked.lasting_headers, asked.body) == (200, got.lasting_headers, b"")
    assert heading(person.get(quiet)) == ASKS


def test_it_looks_like_the_pool_and_leads_to_the_page(person: Visitor, quiet: str) -> None:
    """It has the pool's name and colours, a link to the person's page, and no number for a preview to show."""
    shown = person.get(quiet).text
    assert NAME in shown
    assert "brand.css" in shown
    assert f'href="{quiet.removesuffix("/quiet")}"' in shown
    assert "+1" not in shown


def test_it_is_never_cached(person: Visitor, quiet: str) -> None:
    """The token is in its address."""
    for reply in (person.get(quiet), person.post(quiet, ONE_CLICK)):
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert "form-action 'self'" in reply.headers["Content-Security-Policy"]


def test_a_bad_token_gets_404(person: Visitor) -> None:
    """Every method gets it."""
    for reply in (person.get("/t/x/quiet"), person.head("/t/x/quiet"), person.post("/t/x/quiet", ONE_CLICK)):
        assert reply.status == 404


def test_other_methods_and_long_bodies_are_refused(person: Visitor, quiet: str) -> None:
    """405 names the allowed methods, and at most 4 KB are read."""
    reply = person.ask("DELETE", quiet)
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert person.ask("POST", quiet, b"x" * 5000, FORM).status == 413
    assert heading(person.get(quiet)) == ASKS
