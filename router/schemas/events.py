"""What happened in a pool."""

from datetime import datetime

from pydantic import Field

from router.schemas.common import EXAMPLE_NUMBER, AnswerBody
from router.schemas.moments import moment
from router.services.events.history import HistoryRow

ROW_PATTERN = "^[0-9]{1,20}-[0-9]{1,20}$"


class EventAnswer(AnswerBody):
    """One thing that happened to a line or a person."""

    id: str = Field(description="give it as `before` to read on", examples=["1800000000000-0"])
    at: datetime = Field(description="when it was applied")
    told_at: datetime = Field(description="when it happened, by the provider's clock")
    event: str = Field(description="the provider's id of the event")
    type: str = Field(examples=["phone_number.status_updated"])
    word: str = Field(description="what the event changed", examples=["flagged"])
    line: str | None = Field(examples=[EXAMPLE_NUMBER])
    signup: str | None = Field(description="the person's id", examples=["K7M3PX"])
    detail: str
    source: str | None = Field(default=None, description="where the person came from", examples=["flyer"])

    @classmethod
    def of(cls, entry: HistoryRow) -> "EventAnswer":
        """Build the API answer for a row."""
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
            source=entry.source or None,
        )
