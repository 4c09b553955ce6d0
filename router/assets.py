"""Our page templates, static files and guide: where they are, and what a page may load.

In a checkout the folders are beside the package; a wheel carries them inside it. Static files are held in memory. Each
is served under its own name and under one with eight digits of its hash (`site.css`, `site.1a2b3c4d.css`); only the
second may be cached for ever.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from router.translation import SOURCE_LANGUAGE, Catalogue, TranslatedEnvironment

STATIC_PATH = "/static"

# What a page of ours may load: our own files, and small pictures inside the page.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

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


def make_templates(static_files: StaticFiles, catalogue: Catalogue | None = None) -> Environment:
    """Return the environment of all page templates; a missing value is an error, not an empty place.

    Args:
        static_files: what the pages may link.
        catalogue: the texts of the pages' language; English without one.
    """
    templates = TranslatedEnvironment(
        catalogue or Catalogue(SOURCE_LANGUAGE, NullTranslations()),
        loader=FileSystemLoader(templates_dir()),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["asset"] = static_files.asset_url
    return templates


def static_dir() -> Path:
    """Return the folder of static files."""
    return _find("static")


def docs_dir() -> Path:
    """Return the folder of the guide."""
    return _find("docs")


# Comments are for whoever reads the source; a phone does without. A comment after code on a line stays.
_COMMENTS = {
    ".js": re.compile(rb"^[ \t]*//[^\n]*\n", re.MULTILINE),
    ".css": re.compile(rb"^/\*[^*]*\*/\n", re.MULTILINE),
}


def load_static(directory: Path) -> StaticFiles:
    """Read every file below the directory, except those whose name starts with a dot.

    Raises:
        AssetError: a file whose content type we do not know.
    """
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    shown = [path for path in paths if not any(part.startswith(".") for part in path.relative_to(directory).parts)]
    return StaticFiles([_read(directory, path) for path in shown])


def _find(folder: str) -> Path:
    # Inside comes first: an installed package lies in site-packages, where a folder of this name is a stranger's.
    for place in (_PACKAGE / folder, _PACKAGE.parent / folder):
        if place.is_dir():
            return place
    raise AssetError(f"there is no {folder}/ beside or inside {_PACKAGE}; install the package again.")


def _read(directory: Path, path: Path) -> Asset:
    content_type = CONTENT_TYPES.get(path.suffix)
    if content_type is None:
        raise AssetError(f"{path} has a suffix that we do not serve; add it to CONTENT_TYPES in {__name__}.")
    comments = _COMMENTS.get(path.suffix)
    body = path.read_bytes() if comments is None else comments.sub(b"", path.read_bytes())
    name = path.relative_to(directory).as_posix()
    digits = sha256(body).hexdigest()[:_HASH_DIGITS]
    return Asset(name, f"{name.removesuffix(path.suffix)}.{digits}{path.suffix}", content_type, body)
