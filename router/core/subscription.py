"""Decide what to do about the provider's webhook subscription: make one, mend the one that is there, or nothing.

A subscription is ours if it delivers to our address; its query may say more than the version, since a second one for
the same address needs a query of its own. What an operator added to it stays.
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
        numbers: the only lines it tells of; empty for all.
    """

    id: str
    target_url: str
    events: frozenset[str]
    is_active: bool
    numbers: tuple[str, ...] = ()


class Step(Enum):
    """What to do."""

    CREATE = "create"
    MEND = "mend"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionPlan:
    """What to do, and why.

    Attributes:
        url: where it shall deliver.
        events: all that it shall tell of.
        existing: the one to mend or leave.
        faults: what is wrong with it, in words.
        not_offered: wanted types that the provider does not offer this account.
        others: further subscriptions that deliver to the same address; each event then comes more than once.
    """

    step: Step
    url: str
    events: tuple[str, ...]
    existing: Subscription | None = None
    faults: tuple[str, ...] = ()
    not_offered: tuple[str, ...] = ()
    others: tuple[Subscription, ...] = ()


def target_url(origin: str, environment: str, version: str, *, default: str, only_local: bool = False) -> str:
    """Return where the provider shall deliver an environment's events.

    Args:
        origin: of our own links.
        environment: its id; the `default` one has the shorter path.
        version: of the bodies.
        default: the id of the environment whose path has no name in it.
        only_local: the provider is a sandbox on this machine, which takes any address.

    Raises:
        InvalidField: the provider would not, or could not, deliver there.
    """
    if not only_local:
        _check_public(origin)
    path = PATH if environment == default else f"{PATH}/{environment}"
    return f"{origin.rstrip('/')}{path}?{urlencode({'version': version})}"


def with_query(url: str, **query: str) -> str:
    """Return a URL with these query parameters, in place of those of the same name."""
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
    """Decide what to do.

    Args:
        url: as `target_url` returns it.
        version: of the bodies; a subscription with another one is mended.
        wanted: types of events, in our order.
        offered: types that the provider offers; empty where it does not say.
        existing: all subscriptions of the environment.
        preferred: ids whose secret we have; of several, one of these is kept.
    """
    events = tuple(event for event in wanted if not offered or event in offered)
    not_offered = tuple(event for event in wanted if event not in events)
    ours = sorted(
        (one for one in existing if delivers_to(one, url)),
        key=lambda one: (one.id not in preferred, not one.is_active, one.id),
    )
    if not ours:
        return SubscriptionPlan(step=Step.CREATE, url=url, events=events, not_offered=not_offered)
    kept = ours[0]
    faults = _faults_of(kept, version, events)
    return SubscriptionPlan(
        step=Step.MEND if faults else Step.NOTHING,
        url=with_query(kept.target_url, version=version),
        events=tuple(dict.fromkeys((*events, *sorted(kept.events)))),
        existing=kept,
        faults=faults,
        not_offered=not_offered,
        others=tuple(ours[1:]),
    )


def _faults_of(kept: Subscription, version: str, events: Sequence[str]) -> tuple[str, ...]:
    faults = []
    if not kept.is_active:
        faults.append("it is switched off")
    if dict(parse_qsl(urlsplit(kept.target_url).query)).get("version") != version:
        faults.append(f"its address does not ask for version {version}")
    if lacking := [event for event in events if event not in kept.events]:
        faults.append(f"it does not tell of {', '.join(lacking)}")
    if kept.numbers:
        faults.append(f"it tells of {len(kept.numbers)} lines only")
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
    mend = "Set SWITCHYARD_BASE_URL to the https address at which the internet reaches you, or name it with --url"
    if parts.scheme != "https":
        raise InvalidField("url", f"{origin!r} is not https, and Linq delivers to nothing else. {mend}.")
    try:
        is_public = ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith(_LOCAL_ENDINGS)
    if not is_public:
        raise InvalidField("url", f"{origin!r} can not be reached from outside your network. {mend}.")
