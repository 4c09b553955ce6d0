"""The secret key file: made once, whole, closed to others, and never silently replaced."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from router.settings.secret_key import SecretKeyError, ensure_secret_key


def test_the_first_start_makes_a_key(tmp_path: Path) -> None:
    """The file holds 64 random bytes as base64url, and no other user may read it."""
    data_dir = tmp_path / "deep" / "data"
    key, was_made = ensure_secret_key(data_dir, None)
    file = data_dir / "secret_key"
    assert was_made
    assert file.read_bytes() == key.get_secret_value() + b"\n"
    assert len(key.get_secret_value()) == 86
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(data_dir.stat().st_mode)) == (0o600, 0o700)
    assert [entry.name for entry in data_dir.iterdir()] == ["secret_key"]


def test_later_starts_find_the_same_key(tmp_path: Path) -> None:
    """After a restart every link that was handed out still works."""
    made, _ = ensure_secret_key(tmp_path, None)
    assert ensure_secret_key(tmp_path, None) == (made, False)


def test_two_directories_have_two_keys(tmp_path: Path) -> None:
    """No key is ever a constant."""
    assert ensure_secret_key(tmp_path / "a", None)[0] != ensure_secret_key(tmp_path / "b", None)[0]


def test_many_processes_starting_at_once_agree(tmp_path: Path) -> None:
    """One process makes the key, all return it, and no draft stays behind."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ensure_secret_key(tmp_path, None), range(64)))
    assert len({key.get_secret_value() for key, _ in answers}) == 1
    assert sum(was_made for _, was_made in answers) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret_key"]


def test_a_configured_key_needs_no_file(tmp_path: Path) -> None:
    """With SWITCHYARD_SECRET_KEY set the data directory is not touched."""
    key, was_made = ensure_secret_key(tmp_path / "data", SecretStr("k" * 32))
    assert (key.get_secret_value(), was_made) == (b"k" * 32, False)
    assert not (tmp_path / "data").exists()


def test_the_files_line_works_as_a_configured_key(tmp_path: Path) -> None:
    """A second machine that gets the file's text from its environment has the same key."""
    made, _ = ensure_secret_key(tmp_path, None)
    text = (tmp_path / "secret_key").read_text().strip()
    assert ensure_secret_key(tmp_path / "other", SecretStr(text)) == (made, False)


def test_a_torn_file_is_refused(tmp_path: Path) -> None:
    """Every shorter or longer file is recognised as damaged; none is replaced."""
    made, _ = ensure_secret_key(tmp_path, None)
    whole = made.get_secret_value() + b"\n"
    for content in [whole[:length] for length in range(len(whole))] + [whole + b"\n", b"*" + whole[1:]]:
        (tmp_path / "secret_key").write_bytes(content)
        with pytest.raises(SecretKeyError, match="is damaged") as caught:
            ensure_secret_key(tmp_path, None)
        assert content[:8].decode() not in str(caught.value).removeprefix(str(tmp_path)) or len(content) < 8
        assert (tmp_path / "secret_key").read_bytes() == content


def test_a_file_open_to_others_is_refused(tmp_path: Path) -> None:
    """A key that others can read is not secret; the message holds the command that closes the file."""
    ensure_secret_key(tmp_path, None)
    (tmp_path / "secret_key").chmod(0o640)
    with pytest.raises(SecretKeyError, match=r"has mode 0640.*chmod 600"):
        ensure_secret_key(tmp_path, None)


def test_a_lost_key_is_not_replaced(tmp_path: Path) -> None:
    """If the store was already written, a new key would make its contacts unreadable, so we stop."""
    (tmp_path / "appendonlydir").mkdir()
    (tmp_path / "appendonlydir" / "appendonly.aof.1.incr.aof").touch()
    with pytest.raises(SecretKeyError, match="no secret_key"):
        ensure_secret_key(tmp_path, None)
    assert not (tmp_path / "secret_key").exists()


def test_a_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file in the directory's place is named, with the variable that changes the place."""
    (tmp_path / "data").touch()
    with pytest.raises(SecretKeyError, match=r"data: .*SWITCHYARD_DATA_DIR"):
        ensure_secret_key(tmp_path / "data", None)


def test_the_key_does_not_show(tmp_path: Path) -> None:
    """Neither repr nor str of the key shows it."""
    key, _ = ensure_secret_key(tmp_path, None)
    assert key.get_secret_value().decode() not in f"{key!r} {key}"
