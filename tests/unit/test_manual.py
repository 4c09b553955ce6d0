"""The guide as pages and as text for programs: links, anchors, pictures, tables, and the API reference."""

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from router.assets import docs_dir, load_static, make_templates, static_dir
from router.core.access import Role
from router.gateway import Gateway
from router.manual.api_reference import Document, write_reference
from router.manual.llms import write_full, write_index
from router.manual.markdown import ShownPicture, relink, write_page
from router.manual.pages import Manual, ManualError, read_manual
from router.web.api.app import create_litestar
from router.web.api.openapi import complete_document, roles_by_operation
from router.web.rendering.manual_pages import ManualShelf

BASE = "https://go.example.com"
PROJECT = Path(__file__).parents[2]
LINK = re.compile(r'(?:href|src|srcset)="([^"]+)"')
ANCHOR = re.compile(r' id="([^"]+)"')
OTHER_ROUTES = {"/schema/openapi.json", "/schema/openapi.yaml", "/schema"}


@cache
def manual() -> Manual:
    """Read the real guide."""
    return read_manual(docs_dir())


class AnyGateway:
    """Stands for an open gateway where only the application's shape is asked for."""

    base_url = BASE

    def __getattr__(self, name: str) -> Any:
        return SimpleNamespace()


@cache
def document() -> Document:
    """Return the OpenAPI document of the application."""
    app = create_litestar(cast(Gateway, AnyGateway()))
    return complete_document(app.openapi_schema.to_schema(), roles_by_operation(app))


@cache
def shelf() -> ManualShelf:
    """Return the shelf that the gateway serves from."""
    return ManualShelf(manual(), make_templates(load_static(static_dir())), BASE, document)


def text_of(path: str) -> str:
    """Return what a path of the guide answers, which must be there."""
    found = shelf().find(path)
    assert found is not None, path
    return found.body.decode()


ADDRESSES = ["/docs/reference", *(page.address for page in read_manual(docs_dir()).pages.values())]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_link_of_every_page_leads_somewhere(address: str) -> None:
    """A link inside the gateway leads to a page that is there, and its # to a heading of that page."""
    dead = []
    html = text_of(address)
    for link in LINK.findall(html):
        path, _, anchor = link.replace("&amp;", "&").partition("#")
        if path.startswith(("http:", "https:", "mailto:", "data:", "/static/")) or path in OTHER_ROUTES:
            continue
        found = shelf().find(path or address)
        if found is None or (anchor and anchor not in ANCHOR.findall(found.body.decode())):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_breaks_the_content_security_policy(address: str) -> None:
    """There is no inline style, no inline script and no handler of an event."""
    assert re.findall(r"<style|<script|<[a-z][^>]* (?:style|on[a-z]+)=", text_of(address)) == []


def test_a_reader_sees_no_directive_of_our_tests() -> None:
    """`<!-- runs -->` stays in the source."""
    assert "<!-- runs" in manual().pages["guide/api"].text
    for path in ("/docs/guide/api", "/docs/guide/api.md", "/llms-full.txt"):
        assert "<!--" not in text_of(path)


def test_the_anchors_are_those_of_github() -> None:
    """A repeated heading gets a number, code and punctuation are left out."""
    written = write_page("# A `b` (c)\n\n## Päge-2, x\n\n## Päge-2, x\n", address_of=str, picture_of=lambda _: None)
    assert [heading.anchor for heading in written.headings] == ["a-b-c", "päge-2-x", "päge-2-x-1"]
    assert '<h2 id="päge-2-x-1">' in written.html


def test_a_picture_follows_the_colour_scheme() -> None:
    """A picture with a twin for dark screens names both; its size is known before it is loaded."""

    def shown(path: str) -> ShownPicture | None:
        return ShownPicture("/p.png", 375, 812, "/d.png") if path == "p.png" else None

    html = write_page('![A "b"](p.png) ![c](q.png)', address_of=str, picture_of=shown).html
    assert html == (
        '<p><picture><source media="(prefers-color-scheme: dark)" srcset="/d.png">'
        '<img src="/p.png" alt="A &quot;b&quot;" width="375" height="812" loading="lazy"></picture> '
        '<img src="q.png" alt="c" loading="lazy"></p>\n'
    )


