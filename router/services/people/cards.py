"""Make contact cards, and keep each for the next request: making one takes milliseconds of CPU."""

import asyncio
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from router.core.code import Code
from router.core.errors import StoreUnavailable
from router.core.links.contact_card import ContactCard, card_filename, card_uid, make_card, revise
from router.core.phone import E164
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.store.assignments import Assignments
from router.telemetry.logs import get_logger

_KEPT_CARDS = 2048
_DIGEST_BYTES = 8
_S_MS = 1000
_UNDATED = datetime.fromtimestamp(0, tz=UTC)

_log = get_logger()


class Cards:
    """Makes the contact card of a person from their line and their backups.

    What a card says is the same for all people with these numbers. Its revision time is each person's own: the store
    dates it, so that it grows with every change, whichever process made the card before.

    Args:
        base_url: what the link in a card begins with, for a pool without a website of its own.
        assignments: dates the cards.
        clock: the store's.
    """

    def __init__(self, base_url: str, assignments: Assignments, clock: StoreClock) -> None:
        self._base_url = base_url
        self._assignments = assignments
        self._clock = clock
        self._kept: OrderedDict[tuple[str, int, tuple[E164, ...], bool], tuple[bytes, bytes]] = OrderedDict()

    async def card(self, view: PoolView, numbers: tuple[E164, ...], code: Code, *, has_labels: bool) -> bytes:
        """Return a person's card; the first number is their line, the others are their backups.

        Args:
            view: the pool.
            numbers: at least one.
            code: the person's.
            has_labels: whether the card is for a device of Apple's, which shows labels of numbers.
        """
        key = (view.pool.id, view.version, numbers, has_labels)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = await asyncio.to_thread(self._make, view, numbers, has_labels=has_labels)
            if len(self._kept) > _KEPT_CARDS:
                self._kept.popitem(last=False)
        card, digest = kept
        return revise(card, await self._revised_at(view, code, digest))

    async def _revised_at(self, view: PoolView, code: Code, digest: bytes) -> datetime:
        now_ms = self._clock.now_ms()
        try:
            revised_s = await self._assignments.revise_card(view.keys, code, digest, now_ms=now_ms)
        except StoreUnavailable:  # it takes no writes now; the numbers are right, and a date of now is never too old
            _log.warning("card_not_dated", pool=view.pool.id)
            revised_s = now_ms // _S_MS
        return datetime.fromtimestamp(revised_s, tz=UTC)

    def _make(self, view: PoolView, numbers: tuple[E164, ...], *, has_labels: bool) -> tuple[bytes, bytes]:
        """Return a card without its date, and a digest of what it says, which is the same with labels and without."""
        pool = view.pool
        card = ContactCard(
            name=pool.name,
            organization=pool.name,
            primary=numbers[0],
            backups=numbers[1:],
            website=pool.website or f"{self._base_url}/j/{pool.id}",
            note="",
            photo=view.photo,
            has_labels=has_labels,
            uid=card_uid(pool.id, numbers),
            revised_at=_UNDATED,
        )
        said = repr(replace(card, has_labels=False)).encode()
        return make_card(card), sha256(said).digest()[:_DIGEST_BYTES]


def slug_of(view: PoolView) -> str:
    """Return the file name of a pool's card: always ASCII, and ending in .vcf."""
    return card_filename(view.pool.name)
