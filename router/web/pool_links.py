"""The links of one pool with everything in place but the code, so that a signup only splices its own in."""

from dataclasses import dataclass

from router.core.client import Platform
from router.core.code import CODE_LENGTH, Code
from router.core.deeplink import Deeplinks, deeplink_for, make_deeplinks
from router.core.message_text import render_text
from router.services.cards import slug_of
from router.services.directory import PoolView

# Stands for the code while a link is made; letters pass through percent-encoding as they are.
_CODE_MARK = "Q" * CODE_LENGTH + "Z" * CODE_LENGTH


@dataclass(frozen=True, slots=True)
class Spliced:
    """Rendered bytes with one place left open."""

    head: bytes
    tail: bytes

    def filled(self, middle: bytes) -> bytes:
        """Close the place."""
        return self.head + middle + self.tail


def splice(text: str, mark: str) -> Spliced:
    """Open a place at the one `mark` in a text."""
    head, tail = text.split(mark)
    return Spliced(head.encode(), tail.encode())


class PoolLinks:
    """The link forms of one view of a pool; a new view gets new ones."""

    def __init__(self, view: PoolView) -> None:
        self.view = view
        self.card_name = slug_of(view)
        self._text = splice(render_text(view.pool.text, _CODE_MARK), _CODE_MARK)
        self._deeplinks: dict[int, Deeplinks] = {}
        self._spliced: dict[Platform, dict[int, Spliced]] = {platform: {} for platform in Platform}

    def text(self, code: Code) -> str:
        """What the person is to send."""
        return self._text.filled(code.encode()).decode()

    def deeplink(self, slot: int, platform: Platform, code: Code) -> bytes:
        """The link that opens Messages on this platform, with the code in the text."""
        link = self._spliced[platform].get(slot)
        if link is None:
            link = self._spliced[platform][slot] = splice(deeplink_for(platform, self._made(slot)), _CODE_MARK)
        return link.filled(code.encode())

    def imessage_link(self, slot: int) -> str | None:
        """The further link for macOS, which carries no text; None for a line without iMessage."""
        return self._made(slot).macos

    def _made(self, slot: int) -> Deeplinks:
        made = self._deeplinks.get(slot)
        if made is None:
            line = self.view.lines[slot]
            text = self._text.filled(_CODE_MARK.encode()).decode()
            made = self._deeplinks[slot] = make_deeplinks(line.number, text, line.service)
        return made
