"""The installation's one secret, from which every other key is derived; made at the first start.

It lives in `secret_key` in the data directory: 86 base64url characters (64 random bytes) and a newline, readable by its
owner only. Its *text* is the secret, so the file's line works the same as SWITCHYARD_SECRET_KEY on another machine.
Without it every link handed out and every encrypted contact is lost, so it belongs in the backup.
"""

import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import NewType

from pydantic import SecretBytes, SecretStr

SecretKey = NewType("SecretKey", SecretBytes)

FILE_NAME = "secret_key"
_RANDOM_BYTES = 64
_WHOLE = re.compile(rb"[A-Za-z0-9_-]{86}\n")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_STORE_FILES = ("*.rdb", "*.aof", "*/*.rdb", "*/*.aof", "*/*/*.rdb", "*/*/*.aof")


class SecretKeyError(Exception):
    """A secret key that cannot be read, stored or trusted; the message says what to do."""


def ensure_secret_key(data_dir: Path, configured: SecretStr | None) -> tuple[SecretKey, bool]:
    """Return the secret key, and whether it was made just now.

    Any number of processes may start at once on an empty directory: one makes the key and all return it.

    Args:
        data_dir: created if missing, readable by its owner only.
        configured: the operator's own key; with it no file is read or made.

    Raises:
        SecretKeyError: the file is damaged or open to others, the directory cannot be used, or it holds data whose
            key is gone.
    """
    if configured is not None:
        return SecretKey(SecretBytes(configured.get_secret_value().encode())), False
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Checked before the key: a process that starts at the same time makes the key first and data later.
        has_data = _has_store_data(data_dir)
        key = _read(path)
        if key is not None:
            return key, False
        if has_data:
            raise SecretKeyError(
                f"{data_dir} holds people's data but no {FILE_NAME}, and a new key could not read them. "
                "Restore the file from a backup, or set SWITCHYARD_SECRET_KEY; to start afresh, empty the directory."
            )
        return _make(path)
    except OSError as error:
        raise SecretKeyError(
            f"{error.filename or path}: {error.strerror}. Fix it, or set SWITCHYARD_DATA_DIR."
        ) from error


def _has_store_data(data_dir: Path) -> bool:
    return any(next(data_dir.glob(pattern), None) for pattern in _STORE_FILES)


def _read(path: Path) -> SecretKey | None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    with file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        line = file.read(1024)
    if mode & _OTHERS:
        raise SecretKeyError(f"{path} has mode {mode:04o}, so others can read the key. Run: chmod 600 {path}")
    if not _WHOLE.fullmatch(line):
        raise SecretKeyError(
            f"{path} is damaged: it has {len(line)} bytes, not 86 base64url characters and a newline. "
            "Restore it from a backup."
        )
    return SecretKey(SecretBytes(line[:-1]))


def _make(path: Path) -> tuple[SecretKey, bool]:
    line = secrets.token_urlsafe(_RANDOM_BYTES).encode() + b"\n"
    draft = path.with_name(f".{FILE_NAME}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: it fails where another process was first, and never shows half a file.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    _sync_directory(path.parent)
    key = _read(path)
    assert key is not None, "linked above, by us or by another"
    return key, key.get_secret_value() == line[:-1]


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
