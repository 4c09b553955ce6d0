"""POST /webhooks/linq: where the provider's events arrive.

It is a hot route, so it speaks ASGI itself. A correctly signed delivery is never answered with a 4xx, whatever it
holds, for the provider never repeats those; a fault of ours is a 503, which it does.
"""

from typing import ClassVar

from router.core.errors import SwitchyardError
from router.core.pool import DEFAULT_ENVIRONMENT
from router.services.intake.deliveries import Deliveries, Verdict
from router.web.answer import PRIVATE, Answer, MethodNotAllowed, Receive, Scope, read_body
from router.web.visitor import Headers

PATH = "/webhooks/linq"
BODY_LIMIT_BYTES = 262_144
_TAKEN = Answer(200, b"taken", (*PRIVATE, (b"content-type", b"text/plain; charset=utf-8")))


class DeliveryNotBelieved(SwitchyardError):
    """A delivery that no secret of ours signed."""

    code: ClassVar[str] = "delivery_not_believed"


class DeliveryNotVerifiable(SwitchyardError):
    """A delivery that we can not verify now, by a fault of our own."""

    code: ClassVar[str] = "delivery_not_verifiable"


class Webhook:
    """Answers deliveries."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    async def answer(self, path: str, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        """Answer one delivery to `/webhooks/linq` or `/webhooks/linq/{environment}`.

        Raises:
            NotFound, StoreUnavailable, BodyTooLarge, MethodNotAllowed, DeliveryNotBelieved, DeliveryNotVerifiable
        """
        if scope["method"] != "POST":
            raise MethodNotAllowed("POST")
        raw = await read_body(receive, limit_bytes=BODY_LIMIT_BYTES)
        environment = path[len(PATH) + 1 :] or DEFAULT_ENVIRONMENT
        verdict = await self._deliveries.take(environment, raw, headers)
        if verdict is Verdict.REJECTED:
            raise DeliveryNotBelieved("No secret we know signed this delivery, or not lately.")
        if verdict is Verdict.NOT_NOW:
            raise DeliveryNotVerifiable("We can not tell now who signed this delivery. Send it again.")
        return _TAKEN
