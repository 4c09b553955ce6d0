"""README, guide and decisions: nothing they lead to is missing, and nothing they must name is left out."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from router.cli.app import app
from router.core.assignment import Reason
from router.core.line import Gate
from router.core.line_rules import LineAction
from router.core.line_table import COLUMNS, MAX_ROWS
from router.core.message_text import MAX_SEPTETS
from router.core.photo import MAX_PHOTO_BYTES, SIDE_PIXELS
from router.services.access import MIN_CONFIGURED_CHARACTERS
from router.services.pools import PoolFields
from router.services.watcher import MAX_WATCHED
from router.settings import CONFIG_VARIABLE, FILE_ONLY, MIN_SECRET_KEY_LENGTH, PREFIX, Settings
from router.web.controllers.lines import MAX_TRIED
from router.web.problems import PROBLEMS
from router.web.schemas.lines import LineBody
from router.web.schemas.signups import SignupAnswer, SignupBody

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
GUIDE, DECISIONS = DOCS / "guide", DOCS / "decisions"
PAGES = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
VARIABLES = {PREFIX + name.upper() for name in Settings.model_fields if name not in FILE_ONLY} | {CONFIG_VARIABLE}

_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_ELSEWHERE = ("http://", "https://", "mailto:")
_EXAMPLE = re.compile(r"```.*?```|^ {4}(?!<)[^\n]*|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_ANCHOR = re.compile(r"<a id=\"([^\"]+)\"")
_COMMAND = re.compile(r"(?:^ {0,4}|`|\$ |/)switchyard ([a-z][^`\n&|]*)", re.MULTILINE)


def text_of(name: str) -> str:
    """Read a page of the guide."""
    return (GUIDE / f"{name}.md").read_text()


def anchors_of(page: Path) -> set[str]:
    """The places inside a page that a link may lead to, as GitHub names its headings."""
    text = page.read_text()
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text))
    return {*headings, *_ANCHOR.findall(text)}


def links_of(page: Path) -> list[str]:
    """What a page leads to inside the project, examples left out."""
    found = (markdown or html for markdown, html in _LINK.findall(_EXAMPLE.sub("", page.read_text())))
    return [link for link in found if not link.startswith(_ELSEWHERE)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_and_picture_is_there(page: Path) -> None:
    """A relative link leads to a file of the project, and its # to a heading in it."""
    dead = []
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(link)
    assert dead == []


def test_every_page_is_reached() -> None:
    """The guide's index leads to each of its pages, and README to both indexes."""
    assert {link.partition("#")[0] for link in links_of(GUIDE / "README.md")} >= {
        page.name for page in GUIDE.glob("*.md") if page.name != "README.md"
    }
    assert {"docs/guide/README.md", "docs/decisions/README.md"} <= set(links_of(PROJECT / "README.md"))


def test_every_setting_is_in_the_table() -> None:
    """The operations page has a row for each, with its default where that is a plain value."""
    rows = dict(re.findall(r"^\| `(SWITCHYARD_\w+)` \| (.*?) \|", text_of("operations"), re.MULTILINE))
    assert rows.keys() == VARIABLES - {CONFIG_VARIABLE}
    for name, setting in Settings.model_fields.items():
        if isinstance(setting.default, str | int | Path):
            written = str(setting.default).lower() if isinstance(setting.default, bool) else setting.default
            assert rows[PREFIX + name.upper()] == f"`{written}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_no_page_names_a_setting_that_is_none(page: Path) -> None:
    """Whatever looks like one of our variables is one."""
    assert set(re.findall(r"SWITCHYARD_[A-Z_]*[A-Z]", page.read_text())) <= VARIABLES


