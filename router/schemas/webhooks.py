"""Events for the customer's app: how each fared, sending some once more, and a test."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from router.core.campaigns.app_delivery import AppDelivery, DeliveryState
from router.core.campaigns.app_news import NewsKind
from router.schemas.common import AnswerBody, Count, RequestBody
from router.schemas.moments import moment
from router.services.campaigns.app_deliveries import AppTrial

EVENT_ID_PATTERN = r"^sy_[0-9a-z_]{8,64}$"
ROW_ID_PATTERN = r"^[0-9]{1,20}-[0-9]{1,20}$"
TYPE_PATTERN = r"^[a-z]{1,20}\.[a-z_]{1,40}$"


def _read_moment(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text) if isinstance(text, str) else "")
    except ValueError as error:
        raise PydanticCustomError("invalid", "it must be a time with its zone, like 2026-11-30T08:00:00Z") from error


Moment = Annotated[AwareDatetime, BeforeValidator(_read_moment)]


class AppDeliveryAnswer(AnswerBody):
    """An event for your app, and how it fared. It holds no personal data."""

    id: str = Field(description="of this row; give the last one as `before` to read on")
    event: str = Field(description="the `webhook-id` under which your app gets it, however often it is sent")
    type: str
    state: DeliveryState
    tries: Count = Field(description="how often it was sent")
    happened_at: datetime
    tried_at: datetime | None = Field(description="when it was last sent")
    reason: str = Field(description="why your app did not take it; empty where it did, or was not asked")
    signup: str | None = Field(description="the person it is about")
    campaign: str | None = Field(description="the campaign it is about")

    @classmethod
    def of(cls, row: AppDelivery) -> "AppDeliveryAnswer":
        """Build the API answer for one row."""
        return cls(
            id=row.id,
            event=row.event,
            type=row.type,
            state=row.state,
            tries=row.tries.count,
            happened_at=moment(row.news.at_ms),
            tried_at=moment(row.tried_ms) if row.tried_ms else None,
            reason=row.tries.reason,
            signup=row.news.code or None,
            campaign=row.news.campaign if row.news.kind is NewsKind.CAMPAIGN else None,
        )


class WebhookReplay(RequestBody):
    """Which events to send once more: one by its id, or all that happened in a time."""

    pool: str = Field(examples=["main"])
    event: str | None = Field(default=None, pattern=EVENT_ID_PATTERN, description="the event's id, its `webhook-id`")
    since: Moment | None = Field(default=None, description="all that happened from this time on")
    until: Moment | None = Field(default=None, description="and not later; now where it is left out")

    @model_validator(mode="after")
    def must_name_one(self) -> Self:
        """Refuse a request that names nothing, or both."""
        if (self.event is None) == (self.since is None):
            raise PydanticCustomError("invalid", "name one event, or a time by since and until")
        return self


class WebhookReplayAnswer(AnswerBody):
    """How many events were queued; those that wait already were not queued again."""

    queued: Count


class WebhookTest(RequestBody):
    """Which pool the test event names."""

    pool: str = Field(examples=["main"])


class WebhookTestAnswer(AnswerBody):
    """What your app did with the test event."""

    event: str = Field(description="its `webhook-id`")
    delivered: bool
    reason: str = Field(description="why it was not; empty if it was")
    took_ms: Count

    @classmethod
    def of(cls, sent: AppTrial) -> "WebhookTestAnswer":
        """Build the API answer."""
        return cls(event=sent.event, delivered=sent.is_delivered, reason=sent.reason, took_ms=sent.took_ms)
