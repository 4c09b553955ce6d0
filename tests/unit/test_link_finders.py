"""Links in a text that people pasted: what apps find of them is the whole link, whatever follows."""

import random
from collections.abc import Callable
from itertools import product
from urllib.parse import unquote

import pytest

from router.core.code import ALPHABET, CODE_LENGTH, Code
from router.core.links.token import PAGE, Tokens
from router.core.pool import PoolId
from tests.kit.link_finders import LINK_FINDERS

SITE = "https://go.example.com"
FOLLOWED_BY = [
    "",
    " ",
    "\n",
    ".",
    ",",
    "!",
    "?",
    ";",
    ":",
    ")",
    "]",
    "'",
    '"',
    "'s",
    "…",
    "*",
    "_",
    "~",
    ">",
    ").",
    "。",
]
TOKENS = Tokens({"1": bytes(range(64))})
CUT = "1EoiF_Wclec6NwrfxGOlyg0POgKajKltH1uu_"  # by release 0.1.0, which let a token end in any character


def some_links() -> list[str]:
    """Return links to pages of people and pools, from a seed."""
    choice = random.Random(7)
    codes = [Code("".join(choice.choices(ALPHABET, k=CODE_LENGTH))) for _ in range(40)]
    pools = [PoolId(name) for name in ("main", "a", "spring-sale-2026", "p" * 32)]
    pages = [f"{SITE}/t/{TOKENS.mint(PAGE, pool, code)}" for pool, code in zip(pools * 10, codes, strict=True)]
    return pages + [f"{SITE}/j/{pool}" for pool in pools]


LINKS = some_links()


@pytest.mark.parametrize("finder", LINK_FINDERS)
def test_no_finder_cuts_a_link(finder: str) -> None:
    """A finder may count a mark that follows as part of the link, but never leaves out a part of the link."""
    find = LINK_FINDERS[finder]
    for link, mark in product(LINKS, FOLLOWED_BY):
        text = f"{'(' if ')' in mark else ''}Text us: {link}{mark}"
        (found,) = find(text)
        assert found.startswith(link), text
        assert unquote(found[len(link) :]) in mark, text


@pytest.mark.parametrize("finder", LINK_FINDERS)
def test_a_link_between_words_is_found_as_it_is(finder: str) -> None:
    """A blank, a line's end and the text's end belong to no link."""
    find = LINK_FINDERS[finder]
    for link, mark in product(LINKS, ("", " and more", "\nand more")):
        assert find(f"Text us: {link}{mark}") == [link]


@pytest.mark.parametrize("finder", ["GitHub's Markdown (cmarkgfm)", "Thunderbird"])
def test_these_finders_do_cut(finder: str) -> None:
    """The two rules above would notice: an old token is found without its last character."""
    find: Callable[[str], list[str]] = LINK_FINDERS[finder]
    assert find(f"Text us: {SITE}/t/{CUT}.") == [f"{SITE}/t/{CUT[:-1]}"]
