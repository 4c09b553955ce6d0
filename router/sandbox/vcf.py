"""The vCard behind a `vcf_url`: the link is signed and expires; the card lists the lines at the time of the request."""

import hmac
from urllib.parse import quote, urlencode

from router.sandbox import faults
from router.sandbox.moments import NS_PER_S
from router.sandbox.selection import backups_of
from router.sandbox.world import World

PATH = "/sandbox/vcf"
LIFETIME_S = 900


def signed_path(key: bytes, number: str, *, exclude: list[str], now_ns: int) -> str:
    """Return a path to a line's card that works for 15 minutes."""
    expires_s = now_ns // NS_PER_S + LIFETIME_S
    left_out = ",".join(exclude)
    query = {"expires": expires_s, "without": left_out, "signature": _signature(key, number, left_out, expires_s)}
    return f"{PATH}/{quote(number)}.vcf?{urlencode(query)}"


def is_good_link(key: bytes, number: str, *, without: str, expires_s: int, signature: str, now_ns: int) -> bool:
    """Whether a link is ours and has not expired."""
    expected = _signature(key, number, without, expires_s)
    return hmac.compare_digest(signature.encode(), expected.encode()) and now_ns // NS_PER_S <= expires_s


def write_card(world: World, number: str, *, without: str) -> str:
    """Return the card: the name, this number first, then every other available line.

    Raises:
        LinqFault: the line is gone.
    """
    line = world.lines.get(number)
    if line is None:
        raise faults.not_found(2019, "Phone number")
    first, last = (line.card.first_name, line.card.last_name or "") if line.card else (number, "")
    backups = backups_of(world, line, without.split(","))
    rows = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_escape(last)};{_escape(first)};;;",
        f"FN:{_escape(f'{first} {last}'.strip())}",
        f"TEL;TYPE=CELL,PREF:{number}",
        *(f"TEL;TYPE=CELL:{backup.number}" for backup in backups),
        "END:VCARD",
        "",
    ]
    return "\r\n".join(rows)


def _signature(key: bytes, number: str, without: str, expires_s: int) -> str:
    return hmac.digest(key, f"{number}\n{without}\n{expires_s}".encode(), "sha256").hex()


def _escape(text: str) -> str:
    for character in "\\,;":
        text = text.replace(character, "\\" + character)
    return text.replace("\r", "").replace("\n", "\\n")
