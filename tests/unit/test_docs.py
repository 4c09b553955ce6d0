"""README, guide and decisions: every link leads somewhere, and everything that they must name is there."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from router.cli.app import app
from router.core.assignment import Reason
from router.core.line import Gate
from router.core.lines.line_rules import LineAction
from router.core.lines.line_table import COLUMNS, MAX_ROWS
from router.core.links.message_text import MAX_SEPTETS
from router.core.links.photo import MAX_PHOTO_BYTES, SIDE_PIXELS
from router.schemas.lines import LineBody
from router.schemas.signups import SignupAnswer, SignupBody
from router.services.access import MIN_CONFIGURED_CHARACTERS
from router.services.people.page_watcher import MAX_WATCHED
from router.services.pools.admin import PoolFields
from router.settings.loading import CONFIG_VARIABLE, FILE_ONLY, PREFIX
from router.settings.settings import MIN_SECRET_KEY_LENGTH, Settings
from router.web.api.controllers.lines import MAX_TRIED
from router.web.problems import PROBLEMS

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
GUIDE, DECISIONS = DOCS / "guide", DOCS / "decisions"
PAGES = [*(PROJECT / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md")), *sorted(DOCS.rglob("*.md"))]
VARIABLES = {PREFIX + name.upper() for name in Settings.model_fields if name not in FILE_ONLY} | {CONFIG_VARIABLE}

_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_ELSEWHERE = ("http://", "https://", "mailto:")
_EXAMPLE = re.compile(r"```.*?```|^ {4}(?!<)[^\n]*|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_ANCHOR = re.compile(r"<a id=\"([^\"]+)\"")
_VARIABLE = re.compile(r"SWITCHYARD_[A-Z_]*[A-Z]")
_CODE = re.compile(r"`([^`\n]+)`")
_ROOMS = "|".join(["router", "tests", "docs", *(room.name for room in (PROJECT / "router").iterdir() if room.is_dir())])
_PATH = re.compile(rf"[\w.*/-]+\.(?:py|lua)|(?:{_ROOMS})/[\w.*/-]*")
_GROUPS = "|".join(group.name or "" for group in app.registered_groups)
_SHORT = re.compile(rf"`((?:{_GROUPS}) [a-z][^`\n]*)`")
_LINQS_OWN = "linq webhooks"  # a command of Linq's own program
_TYPED = re.compile(r"^(?:    |\$ )?(?:\.venv/bin/)?switchyard (.*(?:\\\n.*)*)$", re.MULTILINE)
_COMMAND = re.compile(r"(?:^ {0,4}|`|\$ |/)switchyard ([a-z][^`\n&|]*)", re.MULTILINE)


def text_of(name: str) -> str:
    """Read a page of the guide."""
    return (GUIDE / f"{name}.md").read_text()


def anchors_of(page: Path) -> set[str]:
    """Return the places inside a page that a link may lead to, as GitHub names its headings."""
    text = page.read_text()
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text))
    return {*headings, *_ANCHOR.findall(text)}


def links_of(page: Path) -> list[str]:
    """Return the links of a page that lead into the project, without examples."""
    found = (markdown or html for markdown, html in _LINK.findall(_EXAMPLE.sub("", page.read_text())))
    return [link for link in found if not link.startswith(_ELSEWHERE)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_and_picture_is_there(page: Path) -> None:
    """A relative link points to a file of the project, and its # to a heading in it."""
    dead = []
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(link)
    assert dead == []


def test_every_page_is_reached() -> None:
    """The guide's index links each of its pages, README links both indexes, and both link the glossary."""
    assert {link.partition("#")[0] for link in links_of(GUIDE / "README.md")} >= {
        page.name for page in GUIDE.glob("*.md") if page.name != "README.md"
    }
    assert "../glossary.md" in links_of(GUIDE / "README.md")
    indexes = {"docs/guide/README.md", "docs/glossary.md", "docs/decisions/README.md"}
    assert indexes <= set(links_of(PROJECT / "README.md"))


def test_the_glossary_has_each_word_once() -> None:
    """A word with two rows would have two meanings."""
    words = re.findall(r"^\| ([^|]+?) \|", (DOCS / "glossary.md").read_text(), re.MULTILINE)
    named = [word for row in words if row not in {"word", "verb", "---"} for word in row.split(", ")]
    assert named
    assert sorted(named) == sorted(set(named))


