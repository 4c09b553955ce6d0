"""Choose the newest time zone data at hand, once at start: the system's files, or those of the `tzdata` package.

Python reads the system's first, however old they are. Zones change their rules with a few weeks' notice, so old files
mean prompts at night.
"""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

_SOURCE = "tzdata.zi"
_VERSION_MARK = "# version "
PACKAGE = "the tzdata package"
_SYSTEM = zoneinfo.TZPATH  # before `use_newest` may empty it


@dataclass(frozen=True, slots=True)
class ZoneData:
    """One copy of the time zone data.

    Attributes:
        version: as IANA names it: the year and a letter, 2026f; empty if the files do not say.
        place: where it is: a folder, or PACKAGE.
        dated: when its files were made, or installed; None if that is not known.
    """

    version: str
    place: str
    dated: datetime | None

    @property
    def rank(self) -> tuple[str, int, str]:
        """Sorts by age; after 2026z comes 2026za."""
        year, letters = self.version[:4], self.version[4:]
        return year, len(letters), letters

    def age_days(self, now: datetime) -> int:
        """Return how old it is at least: no younger than its files, and no younger than the end of its year."""
        dates = [] if self.dated is None else [self.dated]
        if self.version[:4].isdecimal():
            dates.append(min(now, datetime(int(self.version[:4]) + 1, 1, 1, tzinfo=UTC)))
        return max(((now - date).days for date in dates), default=0)


def copies_at_hand(folders: Sequence[str] = _SYSTEM) -> list[ZoneData]:
    """Return the copies that Python could read, the newest first: the system's and the package's.

    Args:
        folders: where the system may keep its own, in the order in which Python looks.
    """
    system = [found for folder in folders if (found := _in_folder(folder)) is not None]
    return sorted([*system[:1], _in_package()], key=lambda one: one.rank, reverse=True)


def use_newest(folders: Sequence[str] = _SYSTEM) -> ZoneData:
    """Make Python read the newest copy from now on, and return it. Of two equal ones the system's is used."""
    newest = copies_at_hand(folders)[0]
    zoneinfo.reset_tzpath(to=() if newest.place == PACKAGE else folders)
    zoneinfo.ZoneInfo.clear_cache()
    return newest


def _in_folder(folder: str) -> ZoneData | None:
    root = Path(folder)
    return _read(root, folder) if (root / "Etc/UTC").is_file() else None


def _in_package() -> ZoneData:
    with resources.as_file(resources.files("tzdata") / "zoneinfo") as root:
        return _read(root, PACKAGE)


def _read(root: Path, place: str) -> ZoneData:
    source = root / _SOURCE
    try:
        with source.open(encoding="utf-8") as lines:
            version = lines.readline().removeprefix(_VERSION_MARK).strip()
        return ZoneData(version, place, _date_of(source))
    except (OSError, UnicodeDecodeError):
        return ZoneData("", place, _date_of(root / "Etc/UTC"))


def _date_of(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
