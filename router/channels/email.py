"""E-mail as a channel: one mail per connection to the operator's mail server.

SMTP has no key by which a server recognises a mail. If the connection is lost after the DATA command, we cannot know
whether the mail was accepted: it counts as unknown and is never sent twice.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import aiosmtplib

from router.channels.email_layout import EmailLayout
from router.channels.email_message import message_id_of, read_recipient, write_mail
from router.core.campaigns.prompt import Message, Recipient, SendOutcome, SendResult
from router.core.channel import ChannelName
from router.settings.mail_server import Encryption, MailSender, MailServer

_TIMEOUT_S = 10.0
_DATA_PATIENCE = timedelta(seconds=60)  # RFC 5321 allows minutes: a server may check the whole mail before it answers
_TRANSIENT = range(400, 500)
_STARTTLS = {Encryption.REQUIRED: True, Encryption.OFFERED: None, Encryption.AT_ONCE: False, Encryption.NONE: False}


class Email:
    """Sends mails.

    Args:
        server: the mail server to use.
        sender: the sender of the mails.
        wall_s: wall clock.
        tls: which certificates to trust; by default those that this machine trusts.
        patience: how long the server may take to accept a mail.
    """

    name = ChannelName.EMAIL
    resend_is_safe = False

    def __init__(
        self,
        server: MailServer,
        sender: MailSender,
        *,
        wall_s: Callable[[], float],
        tls: ssl.SSLContext | None = None,
        patience: timedelta = _DATA_PATIENCE,
    ) -> None:
        self._server = server
        self._sender = sender
        self._wall_s = wall_s
        self._tls = tls or ssl.create_default_context()
        self._patience_s = patience.total_seconds()
        self._layout = EmailLayout()

    def can_reach(self, recipient: Recipient) -> bool:
        """Whether they have an address that every server accepts."""
        return read_recipient(recipient.email) is not None

    async def send(self, message: Message) -> SendResult:
        """Send one mail. A message without HTML gets our layout."""
        recipient = read_recipient(message.recipient.email)
        if recipient is None:
            return SendResult(outcome=SendOutcome.FAILED, reason="not an e-mail address")
        laid_out = message if message.html else replace(message, html=self._layout.lay_out(message))
        mail = write_mail(laid_out, self._sender, recipient, wall_s=self._wall_s())
        smtp = self._open()
        try:
            refusal = await self._introduce(smtp)
            return refusal or await self._hand_in(smtp, mail, recipient, message_id_of(message.attempt, self._sender))
        finally:
            smtp.close()

    async def aclose(self) -> None:
        """Do nothing: no connection stays open."""

    def _open(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            local_hostname=self._sender.domain,
            timeout=_TIMEOUT_S,
            use_tls=self._server.encryption is Encryption.AT_ONCE,
            start_tls=_STARTTLS[self._server.encryption],
            tls_context=self._tls,
        )

    async def _introduce(self, smtp: aiosmtplib.SMTP) -> SendResult | None:
        """Connect and log in. A failure here is not the mail's fault, so the mail may be tried again."""
        try:
            async with asyncio.timeout(3 * _TIMEOUT_S):
                await smtp.connect()
                if self._server.user is not None:
                    await smtp.login(self._server.user, self._server.password.get_secret_value())
        except aiosmtplib.SMTPAuthenticationError as error:
            return _later(f"the mail server refuses our login with {error.code}")
        except aiosmtplib.SMTPResponseException as error:
            return _later(f"the mail server refuses us with {error.code}")
        except (aiosmtplib.SMTPException, ssl.SSLError, OSError, TimeoutError) as error:
            return _later(f"no connection to the mail server ({type(error).__name__})")
        return None

    async def _hand_in(self, smtp: aiosmtplib.SMTP, mail: bytes, recipient: str, reference: str) -> SendResult:
        has_begun = False
        try:
            await smtp.mail(self._sender.address)
            await smtp.rcpt(recipient)
            has_begun = True
            await smtp.data(mail, timeout=self._patience_s)
        except aiosmtplib.SMTPResponseException as error:
            outcome = SendOutcome.RETRY if error.code in _TRANSIENT else SendOutcome.FAILED
            return SendResult(outcome=outcome, reason=f"the mail server answered {error.code}")
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            if has_begun:
                return SendResult(outcome=SendOutcome.UNKNOWN, reason="the mail server did not say if it accepted it")
            return _later(f"the mail server was lost ({type(error).__name__})")
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await smtp.quit(timeout=1)
        return SendResult(outcome=SendOutcome.SENT, reference=reference)


def _later(reason: str) -> SendResult:
    return SendResult(outcome=SendOutcome.RETRY, reason=reason)
