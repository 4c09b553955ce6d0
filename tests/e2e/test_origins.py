"""Where people come from and what they agreed to: from a link or a back end, to every answer and export.

Against a running gateway.
"""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.kit.commands import run_command
from tests.kit.sample_pools import SamplePool
from tests.kit.visitors import Visitor

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
UNSAFE = ["%3Cscript%3E", "a%20b", "a" * 33, "-flyer", "", "fl%00yer", "%22%3E%3Cimg", "m%C3%BCller", "a/b", "%FF"]


def form_of(visitor: Visitor, path: str) -> dict[str, str]:
    """Open a signup page and return the hidden fields of its form."""
    return dict(FIELD.findall(visitor.get(path, {"Accept": "text/html"}).text))


def signup_of(pool: SamplePool, location: str) -> dict[str, Any]:
    """Return what the API says of the person of a page."""
    page = pool.visitor().get(location).text
    found = re.search(r'(?<=data-copy="Hi Acme! )\w{6}(?=")', page)
    assert found, page
    return answer_of(pool, found[0])


def answer_of(pool: SamplePool, code: str) -> dict[str, Any]:
    """Return what the API says of a signup."""
    answer: dict[str, Any] = pool.gateway.api("GET", f"/pools/{pool.id}/signups/{code}").json()
    return answer


def test_a_link_says_where_a_person_comes_from(pool: SamplePool) -> None:
    """The word stands in the page's form, whatever its case, and is stored with the signup; so are the words shown."""
    visitor = pool.visitor()
    form = form_of(visitor, f"{pool.path}?utm=x&src=Flyer-Berlin.1")
    assert form["source"] == "flyer-berlin.1"
    pressed = visitor.post(pool.path, form)
    assert pressed.status == 303
    assert "flyer" not in pressed.location
    signup = signup_of(pool, pressed.location)
    assert signup["source"] == "flyer-berlin.1"
    assert signup["consent"]["version"] == form["words"]
    (words,) = pool.gateway.api("GET", f"/pools/{pool.id}/words").json()
    assert words["version"] == form["words"]
    assert words["language"] == "en"
    assert "STOP" in words["text"]
    assert words["first_signup_at"][:10] == signup["consent"]["at"][:10]


def test_the_first_link_counts(pool: SamplePool) -> None:
    """A person who comes again by another link stays where they came from first."""
    visitor = pool.visitor()
    first = visitor.post(pool.path, form_of(visitor, f"{pool.path}?src=flyer"))
    again = visitor.post(pool.path, form_of(visitor, f"{pool.path}?src=poster"))
    assert signup_of(pool, again.location)["id"] == signup_of(pool, first.location)["id"]
    assert signup_of(pool, again.location)["source"] == "flyer"


@pytest.mark.parametrize("word", UNSAFE)
def test_an_unsafe_word_is_ignored(pool: SamplePool, word: str) -> None:
    """Whatever the link says, the page is the same as without it, and the button works."""
    visitor = pool.visitor()
    plain, odd = visitor.get(pool.path).text, visitor.get(f"{pool.path}?src={word}").text
    nonce = re.compile(r'name="nonce" value="[^"]+"')
    assert nonce.sub("", plain) == nonce.sub("", odd)
    pressed = visitor.post(pool.path, form_of(visitor, pool.path) | {"source": "<b>", "words": "deadbeef"})
    assert pressed.status == 303
    signup = signup_of(pool, pressed.location)
    assert (signup["source"], signup["consent"]) == (None, None)


def test_a_form_that_is_too_old_leads_back_with_its_word(pool: SamplePool) -> None:
    """The fresh page knows it as well."""
    back = pool.visitor().post(pool.path, {"nonce": "old", "source": "flyer"})
    assert (back.status, back.location) == (303, f"{pool.path}?src=flyer")


