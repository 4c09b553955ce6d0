"""A campaign as a table: who stands where, one row a person."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from router.core.campaign import PersonState
from router.core.csv_row import spell_row
from router.services.migration.admin import CampaignAdmin, PersonRow

COLUMNS = ("signup", "state", "reason", "channel", "failed_channels", "target", "at", "tries")


async def export_people(admin: CampaignAdmin, campaign: str, *, state: PersonState | None = None) -> AsyncIterator[str]:
    """Give the table row by row, the names of its columns first.

    Raises:
        NotFound: there is no such campaign. InvalidField: it can be no campaign's id.
    """
    yield spell_row(COLUMNS)
    async for row in admin.everybody(campaign, state=state):
        yield spell_row(_cells(row))


def _cells(row: PersonRow) -> tuple[str, ...]:
    person = row.person
    return (
        person.code,
        person.state.word,
        person.skip.word,
        person.channel or "",
        " ".join(sorted(person.failed)),
        row.target or "",
        datetime.fromtimestamp(person.at_s, UTC).isoformat(),
        str(person.tries),
    )
