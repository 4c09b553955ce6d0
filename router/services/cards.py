"""Contact cards and QR codes, made once for the same content and kept: drawing takes milliseconds of CPU."""

import asyncio
from collections import OrderedDict
from datetime import UTC, datetime

from router.core.contact_card import ContactCard, card_filename, card_uid, make_card
from router.core.phone import E164
from router.services.directory import PoolView

_KEPT_CARDS = 2048


class Cards:
    """Makes the contact card of a primary and its backups.

    Args:
        base_url: origin of the links in a card, for a pool that has no website of its own.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._kept: OrderedDict[tuple[str, int, tuple[E164, ...]], bytes] = OrderedDict()

    async def card(self, view: PoolView, numbers: tuple[E164, ...]) -> bytes:
        """Return the card whose first number is the primary; every number is the person's own."""
        key = (view.pool.id, view.version, numbers)
        card = self._kept.get(key)
        if card is None:
            card = await asyncio.to_thread(self._make, view, numbers)
            self._kept[key] = card
            if len(self._kept) > _KEPT_CARDS:
                self._kept.popitem(last=False)
        return card

    def _make(self, view: PoolView, numbers: tuple[E164, ...]) -> bytes:
        pool = view.pool
        return make_card(
            ContactCard(
                name=pool.name,
                organization=pool.name,
                primary=numbers[0],
                backups=numbers[1:],
                website=pool.website or f"{self._base_url}/j/{pool.id}",
                note="",
                photo=view.photo,
                uid=card_uid(pool.id, numbers),
                revised_at=datetime.fromtimestamp(pool.changed_at_ms / 1000, tz=UTC),
            )
        )


def slug_of(view: PoolView) -> str:
    """The name of the card's file, always ASCII and ending in .vcf."""
    return card_filename(view.pool.name)
