"""The pages of docs/, where each is served, and where their links lead.

Below `/docs` the addresses are those of the files, so a link between two Markdown files works between two pages. In a
checkout docs/ is beside the package and CHANGELOG.md beside docs/; a wheel carries both inside it, placed the same way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from types import MappingProxyType
from typing import Final

from router.manual.markdown import relink

START: Final = "/docs"
REFERENCE: Final = "reference"  # the page that is made of the OpenAPI document
CHANGELOG: Final = "changelog"
GUIDE: Final = "guide"
DECISIONS: Final = "decisions"
GLOSSARY: Final = "glossary"

_INDEX = "README.md"
_TEMPLATE = f"{DECISIONS}/0000-template"
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/")
_TITLE = re.compile(r"# (.+)\n")
_ROW = re.compile(r"^\| (?:\d+ \| )?\[[^\]]*\]\(([^)\s#]+)\) \| ([^|\n]+?) \|", re.MULTILINE)


class ManualError(Exception):
    """A page of the guide that should have come with the program; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ManualPage:
    """One page.

    Attributes:
        name: its address below `/docs`, such as `guide/api`; "" for the first page.
        folder: where its own links start from, below docs/.
        about: what it is for, in one phrase; "" where the title says it.
    """

    name: str
    folder: str
    title: str
    about: str
    text: str

    @property
    def address(self) -> str:
        """Where the page is served."""
        return f"{START}/{self.name}" if self.name else START

    @property
    def text_address(self) -> str:
        """Where its Markdown is served."""
        return f"{START}/{self.name or f'{GUIDE}/README'}.md"


class Manual:
    """All pages, by name, in the order of the guide's index. It knows the pictures too."""

    def __init__(self, pages: list[ManualPage], pictures: Mapping[str, Path]) -> None:
        """Take the pages in order, and where each picture lies by its address below `/docs`."""
        self.pages: Mapping[str, ManualPage] = MappingProxyType({page.name: page for page in pages})
        self.pictures = pictures
        self._by_file = {page.text_address.removeprefix(f"{START}/"): page for page in pages}
        self._by_file |= {f"{DECISIONS}/{_INDEX}": self.pages[DECISIONS], "../CHANGELOG.md": self.pages[CHANGELOG]}

    @property
    def guide(self) -> list[ManualPage]:
        """The pages of the guide, without its index."""
        return [page for page in self.pages.values() if page.folder == GUIDE and page.name]

    @property
    def decisions(self) -> list[ManualPage]:
        """The decision records, without their index and the template for new ones."""
        return [
            page for page in self.pages.values() if page.name.startswith(f"{DECISIONS}/") and page.name != _TEMPLATE
        ]

    def page_of_text(self, name: str) -> ManualPage | None:
        """Return the page whose Markdown has this address below `/docs`."""
        return self._by_file.get(name)

    def address_of(self, link: str, page: ManualPage, *, as_text: bool = False, base_url: str = "") -> str:
        """Return where a link of a page leads; a link that leaves docs/ stays as it is.

        Args:
            link: as it stands in the page.
            page: the page it stands in.
            as_text: lead to the Markdown of a page in the place of the page.
            base_url: what to put before the address.
        """
        path, hash_sign, anchor = link.partition("#")
        if _ELSEWHERE.match(link):
            return link
        if not path and not base_url:
            return link
        file = normpath(f"{page.folder}/{path}") if path else ""
        target = self._by_file.get(file) if path else page
        if target is not None:
            return base_url + (target.text_address if as_text else target.address) + hash_sign + anchor
        return f"{base_url}{START}/{file}" if file in self.pictures else link

    def text_of(self, page: ManualPage, base_url: str = "") -> str:
        """Return a page's Markdown for a program to read, with links to the Markdown of other pages."""
        return relink(page.text, lambda link: self.address_of(link, page, as_text=True, base_url=base_url))


def read_manual(directory: Path) -> Manual:
    """Read docs/.

    Raises:
        ManualError: an index is missing, or the changelog beside the folder.
    """
    changelog = directory.parent / "CHANGELOG.md"
    for needed in (directory / GUIDE / _INDEX, directory / DECISIONS / _INDEX, directory / "glossary.md", changelog):
        if not needed.is_file():
            raise ManualError(f"{needed} is missing; install the package again.")
    guide, decisions = directory / GUIDE, directory / DECISIONS
    about = dict(_ROW.findall((guide / _INDEX).read_text(encoding="utf-8")))
    in_order = [guide / name for name in about if (guide / name).parent == guide and (guide / name).is_file()]
    pages = [
        _page("", GUIDE, guide / _INDEX),
        *(_page(f"{GUIDE}/{path.stem}", GUIDE, path, about[path.name]) for path in in_order),
        _page(GLOSSARY, ".", directory / "glossary.md", "what each word means"),
        _page(DECISIONS, DECISIONS, decisions / _INDEX, "why things are as they are"),
        *(_page(f"{DECISIONS}/{path.stem}", DECISIONS, path) for path in sorted(decisions.glob("[0-9]*.md"))),
        _page(CHANGELOG, "..", changelog, "what changed for operators and callers"),
    ]
    pictures = {f"pictures/{path.name}": path for path in sorted((directory / "pictures").glob("*.png"))}
    return Manual(pages, pictures)


def _page(name: str, folder: str, path: Path, about: str = "") -> ManualPage:
    text = path.read_text(encoding="utf-8")
    title = _TITLE.match(text)
    if title is None:
        raise ManualError(f"{path} does not begin with a title; install the package again.")
    return ManualPage(name, folder, title[1], about, text)
