"""Static files are found at start, named by their content, and served under both names."""

from pathlib import Path

import pytest

from router.assets import AssetError, load_static, static_dir, templates_dir


def write(directory: Path, name: str, content: str) -> None:
    """Put a file below the directory."""
    (directory / name).parent.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(content)


def test_both_folders_are_found_in_a_checkout() -> None:
    """A checkout uses the folders next to the package."""
    root = Path(__file__).parents[2]
    assert (templates_dir(), static_dir()) == (root / "templates", root / "static")


def test_every_file_of_ours_can_be_served() -> None:
    """Each file in static/ has a content type we know."""
    assert load_static(static_dir()).find("site.css") is not None


def test_a_file_has_two_names(tmp_path: Path) -> None:
    """A page's name for a file carries its hash, and both names lead to the same bytes."""
    write(tmp_path, "site.css", "body{}")
    files = load_static(tmp_path)
    assert files.asset_url("site.css") == "/static/site.7c98040a.css"
    asset = files.find("site.7c98040a.css")
    assert asset is not None
    assert (asset.body, asset.content_type) == (b"body{}", "text/css; charset=utf-8")
    assert files.find("site.css") is asset


def test_a_changed_file_has_a_new_name(tmp_path: Path) -> None:
    """A browser never shows yesterday's style with today's page."""
    write(tmp_path, "site.css", "body{}")
    before = load_static(tmp_path).asset_url("site.css")
    write(tmp_path, "site.css", "body{color:red}")
    files = load_static(tmp_path)
    assert files.asset_url("site.css") != before
    assert files.find(before.removeprefix("/static/")) is None


def test_a_version_in_a_name_stays(tmp_path: Path) -> None:
    """Only the last suffix is the type; folders stay in the name."""
    write(tmp_path, "vendor/htmx-2.0.4.min.js", "1")
    assert load_static(tmp_path).asset_url("vendor/htmx-2.0.4.min.js") == "/static/vendor/htmx-2.0.4.min.6b86b273.js"


@pytest.mark.parametrize("name", ["../assets.py", "/etc/passwd", "", "site", "SITE.CSS", ".hidden.css", ".git/a.css"])
def test_nothing_else_can_be_asked_for(tmp_path: Path, name: str) -> None:
    """Files are found in a table, never by path, and hidden ones are not in it."""
    write(tmp_path, "site.css", "")
    write(tmp_path, ".hidden.css", "")
    write(tmp_path, ".git/a.css", "")
    assert load_static(tmp_path).find(name) is None


def test_a_template_that_names_no_file_is_reported(tmp_path: Path) -> None:
    """A misspelt file name in a template is an error that lists the existing names."""
    write(tmp_path, "site.css", "")
    with pytest.raises(AssetError, match=r"static/sight\.css does not exist; there are site\.css"):
        load_static(tmp_path).asset_url("sight.css")


def test_an_unknown_type_is_reported_at_start(tmp_path: Path) -> None:
    """We never guess how a browser should read a file."""
    write(tmp_path, "notes.docx", "")
    with pytest.raises(AssetError, match=r"notes\.docx has a suffix that we do not serve"):
        load_static(tmp_path)


def test_comments_are_not_served(tmp_path: Path) -> None:
    """Lines that are only a comment stay in the source. Everything else is served as it is, addresses too."""
    (tmp_path / "a.js").write_text('// why\nlet a = "https://x"; // b\n  // c\nlet b = 1;\n')
    (tmp_path / "a.css").write_text("/* Notices */\n.a { color: red; } /* b */\n")
    served = load_static(tmp_path)
    script, style = served.find("a.js"), served.find("a.css")
    assert script is not None
    assert style is not None
    assert script.body == b'let a = "https://x"; // b\nlet b = 1;\n'
    assert style.body == b".a { color: red; } /* b */\n"
