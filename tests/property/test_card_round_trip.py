"""Whatever people type or upload, a card says what they meant and nothing more."""

import contextlib
from collections import Counter
from datetime import UTC, datetime

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.errors import InvalidPhoto
from router.core.links.contact_card import MAX_NAME_OCTETS, ContactCard, card_filename, card_uid, make_card
from router.core.links.photo import MAX_PHOTO_BYTES, shrink_photo
from router.core.phone import E164
from router.core.plain_text import clean_line, clean_text, shorten
from router.core.pool import PoolId

SIGNATURES = [
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    b"GIF89a",
    b"RIFF\x40\x00\x00\x00WEBPVP8X",
    b"BM",
]

TWINS = str.maketrans({";": "\u037e", "\\": "＼"})
any_character = st.characters(exclude_categories=())
line_noise = st.sampled_from(
    ["\r", "\n", "\r\n", "\r\n ", " ", ";", ",", ":", "\\", '"', "=", "\u2028", "\x85", "\ufeff"]
)
typed = st.lists(any_character | line_noise | st.text(any_character, min_size=20), max_size=12).map("".join)
numbers = st.integers(min_value=10**9, max_value=10**15 - 1).map(lambda digits: E164(f"+{digits}"))


@settings(deadline=None)  # vobject reads a card in 10 ms, and on a busy machine in 200
@given(
    name=typed,
    organization=typed,
    note=typed,
    lines=st.lists(numbers, min_size=1, max_size=4),
    photo=st.none() | st.binary(min_size=1, max_size=300),
    has_labels=st.booleans(),
)
def test_a_card_holds_exactly_what_was_meant(
    name: str, organization: str, note: str, lines: list[E164], photo: bytes | None, *, has_labels: bool
) -> None:
    """For every text the properties read back are the intended ones: none is added, lost or changed."""
    primary, *backups = lines
    uid = card_uid(PoolId("main"), lines)
    card = make_card(
        ContactCard(
            name=name,
            organization=organization,
            primary=primary,
            backups=tuple(backups),
            website="https://acme.example/",
            note=note,
            photo=photo,
            has_labels=has_labels,
            uid=uid,
            revised_at=datetime(2026, 11, 21, tzinfo=UTC),
        )
    )
    company = clean_line(organization) or clean_line(name) or primary
    labels = [f"Backup line {position}" for position in range(1, len(lines))]
    groups = [f"item{position}" if has_labels else None for position in range(1, len(lines))]
    full_note = "\n".join(
        [
            *filter(None, [clean_text(note).translate(TWINS)]),
            *(f"{label}: {number}" for label, number in zip(labels, backups, strict=True)),
        ]
    )
    intended = Counter(
        [
            ("version", None, "3.0"),
            ("prodid", None, "-//Switchyard//Contact card//EN"),
            ("n", None, str(vobject.vcard.Name())),
            ("x-abshowas", None, "COMPANY"),
            ("fn", None, shorten(clean_line(name) or company, MAX_NAME_OCTETS).translate(TWINS)),
            ("org", None, str([company.translate(TWINS)])),
            ("tel", None, primary),
            *(("tel", group, number) for group, number in zip(groups, backups, strict=True)),
            *(("x-ablabel", group, label) for group, label in zip(groups, labels, strict=True) if group),
            ("url", None, "https://acme.example/"),
            *([("note", None, full_note)] if full_note else []),
            ("uid", None, uid),
            ("rev", None, "2026-11-21T00:00:00Z"),
            *([("photo", None, str(photo))] if photo else []),
        ]
    )
    read = vobject.readOne(card.decode())
    assert Counter((line.name.lower(), line.group, str(line.value)) for line in read.getChildren()) == intended
    assert all(len(line) <= 75 for line in card.split(b"\r\n"))


@given(text=typed)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Clean text is printable UTF-8 and is already clean; one line stays one line."""
    for clean in (clean_text, clean_line):
        once = clean(text)
        assert clean(once) == once
        assert once.encode().decode() == once
    assert len(clean_line(text).splitlines()) <= 1


@given(text=typed.map(clean_line), room=st.integers(min_value=4, max_value=100))
def test_a_cut_text_fits(text: str, room: int) -> None:
    """A shortened text has at most the allowed bytes, and is the text, or its beginning with an ellipsis."""
    cut = shorten(text, room)
    assert len(cut.encode()) <= room
    assert cut == text or (cut.endswith("…") and text.startswith(cut.removesuffix("…")))


@given(name=st.text(any_character))
def test_a_file_name_is_always_plain(name: str) -> None:
    """Any name gives a short file name of a-z, 0-9 and dashes that ends in .vcf."""
    slug = card_filename(name).removesuffix(".vcf")
    assert 0 < len(slug) <= 40
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400) | st.builds(bytes.__add__, st.sampled_from(SIGNATURES), st.binary(max_size=400)))
def test_random_bytes_are_refused_as_a_photo_and_nothing_else(data: bytes) -> None:
    """Any bytes give a small photo or InvalidPhoto, never another error or a warning."""
    with contextlib.suppress(InvalidPhoto):
        assert len(shrink_photo(data)) <= MAX_PHOTO_BYTES
