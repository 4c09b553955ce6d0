"""Read a table of lines from a spreadsheet: CSV, one line per row, with the column names in the first row.

    number,weight,label,capacity,new_people_per_day,service,warm
    +12025550101,100,Alpha,700,50,iMessage,yes

Only `number` is required, as a column and in each row. An empty cell means the default. A table that is not CSV is
refused as a whole. A bad row is reported in its place, and the others are still read.
"""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import TypeVar

from router.core.errors import InvalidField, InvalidInput
from router.core.line import Service
from router.core.lines.line_rules import LineSpec, new_line

Default = TypeVar("Default", int, None)

COLUMNS = ("number", "weight", "label", "capacity", "new_people_per_day", "service", "warm")
MAX_ROWS = 1000
MAX_TABLE_BYTES = 1_000_000

_FIELD = "csv"
_YES = frozenset({"yes", "y", "true", "1", "warm"})
_NO = frozenset({"", "no", "n", "false", "0"})
_SERVICES = {service.value.lower(): service for service in Service}
_MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the table, and the line it requests or its fault.

    Attributes:
        row: its line number in the file, as editors count.
        number: as written, for the report.
    """

    row: int
    number: str
    read: LineSpec | InvalidInput


def read_line_table(data: bytes, *, unchecked: bool = False) -> list[TableRow]:
    """Return the rows of a table, without blank ones.

    With `unchecked`, numbers that the numbering plans do not allow are taken as well.

    Raises:
        InvalidField: the table is too large, not UTF-8, not CSV, has no header, or has an unknown column.
    """
    if len(data) > MAX_TABLE_BYTES:
        raise InvalidField(_FIELD, f"the table has {len(data)} bytes; send at most {MAX_TABLE_BYTES}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidField(_FIELD, f"byte {error.start + 1} is not UTF-8; save the table as UTF-8") from error
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        columns = _read_header(next(reader, []))
        rows = [
            _read_row(reader.line_num, cells, columns, unchecked=unchecked)
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        raise InvalidField(_FIELD, f"line {reader.line_num} is not CSV: {error}") from error
    if len(rows) > MAX_ROWS:
        raise InvalidField(_FIELD, f"the table has {len(rows)} rows; send at most {MAX_ROWS} at a time")
    return rows


def _read_header(cells: list[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    known = f"The columns are {', '.join(COLUMNS)}; number is required."
    if "number" not in columns:
        raise InvalidField(_FIELD, f"the first row must name the columns. {known}")
    for column in columns:
        if column not in COLUMNS:
            raise InvalidField(_FIELD, f"{column[:40]!r} is not a column. {known}")
        if columns.count(column) > 1:
            raise InvalidField(_FIELD, f"the column {column!r} is there twice")
    return columns


def _read_row(row: int, cells: list[str], columns: list[str], *, unchecked: bool) -> TableRow:
    values = {column: cell.strip() for column, cell in zip(columns, cells, strict=False)}
    number = values.get("number", "")
    if len(cells) > len(columns):
        return TableRow(row, number, InvalidField("row", f"it has {len(cells)} cells, the header {len(columns)}"))
    try:
        return TableRow(row, number, _read_spec(values, unchecked=unchecked))
    except InvalidInput as fault:
        return TableRow(row, number, fault)


def _read_spec(values: dict[str, str], *, unchecked: bool) -> LineSpec:
    spec = LineSpec(
        number=values.get("number", ""),
        label=values.get("label", ""),
        weight=_read_number("weight", values.get("weight", ""), 100),
        capacity=_read_number("capacity", values.get("capacity", ""), None),
        new_people_per_day=_read_number("new_people_per_day", values.get("new_people_per_day", ""), None),
        service=_read_service(values.get("service", "")),
        warm=_read_yes_or_no("warm", values.get("warm", "")),
        unchecked=unchecked,
    )
    new_line(spec, now_ms=0)  # so that a dry run finds what an import would
    return spec


def _read_number(field: str, cell: str, default: Default) -> int | Default:
    if not cell:
        return default
    if not (cell.isascii() and cell.isdigit() and len(cell) <= _MAX_DIGITS):
        raise InvalidField(field, f"{cell[:20]!r} must be a whole number, digits only")
    return int(cell)


def _read_service(cell: str) -> Service:
    service = _SERVICES.get(cell.lower(), None if cell else Service.IMESSAGE)
    if service is None:
        raise InvalidField("service", f"{cell[:20]!r} must be one of {', '.join(Service)}")
    return service


def _read_yes_or_no(field: str, cell: str) -> bool:
    if cell.lower() not in _YES | _NO:
        raise InvalidField(field, f"{cell[:20]!r} must be yes or no")
    return cell.lower() in _YES
