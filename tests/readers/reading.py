"""What a reader of contact cards finds in one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The content of a card according to a reader. A number is its digits, whether it is the primary, and its label."""

    name: str
    organization: str = ""
    note: str = ""
    website: str = ""
    photo_sha256: str | None = None
    numbers: tuple[tuple[str, bool, str | None], ...]
    complaints: tuple[str, ...] = ()
