"""The plan for the webhook subscription: where it may deliver, and what is fixed or left."""

from typing import Any

import pytest

from router.core.errors import InvalidField
from router.core.events.subscription import (
    Subscription,
    SubscriptionStep,
    delivers_to,
    is_loopback,
    plan_subscription,
    target_url,
    with_query,
)

VERSION = "2026-02-03"
WANTED = ("message.received", "phone_number.status_updated", "environment.line_moved")
URL = f"https://go.example.com/webhooks/linq?version={VERSION}"


def url_of(origin: str, environment: str = "production", **more: Any) -> str:
    """Return the address for an environment's events."""
    return target_url(origin, environment, VERSION, default="production", **more)


def subscription(**changes: Any) -> Subscription:
    """Make a subscription that is as it should be, except for the given fields."""
    fields: dict[str, Any] = {"id": "s-1", "target_url": URL, "events": frozenset(WANTED), "is_active": True} | changes
    return Subscription(**fields)


def test_each_environment_has_its_own_address() -> None:
    """Production's address has no name in it; the version of the bodies is fixed."""
    assert url_of("https://go.example.com/") == URL
    assert url_of("https://go.example.com", "staging").startswith("https://go.example.com/webhooks/linq/staging?")


@pytest.mark.parametrize(
    "origin",
    [
        "http://go.example.com",
        "https://localhost",
        "https://127.0.0.1",
        "https://192.168.1.4:8000",
        "https://[fd00::1]",
        "https://gateway",
        "https://gateway.local",
        "https://gateway.internal",
    ],
)
def test_what_the_provider_cannot_reach_is_refused(origin: str) -> None:
    """The refusal names the right setting; a sandbox on this machine accepts any address."""
    with pytest.raises(InvalidField, match="SWITCHYARD_BASE_URL"):
        url_of(origin)
    assert url_of(origin, only_local=True).startswith(origin)


@pytest.mark.parametrize("origin", ["https://go.example.com", "https://8.8.8.8", "https://go.example.com:8443"])
def test_a_public_address_is_accepted(origin: str) -> None:
    """A name with a dot or an internet address is accepted, over https."""
    assert url_of(origin).startswith(origin)


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:8010/api", True),
        ("http://[::1]:8010", True),
        ("http://localhost:8010", True),
        ("http://sandbox.localhost", True),
        ("https://api.linqapp.com/api/partner", False),
        ("http://192.168.1.4", False),
    ],
)
def test_a_sandbox_is_known_by_its_address(url: str, is_local: bool) -> None:
    """Only this machine's own addresses count."""
    assert is_loopback(url) is is_local


@pytest.mark.parametrize(
    ("target", "is_ours"),
    [
        (URL, True),
        (URL + "&renewed=1", True),
        ("https://go.example.com/webhooks/linq/?version=2025-01-01", True),
        ("https://GO.example.com:443/webhooks/linq", True),
        ("https://go.example.com/webhooks/linq/staging?version=2026-02-03", False),
        ("https://other.example.com/webhooks/linq?version=2026-02-03", False),
        ("http://go.example.com/webhooks/linq", False),
        ("https://go.example.com:8443/webhooks/linq", False),
        ("https://go.example.com:bad/webhooks/linq", True),
        ("not a url", False),
    ],
)
def test_ours_is_what_delivers_to_our_address(target: str, is_ours: bool) -> None:
    """A subscription to our address is ours, whatever its query."""
    assert delivers_to(subscription(target_url=target), URL) is is_ours


def test_where_there_is_none_one_is_made() -> None:
    """It gets the events that the provider offers, in our order; missing ones are reported."""
    others = [subscription(target_url="https://elsewhere.example/hook")]
    plan = plan_subscription(URL, VERSION, WANTED, {"message.received", "phone_number.status_updated", "x"}, others)
    assert (plan.step, plan.existing, plan.url) == (SubscriptionStep.CREATE, None, URL)
    assert plan.events == WANTED[:2]
    assert plan.not_offered == WANTED[2:]


def test_a_provider_that_does_not_say_what_it_offers_is_asked_for_all() -> None:
    """The provider will refuse the types that it does not know."""
    assert plan_subscription(URL, VERSION, WANTED, (), []).events == WANTED


def test_one_that_is_right_is_left() -> None:
    """Events and query that an operator added are right as well."""
    right = subscription(events=frozenset({*WANTED, "poll.sent"}), target_url=f"{URL}&renewed=1")
    plan = plan_subscription(URL, VERSION, WANTED, WANTED, [right])
    assert (plan.step, plan.existing, plan.faults) == (SubscriptionStep.NOTHING, right, ())
    assert plan.events == (*WANTED, "poll.sent")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"is_active": False}, "switched off"),
        ({"target_url": "https://go.example.com/webhooks/linq?version=2025-01-01"}, "version 2026-02-03"),
        ({"target_url": "https://go.example.com/webhooks/linq"}, "version 2026-02-03"),
        ({"events": frozenset(WANTED[1:])}, "does not deliver message.received"),
        ({"numbers": ("+12025550101",)}, "1 lines only"),
    ],
)
def test_one_that_is_wrong_is_fixed(changes: dict[str, Any], fault: str) -> None:
    """Each fault is reported, and the resulting subscription is right."""
    plan = plan_subscription(URL, VERSION, WANTED, WANTED, [subscription(**changes)])
    assert plan.step is SubscriptionStep.MEND
    assert [fault in found for found in plan.faults] == [True]
    assert (plan.url, plan.events) == (URL, WANTED)


def test_of_several_the_one_whose_secret_we_have_stays() -> None:
    """Without one, an active one stays; the others are reported, because every event comes more than once."""
    first, second = subscription(id="a"), subscription(id="b", target_url=f"{URL}&renewed=1")
    plan = plan_subscription(URL, VERSION, WANTED, WANTED, [first, second], preferred={"b"})
    assert (plan.existing, plan.others) == (second, (first,))
    off = subscription(id="a", is_active=False)
    plan = plan_subscription(URL, VERSION, WANTED, WANTED, [off, second])
    assert (plan.existing, plan.others) == (second, (off,))


def test_a_query_is_changed_in_place() -> None:
    """A parameter of the same name is removed, the others stay."""
    assert with_query("https://a.example/x?a=1&version=2&b=", version="3") == "https://a.example/x?a=1&b=&version=3"
