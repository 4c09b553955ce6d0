"""Write a page of the guide as HTML that our content security policy allows: no inline style, no inline script.

The pages are our own, so what HTML they hold goes out as it is. markdown-it-py reads them as GitHub does (CommonMark,
tables); headings get the anchors that GitHub gives them, because the pages link those.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

# What readers of the source need (`<!-- runs -->` tells a test to run the example) is nothing to show.
_COMMENT = re.compile(r"\s*<!--.*?-->\s*", re.DOTALL)
_CODE_COMMENT_OR_LINK = re.compile(r"```.*?```|`[^`\n]*`|<!--.*?-->\n?|\]\(([^)\s]+)\)", re.DOTALL)
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")
_ALIGNED: Final = {f"text-align:{side}": f"to-{side}" for side in ("left", "center", "right")}

Address = Callable[[str], str]
Picture = Callable[[str], "ShownPicture | None"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page, and the anchor that links lead to. The page's title has level 1."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """Where a picture of the page is, how large it is, and where its twin for dark screens is ("" without one)."""

    address: str
    width: int
    height: int
    dark_address: str


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A page as HTML."""

    html: str
    headings: tuple[Heading, ...]


def write_page(text: str, *, address_of: Address, picture_of: Picture) -> WrittenPage:
    """Write a page as HTML.

    Args:
        text: the page's Markdown.
        address_of: what a link of the page becomes.
        picture_of: what a picture's path becomes; None leaves the path as it is.
    """
    reader = _reader()
    tokens = reader.parse(text)
    headings = _headings(tokens)
    anchors = iter(headings)
    for token in tokens:
        if token.type == "heading_open":
            token.attrSet("id", next(anchors).anchor)
        style = token.attrs.pop("style", None)
        if style is not None:
            token.attrSet("class", _ALIGNED[str(style)])
        for inline in token.children or ():
            if inline.type == "link_open":
                inline.attrSet("href", address_of(str(inline.attrs["href"])))
    html = reader.renderer.render(tokens, reader.options, {"picture_of": picture_of})
    return WrittenPage(html, headings)


def relink(text: str, address_of: Address) -> str:
    """Return a page's Markdown with other links and without comments; what stands in code stays."""

    def replaced(found: re.Match[str]) -> str:
        link: str | None = found[1]
        if link is not None:
            return f"]({address_of(link)})"
        return "" if found[0].startswith("<!--") else found[0]

    return _CODE_COMMENT_OR_LINK.sub(replaced, text)


class _Renderer(RendererHTML):
    """Tables and code scroll on their own, and so must be reached by keyboard; a picture follows the colour scheme."""

    def table_open(self, _tokens: Sequence[Token], _i: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<div class="scroll" tabindex="0"><table>\n'

    def table_close(self, _tokens: Sequence[Token], _i: int, _options: OptionsDict, _env: EnvType) -> str:
        return "</table></div>\n"

    def html_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return "" if _COMMENT.fullmatch(tokens[idx].content) else tokens[idx].content

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return _code(tokens[idx].content)

    def code_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return _code(tokens[idx].content)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        words = escape(self.renderInlineAsText(token.children, options, env))
        path = str(token.attrs["src"])
        shown: ShownPicture | None = env["picture_of"](path)
        if shown is None:
            return f'<img src="{escape(path)}" alt="{words}" loading="lazy">'
        size = f'width="{shown.width}" height="{shown.height}"'
        light = f'<img src="{escape(shown.address)}" alt="{words}" {size} loading="lazy">'
        if not shown.dark_address:
            return light
        dark = f'<source media="(prefers-color-scheme: dark)" srcset="{escape(shown.dark_address)}">'
        return f"<picture>{dark}{light}</picture>"


def _code(text: str) -> str:
    return f'<pre class="notranslate" translate="no" tabindex="0"><code>{escape(text, quote=False)}</code></pre>\n'


def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable("table")


def _headings(tokens: Sequence[Token]) -> tuple[Heading, ...]:
    found: list[Heading] = []
    seen: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = _plain(tokens[at + 1].children or ())
        anchor = _NOT_IN_ANCHOR.sub("", text.lower()).replace(" ", "-")
        times = seen.get(anchor, 0)
        seen[anchor] = times + 1
        found.append(Heading(int(token.tag[1:]), text, f"{anchor}-{times}" if times else anchor))
    return tuple(found)


def _plain(tokens: Sequence[Any]) -> str:
    return "".join(token.content for token in tokens if token.type in {"text", "code_inline"})
