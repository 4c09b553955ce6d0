"""How apps find links in a text that was pasted: four libraries that many apps use, and two rules by their words."""

import re
from collections.abc import Callable, Mapping
from html import unescape

import bleach
import cmarkgfm
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

_HREF = re.compile(r'href="([^"]*)"')
_LINKIFY = LinkifyIt()
_MARKDOWN = MarkdownIt("gfm-like")
# android.util.Patterns.WEB_URL, by its documentation: these characters, up to a border of a word or the end.
_ANDROID = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?"
    r"(?:/(?:[a-zA-Z0-9;/?:@&=#~\-.+!*'(),_]|%[a-fA-F0-9]{2})*)?(?:\b|$)"
)
# Thunderbird: up to a blank, a quote or a bracket of HTML; then without marks at the end, and without a `)` that
# no `(` opened.
_THUNDERBIRD = re.compile(r"https?://[^\s<>\"`}\]{)|]+")
_THUNDERBIRD_LEAVES = ".,;!?-_'"


def _in_gfm(text: str) -> list[str]:
    return [unescape(link) for link in _HREF.findall(cmarkgfm.github_flavored_markdown_to_html(text))]


def _in_markdown_it(text: str) -> list[str]:
    return [unescape(link) for link in _HREF.findall(_MARKDOWN.render(text))]


def _in_bleach(text: str) -> list[str]:
    return [unescape(link) for link in _HREF.findall(bleach.linkify(text))]


def _in_linkify_it(text: str) -> list[str]:
    return [match.url for match in _LINKIFY.match(text) or []]


def _on_android(text: str) -> list[str]:
    return _ANDROID.findall(text)


def _in_thunderbird(text: str) -> list[str]:
    return [link.rstrip(_THUNDERBIRD_LEAVES) for link in _THUNDERBIRD.findall(text)]


LINK_FINDERS: Mapping[str, Callable[[str], list[str]]] = {
    "GitHub's Markdown (cmarkgfm)": _in_gfm,
    "markdown-it": _in_markdown_it,
    "linkify-it": _in_linkify_it,
    "bleach": _in_bleach,
    "Android": _on_android,
    "Thunderbird": _in_thunderbird,
}
