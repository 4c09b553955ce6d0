"""Tables of lines: what spreadsheets write is read, and a fault is reported with its row."""

import pytest

from router.core.errors import InvalidField, InvalidNumber
from router.core.line import Service
from router.core.lines.line_rules import LineSpec
from router.core.lines.line_table import MAX_ROWS, MAX_TABLE_BYTES, read_line_table


def test_all_columns_are_read_in_any_order() -> None:
    """Columns are found by their names, whatever their order, case and spaces."""
    table = b"Label, warm,number,weight,capacity,new_people_per_day,service\nA,yes,+12025550101,50,700,40,rcs\n"
    assert [row.read for row in read_line_table(table)] == [
        LineSpec(
            number="+12025550101",
            label="A",
            weight=50,
            capacity=700,
            new_people_per_day=40,
            service=Service.RCS,
            warm=True,
        )
    ]


@pytest.mark.parametrize(
    "table",
    [
        b"number\n+12025550101\n",
        b"number\r\n+12025550101\r\n",
        b"\xef\xbb\xbfnumber\n+12025550101",
        b'"number",label\n"+12025550101",\n\n,\n',
        b"number,label,weight\n+12025550101\n",
    ],
)
def test_what_spreadsheets_write_is_read(table: bytes) -> None:
    """A byte order mark, Windows line ends, quotes, blank rows and missing cells need no correction."""
    assert [row.read for row in read_line_table(table)] == [LineSpec(number="+12025550101")]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (b"12025550101,,,", "start with \\+"),
        (b"1.20E+10,,,", "start with \\+"),
        (b",100,,", "it is empty"),
        (b"+12025550101,heavy,,", "weight: 'heavy' must be a whole number"),
        (b"+12025550101,1001,,", "weight: 1001 must be from 0 to 1000"),
        (b"+12025550101,-1,,", "weight: '-1'"),
        (b"+12025550101,\xd9\xa1,,", "weight"),
        (b"+12025550101,,fax,", "service: 'fax' must be one of iMessage, RCS"),
        (b"+12025550101,,,maybe", "warm: 'maybe' must be yes or no"),
        (b"+12025550101,,,,,", "row: it has 6 cells, the header 4"),
    ],
)
def test_a_fault_is_reported_with_its_row_and_the_others_stand(row: bytes, fault: str) -> None:
    """One faulty row leaves the rows around it as they are."""
    table = b"number,weight,service,warm\n+12025550107,,,\n" + row + b"\n+12025550108,,,\n"
    before, bad, after = read_line_table(table)
    assert (before.row, bad.row, after.row) == (2, 3, 4)
    assert isinstance(before.read, LineSpec)
    assert isinstance(after.read, LineSpec)
    with pytest.raises((InvalidField, InvalidNumber), match=fault):
        raise bad.read  # type: ignore[misc]  # the test shows that it is an error


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (b"", "must name the columns"),
        (b"+12025550101\n", "must name the columns"),
        (b"number,colour\n", "'colour' is not a column"),
        (b"number,label,label\n", "twice"),
        (b'number\n"+1202', "is not CSV"),
        (b"number\n\xff\xfe", "is not UTF-8"),
        (b"number\n" + b"+12025550101\n" * (MAX_ROWS + 1), "send at most 1000"),
        (b"number\n" + b" " * MAX_TABLE_BYTES, "send at most 1000000"),
    ],
)
def test_a_table_that_cannot_be_read_as_a_whole_is_refused(table: bytes, fault: str) -> None:
    """A misspelled column is never silently ignored."""
    with pytest.raises(InvalidField, match=fault):
        read_line_table(table)


def test_a_full_table_is_read() -> None:
    """A table may have as many rows as are allowed."""
    rows = b"".join(b"+1202555%04d\n" % last for last in range(MAX_ROWS))
    assert len(read_line_table(b"number\n" + rows)) == MAX_ROWS
