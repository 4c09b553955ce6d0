"""Export the signups of a pool: one row for each person, with where they came from and what they agreed to.

It names nobody: a row has the signup's code, by which the API finds the person.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from router.core.assignment import Assignment
from router.core.code import Code
from router.core.csv_row import format_row
from router.core.people.origin import Origin, decode_origin
from router.core.phone import E164
from router.services.pools.pool_cache import PoolCache
from router.store.assignments import Assignments
from router.store.people_list import PeopleList
from router.store.server.operations import READ

COLUMNS = ("signup", "state", "line", "source", "consent_version", "consent_at", "created_at")


@dataclass(frozen=True, slots=True)
class SignupRow:
    """A person of the export; `line` is the number to text now, None for a person without one."""

    assignment: Assignment
    line: E164 | None
    origin: Origin

    @property
    def code(self) -> Code:
        """The signup."""
        return self.assignment.code


class SignupExport:
    """Reads all signups of a pool."""

    def __init__(self, people: PeopleList, assignments: Assignments, pool_cache: PoolCache) -> None:
        self._people = people
        self._assignments = assignments
        self._pool_cache = pool_cache

    async def rows(self, pool: str, *, source: str = "") -> AsyncIterator[SignupRow]:
        """Yield everybody in the order of their codes; with a source, only who came from there.

        Raises:
            NotFound: there is no such pool.
            StoreUnavailable: the store does not answer.
        """
        view = await self._pool_cache.get(pool)
        async for codes in self._people.codes(view.keys):
            for first in range(0, len(codes), READ.most):
                for assignment in await self._assignments.read(view.keys, codes[first : first + READ.most]):
                    if assignment is None:  # erased since their code was read
                        continue
                    origin = decode_origin(assignment.origin)
                    if source in {"", origin.source}:
                        line = None if assignment.slot is None else view.lines.get(assignment.slot)
                        yield SignupRow(assignment, None if line is None else line.number, origin)

    async def table(self, pool: str, *, source: str = "") -> AsyncIterator[str]:
        """Yield the same as a CSV table, the column names first. Raises as `rows`."""
        yield format_row(COLUMNS)
        async for row in self.rows(pool, source=source):
            yield format_row(_cells(row))


def _cells(row: SignupRow) -> tuple[str, ...]:
    consent = row.origin.consent
    return (
        row.code,
        row.assignment.state.word,
        row.line or "",
        row.origin.source,
        "" if consent is None else consent.version,
        "" if consent is None else _moment(consent.at_s),
        _moment(row.assignment.created_at_s),
    )


def _moment(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat()
