"""Import a table of lines into a pool, row by row: a faulty row is reported and never stops the others."""

from dataclasses import dataclass

from router.core.act import Act
from router.core.errors import Conflict, InvalidInput, Refused
from router.core.lines.line_rules import LineSpec
from router.core.lines.line_table import TableRow, read_line_table
from router.core.numbers.number_check import check_number
from router.core.phone import mask
from router.core.pool import Pool
from router.services.lines.admin import LineAdmin
from router.services.pools.admin import PoolAdmin
from router.services.pools.pool_cache import PoolCache

ADDED = "added"
EXISTS = "exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """The result of one row.

    Attributes:
        row: its line number in the file, as editors count.
        number: masked.
        result: "added", "exists", or "error: …" with the fix.
        warning: what is doubtful about the number; empty if nothing is.
    """

    row: int
    number: str
    result: str
    warning: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the row must be fixed and sent again."""
        return self.result not in {ADDED, EXISTS}


class LineImport:
    """Imports tables of lines."""

    def __init__(self, pool_admin: PoolAdmin, line_admin: LineAdmin, pool_cache: PoolCache) -> None:
        self._pool_admin = pool_admin
        self._line_admin = line_admin
        self._pool_cache = pool_cache

    async def run(
        self, pool_id: str, data: bytes, *, by: Act, dry_run: bool = False, unchecked: bool = False
    ) -> list[ImportedRow]:
        """Add every line of a CSV table, or only return what each row would do.

        A line that exists keeps its settings; a retired one comes back with the table's settings. Importing the same
        table again changes nothing. With `unchecked`, numbers that the numbering plans do not allow are added too.

        Raises:
            NotFound: there is no such pool.
            InvalidField: the table as a whole cannot be read.
            StoreUnavailable: the rows before are imported; send the same table again.
        """
        pool = await self._pool_admin.get(pool_id)
        rows = read_line_table(data, unchecked=unchecked)
        if dry_run:
            return await self._try_out(pool, rows)
        try:
            return [_report(row, await self._add(pool, row.read, by)) for row in rows]
        finally:
            await self._pool_cache.reload(pool.id)

    async def _add(self, pool: Pool, read: LineSpec | InvalidInput, by: Act) -> str:
        if isinstance(read, InvalidInput):
            return f"error: {read}"
        try:
            await self._line_admin.enrol(pool, read, by=by)
        except Conflict:
            return EXISTS
        except Refused as refused:  # the pool is full
            return f"error: {refused}"
        return ADDED

    async def _try_out(self, pool: Pool, rows: list[TableRow]) -> list[ImportedRow]:
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
    warning = "" if isinstance(row.read, InvalidInput) else check_number(row.read.number).words
    return ImportedRow(row=row.row, number=mask(row.number), result=result, warning=warning)