def test_every_problem_is_in_the_table() -> None:
    """The API page has a row for each code, with its status."""
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", text_of("api"), re.MULTILINE)
    assert {code: int(status) for code, status in rows} == {code: kind.status for code, kind in PROBLEMS.items()}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("api", PoolFields.__annotations__),
        ("api", LineBody.model_fields),
        ("api", SignupBody.model_fields),
        ("api", SignupAnswer.model_fields.keys() - {"pool"}),
        ("api", [action.value for action in LineAction]),
        ("api", [reason.value for reason in Reason if reason is not Reason.NO_ROOM]),
        ("api", COLUMNS),
        ("lines-and-capacity", [gate.value for gate in Gate]),
    ],
)
def test_what_callers_meet_is_named(page: str, words: list[str]) -> None:
    """Every field, action, reason, column and gate stands on its page as code."""
    named = set(re.findall(r"`([a-z_0-9]+)`", text_of(page)))
    assert sorted(set(words) - named) == []


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("api", f"(up to\n{MAX_TRIED:,})"),
        ("api", f"At most {MAX_ROWS} rows"),
        ("signup-page", f"at most {MAX_SEPTETS} characters"),
        ("signup-page", f"a square of {SIDE_PIXELS} pixels"),
        ("contact-card-and-qr", f"at most {MAX_PHOTO_BYTES // 1024} KB"),
        ("operations", f"at least {MIN_CONFIGURED_CHARACTERS} characters; adopted"),
        ("operations", f"at least {MIN_SECRET_KEY_LENGTH} characters; [keys]"),
        ("operations", f"Up to {MAX_WATCHED} a process"),
    ],
)
def test_numbers_that_the_guide_repeats_are_ours(page: str, sentence: str) -> None:
    """A limit that changes in the code must change here."""
    assert " ".join(sentence.split()) in " ".join(text_of(page).split())


def test_every_event_is_one_we_log() -> None:
    """An operator who searches for a word of the table finds it."""
    table = text_of("operations").partition("## Logs")[2].partition("## Health")[0]
    events = {event for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for event in row.split("`")[1::2]}
    code = "".join(path.read_text() for path in (PROJECT / "router").rglob("*.py"))
    assert events
    assert {event for event in events if f'"{event}"' not in code} == set()


def test_a_limited_user_may_do_what_our_functions_do() -> None:
    """The strict ACL line allows each command that a function in the store calls."""
    (strict,) = re.findall(r"^ {4}user switchyard .* -@all (.*)$", text_of("operations"), re.MULTILINE)
    scripts = (PROJECT / "router" / "store" / "lua").rglob("*.lua")
    called = {word.lower() for script in scripts for word in re.findall(r"\bcall\('([A-Z]+)'", script.read_text())}
    assert called <= {word.removeprefix("+") for word in strict.split()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_command_exists(page: Path) -> None:
    """Each `switchyard …` names a command we have, and options that it takes; each `make …` a target."""
    text = page.read_text()
    assert [words for words in _COMMAND.findall(text) if not is_command(words)] == []
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^    )make ([a-z]+)", text, re.MULTILINE)) <= targets


def is_command(written: str) -> bool:
    """Whether a command line names a command and options of ours."""
    words = shlex.split(written, comments=True)
    command: Any = typer.main.get_command(app)  # a group or a command; typer keeps the classes to itself
    while hasattr(command, "commands") and words and not words[0].startswith("--"):
        command = command.commands.get(words.pop(0))
    if command is None:
        return False
    taken = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return {word for word in words if word.startswith("--")} <= taken


def test_every_decision_is_in_the_index() -> None:
    """In order, under the title it bears, with nothing missing in between."""
    rows = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.*?) \| ", (DECISIONS / "README.md").read_text(), re.MULTILINE)
    records = [path for path in sorted(DECISIONS.glob("0*.md")) if path.name != "0000-template.md"]
    assert [name for _, name, _ in rows] == [path.name for path in records]
    assert [int(number) for number, _, _ in rows] == list(range(1, len(records) + 1))
    for (number, _, title), record in zip(rows, records, strict=True):
        assert record.read_text().startswith(f"# {number}: {title}\n")


@pytest.mark.parametrize("record", sorted(DECISIONS.glob("0*.md")), ids=lambda record: record.stem)
def test_a_decision_answers_the_four_questions(record: Path) -> None:
    """The parts of the template, in its order."""
    parts = re.findall(r"^## (.*)$", record.read_text(), re.MULTILINE)
    assert parts == ["Problem", "Options", "Outcome", "What would change our mind"]


def test_what_the_code_says_of_a_decision_leads_there() -> None:
    """A comment that names a record names one that exists."""
    named = {
        name
        for source in (PROJECT / "router").rglob("*.py")
        for name in re.findall(r"docs/(?:decisions|guide)/[\w.-]+\.md", source.read_text())
    }
    assert [name for name in named if not (PROJECT / name).is_file()] == []
