"""The forms that a card's backup numbers could have, each as the lines it would add."""

from collections.abc import Callable

PRIMARY = "+12025550101"
BACKUPS = ("+447700900102", "+819012345678")


def _plain(*types: str) -> str:
    return "".join(f"TEL{kind}:{number}\r\n" for kind, number in zip(types, BACKUPS, strict=True))


def _grouped() -> str:
    return "".join(
        f"item{position}.TEL;TYPE=CELL:{number}\r\nitem{position}.X-ABLabel:Backup line {position}\r\n"
        for position, number in enumerate(BACKUPS, start=1)
    )


FORM_OF: dict[str, Callable[[], str]] = {
    "item1.TEL and X-ABLabel": _grouped,
    "TEL;TYPE=CELL": lambda: _plain(";TYPE=CELL", ";TYPE=CELL"),
    "CELL, and again grouped": lambda: _plain(";TYPE=CELL", ";TYPE=CELL") + _grouped(),
    "TEL;TYPE=X-Backup": lambda: _plain(";TYPE=X-Backup", ";TYPE=X-Backup"),
    "TEL;TYPE=CELL,X-Backup": lambda: _plain(";TYPE=CELL,X-Backup", ";TYPE=CELL,X-Backup"),
    "TEL;TYPE=OTHER": lambda: _plain(";TYPE=OTHER", ";TYPE=OTHER"),
    "TEL;TYPE=VOICE": lambda: _plain(";TYPE=VOICE", ";TYPE=VOICE"),
    "TEL": lambda: _plain("", ""),
    "TEL;TYPE=WORK,VOICE": lambda: _plain(";TYPE=WORK,VOICE", ";TYPE=WORK,VOICE"),
    "WORK,VOICE then HOME,VOICE": lambda: _plain(";TYPE=WORK,VOICE", ";TYPE=HOME,VOICE"),
}


def card_in(form: str) -> bytes:
    """Return a card with a primary and two backups in this form."""
    return (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Switchyard//Contact card//EN\r\nN:;;;;\r\nX-ABShowAs:COMPANY\r\n"
        f"FN:Acme\r\nORG:Acme\r\nTEL;TYPE=CELL,VOICE,PREF:{PRIMARY}\r\n{FORM_OF[form]()}"
        "UID:urn:uuid:7f3c1f52-5a0e-4d1b-9a8a-2f7f0c7f2c11\r\nREV:2026-11-21T10:00:00Z\r\nEND:VCARD\r\n"
    ).encode()
