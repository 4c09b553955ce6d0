"""Read contact cards with gammu and abook, which write what they read in a text format of their own."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.readers.reading import Reading

_GAMMU_ENTRY = re.compile(r"^Entry(\d\d)(Type|TextUnicode) = (.*)$", re.MULTILINE)
# Its number fields, best first: a contact has one of each, and a card's last number of a type wins.
_ABOOK_NUMBERS = ("mobile", "workphone", "phone")


def read_with_gammu(paths: list[str]) -> list[Reading]:
    """Return what gammu, which copies contacts to old phones, reads. It has no primary, only one kind called mobile."""
    return [_read_one_with_gammu(path) for path in paths]


def _read_one_with_gammu(path: str) -> Reading:
    with TemporaryDirectory() as folder:
        backup = Path(folder) / "book.backup"
        subprocess.run(["gammu", "convertbackup", path, backup], capture_output=True, check=True, timeout=60)
        entries: dict[str, dict[str, str]] = {}
        for number, field, value in _GAMMU_ENTRY.findall(backup.read_text(encoding="utf-8", errors="replace")):
            entries.setdefault(number, {})[field] = value
    texts = [
        (entry["Type"], bytes.fromhex(entry["TextUnicode"]).decode("utf-16-be"))
        for entry in entries.values()
        if "TextUnicode" in entry
    ]
    return Reading(
        name=next((text for kind, text in texts if kind == "FormalName"), ""),
        numbers=tuple((text, kind == "NumberMobile", None) for kind, text in texts if kind.startswith("Number")),
    )


def read_with_abook(paths: list[str]) -> list[Reading]:
    """Return what abook, an address book for terminals, reads. Its mobile number is what it calls first."""
    return [_read_one_with_abook(path) for path in paths]


def _read_one_with_abook(path: str) -> Reading:
    command = ["abook", "--convert", "--informat", "vcard", "--infile", path, "--outformat", "abook", "--outfile", "-"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    fields = dict(line.split("=", 1) for line in done.stdout.decode(errors="replace").splitlines() if "=" in line)
    return Reading(
        name=fields.get("name", ""),
        numbers=tuple((fields[kind], kind == "mobile", None) for kind in _ABOOK_NUMBERS if kind in fields),
    )
