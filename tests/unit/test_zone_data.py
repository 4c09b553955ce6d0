"""The newest time zone data at hand is used, wherever it is."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from router.core.events.diagnosis import CheckResult, check_zones
from router.settings.zone_data import PACKAGE, ZoneData, copies_at_hand, use_newest

NOW = datetime(2026, 12, 1, tzinfo=UTC)
PACKAGED = copies_at_hand(())[0].version


@pytest.fixture(autouse=True)
def same_path_afterwards() -> Iterator[None]:
    """Leave Python's own path as it was."""
    before = zoneinfo.TZPATH
    yield
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()


def make_system(tmp_path: Path, version: str | None) -> tuple[str, ...]:
    """Make a system's folder of zone files, with a clock of our own in UTC."""
    source = resources.files("tzdata") / "zoneinfo/Etc/GMT-5"
    (tmp_path / "Etc").mkdir()
    (tmp_path / "Etc/UTC").write_bytes(source.read_bytes())
    if version is not None:
        (tmp_path / "tzdata.zi").write_text(f"# version {version}\nR d 1916 o\n")
    return ("/nowhere", str(tmp_path))


@pytest.mark.parametrize("version", ["2025b", "2026e", None])
def test_an_old_system_is_not_read(tmp_path: Path, version: str | None) -> None:
    """The package is newer than a system that is older, or does not say."""
    folders = make_system(tmp_path, version)
    assert use_newest(folders).place == PACKAGE
    assert zoneinfo.TZPATH == ()
    assert zoneinfo.ZoneInfo("Etc/UTC").utcoffset(NOW) == timedelta(0)
    assert [copy.version for copy in copies_at_hand(folders)] == [PACKAGED, version or ""]


@pytest.mark.parametrize("version", ["2099a", PACKAGED, f"{PACKAGED[:4]}za"])
def test_a_system_as_new_is_read(tmp_path: Path, version: str) -> None:
    """A system that is updated is newer than what was locked. Of two equal ones the system's is used."""
    folders = make_system(tmp_path, version)
    newest = use_newest(folders)
    assert (newest.version, newest.place) == (version, str(tmp_path))
    assert zoneinfo.ZoneInfo("Etc/UTC").utcoffset(NOW) == timedelta(hours=5)


def test_a_machine_without_files_has_the_package(tmp_path: Path) -> None:
    """A slim container has none."""
    assert use_newest((str(tmp_path),)).place == PACKAGE
    assert len(copies_at_hand((str(tmp_path),))) == 1


@pytest.mark.parametrize(
    ("version", "dated", "days"),
    [
        ("2026f", datetime(2026, 11, 21, tzinfo=UTC), 10),
        ("2026f", None, 0),
        ("2024a", datetime(2026, 11, 21, tzinfo=UTC), 699),
        ("", datetime(2026, 10, 2, tzinfo=UTC), 60),
        ("", None, 0),
    ],
)
def test_data_is_as_old_as_its_files_or_its_year(version: str, dated: datetime | None, days: int) -> None:
    """Old data that was installed yesterday is old."""
    assert ZoneData(version, PACKAGE, dated).age_days(NOW) == days


def test_the_doctor_warns_of_old_data() -> None:
    """Which data is used and how old it is, and what was not used."""
    fine = check_zones("2026f", PACKAGE, 12, ["2025b"])
    assert (fine.verdict, fine.mend) == (CheckResult.OK, "")
    assert fine.finding == "2026f, from the tzdata package, 12 days old; not used: 2025b"
    for old in (check_zones("2026f", PACKAGE, 181, []), check_zones("", "/usr/share/zoneinfo", 3, [""])):
        assert old.verdict is CheckResult.WARN
        assert "Update" in old.mend
