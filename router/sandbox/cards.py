"""Contact cards: one per line, set up once, then changed."""

from router.sandbox import faults
from router.sandbox.line_bodies import account_data, card_subject
from router.sandbox.records import Card, Json, SandboxLine
from router.sandbox.world import World


def create_card(
    world: World, line: SandboxLine, *, first_name: str, last_name: str | None, image_url: str | None, now_ns: int
) -> Card:
    """Set up a line's card.

    Raises:
        LinqFault: 2014, the line has a card.
    """
    if line.card is not None:
        raise faults.LinqFault(409, 2014, "A contact card already exists for this phone number")
    line.card = Card(id=world.new_id(), first_name=first_name, last_name=last_name, image_url=_rehosted(image_url))
    _emit(world, "created", line, line.card, now_ns=now_ns)
    return line.card


def change_card(
    world: World,
    line: SandboxLine,
    *,
    first_name: str | None,
    last_name: str | None,
    image_url: str | None,
    now_ns: int,
) -> Card:
    """Change the given fields of a line's card.

    Raises:
        LinqFault: 2012, the line has no card.
    """
    card = card_of(line)
    change: dict[str, Json] = {}
    for name, value in (("first_name", first_name), ("last_name", last_name), ("image_url", _rehosted(image_url))):
        before = getattr(card, name)
        if value is not None and value != before:
            setattr(card, name, value)
            change[name] = {"from": before, "to": value}
    if change:
        _emit(world, "updated", line, card, now_ns=now_ns, change=change)
    return card


def card_of(line: SandboxLine) -> Card:
    """Return a line's card.

    Raises:
        LinqFault: 2012, the line has no card.
    """
    if line.card is None:
        raise faults.not_found(2012, "Contact card")
    return line.card


def _emit(world: World, what: str, line: SandboxLine, card: Card, *, now_ns: int, **more: object) -> None:
    data = account_data(
        f"Contact card {what}",
        now_ns=now_ns,
        by_api=True,
        phone_number=line.number,
        contact_card=card_subject(card),
        **more,
    )
    world.emit(f"contact_card.{what}", data, line=line.number, now_ns=now_ns)


def _rehosted(image_url: str | None) -> str | None:
    """Return the address of Linq's own copy of an image."""
    if image_url is None:
        return None
    return f"https://cdn.linqapp.com/contact-card/{image_url.rpartition('/')[2].partition('?')[0] or 'image'}"
