"""An address that is almost right leads on; any other gets people a page with a way on, and programs problem+json."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.kit.sample_pools import NAME, SamplePool
from tests.kit.visitors import Visitor

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PROGRAM = {"Accept": "application/json"}
GLUE = [*".,;:!?)]}>'\"", "”", "’", "»", "。", ")."]


def follow(person: Visitor, path: str) -> tuple[int, str]:
    """Open a path as a browser does; return the status and address of the first page that is no redirect."""
    for _ in range(3):
        reply = person.get(path, BROWSER)
        if not reply.location:
            break
        assert reply.headers["Cache-Control"] == "no-store"
        path = reply.location
    return reply.status, path


@pytest.mark.parametrize("form", ["/j/{}", "/J/{}", "/{}", "/j/{}.", "/j/{})", "//j/{}", "/j/{}/"])
def test_a_pool_is_found_however_it_is_written(pool: SamplePool, form: str) -> None:
    """Letter case, a missing /j, and what is glued on do not matter. The query stays."""
    for name in (pool.id, pool.id.upper(), pool.id.title()):
        status, path = follow(pool.visitor(), form.format(name) + "?src=card&x=%26")
        assert (status, path.partition("?")[2]) == (200, "src=card&x=%26")
        assert path.partition("?")[0].rstrip("/") == pool.path or path.startswith("//")


@pytest.mark.parametrize("glue", GLUE)
def test_what_is_glued_to_a_link_comes_off(pool: SamplePool, glue: str) -> None:
    """A personal page, its contact card and the signup link open with it."""
    page = pool.visitor().press(pool.path).location
    for path in (page, f"{page}/acme.vcf", pool.path):
        assert follow(pool.visitor(), path + quote(glue)) == (200, path)


def test_a_form_keeps_its_method(pool: SamplePool) -> None:
    """Whoever posts to the wrong letter case is asked to post the same to the right address."""
    reply = pool.visitor().ask("POST", f"/J/{pool.id.upper()}", b"x=1")
    assert (reply.status, reply.location) == (307, pool.path)


@pytest.mark.parametrize("path", ["/nope", "/j", "/j/", "/j/nope", "/t", "/t/", "/t/bad", "/t/bad.", "/a/b/c", "/%ff"])
def test_people_get_a_page_and_programs_a_problem(pool: SamplePool, path: str) -> None:
    """Both have status 404. Many pools are here, so the page does not guess whose visitor it is."""
    shown = pool.visitor().get(path, BROWSER)
    assert (shown.status, shown.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "This page isn’t here" in shown.text
    assert 'href="/"' not in shown.text
    for accept in (PROGRAM, {"Accept": "*/*"}):
        answer = pool.visitor("curl/8.5.0").get(path, accept)
        assert (answer.status, json.loads(answer.body)["code"]) == (404, "not_found")


def test_a_known_pool_s_page_has_its_brand_and_a_way_on(new_pool: Callable[..., SamplePool]) -> None:
    """Below the signup link of a pool, and below a personal page, we know whose visitor it is."""
    pool = new_pool()
    page = pool.visitor().press(pool.path).location
    for path in (f"{pool.path}/nothing", f"{page}/nothing"):
        shown = pool.visitor().get(path, BROWSER)
        assert shown.status == 404
        assert f'href="{pool.path}"' in shown.text
        assert NAME in shown.text


def test_the_api_never_answers_with_a_page(pool: SamplePool) -> None:
    """Also a browser gets problem+json there."""
    for path in ("/api/v1/nothing", "/api/v1/pools/nothing/signups"):
        assert pool.visitor().get(path, BROWSER).headers["Content-Type"] == "application/problem+json"
