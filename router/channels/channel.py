"""The interface of a channel, which carries a prompt to a person without using a line."""

from typing import Protocol

from router.core.campaigns.prompt import Message, Recipient, SendResult
from router.core.channel import ChannelName


class Channel(Protocol):
    """Carries prompts.

    Attributes:
        resend_is_safe: whether a message with an unknown outcome may be sent again under the same attempt, because the
            receiver recognises the attempt.
    """

    @property
    def name(self) -> ChannelName:
        """The channel's name."""

    @property
    def resend_is_safe(self) -> bool:
        """Whether it is safe to send one attempt twice."""

    def can_reach(self, recipient: Recipient) -> bool:
        """Whether the channel can reach this person."""

    async def send(self, message: Message) -> SendResult:
        """Try once. Failures are returned, never raised."""

    async def aclose(self) -> None:
        """Close open connections."""
