"""Tokens of pages and cookies: each opens only what it was made for."""

import random
import re

import pytest

from router.core.code import ALPHABET, CODE_LENGTH, Code
from router.core.links.token import COOKIE, MAX_TOKEN_LENGTH, PAGE, TokenClaim, Tokens
from router.core.pool import PoolId

OLD, NEW = bytes(range(64)), bytes(range(64, 128))
CLAIM = TokenClaim(PoolId("main"), Code("CDFHJK"))
TOKENS = Tokens({"1": OLD, "2": NEW})


def test_a_token_says_whose_it_is() -> None:
    """The token is the same each time, and is made with the newest key."""
    token = TOKENS.mint(PAGE, *CLAIM)
    assert TOKENS.read(PAGE, token) == CLAIM
    assert token == TOKENS.mint(PAGE, *CLAIM)
    assert token[0] == "2"


def test_a_token_of_an_older_key_still_opens() -> None:
    """A token of a removed key does not open anything."""
    token = Tokens({"1": OLD}).mint(PAGE, *CLAIM)
    assert TOKENS.read(PAGE, token) == CLAIM
    assert Tokens({"2": NEW}).read(PAGE, token) is None


FORMER = {  # printed by release 0.1.0, with the key of bytes 0 to 63, in the pool main
    "F9YJ9H": "1Sxe1bLBx77BNRZfmZZXin7i_zYLCEY6o_TX-",
    "8K8QJ5": "1EoiF_Wclec6NwrfxGOlyg0POgKajKltH1uu_",
    "932Y6J": "1IMDa2D0y3jlitA-_b9qZQwCK_1xqLvqIf5ez",
    "W99MY6": "1KjPRhY6I__q6SVdFQViGoJxUhCYF9iYxPFzh",
}


@pytest.mark.parametrize("code", FORMER)
def test_a_token_of_a_former_release_still_opens(code: str) -> None:
    """Tokens are printed. Those that ended in any character work for ever, and a new one is no longer."""
    tokens, claim = Tokens({"1": OLD}), TokenClaim(PoolId("main"), Code(code))
    assert tokens.read(PAGE, FORMER[code]) == claim
    assert tokens.read(COOKIE, FORMER[code]) is None
    new = tokens.mint(PAGE, *claim)
    assert (new != FORMER[code], len(new)) == (True, len(FORMER[code]))
    assert tokens.read(PAGE, new) == claim


def test_no_token_ends_or_breaks_where_link_finders_cut() -> None:
    """In 100,000 tokens, none ends in `-` or `_`, none has two of them together, and all open."""
    tokens, choice = Tokens({"1": OLD}), random.Random(11)
    pool = PoolId("main")
    lengths = set()
    for _ in range(50_000):
        code = Code("".join(choice.choices(ALPHABET, k=CODE_LENGTH)))
        for purpose in (PAGE, COOKIE):
            token = tokens.mint(purpose, pool, code)
            lengths.add(len(token))
            assert not re.search(r"[-_](?:[-_]|$)", token), token
            assert tokens.read(purpose, token) == (pool, code)
    assert lengths == {37}


@pytest.mark.parametrize(("made_for", "used_for"), [(PAGE, COOKIE), (COOKIE, PAGE)])
def test_a_token_has_one_purpose(made_for: bytes, used_for: bytes) -> None:
    """A link that a person passes on never signs anyone in, and a cookie opens no page."""
    token = TOKENS.mint(PAGE if made_for == PAGE else COOKIE, *CLAIM)
    assert TOKENS.read(PAGE if used_for == PAGE else COOKIE, token) is None


def test_a_token_has_one_spelling() -> None:
    """Base64 can write most bytes in several ways: with padding, with another alphabet, and with unused bits."""
    token = next(
        token
        for name in ("main", "pool", "other", "again")
        if "_" in (token := TOKENS.mint(PAGE, PoolId(name), CLAIM.code))
    )
    assert TOKENS.read(PAGE, token) is not None
    for other in (token + "=", token.replace("_", "/"), f"{token} ", f"{token}A"):
        assert TOKENS.read(PAGE, other) is None, other


@pytest.mark.parametrize("place", [0, 1, 20, -1])
def test_a_changed_token_opens_nothing(place: int) -> None:
    """A token opens nothing if any of its characters is changed."""
    characters = list(TOKENS.mint(PAGE, *CLAIM))
    characters[place] = "A" if characters[place] != "A" else "B"
    assert TOKENS.read(PAGE, "".join(characters)) is None


@pytest.mark.parametrize("text", ["", "2", "x", "2é", "2" * MAX_TOKEN_LENGTH, "2" * 1000])
def test_nonsense_opens_nothing(text: str) -> None:
    """Nonsense opens nothing, whatever its length and script."""
    assert TOKENS.read(PAGE, text) is None