def test_tables_and_code_scroll_and_can_be_reached_by_keyboard() -> None:
    """A column keeps its alignment by a class, and nothing in code becomes markup."""
    html = write_page(
        "| a | b |\n|:-:|--:|\n| 1 | `<2>` |\n\n```sh\nx <y> & z\n```\n", address_of=str, picture_of=lambda _: None
    ).html
    assert html.startswith('<div class="scroll" tabindex="0"><table>')
    assert '<th class="to-center">a</th>\n<th class="to-right">b</th>' in html
    assert "<code>&lt;2&gt;</code>" in html
    assert 'tabindex="0"><code>x &lt;y&gt; &amp; z\n</code></pre>' in html


def test_links_in_code_stay() -> None:
    """Only a link becomes another link."""
    text = "[a](b.md) `[a](b.md)`\n<!-- runs -->\n```\n[a](b.md) <!-- kept -->\n```\n![p](q.png)"
    assert relink(text, str.upper) == "[a](B.MD) `[a](b.md)`\n```\n[a](b.md) <!-- kept -->\n```\n![p](Q.PNG)"


@pytest.mark.parametrize(
    ("link", "page", "leads_to"),
    [
        ("campaigns.md#watch", "guide/api", "/docs/guide/campaigns#watch"),
        ("README.md", "guide/api", "/docs"),
        ("../glossary.md", "guide/api", "/docs/glossary"),
        ("../decisions/README.md", "", "/docs/decisions"),
        ("../../CHANGELOG.md", "guide/operations", "/docs/changelog"),
        ("0003-hot-routes.md", "decisions", "/docs/decisions/0003-hot-routes"),
        ("../pictures/landing-375-light.png", "guide/signup-page", "/docs/pictures/landing-375-light.png"),
        ("guide/api.md", "glossary", "/docs/guide/api"),
        ("#route", "guide/api", "#route"),
        ("https://example.com/a.md", "guide/api", "https://example.com/a.md"),
        ("mailto:a@example.com", "guide/api", "mailto:a@example.com"),
        ("/schema", "guide/api", "/schema"),
        ("missing.md", "guide/api", "missing.md"),
        ("../../../etc/passwd", "guide/api", "../../../etc/passwd"),
    ],
)
def test_where_a_link_leads(link: str, page: str, leads_to: str) -> None:
    """A link between files is a link between pages; what is not ours stays."""
    assert manual().address_of(link, manual().pages[page]) == leads_to


@pytest.mark.parametrize(
    "path",
    [
        *("/docs/../pyproject.toml", "/docs/guide/../../pyproject.toml", "/docs/pictures/../glossary.md"),
        *("/docs/pictures", "/docs//etc/passwd", "/docs/guide/nothing", "/docs/api.md.md", "/docs/CHANGELOG"),
        *("/llms.txt.md", "/docs/.md"),
    ],
)
def test_nothing_else_can_be_asked_for(path: str) -> None:
    """Pages are found in a table, never by path."""
    assert shelf().find("/docs/guide/api") is not None
    assert shelf().find(path) is None


def test_llms_txt_has_the_form_that_readers_expect() -> None:
    """A title, a quote, then lists of links below second headings; each link leads to a text that is served."""
    text = write_index(manual(), BASE)
    lines = text.splitlines()
    assert (lines[0], lines[2][:2]) == ("# Switchyard", "> ")
    assert re.findall(r"^#+ .*", text, re.MULTILINE) == ["# Switchyard", "## Guide", "## API", "## Optional"]
    items = [line for line in lines if line.startswith("- ")]
    links = [re.fullmatch(r"- \[([^\]]+)\]\((https://\S+)\)(: .+)?", item) for item in items]
    paths = [link[2].removeprefix(BASE) for link in links if link]
    assert len(paths) == len(items) > 30
    assert [path for path in paths if path not in OTHER_ROUTES and shelf().find(path) is None] == []
    assert {f"/docs/guide/{path.name}" for path in (docs_dir() / "guide").glob("[!R]*.md")} < set(paths)
    assert "template" not in text


