"""All readers of contact cards at hand, none of them written here. `tests/install.sh` installs them.

They run outside (Java, Node.js, C++, PHP, Perl, the system's Python), each once over all cards.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import vobject

from tests.readers.phone_books import read_with_abook, read_with_gammu
from tests.readers.reading import Reading

FOLDER = Path(__file__).parent
BUILT = FOLDER / "node_modules" / ".built"
JARS = [Path("/usr/share/java/ez-vcard.jar"), Path("/usr/share/java/vinnie.jar")]
SYSTEM_PYTHON = "/usr/bin/python3"
_KDE = Path("/usr/include/KF5")
_KDE_FLAGS = ["-I/usr/include/KF5/KContacts", "-I/usr/include/KF5", "-I/usr/include/KF5/KCoreAddons", "-lKF5Contacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader, and what it can do at all.

    Attributes:
        read: returns one reading for each path.
        is_installed: whether it can run here.
        has_labels: whether it assigns labels to numbers.
        reads_all: whether it reads more than a name and numbers.
        reads_groups: whether it reads a number with a group, `item1.TEL`.
        most_numbers: how many numbers it has places for.
        keeps_order: whether the numbers come in the order of the card.
        unescapes: whether it undoes the backslash before a comma.
        unfolds: whether it joins folded lines.
    """

    read: Callable[[list[str]], list[Reading]]
    is_installed: Callable[[], bool]
    has_labels: bool = True
    reads_all: bool = True
    reads_groups: bool = True
    most_numbers: int = 100
    keeps_order: bool = True
    unescapes: bool = True
    unfolds: bool = True


def read_with_vobject(paths: list[str]) -> list[Reading]:
    """Return what vobject reads. It also wrote the cards' lines before they were corrected."""
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
        numbers=tuple(
            (tel.value, "PREF" in tel.params.get("TYPE", []), labels.get(tel.group, "")) for tel in contents["tel"]
        ),
    )


def read_outside(*command: str) -> Callable[[list[str]], list[Reading]]:
    """Return a reader that runs a command with the cards' paths and parses its JSON."""

    def read(paths: list[str]) -> list[Reading]:
        done = subprocess.run([*command, *paths], capture_output=True, check=False, timeout=120, cwd=FOLDER)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return [
            Reading(**{**each, "numbers": tuple(map(tuple, each["numbers"])), "complaints": tuple(each["complaints"])})
            for each in json.loads(done.stdout)
        ]

    return read


def read_compiled(source: str, packages: list[str], flags: list[str]) -> Callable[[list[str]], list[Reading]]:
    """Return a reader in C++ that is compiled at its first use, and again when its source changes."""

    def read(paths: list[str]) -> list[Reading]:
        program = BUILT / Path(source).stem
        if not program.exists() or program.stat().st_mtime < (FOLDER / source).stat().st_mtime:
            BUILT.mkdir(parents=True, exist_ok=True)
            found = subprocess.run(["pkg-config", "--cflags", "--libs", *packages], capture_output=True, check=True)
            command = ["g++", "-std=c++17", "-fPIC", source, *flags, *found.stdout.decode().split(), "-o", str(program)]
            done = subprocess.run(command, capture_output=True, check=False, timeout=300, cwd=FOLDER)
            assert done.returncode == 0, done.stderr.decode(errors="replace")
        return read_outside(str(program))(paths)

    return read


def has_evolution() -> bool:
    """Return whether the system's Python finds Evolution's library."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    probe = 'import gi; gi.require_version("EBookContacts", "1.2")'
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def has_node_reader(package: str) -> bool:
    """Return whether Node.js and the package are installed."""
    return shutil.which("node") is not None and (FOLDER / "node_modules" / package).is_dir()


def _has(program: str, *files: Path) -> bool:
    return shutil.which(program) is not None and all(file.exists() for file in files)


READER_OF = {
    "vobject": Reader(read=read_with_vobject, is_installed=lambda: True),
    "ez-vcard": Reader(
        read=read_outside("java", "-cp", ":".join(map(str, JARS)), "Harness.java"),
        is_installed=lambda: _has("javac", *JARS),
    ),
    "evolution": Reader(read=read_outside(SYSTEM_PYTHON, "evcard.py"), is_installed=has_evolution),
    "ical.js": Reader(read=read_outside("node", "icaljs.js"), is_installed=lambda: has_node_reader("ical.js")),
    "vcard4-ts": Reader(
        read=read_outside("node", "vcard4ts.js"), is_installed=lambda: has_node_reader("vcard4-ts"), has_labels=False
    ),
    "kcontacts": Reader(
        read=read_compiled("kcontacts.cpp", ["Qt5Core", "Qt5Gui"], _KDE_FLAGS),
        is_installed=lambda: _has("g++", _KDE / "KContacts"),
        has_labels=False,
        reads_groups=False,
    ),
    "qtversit": Reader(
        read=read_compiled("versit.cpp", ["Qt5Versit"], []),
        is_installed=lambda: (
            _has("g++", Path("/usr/include/x86_64-linux-gnu/qt5/QtVersit"))
            or _has("g++", Path("/usr/include/aarch64-linux-gnu/qt5/QtVersit"))
        ),
    ),
    "sabre": Reader(
        read=read_outside("php", "sabre.php"),
        is_installed=lambda: _has("php", Path("/usr/share/php/Sabre/VObject/autoload.php")),
        unescapes=False,
    ),
    "text-vcard": Reader(
        read=read_outside("perl", "textvcard.pl"),
        is_installed=lambda: _has("perl", Path("/usr/share/perl5/Text/vCard.pm")),
        reads_all=False,
        keeps_order=False,
    ),
    "gammu": Reader(
        read=read_with_gammu,
        is_installed=lambda: _has("gammu"),
        has_labels=False,
        reads_all=False,
        reads_groups=False,
    ),
    "abook": Reader(
        read=read_with_abook,
        is_installed=lambda: _has("abook"),
        has_labels=False,
        reads_all=False,
        reads_groups=False,
        most_numbers=3,
        unescapes=False,
        unfolds=False,
    ),
}
