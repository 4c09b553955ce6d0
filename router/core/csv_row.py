"""Format rows of CSV that are safe to open in a spreadsheet: no cell is read as a formula.

Source: OWASP, CSV Injection. A phone number begins with + but is not a formula.
"""

import csv
import re
from collections.abc import Iterable
from io import StringIO

_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"\+[0-9]{8,15}")


def format_row(cells: Iterable[str]) -> str:
    """Return a row with its line end. A cell that a spreadsheet would calculate gets an apostrophe in front."""
    row = StringIO()
    csv.writer(row).writerow([_defused(cell) for cell in cells])
    return row.getvalue()


def _defused(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
