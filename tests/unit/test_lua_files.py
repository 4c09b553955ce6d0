"""The Lua files: the order names each shared file, and each file says which shared files it uses."""

import re
from collections.abc import Iterator
from pathlib import Path
from struct import calcsize

import pytest

import router.store
from router.store import formats
from router.store.formats import Layout
from router.store.server.scripts import SHARED_FILES, SUBJECTS

LUA = Path(router.store.__file__).with_name("lua")
SHARED = {
    subject: [LUA / subject / "shared" / f"{name}.lua" for name in names] for subject, names in SHARED_FILES.items()
}
FILES = sorted(LUA.rglob("*.lua"))

_COMMENT_OR_STRING = re.compile(r"--\[\[.*?\]\]|--[^\n]*|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_TOP_LOCAL = re.compile(r"^local (?:function (\w+)|(\w+(?:,\s*\w+)*))", re.MULTILINE)
_NAME = re.compile(r"(?<![.\w])[A-Za-z_]\w*")
_USES = re.compile(r"^  uses  (.+?) ?$", re.MULTILINE)
_LAYOUT = re.compile(r"^--\[\[ (\w+)_FORMAT  ([\w*\s]+?) \]\]\nlocal (\w+)_FORMAT = '(.+?)'$", re.MULTILINE)


def code_of(path: Path) -> str:
    """Read a file without its comments and strings."""
    return _COMMENT_OR_STRING.sub("''", path.read_text())


def names_given_by(path: Path) -> set[str]:
    """Return the names that a shared file defines for the files after it."""
    found = _TOP_LOCAL.findall(code_of(path))
    return {name for function, names in found for name in [function or names] for name in re.split(r",\s*", name)}


def subject_of(path: Path) -> str:
    """Return the folder of lua/ that a file is in; empty for lua/shared."""
    folder = path.relative_to(LUA).parts[0]
    return "" if folder == "shared" else folder


def files_before(path: Path) -> Iterator[Path]:
    """Return the shared files that are loaded before this one and that it may use."""
    own = SHARED[""] if not subject_of(path) else [*SHARED[""], *SHARED.get(subject_of(path), ())]
    for shared in own:
        if shared == path:
            return
        yield shared


def test_the_order_names_each_shared_file() -> None:
    """A file that the order does not name would not be loaded; a name without a file would end the start."""
    for subject, files in SHARED.items():
        assert sorted((LUA / subject / "shared").iterdir()) == sorted(files)
    folders = {str(folder.parent.relative_to(LUA)) for folder in LUA.rglob("shared") if folder.parent != LUA}
    assert folders | {""} == set(SHARED)


def test_the_order_names_each_subject() -> None:
    """A folder that the order does not name would not be loaded."""
    assert {folder.name for folder in LUA.iterdir()} == {"shared", *SUBJECTS}


def test_a_name_means_one_thing() -> None:
    """No file defines a name that another file already defines."""
    for path in FILES:
        for before in files_before(path):
            assert names_given_by(path) & names_given_by(before) == set(), f"{path.name} and {before.name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LUA)))
def test_a_file_says_what_it_uses(path: Path) -> None:
    """The header names the shared files whose names the code uses, in their order, and no others."""
    names = set(_NAME.findall(code_of(path))) - names_given_by(path)
    used = [shared.stem for shared in files_before(path) if names & names_given_by(shared)]
    header = path.read_text().partition("]]")[0]
    stated = [name for line in _USES.findall(header) for name in re.split(r",\s*", line)]
    assert stated == used


def test_no_file_uses_what_is_loaded_after_it() -> None:
    """A name from a later file would be undefined where it is used."""
    for path in FILES:
        before = set(files_before(path))
        names = set(_NAME.findall(code_of(path)))
        for later in (file for files in SHARED.values() for file in files if file not in before and file != path):
            given = names_given_by(later) - set[str]().union(*map(names_given_by, [path, *before]))
            assert names & given == set(), f"{path.name} uses {later.name}"


def lua_layouts() -> dict[str, tuple[tuple[str, ...], str]]:
    """Return the fields and the struct format of each packed layout in Lua, by its name."""
    found = {}
    for name, fields, again, text in _LAYOUT.findall((LUA / "shared" / "formats.lua").read_text()):
        assert name == again
        spread = [part for field in fields.split() for part in _repeated(field)]
        found[name] = tuple(spread), re.sub(r"c(\d+)", r"\1s", text.replace("I4", "I"))
    return found


def _repeated(field: str) -> list[str]:
    name, _, times = field.partition("*")
    return [name] * int(times or 1)


def test_both_languages_have_the_same_layouts() -> None:
    """Each packed layout is the same in Lua and in Python: fields, their order, their widths."""
    here = {name: value for name, value in vars(formats).items() if isinstance(value, Layout)}
    there = lua_layouts()
    assert here.keys() == there.keys()
    for name, layout in here.items():
        fields, text = there[name]
        assert (layout.fields, layout.format) == (fields, text), name
        assert layout.size == calcsize(text)


def test_no_layout_is_written_twice() -> None:
    """In Lua, only shared/formats.lua contains struct formats."""
    for path in FILES:
        text = path.read_text()
        assert len(re.findall(r"'>[A-Za-z]", text)) == (len(lua_layouts()) if path.stem == "formats" else 0), path.name