def test_llms_full_txt_has_everything_and_no_relative_link() -> None:
    """It holds each page of the guide whole, the glossary and the API; its links can be followed from anywhere."""
    text = write_full(manual(), BASE, "# API reference\n")
    for page in [*manual().guide, manual().pages["glossary"]]:
        assert f"Source: {BASE}{page.text_address}\n\n# {page.title}\n" in text
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    assert re.findall(r"\]\((?!https?://)[^)]*\)", prose) == []


def test_the_reference_has_every_operation_and_every_field() -> None:
    """Nothing of the OpenAPI document is left out."""
    text = write_reference(document(), {"not_found": (404, "There is nothing of that name")})
    for path, item in document()["paths"].items():
        for method in item.keys() - {"parameters"}:
            assert f"### `{method.upper()} {path}`\n" in text
    for name, schema in document()["components"]["schemas"].items():
        part = text.partition(f"### {name}\n")[2].partition("\n### ")[0]
        assert [field for field in schema.get("properties", {}) if f"- `{field}`: " not in part] == []
    assert "| `not_found` | 404 | There is nothing of that name |" in text


@pytest.mark.parametrize(
    ("operation", "lines"),
    [
        ("add_line", ["- needs: a key with the role operator", "- body: [LineBody](#linebody)"]),
        ("list_lines", ["- needs: a key with the role viewer", "- query `with_retired`: boolean; default `false`"]),
        ("create_key", ["- needs: a key with the role admin", "- answers: 201 [NewKeyAnswer](#newkeyanswer)"]),
        ("sign_up", ["- needs: a key with the role operator", "- problems: 400, 404, 413, 422"]),
        ("import_lines", ["- body: text/csv", "- query `dry_run`: boolean; default `false`"]),
        ("show_person", ["- problems: 404, 503"]),
    ],
)
def test_what_the_reference_says_of_an_operation(operation: str, lines: list[str]) -> None:
    """Role, parameters, body, answers and problems are in the operation's own part."""
    text = write_reference(document(), {})
    (part,) = [part for part in text.split("\n### ") if f"- operation: `{operation}`\n" in part]
    assert [line for line in lines if line not in part.splitlines()] == []


def test_each_operation_with_a_key_names_the_role_that_the_guard_asks_for() -> None:
    """The document says what a key must be able to do; a public page says nothing."""
    roles = {role.word for role in Role}
    for path, item in document()["paths"].items():
        for operation in (own for method, own in item.items() if method != "parameters"):
            assert (operation.get("x-role") in roles) == path.startswith(("/api/v1/", "/metrics")), path


def a_copy(tmp_path: Path) -> Path:
    """Copy the guide as a wheel places it."""
    shutil.copytree(docs_dir(), tmp_path / "docs", ignore=shutil.ignore_patterns("pictures"))
    shutil.copy(PROJECT / "CHANGELOG.md", tmp_path)
    return tmp_path / "docs"


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda docs: (docs / "guide" / "README.md").unlink(), r"README\.md is missing; install the package again"),
        (lambda docs: (docs / "glossary.md").unlink(), r"glossary\.md is missing"),
        (lambda docs: (docs.parent / "CHANGELOG.md").unlink(), r"CHANGELOG\.md is missing"),
        (lambda docs: (docs / "guide" / "api.md").write_text("No title.\n"), r"api\.md does not begin with a title"),
    ],
)
def test_a_damaged_guide_is_reported(tmp_path: Path, harm: Callable[[Path], object], message: str) -> None:
    """A file that should have come with the program is named."""
    docs = a_copy(tmp_path)
    assert read_manual(docs).pages.keys() == manual().pages.keys()
    harm(docs)
    with pytest.raises(ManualError, match=message):
        read_manual(docs)
