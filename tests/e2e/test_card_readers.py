"""Contact cards are read back by five vCard readers nobody here wrote.

They run outside (Java, Node.js, the system's Python), each once over all cards; `tests/readers/install.sh` installs
them. Each must see what was meant, and where one needs help to (a semicolon it leaves escaped), its script says so.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import vobject
from PIL import Image

from router.core.contact_card import ContactCard, card_uid, make_card
from router.core.phone import E164
from router.core.photo import shrink_photo
from router.core.pool import PoolId

READERS = Path(__file__).parents[1] / "readers"
JARS = [Path("/usr/share/java/ez-vcard.jar"), Path("/usr/share/java/vinnie.jar")]
SYSTEM_PYTHON = "/usr/bin/python3"
NUMBERS = (E164("+12025550101"), E164("+447700900102"), E164("+819012345678"), E164("+4915112345678"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader says a card holds; a number is its digits, whether it is the primary, and its label."""

    name: str
    organization: str
    note: str
    website: str
    photo_sha256: str | None
    numbers: tuple[tuple[str, bool, str | None], ...]
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A card's texts, and its name as it must be shown where that differs."""

    name: str
    shown: str | None = None
    organization: str = "Acme"
    note: str = "Save this contact."
    website: str = "https://acme.example/"
    has_photo: bool = True
    backups: int = 2


@cache
def photo() -> bytes:
    """Return a photo as operators' uploads become."""
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
    "sixty-octets": Case(name="é" * 30),
    "sixty-one-octets": Case(name="a" + "é" * 30, shown="a" + "é" * 28 + "…"),
    "separators": Case(
        name="Smith, Jones; Sons: Co", organization="A, B; C\\D", note='a,b;c:d\\e "f" =g\n\n\\n;;,,\\,\\;'
    ),
    "many-separators": Case(name=";,:" * 20, organization=",;" * 50, note=";,\\" * 100),
    "long-note": Case(name="Acme", note="Ünïcödé 日本語, spaces; and lines\n" * 80 + "the end"),
    "long-word": Case(name="x" * 60, note="é" * 2000, organization="日" * 200),
    "looks-like-folding": Case(name="a " * 30, shown="a " * 29 + "a", note="\n ".join(["line"] * 40)),
    "link-with-separators": Case(name="Acme", website="https://acme.example/a%2Cb%3Bc?x=1&y=" + "z" * 90),
}


def card_of(case: Case) -> bytes:
    """Return the case's card as a file."""
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
            uid=card_uid(PoolId("main"), [primary, *backups]),
            revised_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        )
    )


def meant(case: Case, *, with_labels: bool) -> Reading:
    """Return what a perfect reader makes of the case's card."""
    primary, *backups = NUMBERS[: case.backups + 1]
    labels = [f"Backup line {position}" for position in range(1, case.backups + 1)]
    labelled = [f"{label}: {number}" for label, number in zip(labels, backups, strict=True)]
    numbers = [(primary, True, ""), *((number, False, label) for label, number in zip(labels, backups, strict=True))]
    return Reading(
        name=case.shown or case.name,
        organization=case.organization,
        note="\n".join([case.note.strip(), *labelled]) if case.note else "\n".join(labelled),
        website=case.website,
        photo_sha256=sha256(photo()).hexdigest() if case.has_photo else None,
        numbers=tuple((number, primary, label if with_labels else None) for number, primary, label in numbers),
    )


def read_with_vobject(paths: list[str]) -> list[Reading]:
    """Return what vobject reads, which also wrote the cards' lines before they were corrected."""
    return [_read_one_with_vobject(Path(path).read_bytes().decode()) for path in paths]


