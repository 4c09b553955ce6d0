"""Rows of a table that a spreadsheet may open."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.csv_row import spell_row


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|'/c calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "+1202", "=" * 40]
)
def test_what_would_be_calculated_is_defused(cell: str) -> None:
    """It begins with an apostrophe, which makes it text."""
    (row,) = csv.reader(StringIO(spell_row(["a", cell]), newline=""))
    assert row == ["a", f"'{cell}"]


@pytest.mark.parametrize("cell", ["", "sent", "+12025550101", "K7M4QX", "2026-11-24T09:30:00+00:00", 'a "b", c', "0"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    """A phone number too: programs read these tables as well."""
    (row,) = csv.reader(StringIO(spell_row([cell, "z"]), newline=""))
    assert row == [cell, "z"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=2, max_size=5))
def test_any_row_is_one_row(cells: list[str]) -> None:
    """Whatever stands in it, a reader finds as many cells, and none of them is a formula."""
    (row,) = csv.reader(StringIO(spell_row(cells), newline=""))
    assert len(row) == len(cells)
    assert all(cell[:1] not in {"=", "-", "@", "\t", "\r", "\n"} for cell in row)
