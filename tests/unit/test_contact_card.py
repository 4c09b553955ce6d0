"""The contact card as bytes: order, folding, escaping, and what hostile text cannot do to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from unicodedata import normalize

import pytest

from router.core.links.contact_card import ContactCard, card_filename, card_uid, fold_photo, make_card, revise
from router.core.phone import E164
from router.core.plain_text import clean_line, clean_text, shorten
from router.core.pool import PoolId

FIRST, SECOND, THIRD = E164("+12025550101"), E164("+12025550102"), E164("+12025550103")
CARD = ContactCard(
    name="Acme",
    organization="Acme, Inc",
    primary=FIRST,
    backups=(SECOND, THIRD),
    website="https://acme.example/hi",
    note="Save this contact.",
    photo=b"\xff\xd8\xff" + bytes(90),
    has_labels=True,
    uid="urn:uuid:7f3c1f52-5a0e-4d1b-9a8a-2f7f0c7f2c11",
    revised_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
)


def unfolded(card: bytes) -> list[str]:
    """Return the logical lines of a card (RFC 2426 section 2.6)."""
    return card.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def value(card: bytes, name: str) -> str:
    """Return the escaped value of the only property with that name."""
    (found,) = [line for line in unfolded(card) if line.startswith(f"{name}:")]
    return found.removeprefix(f"{name}:")


def test_a_card_is_these_bytes() -> None:
    """A card is exactly these bytes: a short line after N and ORG, own line first, backups labelled, photo last."""
    assert make_card(CARD).decode() == (
        "BEGIN:VCARD\r\n"
        "VERSION:3.0\r\n"
        "PRODID:-//Switchyard//Contact card//EN\r\n"
        "N:;;;;\r\n"
        "X-ABShowAs:COMPANY\r\n"
        "FN:Acme\r\n"
        "ORG:Acme\\, Inc\r\n"
        "TEL;TYPE=CELL,VOICE,PREF:+12025550101\r\n"
        "item1.TEL;TYPE=CELL:+12025550102\r\n"
        "item1.X-ABLabel:Backup line 1\r\n"
        "item2.TEL;TYPE=CELL:+12025550103\r\n"
        "item2.X-ABLabel:Backup line 2\r\n"
        "URL:https://acme.example/hi\r\n"
        "NOTE:Save this contact.\\nBackup line 1: +12025550102\\nBackup line 2: +12025\r\n"
        " 550103\r\n"
        "UID:urn:uuid:7f3c1f52-5a0e-4d1b-9a8a-2f7f0c7f2c11\r\n"
        "REV:2026-11-21T10:00:00Z\r\n"
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
        " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
        " AA\r\n"
        "END:VCARD\r\n"
    )


def test_a_plain_card_differs_in_the_backups_alone() -> None:
    """Without labels each backup is a number of its own type, and the note says which is which as before."""
    labelled, plain = unfolded(make_card(CARD)), unfolded(make_card(replace(CARD, has_labels=False)))
    assert [line for line in plain if line not in labelled] == [
        "TEL;TYPE=WORK,VOICE:+12025550102",
        "TEL;TYPE=HOME,VOICE:+12025550103",
    ]
    assert [line for line in labelled if line not in plain] == [
        "item1.TEL;TYPE=CELL:+12025550102",
        "item1.X-ABLabel:Backup line 1",
        "item2.TEL;TYPE=CELL:+12025550103",
        "item2.X-ABLabel:Backup line 2",
    ]


def test_a_bare_card_leaves_out_what_it_does_not_have() -> None:
    """Without backups, website, note and photo those properties are absent, and the company's name is the name."""
    bare = replace(CARD, organization="", backups=(), website="", note="", photo=None)
    assert [line.partition(":")[0] for line in unfolded(make_card(bare))[4:]] == [
        "X-ABShowAs",
        "FN",
        "ORG",
        "TEL;TYPE=CELL,VOICE,PREF",
        "UID",
        "REV",
        "END",
    ]
    assert value(make_card(bare), "ORG") == "Acme"


def test_a_card_always_has_a_name() -> None:
    """A name of which nothing visible remains is replaced by the company, or, without one, by the number."""
    assert value(make_card(replace(CARD, name="\u202e\x00")), "FN") == "Acme\\, Inc"
    assert value(make_card(replace(CARD, name="", organization="\x00")), "FN") == FIRST


