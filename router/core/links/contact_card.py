"""Make the contact card a person saves: the pool's name, their own line first, then their backup lines.

vCard 3.0 (RFC 2426), because phones drop numbers and photos from 4.0 cards. Built with vobject; its output is put in
order here and corrected line by line in `vcard_line`.

The order of the properties matters. Android 7.1 and older read a folded line after N or ORG as a part of it and lose
both, so a line too short to fold follows each. The photo comes last: a reader that stumbles over it has all the
numbers already. The backups have one of two forms (docs/decisions/0029-forms-of-backup-numbers.md):

- for Apple: `item1.TEL` with `item1.X-ABLabel`. There each number shows its label. KContacts, gammu and abook drop
  numbers that are in a group.
- for everybody else: plain numbers of different types. abook has one place a type, so another CELL would replace the
  primary; gammu drops a number whose TYPE it does not know. As no label arrives, the note has them all.
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

from router.core.links.vcard_line import fold, write_line
from router.core.phone import E164
from router.core.plain_text import clean_line, clean_text, shorten
from router.core.pool import PoolId

MAX_NAME_OCTETS = 240  # any name of 60 characters: a pool's longest. FN may fold, because ORG follows it, not N
PHOTOS_KEPT_FOLDED = 64  # one for each pool in use, 40 KB at most; without it a card costs 0.1 ms more

_PRODID = "-//Switchyard//Contact card//EN"
_UID_NAMESPACE = UUID("5dd3e5e2-4e17-4270-945a-a889e8af6429")
_URL_RISKS = str.maketrans({",": "%2C", ";": "%3B", "\\": "%5C", " ": "%20"})
# Thunderbird, Nextcloud and KDE leave "\\;" as it is and abook every backslash, so no text holds either character. Its
# twin is the same character to Unicode: "Greek question mark" looks like a semicolon and normalizes to one.
_TWINS = str.maketrans({";": "\u037e", "\\": "\N{FULLWIDTH REVERSE SOLIDUS}"})
_PLAIN_TYPES = (("WORK", "VOICE"), ("HOME", "VOICE"), ("VOICE",))  # one for each backup; MAX_BACKUPS is 3
_FILENAME_GAP = re.compile(r"[^a-z0-9]+")
_MAX_SLUG_CHARACTERS = 40
_REVISION = re.compile(rb"\r\nREV:[^\r\n]*\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """What a person's contact card says.

    Attributes:
        name: the contact's name, cut to 240 octets. Do not change it between revisions of a card: it is all that a
            phone has to merge a re-imported contact.
        organization: the company. Where empty, the name is used.
        primary: the person's line.
        backups: further lines, in the order to try them.
        website: https address, or empty.
        note: free text, may hold newlines; the backup labels are added to it.
        photo: a square JPEG from `shrink_photo`, or None.
        has_labels: whether the backups have labels, which only Apple shows, or are plain for everybody else.
        uid: from `card_uid`.
        revised_at: wall clock of the last change, with a time zone.
    """

    name: str
    organization: str
    primary: E164
    backups: tuple[E164, ...]
    website: str
    note: str
    photo: bytes | None
    has_labels: bool
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

    This does without vobject, which takes 10 ms to fold one. It is cached, because all cards of a pool show one photo.
    """
    return fold(b"PHOTO;ENCODING=b;TYPE=JPEG:" + b64encode(jpeg))


def revise(card: bytes, revised_at: datetime) -> bytes:
    """Return a made card with another revision time."""
    return _REVISION.sub(b"\r\nREV:" + _stamp(revised_at).encode() + b"\r\n", card, count=1)


def card_uid(pool: PoolId, numbers: Iterable[E164]) -> str:
    """Return the UID of the card with these lines of a pool, whichever of them is the primary.

    A person who moves to one of their backups keeps the UID. Only their card's revision time changes.
    """
    return uuid5(_UID_NAMESPACE, "\n".join([pool, *sorted(numbers)])).urn


def card_filename(name: str) -> str:
    """Return a file name for a card: ASCII, so that no HTTP client has to guess its encoding, and never empty."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _FILENAME_GAP.sub("-", ascii_name).strip("-")[:_MAX_SLUG_CHARACTERS].strip("-")
    return f"{slug or 'contact'}.vcf"


def _properties(card: ContactCard) -> Iterator[ContentLine]:
    """Yield all properties except the photo, in the order in which they are written."""
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
    yield add("fn", shorten(clean_line(card.name) or organization, MAX_NAME_OCTETS).translate(_TWINS))
    yield add("org", [organization.translate(_TWINS)])
    yield add("tel", card.primary, types=("CELL", "VOICE", "PREF"))
    for position, backup in enumerate(card.backups, start=1):
        if card.has_labels:
            yield add("tel", backup, types=("CELL",), group=f"item{position}")
            yield add("x-ablabel", _backup_label(position), group=f"item{position}")
        else:
            yield add("tel", backup, types=_PLAIN_TYPES[min(position, len(_PLAIN_TYPES)) - 1])
    if card.website:
        # Some readers cut a value at its first comma or semicolon, others show the backslash that should prevent it.
        yield add("url", clean_line(card.website).translate(_URL_RISKS))
    if note := _note(card):
        yield add("note", note)
    yield add("uid", clean_line(card.uid))
    yield add("rev", _stamp(card.revised_at))


def _note(card: ContactCard) -> str:
    labels = [f"{_backup_label(position)}: {backup}" for position, backup in enumerate(card.backups, start=1)]
    return "\n".join([*filter(None, [clean_text(card.note).translate(_TWINS)]), *labels])


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _backup_label(position: int) -> str:
    return f"Backup line {position}"