def test_a_redirect_carries_the_word(redirect_pool: SamplePool) -> None:
    """A link that opens Messages at once says it too."""
    opened = redirect_pool.visitor().open(f"{redirect_pool.path}?src=qr")
    assert opened.status == 302
    code = re.search(r"[2-9CDFHJKLMNPQRTVWXY]{6}$", opened.location)
    assert code
    assert answer_of(redirect_pool, code[0])["source"] == "qr"


def test_a_back_end_says_both(pool: SamplePool) -> None:
    """The API takes a source and the back end's own name for the words; what is malformed is refused with the rule."""
    body = {"user": "u-1", "source": "Partner", "consent_version": "Terms_4.2"}
    created = pool.gateway.api("POST", f"/pools/{pool.id}/signups", json=body)
    assert created.status_code == 201
    answer = created.json()
    assert (answer["source"], answer["consent"]["version"]) == ("partner", "Terms_4.2")
    again = pool.gateway.api("POST", f"/pools/{pool.id}/signups", json=body | {"source": "other"})
    assert again.json()["source"] == "partner"
    signups = f"{pool.gateway.base_url}/api/v1/pools/{pool.id}/signups"
    key = {"Authorization": f"Bearer {pool.gateway.admin_key}"}
    for field, value in (
        ("source", "two words"),
        ("source", ""),
        ("source", "x" * 33),
        ("source", 7),
        ("consent_version", "v 1"),
        ("consent_version", "\N{GREEK SMALL LETTER ALPHA}"),
    ):
        refused = httpx.post(signups, headers=key, json=body | {field: value})
        assert refused.status_code == 422, (field, value)
        (fault,) = refused.json()["errors"]
        assert fault["field"] == field
    assert "1 to 32" in refused.text


def test_the_pages_of_other_words_are_other_versions(new_pool: Callable[..., SamplePool]) -> None:
    """Whoever signed up under the old words keeps them; both stay readable."""
    pool = new_pool()
    first = pool.visitor()
    old = form_of(first, pool.path)
    first.post(pool.path, old)
    changed = pool.gateway.api("PATCH", f"/pools/{pool.id}", json={"name": "Acme Fitness"})
    assert changed.status_code == 200
    second = pool.visitor()
    new = form_of(second, pool.path)
    late = signup_of(
        pool, pool.visitor().post(pool.path, form_of(pool.visitor(), pool.path) | {"words": old["words"]}).location
    )
    assert late["consent"]["version"] == old["words"]
    assert signup_of(pool, second.post(pool.path, new).location)["consent"]["version"] == new["words"]
    listed = pool.gateway.api("GET", f"/pools/{pool.id}/words").json()
    assert [words["version"] for words in listed] == [old["words"], new["words"]]
    assert ["Acme Fitness" in words["text"] for words in listed] == [False, True]


def test_all_of_it_is_exported(pool: SamplePool) -> None:
    """The table has a row for each person, with source and consent, and neither names nor numbers of people."""
    for user, source in (("u-1", "flyer"), ("u-2", "poster"), ("u-3", None)):
        body = {"user": user, "phone": f"+1206555017{user[-1]}", "consent_version": "v1"}
        pool.gateway.api("POST", f"/pools/{pool.id}/signups", json=body | ({"source": source} if source else {}))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHYARD_")}
    environ |= {"SWITCHYARD_DATA_DIR": str(pool.gateway.data_dir)}

    def run(*words: str) -> str:
        ended = run_command(*words, directory=pool.gateway.data_dir, environ=environ)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    table = run("signups", "export", "--pool", pool.id)
    rows = list(csv.DictReader(io.StringIO(table)))
    assert sorted(row["source"] for row in rows) == ["", "flyer", "poster"]
    assert {row["consent_version"] for row in rows} == {"v1"}
    assert {row["state"] for row in rows} == {"reserved"}
    assert "+12025550171" not in table
    (only,) = json.loads(run("signups", "export", "--pool", pool.id, "--source", "Flyer", "--json"))
    assert (only["source"], only["consent"]["version"]) == ("flyer", "v1")
    assert json.loads(run("pools", "words", pool.id, "--json")) == []
