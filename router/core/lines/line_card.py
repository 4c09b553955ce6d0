"""Decide what to change in the provider's contact card of a line.

The provider stores a copy of the picture under its own address, so we can only compare whether there is a picture. It
also splits a name in two, which we do not.
"""

from dataclasses import dataclass
from enum import Enum

from router.core.phone import E164


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCard:
    """A line's card: the name and picture that people see with its messages.

    Attributes:
        image_url: the picture's address, or None.
        is_active: whether the card has reached the line.
    """

    number: E164
    first_name: str
    last_name: str = ""
    image_url: str | None = None
    is_active: bool = True

    @property
    def name(self) -> str:
        """The name as people see it."""
        return f"{self.first_name} {self.last_name}".strip()


class CardStep(Enum):
    """What to do with a line's card."""

    CREATE = "create"
    CHANGE = "change"
    NOTHING = "nothing"


def plan_card(name: str, image_url: str | None, card: LineCard | None, *, resend_photo: bool = False) -> CardStep:
    """Decide what to do with a line's card.

    Args:
        name: the pool's name.
        image_url: the address of the pool's photo, if the provider can fetch it.
        card: the card the line has, or None.
        resend_photo: send the picture again, because another one may be at the same address now.
    """
    if card is None or not card.is_active:
        return CardStep.CREATE
    lacks_photo = image_url is not None and (card.image_url is None or resend_photo)
    return CardStep.CHANGE if card.name != name or lacks_photo else CardStep.NOTHING