def _read_one_with_vobject(text: str) -> Reading:
    contents = vobject.readOne(text).contents
    labels = {label.group: label.value for label in contents.get("x-ablabel", [])}
    photos = contents.get("photo", [])
    return Reading(
        name=contents["fn"][0].value,
        organization=";".join(contents["org"][0].value),
        note=contents["note"][0].value if "note" in contents else "",
        website=contents["url"][0].value if "url" in contents else "",
        photo_sha256=sha256(photos[0].value).hexdigest() if photos else None,
        numbers=tuple((tel.value, "PREF" in tel.params["TYPE"], labels.get(tel.group, "")) for tel in contents["tel"]),
    )


def read_outside(*command: str) -> Callable[[list[str]], list[Reading]]:
    """Return a reader that runs a command with the cards' paths and takes its JSON."""

    def read(paths: list[str]) -> list[Reading]:
        done = subprocess.run([*command, *paths], capture_output=True, check=False, timeout=120, cwd=READERS)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return [
            Reading(**{**each, "numbers": tuple(map(tuple, each["numbers"])), "complaints": tuple(each["complaints"])})
            for each in json.loads(done.stdout)
        ]

    return read


def has_evolution() -> bool:
    """Whether the system's Python finds Evolution's library."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    probe = 'import gi; gi.require_version("EBookContacts", "1.2")'
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def has_node_reader(package: str) -> bool:
    """Whether Node.js and the package are there."""
    return shutil.which("node") is not None and (READERS / "node_modules" / package).is_dir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader, whether it is installed, and whether it tells which label belongs to which number."""

    read: Callable[[list[str]], list[Reading]]
    is_installed: Callable[[], bool]
    tells_labels: bool = True


CLASS_PATH = ":".join(map(str, JARS))
READER_OF = {
    "vobject": Reader(read=read_with_vobject, is_installed=lambda: True),
    "ez-vcard": Reader(
        read=read_outside("java", "-cp", CLASS_PATH, "Harness.java"),
        is_installed=lambda: shutil.which("javac") is not None and all(jar.exists() for jar in JARS),
    ),
    "evolution": Reader(read=read_outside(SYSTEM_PYTHON, "evcard.py"), is_installed=has_evolution),
    "ical.js": Reader(read=read_outside("node", "icaljs.js"), is_installed=lambda: has_node_reader("ical.js")),
    "vcard4-ts": Reader(
        read=read_outside("node", "vcard4ts.js"), is_installed=lambda: has_node_reader("vcard4-ts"), tells_labels=False
    ),
}


@pytest.fixture(scope="session")
def card_files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every case's card, as a file."""
    folder = tmp_path_factory.mktemp("cards")
    for name, case in CASES.items():
        (folder / f"{name}.vcf").write_bytes(card_of(case))
    return [str(folder / f"{name}.vcf") for name in CASES]


@pytest.fixture(scope="session", params=READER_OF)
def reader(request: pytest.FixtureRequest) -> Reader:
    """Each reader in turn; one that is not installed skips, unless SWITCHYARD_TESTS_NO_SKIP=1 forbids that."""
    found = READER_OF[request.param]
    if not found.is_installed():
        reason = f"{request.param} is not installed: run tests/readers/install.sh"
        if os.environ.get("SWITCHYARD_TESTS_NO_SKIP") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def readings(reader: Reader, card_files: list[str]) -> Mapping[str, Reading]:
    """What this reader makes of each case."""
    return dict(zip(CASES, reader.read(card_files), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_reader_sees_what_was_meant(case: str, reader: Reader, readings: Mapping[str, Reading]) -> None:
    """Name, company, note, link, photo and all numbers arrive, in order, with primary and labels, and no complaint."""
    assert readings[case] == meant(CASES[case], with_labels=reader.tells_labels)


@pytest.mark.parametrize("case", CASES)
def test_a_card_keeps_the_line_discipline(case: str) -> None:
    """Every physical line is whole UTF-8 of at most 75 octets and ends in CRLF, the last too; no byte order mark."""
    card = card_of(CASES[case])
    lines = card.split(b"\r\n")
    assert lines.pop() == b""
    assert all(0 < len(line) <= 75 and line.decode() for line in lines)
    assert not card.startswith(b"\xef\xbb\xbf")
