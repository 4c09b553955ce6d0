"""Where our templates and static files are, and the static ones in memory under names that change with their content.

In a checkout both folders lie beside the package; a wheel carries them inside it. A static file is served under its own
name and under one with eight digits of its hash (`site.css`, `site.1a2b3c4d.css`); the second may be cached for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

STATIC_PATH = "/static"

_PACKAGE = Path(__file__).parent
_HASH_DIGITS = 8

# Our own table: the machine's mime.types differs from one distribution to the next.
CONTENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".ico": "image/x-icon",
        ".jpg": "image/jpeg",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".webmanifest": "application/manifest+json",
        ".webp": "image/webp",
        ".woff2": "font/woff2",
    }
)


class AssetError(Exception):
    """A template folder or static file that should have come with the program; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file.

    Attributes:
        name: its path below static/, such as `vendor/htmx-2.0.4.min.js`.
        hashed_name: the same with its hash before the suffix.
    """

    name: str
    hashed_name: str
    content_type: str
    body: bytes


class StaticFiles:
    """All static files, by both of their names."""

    def __init__(self, assets: list[Asset]) -> None:
        self._by_name = {asset.name: asset for asset in assets}
        self._by_any_name = {asset.hashed_name: asset for asset in assets} | self._by_name

    def find(self, name: str) -> Asset | None:
        """Return the file of this name, plain or hashed; only the hashed one may be cached for ever."""
        return self._by_any_name.get(name)

    def asset_url(self, name: str) -> str:
        """Return the path under which a page should ask for this file.

        Raises:
            AssetError: there is no such file, which is a fault in a template.
        """
        if name not in self._by_name:
            raise AssetError(f"static/{name} does not exist; there are {', '.join(sorted(self._by_name)) or 'none'}.")
        return f"{STATIC_PATH}/{self._by_name[name].hashed_name}"


def templates_dir() -> Path:
    """Return the folder of page templates."""
    return _find("templates")


def static_dir() -> Path:
    """Return the folder of static files."""
    return _find("static")


def load_static(directory: Path) -> StaticFiles:
    """Read every file below the directory; what starts with a dot is left out.

    Raises:
        AssetError: a file whose content type we do not know.
    """
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    shown = [path for path in paths if not any(part.startswith(".") for part in path.relative_to(directory).parts)]
    return StaticFiles([_read(directory, path) for path in shown])


def _find(folder: str) -> Path:
    # Inside comes first: beside an installed package lies site-packages, where a folder of this name is a stranger's.
    for place in (_PACKAGE / folder, _PACKAGE.parent / folder):
        if place.is_dir():
            return place
    raise AssetError(f"there is no {folder}/ beside or inside {_PACKAGE}; install the package again.")


def _read(directory: Path, path: Path) -> Asset:
    content_type = CONTENT_TYPES.get(path.suffix)
    if content_type is None:
        raise AssetError(f"{path} has a suffix that we do not serve; add it to CONTENT_TYPES in {__name__}.")
    body = path.read_bytes()
    name = path.relative_to(directory).as_posix()
    digits = sha256(body).hexdigest()[:_HASH_DIGITS]
    return Asset(name, f"{name.removesuffix(path.suffix)}.{digits}{path.suffix}", content_type, body)
