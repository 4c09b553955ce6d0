"""The customer's own app as a channel: we send it who should text which number, and it informs the person.

Deliveries are signed as Standard Webhooks requires, with every configured secret, so that secrets can be changed
without a gap. All sends of one attempt have the same `webhook-id`, so a receiver that remembers ids handles each once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Self

from standardwebhooks import Webhook

from router.channels.outgoing import (
    TIMEOUT_S,
    HttpResponse,
    Unanswered,
    asked_wait_s,
    format_moment,
    open_client,
    open_transport,
    post,
)
from router.channels.public_addresses import PublicOnly
from router.core.campaigns.prompt import Message, Recipient, SendOutcome, SendResult
from router.core.channel import ChannelName
from router.core.phone import display

SHOULD_TEXT = "person.should_text"

_USER_AGENT = "switchyard-webhooks"


class AppWebhook:
    """Sends events to the customer's app.

    Args:
        url: the app's address.
        secrets: as shown to operators, `whsec_` and base64.
        wall_s: wall clock.
        may_be_private: whether the address may be loopback or in a private network.
        patience_s: how long the app may take to answer.
    """

    name = ChannelName.APP
    resend_is_safe = True

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        *,
        wall_s: Callable[[], float],
        may_be_private: bool = False,
        patience_s: float = TIMEOUT_S,
    ) -> None:
        self._url = url
        self._signers = [Webhook(secret) for secret in secrets]
        self._wall_s = wall_s
        self._patience_s = patience_s
        transport = open_transport()
        self._client = open_client(transport if may_be_private else PublicOnly(transport))

    def can_reach(self, recipient: Recipient) -> bool:
        """Whether the app can know which person is meant."""
        return any((recipient.user, recipient.phone, recipient.email))

    async def send(self, message: Message) -> SendResult:
        """Send the app the event that a person should text another number."""
        return await self.send_event(SHOULD_TEXT, message.attempt, _event_data(message))

    async def send_event(self, kind: str, event_id: str, data: Mapping[str, object]) -> SendResult:
        """Send the app an event.

        Args:
            kind: the event type, such as `person.moved`.
            event_id: the same for every try. It must not contain a full stop, which would make the signature ambiguous.
            data: JSON values.
        """
        now_s = self._wall_s()
        body = json.dumps(
            {"type": kind, "timestamp": format_moment(now_s), "data": data}, ensure_ascii=False, separators=(",", ":")
        )
        try:
            answer = await post(
                self._client,
                self._url,
                body.encode(),
                self._headers(event_id, now_s, body),
                timeout_s=self._patience_s,
            )
        except Unanswered as error:
            return SendResult(
                outcome=SendOutcome.UNKNOWN if error.was_written else SendOutcome.RETRY, reason=error.reason
            )
        return self._judge(event_id, answer)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _headers(self, event_id: str, now_s: float, body: str) -> dict[str, str]:
        moment = datetime.fromtimestamp(int(now_s), UTC)
        return {
            "content-type": "application/json",
            "user-agent": _USER_AGENT,
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now_s)),
            "webhook-signature": " ".join(signer.sign(event_id, moment, body) for signer in self._signers),
        }

    def _judge(self, event_id: str, answer: HttpResponse) -> SendResult:
        if answer.is_good:
            return SendResult(outcome=SendOutcome.SENT, reference=event_id)
        outcome = SendOutcome.RETRY if answer.is_for_later else SendOutcome.FAILED
        return SendResult(
            outcome=outcome,
            reason=f"the app answered {answer.status}",
            retry_after_s=asked_wait_s(answer.headers, self._wall_s) if answer.is_for_later else None,
        )


def _event_data(message: Message) -> dict[str, object]:
    recipient = message.recipient
    shown = {
        "brand": message.brand,
        "website": message.website,
        "old_number_display": message.old_number_display,
    }
    facts: dict[str, object] = {
        "campaign": message.campaign,
        "pool": message.pool,
        "signup": message.signup,
        "user": recipient.user,
        "phone": recipient.phone,
        "email": recipient.email,
        "reason": message.reason,
        "old_number": message.old_number,
        "new_number": message.new_number,
        "new_number_display": display(message.new_number),
        "page_url": message.page_url,
        "text": message.text,
        "unsubscribe_url": message.unsubscribe_url,
    }
    return facts | {name: words for name, words in shown.items() if words}
