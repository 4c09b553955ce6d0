"""Decide whether to create a webhook subscription at the provider, fix the existing one, or do nothing.

A subscription is ours if it delivers to our address, whatever its query: a second subscription for the same address
needs a different query. Event types that an operator added stay.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from router.core.errors import InvalidField

PATH = "/webhooks/linq"
_LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A webhook subscription as the provider lists it.

    Attributes:
        numbers: the only lines whose events it delivers; empty for all.
    """

    id: str
    target_url: str
    events: frozenset[str]
    is_active: bool
    numbers: tuple[str, ...] = ()


class SubscriptionStep(Enum):
    """What to do about the subscription."""

    CREATE = "create"
    MEND = "mend"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionPlan:
    """What to do, and why.

    Attributes:
        url: the address to deliver to.
        events: all event types to deliver.
        existing: the subscription to fix or leave as it is.
        faults: what is wrong with it, in words.
        not_offered: wanted event types that the provider does not offer to this account.
        others: further subscriptions to the same address. They make each event come more than once.
    """

    step: SubscriptionStep
    url: str
    events: tuple[str, ...]
    existing: Subscription | None = None
    faults: tuple[str, ...] = ()
    not_offered: tuple[str, ...] = ()
    others: tuple[Subscription, ...] = ()


def target_url(origin: str, environment: str, version: str, *, default: str, only_local: bool = False) -> str:
    """Return the address to which the provider should deliver an environment's events.

    Args:
        origin: the origin of our own links.
        environment: the environment's id.
        version: the version of the bodies.
        default: the id of the environment whose path does not name it.
        only_local: the provider is a sandbox on this machine, which accepts any address.

    Raises:
        InvalidField: the provider would not or could not deliver there.
    """
    if not only_local:
        _check_public(origin)
    path = PATH if environment == default else f"{PATH}/{environment}"
    return f"{origin.rstrip('/')}{path}?{urlencode({'version': version})}"


def with_query(url: str, **query: str) -> str:
    """Return a URL with these query parameters; they replace those with the same name."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in query]
    return urlunsplit(parts._replace(query=urlencode([*kept, *query.items()])))


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def delivers_to(subscription: Subscription, url: str) -> bool:
    """Whether a subscription delivers to the address of `url`, whatever its query."""
    return _address(subscription.target_url) == _address(url)


def plan_subscription(
    url: str,
    version: str,
    wanted: Sequence[str],
    offered: Collection[str],
    existing: Sequence[Subscription],
    *,
    preferred: Collection[str] = (),
) -> SubscriptionPlan:
    """Decide what to do about an environment's subscription.

    Args:
        url: from `target_url`.
        version: the version of the bodies. A subscription with another version is fixed.
        wanted: event types, in our order.
        offered: event types that the provider offers; empty where it does not say.
        existing: all subscriptions of the environment.
        preferred: ids whose secret we have. Of several subscriptions, one of these is used.
    """
    events = tuple(event for event in wanted if not offered or event in offered)
    not_offered = tuple(event for event in wanted if event not in events)
    ours = sorted(
        (one for one in existing if delivers_to(one, url)),
        key=lambda one: (one.id not in preferred, not one.is_active, one.id),
    )
    if not ours:
        return SubscriptionPlan(step=SubscriptionStep.CREATE, url=url, events=events, not_offered=not_offered)
    chosen = ours[0]
    faults = _faults_of(chosen, version, events)
    return SubscriptionPlan(
        step=SubscriptionStep.MEND if faults else SubscriptionStep.NOTHING,
        url=with_query(chosen.target_url, version=version),
        events=tuple(dict.fromkeys((*events, *sorted(chosen.events)))),
        existing=chosen,
        faults=faults,
        not_offered=not_offered,
        others=tuple(ours[1:]),
    )


def _faults_of(chosen: Subscription, version: str, events: Sequence[str]) -> tuple[str, ...]:
    faults = []
    if not chosen.is_active:
        faults.append("it is switched off")
    if dict(parse_qsl(urlsplit(chosen.target_url).query)).get("version") != version:
        faults.append(f"its address does not ask for version {version}")
    if lacking := [event for event in events if event not in chosen.events]:
        faults.append(f"it does not deliver {', '.join(lacking)}")
    if chosen.numbers:
        faults.append(f"it delivers events of {len(chosen.numbers)} lines only")
    return tuple(faults)


def _address(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", None if port == usual else port, parts.path.rstrip("/")


def _check_public(origin: str) -> None:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    fix = "Set SWITCHYARD_BASE_URL to the https address at which the internet reaches you, or name it with --url"
    if parts.scheme != "https":
        raise InvalidField("url", f"{origin!r} is not https, and Linq delivers to nothing else. {fix}.")
    try:
        is_public = ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith(_LOCAL_ENDINGS)
    if not is_public:
        raise InvalidField("url", f"{origin!r} cannot be reached from outside your network. {fix}.")
