"""Rows of a table that may be opened in a spreadsheet."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.csv_row import format_row


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|'/c calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "+1202", "=" * 40]
)
def test_what_would_be_calculated_is_defused(cell: str) -> None:
    """The cell begins with an apostrophe, which makes it text."""
    (row,) = csv.reader(StringIO(format_row(["a", cell]), newline=""))
    assert row == ["a", f"'{cell}"]


@pytest.mark.parametrize("cell", ["", "sent", "+12025550101", "K7M4QX", "2026-11-24T09:30:00+00:00", 'a "b", c', "0"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    """A phone number stays as it is too, because programs also read these tables."""
    (row,) = csv.reader(StringIO(format_row([cell, "z"]), newline=""))
    assert row == [cell, "z"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=2, max_size=5))
def test_any_row_is_one_row(cells: list[str]) -> None:
    """A reader finds the same number of cells whatever they contain, and none of them is a formula."""
    (row,) = csv.reader(StringIO(format_row(cells), newline=""))
    assert len(row) == len(cells)
    assert all(cell[:1] not in {"=", "-", "@", "\t", "\r", "\n"} for cell in row)
