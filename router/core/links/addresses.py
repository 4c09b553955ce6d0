"""Read the path of a link that was typed, dictated or cut out of a text: `/J/Main`, `/j/main).`, `//t/TOKEN”`.

Link finders take the punctuation after a link for a part of it, people write capitals, and programs double a slash.
What is meant is still plain. The result may be the address of nobody: whoever calls checks that it leads somewhere.
"""

import re
from dataclasses import dataclass
from unicodedata import category, normalize
from urllib.parse import unquote

from router.core.pool import is_pool_id

MAX_PATH_LENGTH = 1000  # a token with its longest pool has 90 characters
_MAX_PARTS = 8
# Closing and opening punctuation, spaces and invisible marks; U+002D and U+005F may end a token, so they are not here.
_GLUED_CATEGORIES = frozenset({"Pe", "Ps", "Pi", "Pf", "Po", "Zs", "Zl", "Zp", "Cf"})
_GLUED = frozenset("<>`|~\t\r\n–—")
_ENTITY = re.compile(r"(?:&(?:gt|lt|quot|apos|amp|nbsp|#\d{2,4});?)+$")


@dataclass(frozen=True, slots=True)
class Address:
    """What a path seems to mean.

    Attributes:
        place: "j" for a pool's page, "t" for a person's.
        names: the pool's id, or the tokens it may be, the likeliest first.
        rest: the path below it, without a slash in front.
    """

    place: str
    names: tuple[str, ...]
    rest: str = ""


def read_address(path: str) -> Address | None:
    """Return what a path seems to mean; None for what is not an address of ours.

    Args:
        path: as the server decoded it.
    """
    if len(path) > MAX_PATH_LENGTH:
        return None
    parts = [part for raw in unquote(path).split("/", _MAX_PARTS) if (part := _bare(raw))]
    if not parts:
        return None
    place = parts[0].casefold()
    if place == "t" and len(parts) > 1:
        token = parts[1]
        return Address("t", tuple(dict.fromkeys((token, token.rstrip("_-")))), "/".join(parts[2:]).casefold())
    if place == "j" and len(parts) > 1:
        return _of_pool(parts[1], "/".join(parts[2:]).casefold())
    return _of_pool(parts[0]) if len(parts) == 1 else None


def _of_pool(text: str, rest: str = "") -> Address | None:
    pool = _bare(normalize("NFKC", text)).casefold().strip("_-")
    return Address("j", (pool,), rest) if is_pool_id(pool) else None


def _bare(text: str) -> str:
    """Return a part of a path without what was glued to its ends."""
    text = _ENTITY.sub("", text)
    first, end = 0, len(text)
    while first < end and _is_glued(text[first]):
        first += 1
    while end > first and _is_glued(text[end - 1]):
        end -= 1
    return text[first:end]


def _is_glued(character: str) -> bool:
    return character in _GLUED or category(character) in _GLUED_CATEGORIES
