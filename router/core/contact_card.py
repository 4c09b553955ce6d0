"""The contact card a person saves: the pool's name, their own line first, then their backup lines.

vCard 3.0 (RFC 2426), because phones drop numbers and photos from 4.0 cards. Built with vobject; what it writes is put
in order here and corrected line by line in `vcard_line`.

The order of the properties is not free. Android 7.1 and older take a folded line that follows N or ORG for a part of it
and lose both, so a line too short to fold stands after each. The photo comes last, where a reader that stumbles over it
has all the numbers already. Android also drops the labels of numbers, so the note repeats them.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID, uuid5

import vobject
from vobject.base import ContentLine

from router.core.phone import E164
from router.core.plain_text import clean_line, clean_text, shorten
from router.core.pool import PoolId
from router.core.vcard_line import fold, write_line

MAX_NAME_OCTETS = 60  # FN then stays on one physical line even with a dozen characters escaped
PHOTOS_KEPT_FOLDED = 64  # one for each pool in use, 40 KB at most; beyond it a card costs 0.1 ms more

_PRODID = "-//Switchyard//Contact card//EN"
_UID_NAMESPACE = UUID("5dd3e5e2-4e17-4270-945a-a889e8af6429")
_URL_RISKS = str.maketrans({",": "%2C", ";": "%3B", "\\": "%5C", " ": "%20"})
_FILENAME_GAP = re.compile(r"[^a-z0-9]+")
_MAX_SLUG_CHARACTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """What a person's contact card says.

    Attributes:
        name: shown as the contact's name, cut to 60 octets. Keep it the same between revisions of a card: it is all
            that a phone can merge a re-imported contact by.
        organization: the company; the name where it is empty.
        primary: the person's line.
        backups: further lines, in the order to try them.
        website: https address, or empty.
        note: free text, may hold newlines; the backup labels are added to it.
        photo: square JPEG as `shrink_photo` makes it, or None.
        uid: from `card_uid`.
        revised_at: wall clock of the last change, aware.
    """

    name: str
    organization: str
    primary: E164
    backups: tuple[E164, ...]
    website: str
    note: str
    photo: bytes | None
    uid: str
    revised_at: datetime


def make_card(card: ContactCard) -> bytes:
    """Return the card as a .vcf file: UTF-8 without a byte order mark, CRLF, no physical line above 75 octets."""
    properties = b"".join(write_line(line) for line in _properties(card))
    photo = fold_photo(card.photo) if card.photo else b""
    return b"BEGIN:VCARD\r\n" + properties + photo + b"END:VCARD\r\n"


@lru_cache(maxsize=PHOTOS_KEPT_FOLDED)
def fold_photo(jpeg: bytes) -> bytes:
    """Return the folded PHOTO property of a JPEG.

    Kept out of vobject, which takes 10 ms to fold one, and in a cache, because all cards of a pool show the same.
    """
    return fold(b"PHOTO;ENCODING=b;TYPE=JPEG:" + b64encode(jpeg))


def card_uid(pool: PoolId, numbers: Iterable[E164]) -> str:
    """Return the UID of the card that holds these lines of a pool, whichever of them is the primary.

    A person who moves to one of their backups keeps the UID, and only the revision time of their card changes.
    """
    return uuid5(_UID_NAMESPACE, "\n".join([pool, *sorted(numbers)])).urn


def card_filename(name: str) -> str:
    """Return a file name for a card: ASCII, so that no HTTP client has to guess its encoding, and never empty."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _FILENAME_GAP.sub("-", ascii_name).strip("-")[:_MAX_SLUG_CHARACTERS].strip("-")
    return f"{slug or 'contact'}.vcf"


def _properties(card: ContactCard) -> Iterator[ContentLine]:
    """Yield all properties but the photo in the order they are written."""
    vcard = vobject.vCard()

    def add(name: str, value: object, *, types: tuple[str, ...] = (), group: str | None = None) -> ContentLine:
        line = vcard.add(name, group)
        line.value = value
        if types:
            line.type_param = list(types)  # a plain string would be written as one quoted type, which no phone knows
        return line

    organization = clean_line(card.organization) or clean_line(card.name) or card.primary
    yield add("version", "3.0")
    yield add("prodid", _PRODID)
    yield add("n", vobject.vcard.Name())
    yield add("x-abshowas", "COMPANY")
    yield add("fn", shorten(clean_line(card.name) or organization, MAX_NAME_OCTETS))
    yield add("org", [organization])
    yield add("tel", card.primary, types=("CELL", "VOICE", "PREF"))
    for position, backup in enumerate(card.backups, start=1):
        yield add("tel", backup, types=("CELL",), group=f"item{position}")
        yield add("x-ablabel", _backup_label(position), group=f"item{position}")
    if card.website:
        # Some readers cut a value at its first comma or semicolon, others show the backslash that should prevent it.
        yield add("url", clean_line(card.website).translate(_URL_RISKS))
    if note := _note(card):
        yield add("note", note)
    yield add("uid", clean_line(card.uid))
    yield add("rev", card.revised_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _note(card: ContactCard) -> str:
    labels = [f"{_backup_label(position)}: {backup}" for position, backup in enumerate(card.backups, start=1)]
    return "\n".join([*filter(None, [clean_text(card.note)]), *labels])


def _backup_label(position: int) -> str:
    return f"Backup line {position}"