@pytest.mark.parametrize("letter", ["a", "é", "日", "🌟", ",", "á"])
@pytest.mark.parametrize("count", range(60, 80))
def test_lines_are_folded_by_octets_between_characters(letter: str, count: int) -> None:
    """No physical line is above 75 octets, none tears a UTF-8 character, and unfolding gives the text back."""
    note = letter * count
    card = make_card(replace(CARD, note=note, organization=note, backups=()))
    physical = card.split(b"\r\n")
    assert max(map(len, physical)) <= 75
    assert physical.pop() == b""
    assert all(line.decode() for line in physical)
    assert value(card, "NOTE") == value(card, "ORG") == note.replace(",", "\\,")


def test_no_text_needs_an_escape_that_readers_show() -> None:
    """A semicolon or a backslash is written as its twin; comma and newline are escaped exactly once."""
    card = make_card(replace(CARD, name="a\\b;c", organization="a;b\\c", note='a\\b,c;d\ne:"f"', backups=()))
    assert value(card, "FN") == "a＼b\u037ec"
    assert value(card, "ORG") == "a\u037eb＼c"
    assert value(card, "NOTE") == 'a＼b\\,c\u037ed\\ne:"f"'
    assert normalize("NFKC", "a＼b\u037ec") == "a\\b;c"


def test_the_website_needs_no_escaping() -> None:
    """Commas, semicolons and backslashes in a link are percent-encoded: readers disagree on how to unescape a URL."""
    card = make_card(replace(CARD, website="https://acme.example/a,b;c\\d e?x=1&y=%20"))
    assert value(card, "URL") == "https://acme.example/a%2Cb%3Bc%5Cd%20e?x=1&y=%20"


@pytest.mark.parametrize(
    "line_break", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\r\x00\n", "\n "]
)
@pytest.mark.parametrize("field", ["name", "organization", "note", "website", "uid"])
def test_text_cannot_start_a_line_of_its_own(field: str, line_break: str) -> None:
    """No line break in any field, however it is written, adds a property to the card or ends it."""
    attack: dict[str, Any] = {"note": "x", field: f"x{line_break}TEL;TYPE=PREF:+19005550199{line_break}END:VCARD"}
    honest, attacked = make_card(replace(CARD, note="x")), make_card(replace(CARD, **attack))
    names = [line.partition(":")[0] for line in unfolded(attacked)]
    assert names == [line.partition(":")[0] for line in unfolded(honest)]
    assert not any(line.startswith((b"TEL;TYPE=PREF", b"END:VCARD\r\nEND")) for line in attacked.split(b"\r\n"))


@pytest.mark.parametrize(
    ("typed", "line", "text"),
    [
        ("moc.\u202eelgoog\u202c", "moc.elgoog", "moc.elgoog"),
        ("\u2066a\u2069", "a", "a"),
        ("a\x00b\x1b[31mc\x7f\x9b", "ab[31mc", "ab[31mc"),
        ("half\ud83d emoji", "half emoji", "half emoji"),
        ("\ufeffname\uffff", "name", "name"),
        ("  a\t\tb \u3000 c ", "a b c", "a b c"),
        ("a\r\nb\rc\u2028d\x85e", "a b c d e", "a\nb\nc\nd\ne"),
        ("Zoë 👩‍👩‍👧 \u200fשלום", "Zoë 👩‍👩‍👧 \u200fשלום", "Zoë 👩‍👩‍👧 \u200fשלום"),
    ],
)
def test_only_unseen_characters_are_taken_away(typed: str, line: str, text: str) -> None:
    """Controls, bidi overrides, lone surrogates and noncharacters go; letters, emoji and direction marks stay."""
    assert clean_line(typed) == line
    assert clean_text(typed) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("é" * 30, "é" * 30),
        ("é" * 30 + "!", "é" * 28 + "…"),
        (
            "The Bakery and Confectionery of the Northern Harbour District",
            "The Bakery and Confectionery of the Northern Harbour…",
        ),
        (
            "The Bakery and Confectionery of the Northern and Harbour Town",
            "The Bakery and Confectionery of the Northern and Harbour…",
        ),
        (
            "Bread, cakes, buns, rolls, pies, tarts, scones, bagels, more, etc",
            "Bread, cakes, buns, rolls, pies, tarts, scones, bagels…",
        ),
        ("x" * 50 + "👩‍👩‍👧 and more", "x" * 50 + "…"),
        ("x" * 56 + "e\u0301 and more", "x" * 56 + "…"),
        ("e" + "\u0301" * 60, "e" + "\u0301" * 28 + "…"),
        ("x" * 54 + "🇨🇭 and more", "x" * 54 + "…"),
        ("x" * 53 + "각 and", "x" * 53 + "각 and"),
        ("x" * 55 + "\u1112\u1161\u11ab and more", "x" * 55 + "…"),
        ("x" * 51 + "क्षमा and more", "x" * 51 + "…"),
        ("x" * 50 + "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f and", "x" * 50 + "…"),
    ],
)
def test_a_long_name_is_cut_politely(name: str, shown: str) -> None:
    """A text above its room ends at a word, or between two visible characters, and shows that it was cut."""
    assert shorten(name, 60) == shown
    assert len(shown.encode()) <= 60


