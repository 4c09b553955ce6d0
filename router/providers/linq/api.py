"""Call Linq's API through its own SDK: lines, subscriptions, contact cards, audits.

The SDK provides paths, bodies and authorisation. Timeouts and retries are our own, and nothing is sent twice here
(docs/decisions/0017-linq-sdk.md). `responses.py` reads the answers, because the SDK's types promise more than Linq
sends.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from router.core.errors import ProviderError, ProviderRefused, ProviderUnavailable
from router.core.events.subscription import Subscription
from router.core.lines.inventory import Inventory
from router.core.lines.line_card import LineCard
from router.core.lines.reputation_audit import Audit
from router.core.phone import E164
from router.providers.linq import responses
from router.providers.linq.error_codes import meaning_of
from router.telemetry.log_guard import mask_text

if TYPE_CHECKING:
    import httpx
    from linq import APIStatusError, AsyncLinqAPIV3

Read = TypeVar("Read")
_Call = Callable[["AsyncLinqAPIV3"], Awaitable[Any]]

DEFAULT_TIMEOUT = timedelta(seconds=10)
CONNECT_TIMEOUT_S = 3.0
_MAX_SAID = 160


class LinqApi:
    """One environment of one Linq account.

    A failed call raises ProviderRefused or ProviderUnavailable, and nothing else.

    Args:
        timeout: for a whole answer; Linq's slowest answers take seconds.
    """

    def __init__(self, api_key: str, base_url: str, *, timeout: timedelta = DEFAULT_TIMEOUT) -> None:
        # Takes half a second, so only callers of Linq import it.
        from linq import AsyncLinqAPIV3, Timeout, omit  # noqa: PLC0415

        self._timeout_s = timeout.total_seconds()
        self._client = AsyncLinqAPIV3(
            api_key=api_key,
            base_url=base_url,
            webhook_secret="",  # else it reads the environment
            timeout=Timeout(self._timeout_s, connect=CONNECT_TIMEOUT_S),
            max_retries=0,
        )
        self._omit = omit

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def lines(self) -> Inventory:
        """Return the lines that the key's environment rents. Linq does not say which of them are flagged."""
        response = await self._ask(lambda linq: linq.phone_numbers.with_raw_response.list())
        return _read(response, lambda body: responses.read_inventory(body, response.headers.get("date")))

    async def subscriptions(self) -> tuple[Subscription, ...]:
        """Return all webhook subscriptions, without their secrets."""
        response = await self._ask(lambda linq: linq.webhook_subscriptions.with_raw_response.list())
        return _read(response, responses.read_subscriptions)

    async def event_types(self) -> frozenset[str]:
        """Return the event types that can be subscribed to."""
        return _read(
            await self._ask(lambda linq: linq.webhook_events.with_raw_response.list()), responses.read_event_types
        )

    async def create_subscription(self, url: str, events: Sequence[Any]) -> tuple[Subscription, str]:
        """Create a subscription, and return it with its secret, which Linq never shows again."""
        response = await self._ask(
            lambda linq: linq.webhook_subscriptions.with_raw_response.create(
                target_url=url, subscribed_events=list(events)
            )
        )
        return _read(response, lambda body: (responses.read_subscription(body), responses.read_secret(body)))

    async def update_subscription(self, subscription_id: str, url: str, events: Sequence[Any]) -> Subscription:
        """Activate a subscription and set its address and events, for all lines."""
        response = await self._ask(
            lambda linq: linq.webhook_subscriptions.with_raw_response.update(
                subscription_id, target_url=url, subscribed_events=list(events), is_active=True, phone_numbers=[]
            )
        )
        return _read(response, responses.read_subscription)

    async def delete_subscription(self, subscription_id: str) -> None:
        """End a subscription."""
        await self._ask(lambda linq: linq.webhook_subscriptions.with_raw_response.delete(subscription_id))

    async def cards(self) -> Mapping[E164, LineCard]:
        """Return the contact cards of all lines that have one."""
        response = await self._ask(lambda linq: linq.contact_card.with_raw_response.retrieve())
        return {card.number: card for card in _read(response, responses.read_cards)}

    async def create_card(self, number: E164, name: str, image_url: str | None) -> LineCard:
        """Give a line its first card."""
        picture = self._omit if image_url is None else image_url
        response = await self._ask(
            lambda linq: linq.contact_card.with_raw_response.create(
                phone_number=number, first_name=name, image_url=picture
            )
        )
        return _read(response, responses.read_card)

    async def change_card(self, number: E164, name: str, image_url: str | None) -> LineCard:
        """Change a line's card. Without `image_url` its picture stays."""
        picture = self._omit if image_url is None else image_url
        response = await self._ask(
            lambda linq: linq.contact_card.with_raw_response.update(
                phone_number=number, first_name=name, last_name="", image_url=picture
            )
        )
        return _read(response, responses.read_card)

    async def start_audit(self, number: E164) -> Audit:
        """Start a reputation audit of a line, or return the one that is running."""
        response = await self._ask(lambda linq: linq.phone_numbers.with_raw_response.start_reputation_audit(number))
        return _read(response, responses.read_audit)

    async def audit(self, number: E164, audit_id: str) -> Audit:
        """Return an audit in its current state."""
        response = await self._ask(
            lambda linq: linq.phone_numbers.with_raw_response.get_reputation_audit(audit_id, phone_number=number)
        )
        return _read(response, responses.read_audit)

    async def _ask(self, call: _Call) -> "httpx.Response":
        from linq import APIConnectionError, APIStatusError, APITimeoutError  # noqa: PLC0415

        try:
            answer = await call(self._client)
        except APIStatusError as error:
            raise _error_of(error) from None  # the SDK's own message repeats the whole answer
        except APITimeoutError as error:
            raise ProviderUnavailable(f"Linq did not answer within {self._timeout_s:g} s. Try again.") from error
        except APIConnectionError as error:
            cause = type(error.__cause__ or error).__name__
            raise ProviderUnavailable(
                f"Linq could not be reached ({cause}). Check the network and SWITCHYARD_LINQ_BASE_URL."
            ) from error
        response: httpx.Response = answer.http_response
        return response


