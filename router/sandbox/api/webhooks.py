"""The paths of webhook subscriptions and event types."""

from typing import Any

from litestar import Controller, Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.sandbox.api.bodies import NewSubscription, SubscriptionChange, read
from router.sandbox.events import EVENT_TYPES
from router.sandbox.records import Json
from router.sandbox.sandbox import Sandbox
from router.sandbox.shapes import subscription_shape
from router.sandbox.subscriptions import (
    SubscriptionWish,
    change_subscription,
    find_subscription,
    subscribe,
    unsubscribe,
)

_EVENTS_GUIDE = "https://docs.linqapp.com/channel/imessage/guides/webhooks/events"
_CLEARED_BY_NULL = ("phone_numbers", "routing_key_header", "routing_id_header")


class WebhookController(Controller):
    """The account's webhook subscriptions."""

    @get("/webhook-events")
    async def list_events(self) -> Json:
        """List the event types that can be subscribed to."""
        return {"events": list(EVENT_TYPES), "doc_url": _EVENTS_GUIDE}

    @get("/webhook-subscriptions")
    async def list_subscriptions(self, sandbox: NamedDependency[Sandbox]) -> Json:
        """List the subscriptions, without their secrets."""
        return {"subscriptions": [subscription_shape(each) for each in sandbox.world.subscriptions.values()]}

    @post("/webhook-subscriptions", status_code=201)
    async def create(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """Create a subscription. Only this answer has its secret."""
        body = read(NewSubscription, await request.body())
        wish = SubscriptionWish(
            target_url=body.target_url,
            events=body.subscribed_events,
            phone_numbers=body.phone_numbers,
            routing_key_header=body.routing_key_header,
            routing_id_header=body.routing_id_header,
        )
        made = subscribe(sandbox.world, wish, secret=sandbox.new_secret(), now_ns=sandbox.now_ns())
        return subscription_shape(made) | {"signing_secret": made.secret}

    @get("/webhook-subscriptions/{subscription_id:str}")
    async def read_subscription(self, sandbox: NamedDependency[Sandbox], subscription_id: FromPath[str]) -> Json:
        """Show one subscription."""
        return subscription_shape(find_subscription(sandbox.world, subscription_id))

    @put("/webhook-subscriptions/{subscription_id:str}")
    async def change(
        self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any], subscription_id: FromPath[str]
    ) -> Json:
        """Change the given fields. A null clears a field that may be empty."""
        subscription = find_subscription(sandbox.world, subscription_id)
        body = read(SubscriptionChange, await request.body())
        cleared = {name: "" for name in _CLEARED_BY_NULL if name in body.model_fields_set and not getattr(body, name)}
        wish = SubscriptionWish(
            target_url=body.target_url,
            events=body.subscribed_events,
            phone_numbers=[] if "phone_numbers" in cleared else body.phone_numbers,
            is_active=body.is_active,
            routing_key_header=cleared.get("routing_key_header", body.routing_key_header),
            routing_id_header=cleared.get("routing_id_header", body.routing_id_header),
        )
        change_subscription(sandbox.world, subscription, wish, now_ns=sandbox.now_ns())
        return subscription_shape(subscription)

    @delete("/webhook-subscriptions/{subscription_id:str}", status_code=204)
    async def remove(self, sandbox: NamedDependency[Sandbox], subscription_id: FromPath[str]) -> None:
        """Delete a subscription."""
        unsubscribe(sandbox.world, find_subscription(sandbox.world, subscription_id), now_ns=sandbox.now_ns())
