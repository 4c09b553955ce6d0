"""The measured structure: what counts as a circle, a repeated name or a long file, and the rules of this tree."""

from pathlib import Path

import pytest

from tests.structure.measure import PROJECT, File, Folder, Structure, count_circles, measure_structure
from tests.structure.rules import MAX_LINES, broken_rules
from tests.structure.signup_path import SignupPath


@pytest.mark.parametrize(
    ("imports", "circles"),
    [
        ({"a": ["b"], "b": ["c"], "c": []}, 0),
        ({"a": ["b", "c"], "b": ["c"], "c": []}, 0),
        ({"a": ["b"], "b": ["a"]}, 1),
        ({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}, 1),
        ({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}, 2),
    ],
)
def test_modules_that_lead_back_to_each_other_are_a_circle(imports: dict[str, list[str]], circles: int) -> None:
    """Each group counts once, however many modules it has."""
    assert count_circles(imports) == circles


def make_tree(root: Path, **sources: str) -> Path:
    """Write a package `router` of these modules; a name may hold folders, as `a__b`."""
    for name, source in {"__init__": "", **sources}.items():
        path = root / "router" / (name.replace("__", "/") if name != "__init__" else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.with_suffix(".py").write_text(source)
    (root / "router" / "one.lua").write_text("local a = 1\n")
    return root


def test_sizes_names_and_arrows_are_read_from_the_source(tmp_path: Path) -> None:
    """The measures of a small checkout equal those made by hand; private classes may share a name."""
    tree = make_tree(
        tmp_path,
        web="from router.core__line import Line\n".replace("__", "."),
        core__line="class Line: ...\n\n\nclass _Hidden: ...\n",
        core__pool="from router.core import line\nclass Line: ...\nclass _Hidden: ...\n",
    )
    structure = measure_structure(tree)
    assert structure.largest == File("router/core/line.py", 4)
    assert structure.repeated_classes == {"Line": ["router/core/line.py", "router/core/pool.py"]}
    assert structure.folders == [Folder("router", 2, 1, 0), Folder("router/core", 2, 1, 0)]
    assert structure.circles == 0


def test_a_signup_path_counts_folders_and_names_its_longest_file() -> None:
    """The longest file is the one with the most characters."""
    path = SignupPath(["router/asgi.py", "router/web/hot/signup_api.py"], changes=3)
    assert (path.folders, path.longest) == ({"router", "router/web/hot"}, "router/web/hot/signup_api.py")


def test_each_broken_rule_is_named_with_its_place() -> None:
    """A file at the limit is fine."""
    good = Structure([File("router/a.py", MAX_LINES)], [File("router/a.lua", 9)], {}, 0, [])
    assert broken_rules(good) == []
    long = Structure([File("router/a.py", MAX_LINES + 1)], good.lua, {"Line": ["router/a.py", "router/b.py"]}, 1, [])
    assert [fault.split()[0] for fault in broken_rules(long)] == ["router/a.py", "Line", "1"]


def test_this_checkout_breaks_no_rule() -> None:
    """`make check` asks the same."""
    assert broken_rules(measure_structure(PROJECT)) == []
