"""Create, change and delete webhook subscriptions, with an event for each."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from router.sandbox import faults
from router.sandbox.events import EVENT_TYPES
from router.sandbox.line_bodies import account_data
from router.sandbox.records import SandboxSubscription
from router.sandbox.world import World

_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".test", ".lan")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionWish:
    """The wanted fields of a subscription; None leaves a field as it is."""

    target_url: str | None = None
    events: list[str] | None = None
    phone_numbers: list[str] | None = None
    is_active: bool | None = None
    routing_key_header: str | None = None
    routing_id_header: str | None = None


def subscribe(world: World, wish: SubscriptionWish, *, secret: str, now_ns: int) -> SandboxSubscription:
    """Create a subscription.

    Raises:
        LinqFault: the address has one already or must not be called, or an event type does not exist.
    """
    if wish.target_url is None:
        raise faults.missing_field("target_url")
    if not wish.events:
        raise faults.missing_field("subscribed_events")
    _check(world, wish, but_for=None)
    subscription = SandboxSubscription(
        id=world.new_id(),
        target_url=wish.target_url,
        events=list(wish.events),
        phone_numbers=list(wish.phone_numbers or ()),
        secret=secret,
        created_ns=now_ns,
        updated_ns=now_ns,
        routing_key_header=wish.routing_key_header,
        routing_id_header=wish.routing_id_header,
    )
    world.subscriptions[subscription.id] = subscription
    _emit(world, "created", subscription, now_ns=now_ns)
    return subscription


def change_subscription(
    world: World, subscription: SandboxSubscription, wish: SubscriptionWish, *, now_ns: int
) -> None:
    """Change the given fields. The secret never changes.

    Raises:
        LinqFault: as in `subscribe`.
    """
    _check(world, wish, but_for=subscription)
    changed: list[str] = []
    if wish.target_url is not None and wish.target_url != subscription.target_url:
        subscription.target_url = wish.target_url
        changed.append("target_url_changed")
    if wish.events is not None and set(wish.events) != set(subscription.events):
        subscription.events = list(wish.events)
        changed.append("events.updated")
    if wish.phone_numbers is not None and wish.phone_numbers != subscription.phone_numbers:
        subscription.phone_numbers = list(wish.phone_numbers)
        changed.append("phone_numbers.updated")
    if wish.is_active is not None and wish.is_active != subscription.is_active:
        subscription.is_active = wish.is_active
        changed.append("enabled" if wish.is_active else "disabled")
    if wish.routing_key_header is not None:
        subscription.routing_key_header = wish.routing_key_header or None
    if wish.routing_id_header is not None:
        subscription.routing_id_header = wish.routing_id_header or None
    subscription.updated_ns = now_ns
    for change in changed:
        _emit(world, change, subscription, now_ns=now_ns)


def unsubscribe(world: World, subscription: SandboxSubscription, *, now_ns: int) -> None:
    """Delete a subscription."""
    del world.subscriptions[subscription.id]
    _emit(world, "deleted", subscription, now_ns=now_ns)


def find_subscription(world: World, subscription_id: str) -> SandboxSubscription:
    """Return a subscription.

    Raises:
        LinqFault: there is none with this id.
    """
    subscription = world.subscriptions.get(subscription_id)
    if subscription is None:
        raise faults.not_found(2010, "Webhook subscription")
    return subscription


def _check(world: World, wish: SubscriptionWish, *, but_for: SandboxSubscription | None) -> None:
    for event in wish.events or ():
        if event not in EVENT_TYPES:
            raise faults.invalid_value(f"{event[:80]!r} is not an event type; see GET /v3/webhook-events")
    if wish.target_url is None:
        return
    _check_address(wish.target_url)
    for other in world.subscriptions.values():
        if other is not but_for and other.target_url == wish.target_url:
            raise faults.conflict("a webhook subscription for this target_url exists")


def _check_address(target_url: str) -> None:
    """Allow https, and plain http to this machine and private hosts, which Linq itself would refuse."""
    try:
        parts = urlsplit(target_url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme == "https" and host:
        return
    if parts.scheme == "http" and host and _is_near(host):
        return
    raise faults.invalid_value("target_url must be https (the sandbox also accepts http on loopback and private hosts)")


def _is_near(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_ENDINGS)
    return address.is_private or address.is_loopback


def _emit(world: World, change: str, subscription: SandboxSubscription, *, now_ns: int) -> None:
    parts = urlsplit(subscription.target_url)
    bare_url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    subject = {"id": subscription.id, "events": subscription.events, "target_url": bare_url}
    data = account_data(
        f"Webhook subscription {change.replace('_', ' ').replace('.', ' ')}",
        now_ns=now_ns,
        by_api=True,
        webhook_subscription=subject,
    )
    world.emit(f"webhook_subscription.{change}", data, now_ns=now_ns)
