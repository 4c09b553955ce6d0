"""What the provider's contact card of a line should say, and how to bring it there.

The provider keeps a copy of the picture under an address of its own, so a picture can only be compared by whether there
is one; and it cuts a name in two, which we do not.
"""

from dataclasses import dataclass
from enum import Enum

from router.core.phone import E164


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCard:
    """A line's card: what its number shows beside its messages.

    Attributes:
        image_url: where the picture is, or None.
        is_active: whether it reached the line.
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
    """What to do about a line's card."""

    CREATE = "create"
    CHANGE = "change"
    NOTHING = "nothing"


def plan_card(name: str, image_url: str | None, card: LineCard | None, *, resend_photo: bool = False) -> CardStep:
    """Say what a line's card needs.

    Args:
        name: the pool's.
        image_url: of the pool's photo, if the provider can fetch it.
        card: what the line has, or None.
        resend_photo: send the picture again, because it may be another one under the same address.
    """
    if card is None or not card.is_active:
        return CardStep.CREATE
    lacks_photo = image_url is not None and (card.image_url is None or resend_photo)
    return CardStep.CHANGE if card.name != name or lacks_photo else CardStep.NOTHING
