"""What a path means that was typed, dictated, or cut out of a text with its neighbours."""

import pytest

from router.core.links.addresses import MAX_PATH_LENGTH, Address, read_address

TOKEN = "1yAbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_abcDEF"
GLUE = [
    *".,;:!?)]}>'\"*`|~ \n",
    "”",
    "’",
    "»",
    "“",
    "）",
    "」",
    "。",
    "、",
    "…",
    "—",
    "\u200b",
    "\ufeff",
    ").",
    "”.",
    "&gt;",
]


@pytest.mark.parametrize("glue", ["", *GLUE])
def test_what_a_link_finder_glues_on_comes_off(glue: str) -> None:
    """The pool, the token and what stands below a token are the same with it and without."""
    assert read_address(f"/j/main{glue}") == Address("j", ("main",))
    token = read_address(f"/t/{TOKEN}{glue}")
    assert token is not None
    assert (token.place, token.names[0], token.rest) == ("t", TOKEN, "")
    below = read_address(f"/t/{TOKEN}/go{glue}")
    assert below is not None
    assert (below.names[0], below.rest) == (TOKEN, "go")


@pytest.mark.parametrize(
    "path",
    [
        "/j/main",
        "/J/main",
        "/j/Main",
        "/J/MAIN",
        "/main",
        "/MAIN",
        "//j//main/",
        "/j/main%29",
        "/j/“main”",
        "/j/ｍａｉｎ",
    ],
)
def test_letter_case_slashes_and_a_missing_place_do_not_matter(path: str) -> None:
    """All of them mean the pool."""
    assert read_address(path) == Address("j", ("main",))


def test_a_token_keeps_its_letters_and_its_own_end() -> None:
    """A token may end in a dash. Without it, it is the second guess."""
    assert read_address("/T/aB-_") == Address("t", ("aB-_", "aB"))


@pytest.mark.parametrize(
    "path",
    ["", "/", "//", "/...", "/wp-login.php", "/robots.txt", "/a/b", "/j/no_such", "/j/é", "/x" * MAX_PATH_LENGTH],
)
def test_other_paths_mean_nothing(path: str) -> None:
    """They are no address of ours, however they are read."""
    assert read_address(path) is None
