"""A2P SMS as a channel, through Twilio: from the customer's registered number, never from a line.

Twilio has no idempotency key for messages. A request that was written but not answered may have become a message, so
it counts as unknown and is never sent twice.
"""

from collections.abc import Callable

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from router.channels.outgoing import TIMEOUT_S, HttpResponse, Unanswered, asked_wait_s, open_client, open_transport
from router.channels.twilio_answers import judge, meaning_of
from router.channels.twilio_transport import TwilioTransport
from router.core.campaigns.prompt import Message, Recipient, SendOutcome, SendResult
from router.core.channel import ChannelName
from router.core.errors import InvalidNumber
from router.core.phone import parse_e164

_NOT_SENT = frozenset({"failed", "undelivered", "canceled"})


class Sms:
    """Sends texts.

    Args:
        account_sid: the Twilio account.
        auth_token: its secret.
        sender: the number, short code or messaging service to send from.
        base_url: Twilio's address.
        wall_s: wall clock.
        patience_s: how long Twilio may take to answer.
    """

    name = ChannelName.SMS
    resend_is_safe = False

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        base_url: str,
        *,
        wall_s: Callable[[], float],
        patience_s: float = TIMEOUT_S,
    ) -> None:
        self._login = (account_sid, auth_token)
        self._sender = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        self._base_url = base_url
        self._wall_s = wall_s
        self._patience_s = patience_s
        self._client = open_client(open_transport())

    def can_reach(self, recipient: Recipient) -> bool:
        """Whether they have a phone number."""
        try:
            parse_e164(recipient.phone or "")
        except InvalidNumber:
            return False
        return True

    async def send(self, message: Message) -> SendResult:
        """Send one text."""
        if not self.can_reach(message.recipient):
            return SendResult(outcome=SendOutcome.FAILED, reason="not a phone number")
        transport = TwilioTransport(self._client, self._base_url, self._patience_s)
        # With its own environment, or the library would read a region from ours.
        twilio = Client(*self._login, http_client=transport, environment={"": ""})
        try:
            sent = await twilio.messages.create_async(
                to=str(message.recipient.phone), body=message.text, **self._sender
            )
        except Unanswered as error:
            return SendResult(
                outcome=SendOutcome.UNKNOWN if error.was_written else SendOutcome.RETRY, reason=error.reason
            )
        # The last four are what the library raises on an answer that it does not expect.
        except (TwilioException, ValueError, KeyError, TypeError, AttributeError) as error:
            return self._judge(transport.answer, error.code if isinstance(error, TwilioRestException) else None)
        if not sent.sid:
            return self._judge(transport.answer, None)
        if sent.status in _NOT_SENT:
            return SendResult(outcome=SendOutcome.FAILED, reason=meaning_of(sent.error_code), reference=str(sent.sid))
        return SendResult(outcome=SendOutcome.SENT, reference=str(sent.sid))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _judge(self, answer: HttpResponse | None, code: int | None) -> SendResult:
        if answer is None:
            return SendResult(outcome=SendOutcome.FAILED, reason="Twilio's library could not make a request from it")
        outcome, reason = judge(answer.status, code)
        wait_s = asked_wait_s(answer.headers, self._wall_s) if outcome is SendOutcome.RETRY else None
        return SendResult(outcome=outcome, reason=reason, retry_after_s=wait_s)