def test_every_setting_is_in_the_table() -> None:
    """The operations page has a row for each setting, with its default where that is a plain value."""
    rows = dict(re.findall(r"^\| `(SWITCHYARD_\w+)` \| (.*?) \|", text_of("operations"), re.MULTILINE))
    assert rows.keys() == VARIABLES - {CONFIG_VARIABLE}
    for name, setting in Settings.model_fields.items():
        if isinstance(setting.default, str | int | Path):
            written = str(setting.default).lower() if isinstance(setting.default, bool) else setting.default
            assert rows[PREFIX + name.upper()] == f"`{written}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_variable_that_a_page_names_exists(page: Path) -> None:
    """The variable is a setting, or a switch of `make test`."""
    of_make_test = set(_VARIABLE.findall((PROJECT / "tests" / "install.sh").read_text()))
    assert set(_VARIABLE.findall(page.read_text())) <= VARIABLES | of_make_test


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
    """Every field, action, reason, column and gate is on its page, as code."""
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
    """A limit that changes in the code must change in the guide."""
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
    (strict,) = re.findall(r"^user switchyard .* -@all (.*)$", text_of("operations"), re.MULTILINE)
    scripts = (PROJECT / "router" / "store" / "lua").rglob("*.lua")
    called = {word.lower() for script in scripts for word in re.findall(r"\bcall\('([A-Z]+)'", script.read_text())}
    assert called <= {word.removeprefix("+") for word in strict.split()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_command_exists(page: Path) -> None:
    """Each `switchyard …` names an existing command and existing options; each `make …` names a target."""
    text = page.read_text()
    written = [*_COMMAND.findall(text), *(words for words in _SHORT.findall(text) if not words.startswith(_LINQS_OWN))]
    assert [words for words in written if not is_command(words)] == []
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^(?:    )?)make ([a-z]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_command_of_a_block_parses(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line is complete and each value is of the right kind; the command itself checks it."""
    monkeypatch.chdir(tmp_path)
    for name in ("logo.png", "lines.csv"):
        Path(name).touch()
    for line in _TYPED.findall(page.read_text()):
        parse(shlex.split(line.replace("\\\n", " "), comments=True))


def test_a_command_that_lacks_something_does_not_parse() -> None:
    """The check above sees a missing option, and an option that does not exist."""
    parse(["lines", "drain", "+12025550101", "--reason", "contract ends"])
    with pytest.raises(Exception, match="Missing parameter: reason"):
        parse(["lines", "drain", "+12025550101"])
    with pytest.raises(Exception, match="No such option: --nom"):
        parse(["lines", "drain", "+12025550101", "--reason", "contract ends", "--nom", "Acme"])


def parse(words: list[str]) -> None:
    """Let a command parse its words without running; it raises what it would print."""
    command, rest = command_of(words)
    command.make_context(" ".join(words), rest)


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that a line names, or None, and the words after its name."""
    command: Any = typer.main.get_command(app)  # a group or a command; typer does not export the classes
    rest = list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("--"):
        command = command.commands.get(rest.pop(0))
    return command, rest


def is_command(written: str) -> bool:
    """Return whether a command line names a command and options of ours."""
    command, rest = command_of(shlex.split(written, comments=True))
    if command is None:
        return False
    taken = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return {word for word in rest if word.startswith("--")} <= taken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    """A path is a file of the project or of `router/`; a bare module name is the name of a module."""
    words = [word for code in _CODE.findall(page.read_text()) for word in code.split()]
    named = {word.partition("::")[0] for word in words if _PATH.fullmatch(word)}
    assert sorted(name for name in named if not is_a_file(name)) == []


def is_a_file(name: str) -> bool:
    """Return whether a page names a file or a folder of ours; `*` stands for any name."""
    if "/" in name:
        return any(any(root.glob(name.rstrip("/"))) for root in (PROJECT, PROJECT / "router"))
    return any(any((PROJECT / root).rglob(name)) for root in ("router", "tests"))


def test_every_decision_is_in_the_index() -> None:
    """The index lists each decision in order, under its title, with nothing missing in between."""
    rows = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.*?) \| ", (DECISIONS / "README.md").read_text(), re.MULTILINE)
    records = [path for path in sorted(DECISIONS.glob("0*.md")) if path.name != "0000-template.md"]
    assert [name for _, name, _ in rows] == [path.name for path in records]
    assert [int(number) for number, _, _ in rows] == list(range(1, len(records) + 1))
    for (number, _, title), record in zip(rows, records, strict=True):
        assert record.read_text().startswith(f"# {number}: {title}\n")


@pytest.mark.parametrize("record", sorted(DECISIONS.glob("0*.md")), ids=lambda record: record.stem)
def test_a_decision_answers_the_four_questions(record: Path) -> None:
    """Each decision has the parts of the template, in its order."""
    parts = re.findall(r"^## (.*)$", record.read_text(), re.MULTILINE)
    assert parts == ["Problem", "Options", "Outcome", "What would change our mind"]


def test_what_the_code_says_of_a_decision_leads_there() -> None:
    """A comment that names a decision names an existing one."""
    named = {
        name
        for source in (PROJECT / "router").rglob("*.py")
        for name in re.findall(r"docs/(?:decisions|guide)/[\w.-]+\.md", source.read_text())
    }
    assert [name for name in named if not (PROJECT / name).is_file()] == []