def _read(response: "httpx.Response", read: Callable[[object], Read]) -> Read:
    try:
        return read(response.json())
    except (ValueError, RecursionError, responses.UnreadableResponse) as error:
        why = str(error) if isinstance(error, responses.UnreadableResponse) else "it is not JSON"
        raise ProviderUnavailable(
            f"Linq's answer cannot be read: {why}. Check SWITCHYARD_LINQ_BASE_URL.",
            http_status=response.status_code,
            trace_id=_trace_id(response),
        ) from error


def _error_of(error: "APIStatusError") -> ProviderError:
    body = error.body if isinstance(error.body, Mapping) else {}
    status, code = error.status_code, _whole(body.get("code"))
    meaning, trace_id = meaning_of(status, code), _trace_id(error.response)
    said = mask_text(str(body.get("message") or ""), limit=_MAX_SAID)
    parts = [f"status {status}", *([f"code {code}"] if code else []), *([f"trace {trace_id}"] if trace_id else [])]
    wait_s = _wait_s(error.response.headers.get("retry-after"), body.get("retry_after"))
    wait = f" It asks to wait {wait_s:.0f} s." if wait_s else ""
    kind = ProviderUnavailable if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ProviderRefused
    return kind(
        f"Linq says: {meaning.words}{f' ({said!r})' if said else ''}, {', '.join(parts)}.{wait} {meaning.fix}",
        http_status=status,
        provider_code=code,
        retry_after_s=wait_s,
        trace_id=trace_id,
    )


def _wait_s(header: str | None, in_body: object) -> float | None:
    """Read the seconds to wait from the header, else from the body."""
    if header is not None and header.strip().isdecimal():
        return float(header)
    return float(in_body) if isinstance(in_body, int | float) and in_body >= 0 else None


def _whole(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _trace_id(response: "httpx.Response") -> str | None:
    trace_id = response.headers.get("x-trace-id", "")
    return trace_id[:64] if trace_id.isascii() and trace_id.isalnum() else None
