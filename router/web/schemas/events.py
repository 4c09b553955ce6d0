"""What happened in a pool."""

from datetime import datetime

from pydantic import Field

from router.services.history import HistoryRow
from router.web.schemas.common import EXAMPLE_NUMBER, Answer
from router.web.schemas.moments import moment

ROW_PATTERN = "^[0-9]{1,20}-[0-9]{1,20}$"


class EventAnswer(Answer):
    """One thing that happened to a line or a person."""

    id: str = Field(description="give it as `before` to read on", examples=["1800000000000-0"])
    at: datetime = Field(description="when it was applied")
    told_at: datetime = Field(description="when it happened, by the provider's clock")
    event: str = Field(description="the provider's id of the event")
    type: str = Field(examples=["phone_number.status_updated"])
    word: str = Field(description="what became of it", examples=["flagged"])
    line: str | None = Field(examples=[EXAMPLE_NUMBER])
    signup: str | None = Field(description="the person's id", examples=["K7M3PX"])
    detail: str

    @classmethod
    def of(cls, entry: HistoryRow) -> "EventAnswer":
        """Return what is told of a row."""
        row = entry.row
        return cls(
            id=row.id,
            at=moment(row.at_ms),
            told_at=moment(row.told_at_us // 1000),
            event=row.event,
            type=row.type,
            word=row.word,
            line=entry.line,
            signup=row.code,
            detail=row.detail,
        )
