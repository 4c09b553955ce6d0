"""POST /webhooks/linq: where the provider's events arrive.

A hot route speaks ASGI itself. A correctly signed delivery never gets a 4xx, whatever it holds: the provider does not
send it again after a 4xx. A fault of ours is a 503, after which it does.
"""

from typing import ClassVar

from router.core.errors import SwitchyardError
from router.core.pool import DEFAULT_ENVIRONMENT
from router.services.events.deliveries import Deliveries, DeliveryOutcome
from router.web.raw_response import PRIVATE, MethodNotAllowed, RawResponse, Receive, Scope, read_body
from router.web.rendering.visitor import Headers

PATH = "/webhooks/linq"
BODY_LIMIT_BYTES = 262_144
_TAKEN = RawResponse(200, b"taken", (*PRIVATE, (b"content-type", b"text/plain; charset=utf-8")))


class DeliveryNotBelieved(SwitchyardError):
    """A delivery that none of our secrets signed."""

    code: ClassVar[str] = "delivery_not_believed"


class DeliveryNotVerifiable(SwitchyardError):
    """A delivery that we cannot verify now, through a fault of our own."""

    code: ClassVar[str] = "delivery_not_verifiable"


class Webhook:
    """Handles deliveries."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    async def handle(self, path: str, scope: Scope, headers: Headers, receive: Receive) -> RawResponse:
        """Handle one delivery to `/webhooks/linq` or `/webhooks/linq/{environment}`.

        Raises:
            NotFound, StoreUnavailable, BodyTooLarge, MethodNotAllowed, DeliveryNotBelieved, DeliveryNotVerifiable
        """
        if scope["method"] != "POST":
            raise MethodNotAllowed("POST")
        raw = await read_body(receive, limit_bytes=BODY_LIMIT_BYTES)
        environment = path[len(PATH) + 1 :] or DEFAULT_ENVIRONMENT
        verdict = await self._deliveries.receive(environment, raw, headers)
        if verdict is DeliveryOutcome.REJECTED:
            raise DeliveryNotBelieved("No secret we know signed this delivery, or not lately.")
        if verdict is DeliveryOutcome.NOT_NOW:
            raise DeliveryNotVerifiable("We cannot tell now who signed this delivery. Send it again.")
        return _TAKEN
