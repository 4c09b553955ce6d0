"""The links of one pool, complete except for the code, so that a signup only inserts its own."""

import re
from dataclasses import dataclass

from router.core.code import CODE_LENGTH, Code
from router.core.links.client import Platform
from router.core.links.deeplink import Deeplinks, deeplink_for, make_deeplinks
from router.core.links.message_text import render_text
from router.services.people.cards import slug_of
from router.services.pools.pool_cache import PoolView

# Stands for the code while a link is made; letters pass through percent-encoding as they are.
_CODE_MARK = "Q" * CODE_LENGTH + "Z" * CODE_LENGTH
_NAMED = (Platform.IOS, Platform.ANDROID, Platform.OTHER)


@dataclass(frozen=True, slots=True)
class Spliced:
    """Rendered bytes with one gap."""

    head: bytes
    tail: bytes

    def filled(self, middle: bytes) -> bytes:
        """Return the bytes with the gap filled."""
        return self.head + middle + self.tail


def splice(text: str, mark: str) -> Spliced:
    """Return a text with a gap where `mark` is; it occurs once."""
    head, tail = text.split(mark)
    return Spliced(head.encode(), tail.encode())


class Gapped:
    """Rendered bytes with gaps of several kinds, each kind filled alike wherever it occurs.

    Args:
        text: as rendered, with the marks in it.
        marks: what stands for each kind of gap.
    """

    __slots__ = ("_kinds", "_parts")

    def __init__(self, text: str, *marks: str) -> None:
        parts = re.split(f"({'|'.join(map(re.escape, marks))})", text)
        self._parts = [part.encode() for part in parts]
        self._kinds = [(place, marks.index(parts[place])) for place in range(1, len(parts), 2)]

    def filled(self, *values: bytes) -> bytes:
        """Return the bytes with the gaps filled: the values are in the order of the marks."""
        parts = self._parts.copy()
        for place, kind in self._kinds:
            parts[place] = values[kind]
        return b"".join(parts)


class PoolLinks:
    """The links of one view of a pool; a new view gets new ones."""

    def __init__(self, view: PoolView) -> None:
        self.view = view
        self.card_name = slug_of(view)
        self._text = splice(render_text(view.pool.text, _CODE_MARK), _CODE_MARK)
        self._deeplinks: dict[int, Deeplinks] = {}
        self._halves: dict[int, tuple[str, ...]] = {}
        self._spliced: dict[Platform, dict[int, Spliced]] = {platform: {} for platform in Platform}

    def text(self, code: Code) -> str:
        """Return the text that the person sends."""
        return self._text.filled(code.encode()).decode()

    def deeplink(self, slot: int, platform: Platform, code: Code) -> bytes:
        """Return the link that opens Messages on this platform, with the code in the text."""
        link = self._spliced[platform].get(slot)
        if link is None:
            link = self._spliced[platform][slot] = splice(deeplink_for(platform, self._made(slot)), _CODE_MARK)
        return link.filled(code.encode())

    def by_platform(self, slot: int, code: Code) -> dict[str, str | None]:
        """Return every link into Messages by the name of its platform, as the API has them."""
        halves = self._halves.get(slot)
        if halves is None:
            links = (deeplink_for(platform, self._made(slot)) for platform in _NAMED)
            halves = self._halves[slot] = tuple(half for link in links for half in link.split(_CODE_MARK))
        ios, ios_end, android, android_end, generic, generic_end = halves
        return {
            "ios": ios + code + ios_end,
            "android": android + code + android_end,
            "generic": generic + code + generic_end,
            "macos": self._made(slot).macos,
        }

    def imessage_link(self, slot: int) -> str | None:
        """Return the second link for macOS, which carries no text; None for a line without iMessage."""
        return self._made(slot).macos

    def _made(self, slot: int) -> Deeplinks:
        made = self._deeplinks.get(slot)
        if made is None:
            line = self.view.lines[slot]
            text = self._text.filled(_CODE_MARK.encode()).decode()
            made = self._deeplinks[slot] = make_deeplinks(line.number, text, line.service)
        return made
