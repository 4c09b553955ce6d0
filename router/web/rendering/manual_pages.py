"""The guide as it goes out: each page, text and picture is made when first asked for, and kept as bytes.

Making a page takes a few milliseconds and the API reference a tenth of a second, so callers run `find` in a thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from jinja2 import Environment
from PIL import Image

from router.manual.api_reference import Document, write_reference
from router.manual.llms import FULL_PATH, INDEX_PATH, write_full, write_index
from router.manual.markdown import Heading, ShownPicture, write_page
from router.manual.pages import GLOSSARY, REFERENCE, START, Manual, ManualPage
from router.web.problems import PROBLEMS

_HTML: Final = "text/html"
_MARKDOWN: Final = "text/markdown"
_PLAIN: Final = "text/plain"
_PNG: Final = "image/png"
_LIGHT, _DARK = "-light.png", "-dark.png"
_ETAG_DIGITS = 16


@dataclass(frozen=True, slots=True)
class ShelvedText:
    """What one address answers.

    Attributes:
        etag: a quoted digest of the body.
    """

    media_type: str
    body: bytes
    etag: str


class ManualShelf:
    """Every answer of the guide, by address."""

    def __init__(self, manual: Manual, templates: Environment, base_url: str, document: Callable[[], Document]) -> None:
        """Take what the answers are made of; `document` gives the OpenAPI document, and is called in a thread."""
        self._manual = manual
        self._templates = templates
        self._base_url = base_url
        self._document = document
        self._made: dict[str, ShelvedText] = {}

    def find(self, path: str) -> ShelvedText | None:
        """Return what a path answers, such as `/docs/guide/api`; None if there is nothing."""
        found = self._made.get(path)
        if found is None:
            made = self._make(path)
            if made is None:
                return None
            found = self._made.setdefault(path, _shelve(*made))
        return found

    def _make(self, path: str) -> tuple[str, bytes] | None:
        if path == INDEX_PATH:
            return _PLAIN, write_index(self._manual, self._base_url).encode()
        if path == FULL_PATH:
            return _PLAIN, write_full(self._manual, self._base_url, self._reference()).encode()
        return self._make_page(path.removeprefix(START).removeprefix("/"))

    def _make_page(self, name: str) -> tuple[str, bytes] | None:
        if name == REFERENCE:
            return _HTML, self._write(name, "API reference", self._reference(), lambda link: link)
        if name == f"{REFERENCE}.md":
            return _MARKDOWN, self._reference().encode()
        if page := self._manual.pages.get(name):
            return _HTML, self._write_page(page)
        if page := self._manual.page_of_text(name):
            return _MARKDOWN, self._manual.text_of(page).encode()
        if picture := self._manual.pictures.get(name):
            return _PNG, picture.read_bytes()
        return None

    def _reference(self) -> str:
        problems = {code: (kind.status, kind.title) for code, kind in PROBLEMS.items()}
        return write_reference(self._document(), problems)

    def _write_page(self, page: ManualPage) -> bytes:
        return self._write(
            page.name, page.title, page.text, lambda link: self._manual.address_of(link, page), page=page
        )

    def _write(
        self,
        name: str,
        title: str,
        text: str,
        address_of: Callable[[str], str],
        page: ManualPage | None = None,
    ) -> bytes:
        written = write_page(
            text, address_of=address_of, picture_of=lambda path: self._picture(address_of(path)) if page else None
        )
        return (
            self._templates.get_template("manual.html")
            .render(
                title=title.replace("`", ""),
                html=written.html,
                sections=_sections(written.headings),
                name=name,
                guide=self._manual.guide,
                glossary=self._manual.pages[GLOSSARY],
                start=START,
                text_address=page.text_address if page else f"{START}/{name}.md",
            )
            .encode()
        )

    def _picture(self, address: str) -> ShownPicture | None:
        name = address.removeprefix(f"{START}/")
        path = self._manual.pictures.get(name)
        if path is None:
            return None
        with Image.open(path) as picture:
            width, height = picture.size
        dark = name.replace(_LIGHT, _DARK) if name.endswith(_LIGHT) else ""
        return ShownPicture(address, width, height, f"{START}/{dark}" if dark in self._manual.pictures else "")


def _sections(headings: tuple[Heading, ...]) -> list[Heading]:
    return [heading for heading in headings if heading.level == _SECTION]


_SECTION = 2


def _shelve(media_type: str, body: bytes) -> ShelvedText:
    return ShelvedText(media_type, body, f'"{sha256(body).hexdigest()[:_ETAG_DIGITS]}"')
