"""Write the rows of a CSV table to a file or to stdout."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path


async def write_rows(rows: AsyncIterator[str], file: Path | None) -> None:
    """Write rows as they come; None writes to stdout."""
    if file is None:
        async for row in rows:
            sys.stdout.write(row)
        return
    with file.open("w", newline="") as table:
        async for row in rows:
            table.write(row)
