"""What the pages make of real user agents, by kind: tests/data/user_agents.tsv, held to limits."""

from pathlib import Path

import pytest

from router.core.links.in_app import IN_APP_BROWSERS
from tests.user_agents.measure import APP, KINDS, NO_PHONE, OTHER_PHONE, PHONE, ROBOT, count, read_data

KNOWN = read_data()
TALLIES = count(KNOWN)


def test_every_kind_is_in_the_data() -> None:
    """A kind without lines would hold every limit. Phones, with and without a browser's name, are the most."""
    assert {kind: tally.total for kind, tally in TALLIES.items() if tally.total < 50} == {}
    assert TALLIES[PHONE].total > 700


def test_nobody_is_without_a_way_in() -> None:
    """Each signup page has one form with one button, and so has each neutral page; also those for robots."""
    for kind in KINDS:
        assert TALLIES[kind].without_way_in == []


@pytest.mark.parametrize("kind", [PHONE, OTHER_PHONE])
def test_phones_are_not_called_robots(kind: str) -> None:
    """One in 500 at most is shown as little as a robot."""
    assert TALLIES[kind].percent(TALLIES[kind].called_robots) <= 0.2, TALLIES[kind].called_robots


@pytest.mark.parametrize(("kind", "most_percent"), [(NO_PHONE, 1.0), (ROBOT, 0.2), (APP, 0.0)])
def test_opening_a_link_takes_no_place(kind: str, most_percent: float) -> None:
    """Where a pool takes people to Messages at once, what cannot text, robots and apps' browsers get the page."""
    assert TALLIES[kind].percent(TALLIES[kind].take_a_place) <= most_percent, TALLIES[kind].take_a_place


def test_phones_of_other_systems_get_the_page_of_a_phone() -> None:
    """All but a few that hide behind the name of a desktop."""
    assert TALLIES[OTHER_PHONE].percent(TALLIES[OTHER_PHONE].shown_as_phones) >= 95


def test_each_app_is_named() -> None:
    """People are told which app they are in, so that they find its menu."""
    assert TALLIES[APP].in_unknown_apps == []


def test_each_row_of_the_table_of_apps_has_a_source_and_a_month() -> None:
    """Apps change their texts, so a row must say who saw it and when."""
    for row in IN_APP_BROWSERS:
        assert row.source
        year, month = map(int, row.seen.split("-"))
        assert year >= 2020
        assert month in range(1, 13)
    assert len({row.app for row in IN_APP_BROWSERS}) == len(IN_APP_BROWSERS)


def test_a_line_of_no_kind_is_refused(tmp_path: Path) -> None:
    """A good line is read. A misspelt kind, or a line without a user agent, is named with its number."""
    file = tmp_path / "some.tsv"
    file.write_text("# said by\nphone\tMozilla/5.0 (iPhone)\treports\napp Acme Shop\tAcme/1.0\n")
    assert [(known.kind, known.app, known.text) for known in read_data(file)] == [
        ("phone", None, "Mozilla/5.0 (iPhone)"),
        ("app", "Acme Shop", "Acme/1.0"),
    ]
    for wrong in ("fone\tMozilla/5.0", "phone", "phone\t", "app\t"):
        file.write_text(f"# said by\n{wrong}\n")
        with pytest.raises(ValueError, match="line 2"):
            read_data(file)
