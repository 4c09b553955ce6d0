"""Contact cards are read back by eleven vCard readers, ten of which have no code in common with what writes them.

Each must see the intended contact in both forms of a card, and no number may be lost where the card was made for it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from router.core.links.contact_card import ContactCard, card_uid, make_card
from router.core.links.photo import shrink_photo
from router.core.links.vcard_line import MAX_LINE_OCTETS
from router.core.phone import E164
from router.core.pool import PoolId
from tests.readers.__main__ import measure
from tests.readers.forms import FORM_OF
from tests.readers.reading import Reading
from tests.readers.shelf import READER_OF, Reader

NUMBERS = (E164("+12025550101"), E164("+447700900102"), E164("+819012345678"), E164("+4915112345678"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A card's texts, and what it must show in their place if that differs."""

    name: str
    shown: str | None = None
    organization: str = "Acme"
    shown_organization: str | None = None
    note: str = "Save this contact."
    shown_note: str | None = None
    website: str = "https://acme.example/"
    has_photo: bool = True
    backups: int = 2


@cache
def photo() -> bytes:
    """Return a photo in the form that uploads are stored in."""
    picture = BytesIO()
    Image.effect_mandelbrot((300, 300), (-2, -1.5, 1, 1.5), 80).convert("RGB").save(picture, "PNG")
    return shrink_photo(picture.getvalue())


CASES = {
    "plain": Case(name="Acme"),
    "no-backup": Case(name="Acme", backups=0),
    "one-backup-no-photo": Case(name="Acme", backups=1, has_photo=False),
    "three-backups": Case(name="Acme", backups=3),
    "bare": Case(name="A", note="", website="", has_photo=False, backups=0),
    "other-alphabets": Case(
        name="Zoë Nguyễn-Östergård 東京", organization="Бюро помощи 日本語 한국어", note="العربية नमस्ते"
    ),
    "emoji": Case(name="👩‍👩‍👧‍👦 Café 🇺🇸", organization="🌟" * 40, note="🚀🌍👍🏽 " * 60),
    "sixty-characters": Case(name="日本" * 30, organization="日本" * 30),
    "sixty-wide-characters": Case(name="🌟" * 60),
    "sixty-one-wide-characters": Case(name="🌟" * 61, shown="🌟" * 59 + "…"),
    "separators": Case(name="Smith, Jones: Co", organization="A, B: C", note='a,b c:d e "f" =g\n\nn'),
    "semicolons": Case(
        name="Smith; Sons",
        shown="Smith\u037e Sons",
        organization="Smith; Sons",
        shown_organization="Smith\u037e Sons",
        note="a; b",
        shown_note="a\u037e b",
    ),
    "backslashes": Case(
        name="Back\\slash\\",
        shown="Back＼slash＼",
        organization="C\\D",
        shown_organization="C＼D",
        note="\\n",
        shown_note="＼n",
    ),
    "many-separators": Case(
        name=";,:" * 20,
        shown="\u037e,:" * 20,
        organization=",;" * 50,
        shown_organization=",\u037e" * 50,
        note=";,\\" * 100,
        shown_note="\u037e,＼" * 100,
    ),
    "long-note": Case(name="Acme", note="Ünïcödé 日本語, spaces, and lines\n" * 80 + "the end"),
    "long-word": Case(name="x" * 60, note="é" * 2000, organization="日" * 200),
    "looks-like-folding": Case(name="a " * 30, shown="a " * 29 + "a", note="\n ".join(["line"] * 40)),
    "link-with-separators": Case(name="Acme", website="https://acme.example/a%2Cb%3Bc?x=1&y=" + "z" * 90),
}


def card_of(case: Case, *, has_labels: bool) -> bytes:
    """Return the case's card as a file, in one of its two forms."""
    primary, *backups = NUMBERS[: case.backups + 1]
    return make_card(
        ContactCard(
            name=case.name,
            organization=case.organization,
            primary=primary,
            backups=tuple(backups),
            website=case.website,
            note=case.note,
            photo=photo() if case.has_photo else None,
            has_labels=has_labels,
            uid=card_uid(PoolId("main"), [primary, *backups]),
            revised_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        )
    )


