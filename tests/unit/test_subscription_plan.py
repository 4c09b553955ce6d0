"""What to do about the webhook subscription: where it may deliver, and what is mended or left."""

from typing import Any

import pytest

from router.core.errors import InvalidField
from router.core.subscription import (
    Step,
    Subscription,
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
    """Where an environment's events go."""
    return target_url(origin, environment, VERSION, default="production", **more)


def subscription(**told: Any) -> Subscription:
    """One as it should be, but for what is told."""
    fields: dict[str, Any] = {"id": "s-1", "target_url": URL, "events": frozenset(WANTED), "is_active": True} | told
    return Subscription(**fields)


def test_each_environment_has_its_own_address() -> None:
    """Production's has no name in it; the version of the bodies is pinned."""
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
def test_what_the_provider_can_not_reach_is_refused(origin: str) -> None:
    """With what to set instead; a sandbox on this machine takes any address."""
    with pytest.raises(InvalidField, match="SWITCHYARD_BASE_URL"):
        url_of(origin)
    assert url_of(origin, only_local=True).startswith(origin)


@pytest.mark.parametrize("origin", ["https://go.example.com", "https://8.8.8.8", "https://go.example.com:8443"])
def test_a_public_address_is_taken(origin: str) -> None:
    """A name with a dot, or an address of the internet, over https."""
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
    """Only this machine's own counts."""
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
    """Whatever its query says."""
    assert delivers_to(subscription(target_url=target), URL) is is_ours


def test_where_there_is_none_one_is_made() -> None:
    """With the events that the provider offers, in our order; what it does not offer is told."""
    others = [subscription(target_url="https://elsewhere.example/hook")]
    plan = plan_subscription(URL, VERSION, WANTED, {"message.received", "phone_number.status_updated", "x"}, others)
    assert (plan.step, plan.existing, plan.url) == (Step.CREATE, None, URL)
    assert plan.events == WANTED[:2]
    assert plan.not_offered == WANTED[2:]


def test_a_provider_that_does_not_say_what_it_offers_is_asked_for_all() -> None:
    """It will refuse what it does not know."""
    assert plan_subscription(URL, VERSION, WANTED, (), []).events == WANTED


def test_one_that_is_right_is_left() -> None:
    """What an operator added to it, events and query, is right as well."""
    kept = subscription(events=frozenset({*WANTED, "poll.sent"}), target_url=f"{URL}&renewed=1")
    plan = plan_subscription(URL, VERSION, WANTED, WANTED, [kept])
    assert (plan.step, plan.existing, plan.faults) == (Step.NOTHING, kept, ())
    assert plan.events == (*WANTED, "poll.sent")


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"is_active": False}, "switched off"),
        ({"target_url": "https://go.example.com/webhooks/linq?version=2025-01-01"}, "version 2026-02-03"),
        ({"target_url": "https://go.example.com/webhooks/linq"}, "version 2026-02-03"),
        ({"events": frozenset(WANTED[1:])}, "does not tell of message.received"),
        ({"numbers": ("+12025550101",)}, "1 lines only"),
    ],
)
def test_one_that_is_wrong_is_mended(told: dict[str, Any], fault: str) -> None:
    """Each fault is told, and what follows is right."""
    plan = plan_subscription(URL, VERSION, WANTED, WANTED, [subscription(**told)])
    assert plan.step is Step.MEND
    assert [fault in found for found in plan.faults] == [True]
    assert (plan.url, plan.events) == (URL, WANTED)


def test_of_several_the_one_whose_secret_we_have_is_kept() -> None:
    """Else an active one; the others are told of, for every event comes more than once."""
    first, second = subscription(id="a"), subscription(id="b", target_url=f"{URL}&renewed=1")
    plan = plan_subscription(URL, VERSION, WANTED, WANTED, [first, second], preferred={"b"})
    assert (plan.existing, plan.others) == (second, (first,))
    off = subscription(id="a", is_active=False)
    plan = plan_subscription(URL, VERSION, WANTED, WANTED, [off, second])
    assert (plan.existing, plan.others) == (second, (off,))


def test_a_query_is_changed_in_place() -> None:
    """A parameter of the same name goes, the others stay."""
    assert with_query("https://a.example/x?a=1&version=2&b=", version="3") == "https://a.example/x?a=1&b=&version=3"
