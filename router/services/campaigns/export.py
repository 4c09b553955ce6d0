"""Export a campaign as a CSV table: one row for each person, with their state."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from router.core.campaigns.campaign import PersonState
from router.core.csv_row import format_row
from router.services.campaigns.admin import CampaignAdmin, PersonRow

COLUMNS = ("signup", "state", "reason", "channel", "failed_channels", "target", "at", "tries")


async def export_people(admin: CampaignAdmin, campaign: str, *, state: PersonState | None = None) -> AsyncIterator[str]:
    """Yield the table row by row, the column names first.

    Raises:
        NotFound: there is no such campaign. InvalidField: this cannot be the id of one.
    """
    yield format_row(COLUMNS)
    async for row in admin.everybody(campaign, state=state):
        yield format_row(_cells(row))


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