def intended(case: Case, reader: Reader, *, has_labels: bool) -> Reading:
    """Return what a reader must find in the case's card: all there is, less what this one has no place for."""
    primary, *backups = NUMBERS[: case.backups + 1]
    labels = [f"Backup line {position}" for position in range(1, case.backups + 1)]
    labelled = [f"{label}: {number}" for label, number in zip(labels, backups, strict=True)]
    note = case.note if case.shown_note is None else case.shown_note
    nothing = "" if reader.has_labels else None
    numbers = [
        (primary, True, nothing),
        *(
            (number, False, label if has_labels and reader.has_labels else nothing)
            for label, number in zip(labels, backups, strict=True)
        ),
    ]
    if has_labels and not reader.reads_groups:
        del numbers[1:]

    def as_shown(text: str) -> str:
        return text if reader.unescapes else text.replace(",", "\\,")

    name = as_shown(case.shown or case.name)
    return Reading(
        name=name if reader.unfolds else name.encode()[: MAX_LINE_OCTETS - len("FN:")].decode(errors="ignore"),
        organization=as_shown(case.shown_organization or case.organization),
        note=as_shown("\n".join([note.strip(), *labelled]) if note else "\n".join(labelled)),
        website=case.website,
        photo_sha256=sha256(photo()).hexdigest() if case.has_photo else None,
        numbers=tuple(numbers[: reader.most_numbers]),
    )


@pytest.fixture(scope="session", params=["labelled", "plain"])
def has_labels(request: pytest.FixtureRequest) -> bool:
    """Yield each form of a card: labelled for Apple, plain for everybody else."""
    return bool(request.param == "labelled")


@pytest.fixture(scope="session")
def card_files(tmp_path_factory: pytest.TempPathFactory, has_labels: bool) -> list[str]:
    """Every case's card, as a file."""
    folder = tmp_path_factory.mktemp("cards")
    for name, case in CASES.items():
        (folder / f"{name}.vcf").write_bytes(card_of(case, has_labels=has_labels))
    return [str(folder / f"{name}.vcf") for name in CASES]


def require_installed(name: str) -> Reader:
    """Return a reader. A missing one skips, unless SWITCHYARD_TESTS_NO_SKIP=1 forbids that."""
    if not READER_OF[name].is_installed():
        reason = f"{name} is not installed: run tests/install.sh"
        if os.environ.get("SWITCHYARD_TESTS_NO_SKIP") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return READER_OF[name]


@pytest.fixture(scope="session", params=READER_OF)
def reader(request: pytest.FixtureRequest) -> Reader:
    """Yield each reader in turn."""
    return require_installed(request.param)


@pytest.fixture(scope="session")
def readings(reader: Reader, card_files: list[str]) -> Mapping[str, Reading]:
    """Return this reader's reading of each case."""
    return dict(zip(CASES, reader.read(card_files), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_reader_sees_the_intended_contact(
    case: str, reader: Reader, has_labels: bool, readings: Mapping[str, Reading]
) -> None:
    """Name, company, note, link, photo and all numbers arrive, with primary and labels, and no complaint."""
    seen, meant = readings[case], intended(CASES[case], reader, has_labels=has_labels)
    if reader.reads_all:
        assert seen == meant
    assert seen.name == meant.name
    assert sorted(seen.numbers) == sorted(meant.numbers)
    if reader.keeps_order:
        assert seen.numbers == meant.numbers


def test_the_plain_form_is_the_only_one_that_every_reader_reads_whole() -> None:
    """Of all measured forms, one brings primary and both backups to each reader; the labelled one reaches eight."""
    for name in READER_OF:
        require_installed(name)
    cells = measure()
    whole = {form for form in FORM_OF if all(cells[name][form] == "3" for name in cells)}
    assert whole == {"WORK,VOICE then HOME,VOICE"}
    labelled = [cells[name]["item1.TEL and X-ABLabel"] for name in cells]
    assert sorted(labelled) == ["1"] * 3 + ["3"] + ["3+2L"] * 7


@pytest.mark.parametrize("case", CASES)
def test_a_card_follows_the_line_rules(case: str, has_labels: bool) -> None:
    """Every physical line is whole UTF-8 of at most 75 bytes and ends in CRLF, also the last.

    There is no byte order mark.
    """
    card = card_of(CASES[case], has_labels=has_labels)
    lines = card.split(b"\r\n")
    assert lines.pop() == b""
    assert all(0 < len(line) <= 75 and line.decode() for line in lines)
    assert not card.startswith(b"\xef\xbb\xbf")