@pytest.mark.parametrize("name", ["a" * 60, "日本" * 30, "🌟" * 60, "👩‍👩‍👧" * 12, "é" * 60, "ก็" * 30])
def test_a_name_of_sixty_characters_is_whole(name: str) -> None:
    """Whatever the alphabet, the longest name a pool may have is on the card uncut; only longer texts are shortened."""
    assert len(name) == 60
    assert value(make_card(replace(CARD, name=name)), "FN") == name
    assert value(make_card(replace(CARD, name=name * 5)), "FN").endswith("…")


def test_a_photo_is_folded_once() -> None:
    """The same photo on another card comes out of the cache."""
    fold_photo.cache_clear()
    make_card(CARD)
    make_card(replace(CARD, name="Other"))
    assert (fold_photo.cache_info().hits, fold_photo.cache_info().misses) == (1, 1)


def test_the_revision_is_written_in_utc() -> None:
    """A revision time of any zone is written as the same moment in UTC."""
    paris = datetime(2026, 11, 21, 11, tzinfo=timezone(timedelta(hours=1)))
    assert make_card(replace(CARD, revised_at=paris)) == make_card(CARD)


@pytest.mark.parametrize("name", ["Acme", "REV:2020-01-01T00:00:00Z", "A\r\nREV:2020-01-01T00:00:00Z\r\nB"])
def test_a_made_card_gets_another_revision(name: str) -> None:
    """Only the revision differs then, also where the name reads like one."""
    later = datetime(2027, 1, 1, tzinfo=UTC)
    card = replace(CARD, name=name, photo=b"jpeg" * 100)
    assert revise(make_card(card), later) == make_card(replace(card, revised_at=later))


def test_a_uid_follows_the_set_of_lines() -> None:
    """Swapping primary and backup keeps a card's UID; another line or another pool changes it."""
    uid = card_uid(PoolId("main"), [FIRST, SECOND])
    assert uid == "urn:uuid:f5aec341-03d3-5da7-b73a-dac64d050832"
    assert card_uid(PoolId("main"), [SECOND, FIRST]) == uid
    assert card_uid(PoolId("main"), [FIRST, THIRD]) != uid
    assert card_uid(PoolId("other"), [FIRST, SECOND]) != uid


@pytest.mark.parametrize(
    ("name", "filename"),
    [
        ("Acme", "acme.vcf"),
        ("Café Zoë & Co.", "cafe-zoe-co.vcf"),
        ("東京", "contact.vcf"),
        ("", "contact.vcf"),
        ('a"\r\nSet-Cookie: x', "a-set-cookie-x.vcf"),
        ("../../etc/passwd", "etc-passwd.vcf"),
        ("half\ud83d", "half.vcf"),
        ("x" * 39 + " y", "x" * 39 + ".vcf"),
    ],
)
def test_a_file_name_is_a_plain_slug(name: str, filename: str) -> None:
    """A card's file name holds only a-z, 0-9 and dashes, whatever the name."""
    assert card_filename(name) == filename
