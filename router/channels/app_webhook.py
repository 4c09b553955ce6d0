"""The customer's own app as a channel: it is told who should text which number, and tells the person its own way.

Deliveries are signed as Standard Webhooks says, with every secret that is set, so that secrets can be changed without a
gap. The `webhook-id` of one attempt is the same however often it is sent: a receiver that keeps the ids it has seen
takes each once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Self

from standardwebhooks import Webhook

from router.channels.outgoing import (
    TIMEOUT_S,
    Answer,
    Unanswered,
    asked_wait_s,
    open_client,
    open_transport,
    post,
    spell_moment,
)
from router.channels.public_addresses import PublicOnly
from router.core.phone import display
from router.core.prompt import ChannelName, Message, Outcome, Recipient, SendResult

SHOULD_TEXT = "person.should_text"

_USER_AGENT = "switchyard-webhooks"


class AppWebhook:
    """Sends events to the customer's app.

    Args:
        url: where to.
        secrets: as shown to operators, `whsec_` and base64.
        wall_s: wall clock.
        may_be_private: whether the address may be loopback or of a private network.
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
        """Whether the app can tell who is meant."""
        return any((recipient.user, recipient.phone, recipient.email))

    async def send(self, message: Message) -> SendResult:
        """Tell the app that a person should text another number."""
        return await self.send_event(SHOULD_TEXT, message.attempt, _told_of(message))

    async def send_event(self, kind: str, event_id: str, data: Mapping[str, object]) -> SendResult:
        """Tell the app of anything.

        Args:
            kind: such as `person.moved`.
            event_id: the same for every try; a full stop in it would make the signature ambiguous.
            data: JSON values.
        """
        now_s = self._wall_s()
        body = json.dumps(
            {"type": kind, "timestamp": spell_moment(now_s), "data": data}, ensure_ascii=False, separators=(",", ":")
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
            return SendResult(outcome=Outcome.UNKNOWN if error.was_written else Outcome.RETRY, reason=error.reason)
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

    def _judge(self, event_id: str, answer: Answer) -> SendResult:
        if answer.is_good:
            return SendResult(outcome=Outcome.SENT, reference=event_id)
        outcome = Outcome.RETRY if answer.is_for_later else Outcome.FAILED
        return SendResult(
            outcome=outcome,
            reason=f"the app answered {answer.status}",
            retry_after_s=asked_wait_s(answer.headers, self._wall_s) if answer.is_for_later else None,
        )


def _told_of(message: Message) -> dict[str, object]:
    recipient = message.recipient
    return {
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
