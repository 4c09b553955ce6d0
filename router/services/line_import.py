"""Add the lines of a table to a pool, row by row: a faulty row is reported and never stops the others."""

from dataclasses import dataclass

from router.core.errors import Conflict, InvalidInput, Refused
from router.core.line_rules import LineSpec
from router.core.line_table import TableRow, read_line_table
from router.core.phone import mask
from router.core.pool import Pool
from router.services.directory import Directory
from router.services.lines import LineAdmin
from router.services.pools import PoolAdmin

ADDED = "added"
EXISTS = "exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """What became of one row.

    Attributes:
        row: its line in the file, as editors count.
        number: masked.
        result: "added", "exists", or "error: …" with the mend.
    """

    row: int
    number: str
    result: str

    @property
    def is_error(self) -> bool:
        """Whether the row must be mended and sent again."""
        return self.result not in {ADDED, EXISTS}


class LineImport:
    """Imports tables of lines."""

    def __init__(self, pool_admin: PoolAdmin, line_admin: LineAdmin, directory: Directory) -> None:
        self._pool_admin = pool_admin
        self._line_admin = line_admin
        self._directory = directory

    async def run(self, pool_id: str, data: bytes, *, dry_run: bool = False) -> list[ImportedRow]:
        """Add every line of a CSV table, or only say what would become of each row.

        A line that exists keeps its settings; a retired one comes back with those of the table. Importing the same
        table again changes nothing.

        Raises:
            NotFound: there is no such pool.
            InvalidField: the table can not be read as a whole.
            StoreUnavailable: the rows before are in; send the same table again.
        """
        pool = await self._pool_admin.get(pool_id)
        rows = read_line_table(data)
        if dry_run:
            return await self._foretell(pool, rows)
        try:
            return [_report(row, await self._add(pool, row.read)) for row in rows]
        finally:
            await self._directory.reload(pool.id)

    async def _add(self, pool: Pool, read: LineSpec | InvalidInput) -> str:
        if isinstance(read, InvalidInput):
            return f"error: {read}"
        try:
            await self._line_admin.enrol(pool, read)
        except Conflict:
            return EXISTS
        except Refused as refused:  # the pool is full
            return f"error: {refused}"
        return ADDED

    async def _foretell(self, pool: Pool, rows: list[TableRow]) -> list[ImportedRow]:
        taken = {str(now.line.number) for now in await self._line_admin.all(pool.id)}
        report = []
        for row in rows:
            if isinstance(row.read, InvalidInput):
                result = f"error: {row.read}"
            else:
                result = EXISTS if row.read.number in taken else ADDED
                taken.add(row.read.number)
            report.append(_report(row, result))
        return report


def _report(row: TableRow, result: str) -> ImportedRow:
    return ImportedRow(row=row.row, number=mask(row.number), result=result)
