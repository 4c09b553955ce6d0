"""Events for the customer's app: how each fared, sending some once more, and a test."""

from typing import Annotated

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from router.core.act import Act
from router.core.campaigns.app_delivery import DeliveryState
from router.schemas.webhooks import (
    ROW_ID_PATTERN,
    TYPE_PATTERN,
    AppDeliveryAnswer,
    WebhookReplay,
    WebhookReplayAnswer,
    WebhookTest,
    WebhookTestAnswer,
)
from router.services.campaigns.app_deliveries import AppDeliveries
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_operator, requires_viewer

MAX_DELIVERIES = 500

Standing = Annotated[
    DeliveryState | None,
    QueryParameter(name="state", description="only those; `waiting` is what was not settled yet, oldest first"),
]
EventType = Annotated[str | None, QueryParameter(name="type", pattern=TYPE_PATTERN, description="only of this type")]
Before = Annotated[str | None, QueryParameter(pattern=ROW_ID_PATTERN, description="id of the last row already read")]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_DELIVERIES)]


class AppDeliveryController(Controller):
    """Any key reads the log; operators send again."""

    path = "/webhooks"
    tags = ("webhooks",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/deliveries", operation_id="list_webhook_deliveries", responses=may_fail(404, 422))
    async def list_webhook_deliveries(
        self,
        app_deliveries: NamedDependency[AppDeliveries],
        pool: FromQuery[str],
        *,
        standing: Standing = None,
        event_type: EventType = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> list[AppDeliveryAnswer]:
        """List the events of a pool for your app and how they fared, the newest first."""
        rows = await app_deliveries.latest(pool, state=standing, type_=event_type, before=before, limit=limit)
        return [AppDeliveryAnswer.of(row) for row in rows]

    @post(
        "/replay",
        operation_id="replay_webhooks",
        guards=[requires_operator],
        status_code=200,
        responses=may_fail(400, 404, 409, 413, 422),
    )
    async def replay_webhooks(
        self, app_deliveries: NamedDependency[AppDeliveries], by: NamedDependency[Act], data: JSONBody[WebhookReplay]
    ) -> WebhookReplayAnswer:
        """Send one event once more, or all of a time, each under the id that it had."""
        queued = await app_deliveries.replay(data.pool, by=by, event=data.event, since=data.since, until=data.until)
        return WebhookReplayAnswer(queued=queued)

    @post(
        "/test",
        operation_id="test_webhook",
        guards=[requires_operator],
        status_code=200,
        responses=may_fail(400, 404, 409, 413, 422),
    )
    async def test_webhook(
        self, app_deliveries: NamedDependency[AppDeliveries], by: NamedDependency[Act], data: JSONBody[WebhookTest]
    ) -> WebhookTestAnswer:
        """Send your app a test event now, and show what it answered."""
        return WebhookTestAnswer.of(await app_deliveries.test(data.pool, by=by))
